"""Duplicates from outside: found across spellings, seen side by side by whoever may, judged, remembered, undone; and no oracle for a stranger."""
import unittest

from support.jisr import Client, basic, bearer, eventually, file_application, identity_number, person, reaches, rows, staff_token, state_of
from support.own_call import PROVINCE, OwnCall

DUPLICATES = "/intake/v1/duplicates"


class Duplicates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.reviewer = bearer(staff_token("reviewer", "MA-03"))

    def twice(self, same_number=False, name=None):
        body = person()
        first = file_application(self.client, body)
        if not same_number:
            body["applicant"]["identity"]["number"] = identity_number()
        body["applicant"]["name"] = name(body["applicant"]["name"]) if name else body["applicant"]["name"]
        body["project"]["title"] += " (2)"
        again = file_application(self.client, body)
        self.assertEqual(set(first.json()), set(again.json()))
        self.assertEqual((first.status, again.status, again.json()["state"]), (201, 201, "SUBMITTED"))  # no oracle
        return first.json(), again.json()

    def pair(self, one, other):
        path = f"/intake/v1/applications/{one['id']}/duplicates/{other['id']}"
        return eventually("the pair", lambda: (answer := self.client.get(path, authorization=self.reviewer)).status == 200 and answer, 60.0).json()

    def review(self, filed, **word):
        return self.client.post(f"/intake/v1/applications/{filed['id']}/review", word, authorization=self.reviewer)

    def listed(self, filed, query=""):
        answer = self.client.get(f"{DUPLICATES}?application={filed['id']}{query}", authorization=self.reviewer)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["items"]

    def test_another_spelling_under_another_number_is_found_and_her_file_goes_on(self):
        one, again = self.twice(name=lambda name: {"latin": " ".join(reversed(name["latin"].upper().split()))})
        found = self.pair(one, again)
        self.assertEqual(found["found"][0]["about"], "woman")
        self.assertEqual([side["id"] for side in found["sides"]], [one["id"], again["id"]])
        self.assertTrue(found["sides"][1]["applicant"]["name"]["latin"].isupper())
        self.assertNotIn("situation", found["sides"][0])
        self.assertNotIn(state_of(self.client, again)["state"], ("DUPLICATE_REVIEW", "MERGED"))

    def test_who_has_looked_at_both_stands_in_the_register_and_in_each_womans_own_list(self):
        one, again = self.twice()
        self.pair(one, again)
        for filed in (one, again):
            hers = self.client.get(f"/intake/v1/applications/{filed['id']}/reads", authorization=basic(filed)).json()["items"]
            listed = self.client.get(f"/intake/v1/reads?application={filed['id']}&what=read-compare", authorization=bearer(staff_token("auditor"))).json()["items"]
            self.assertIn("read-compare", [read["what"] for read in hers])
            self.assertIn("read-compare", [read["what"] for read in listed])

    def test_a_word_on_a_file_that_has_gone_on_is_kept_beside_it(self):
        one, again = self.twice()
        self.pair(one, again)
        before = state_of(self.client, again)
        self.assertEqual(self.review(again, same=False, other=one["id"]).status, 200)
        self.assertIn(state_of(self.client, again)["state"], (before["state"], "SHORTLISTED", "WAITLISTED"))
        self.assertNotIn(one["id"], str(self.listed(again)))
        self.assertIn(False, [item["same"] for item in self.listed(again, "&judged=true")])

    def test_an_objection_that_is_taken_back_hides_no_double(self):
        one, again = self.twice()
        self.pair(one, again)
        for part in ("/opposition", "/opposition/undo"):
            answer = self.client.post(f"/intake/v1/applications/{again['id']}{part}", authorization=basic(again))
            self.assertEqual(answer.status, 200, answer)
            if part == "/opposition":
                eventually("the search to have heard of it", lambda: rows("""SELECT 1 FROM intake.outbox o, intake.duplicate_cursor c
                    WHERE o.key = %s AND o.type LIKE '%%restricted%%' AND (o.xid, o.id) <= (c.xid, c.id)""", again["id"]), 30.0)
                self.assertEqual(self.listed(again), [])
        eventually("the pair, again", lambda: [item["same"] for item in self.listed(again)] == [None], 60.0)

    def test_a_known_number_is_merged_and_taken_back(self):
        one, again = self.twice(same_number=True)
        self.pair(one, again)
        self.assertEqual(state_of(self.client, again)["state"], "DUPLICATE_REVIEW")
        self.assertEqual(self.review(again, same=True, other=one["id"]).json()["state"], "MERGED")
        undone = self.client.post(f"/intake/v1/applications/{again['id']}/review/undo", authorization=self.reviewer)
        self.assertEqual((undone.status, undone.json()["state"]), (200, "DUPLICATE_REVIEW"))
        self.assertEqual(self.client.post(f"/intake/v1/applications/{again['id']}/review/undo", authorization=self.reviewer).status, 409)
        self.assertIn(self.review(again, same=False, other=one["id"]).json()["state"], ("SCREENING", "SHORTLISTED", "WAITLISTED"))

    def test_a_wrong_word_names_its_field(self):
        one, again = self.twice()
        for word, pointer in (({"same": True, "other": again["id"]}, "/other"), ({"same": True, "other": "01910000-0000-7000-8000-000000000001"}, "/other"),
                              ({"same": "yes"}, "/same"), ({}, "/same")):
            with self.subTest(word):
                answer = self.review(again, **word)
                self.assertEqual(answer.status, 422, answer)
                self.assertEqual(answer.json()["errors"][0]["pointer"], pointer)
        for query in ("application=x", "judged=maybe", "cursor=x", "limit=0"):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"{DUPLICATES}?{query}", authorization=self.reviewer).status, 400)

    def test_elsewhere_nobody_sees_them(self):
        one, again = self.twice()
        self.pair(one, again)
        elsewhere = bearer(staff_token("reviewer", "MA-11"))
        self.assertEqual(self.client.get(f"{DUPLICATES}?application={one['id']}", authorization=elsewhere).json()["items"], [])
        self.assertEqual(self.client.get(f"/intake/v1/applications/{one['id']}/duplicates/{again['id']}", authorization=elsewhere).status, 403)


class HeldBack(unittest.TestCase):
    """A committee looks at the ranking: a file that may be a double is not in it, and comes back when it is none."""

    def setUp(self):
        self.call, self.client = OwnCall("doubles"), Client()
        self.addCleanup(self.call.close)
        self.staff = bearer(staff_token("reviewer"))

    def ranked(self):
        answer = self.client.get(f"/eligibility/v1/calls/{self.call.id}/ranking?province={PROVINCE}", authorization=self.staff)
        self.assertEqual(answer.status, 200, answer)
        return {item["application"] for item in answer.json()["items"]}

    def review(self, filed, **word):
        return self.client.post(f"/intake/v1/applications/{filed['id']}/review", word, authorization=self.staff)

    def test_a_double_leaves_the_ranking_and_who_is_none_comes_back(self):
        form = self.call.form()
        one, again = self.call.filed(form), self.call.filed()
        for filed in (one, again):
            reaches(self.client, filed, "ELIGIBLE")
        eventually("both in the ranking", lambda: self.ranked() == {one["id"], again["id"]})
        doubled = self.call.form()
        doubled["applicant"]["identity"] = form["applicant"]["identity"]
        amended = self.client.call("PUT", f"/intake/v1/applications/{again['id']}", doubled,
                                   {"authorization": basic(again), "if-match": f'"{state_of(self.client, again)["version"]}"'})
        self.assertEqual(amended.status, 200, amended)
        reaches(self.client, again, "DUPLICATE_REVIEW")
        eventually("it to leave the ranking", lambda: self.ranked() == {one["id"]})
        self.assertEqual(self.review(again, same=True, other=one["id"]).json()["state"], "MERGED")
        self.assertEqual(self.client.post(f"/intake/v1/applications/{again['id']}/review/undo", authorization=self.staff).status, 200)
        self.assertEqual(self.ranked(), {one["id"]})
        self.assertEqual(self.review(again, same=False, other=one["id"]).status, 200)
        eventually("it to come back", lambda: self.ranked() == {one["id"], again["id"]})
        told = [type_ for type_, in rows("SELECT split_part(type, '.', 4) FROM eligibility.outbox WHERE key = %s ORDER BY id", again["id"])]
        self.assertEqual(told, ["assessed", "held", "assessed"])


if __name__ == "__main__":
    unittest.main()
