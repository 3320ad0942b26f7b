"""Cooperatives from outside: members join and leave, one represents it, a call sets how few are enough; a woman in both streams is one woman, and a project that
is there twice is found."""
import copy
import json
import unittest
import uuid

from support.jisr import CALL, basic, bearer, eventually, file_application, identity_number, person, reaches, rows, staff_token, state_of
from support.own_call import OwnCall


def member(applicant, role="member"):
    return {"name": applicant["name"], "identity": applicant["identity"], "birth_date": applicant["birth_date"], "phone": None, "role": role}


class Cooperatives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A call by committee of its own: its files may still be amended when they are eligible. It takes cooperatives of three."""
        cls.own = OwnCall("cooperative", members_min=3)
        cls.client, cls.admin, cls.call = cls.own.client, cls.own.admin, cls.own.id

    @classmethod
    def tearDownClass(cls):
        cls.own.close()

    def cooperative(self, count=4, ice=None):
        body = self.own.cooperative(*(self.own.form() for _ in range(count - 1)))
        body["cooperative"]["ice"] = ice
        return body

    def amend(self, filed, body):
        path = f"/intake/v1/applications/{filed['id']}"
        etag = self.client.get(path, authorization=basic(filed)).headers["etag"]
        return self.client.call("PUT", path, body, {"if-match": etag}, authorization=basic(filed))

    def refused(self, answer, pointer, code):
        self.assertEqual((answer.status, [(error["pointer"], error["code"]) for error in answer.json()["errors"]]), (422, [(pointer, code)]), answer)

    def figures(self):
        """Once they say what the applications say: they may lag a second."""
        women = rows("SELECT coalesce(sum(women), 0)::int FROM intake.application a JOIN intake.call c ON c.id = a.call_id WHERE c.slug = %s AND a.state <> 'DRAFT'", self.call)[0][0]
        return eventually("the count", lambda: (now := self.client.get(f"/intake/v1/statistics?call={self.call}").json())["women"] == women and now)

    def test_members_join_and_leave_by_amendments_and_only_numbers_are_in_the_history(self):
        body = self.cooperative(4)
        filed = file_application(self.client, body).json()
        reaches(self.client, filed, "ELIGIBLE")
        before = self.figures()
        left, joined = body["cooperative"]["members"].pop(2), [member(person()["applicant"]) for _ in range(2)]
        body["cooperative"]["members"] += joined
        answer = self.amend(filed, body)
        self.assertEqual((answer.status, answer.json()["revision"]), (200, 2), answer)
        why = next(entry["why"] for entry in reversed(answer.json()["history"]) if entry["state"] == "SUBMITTED")
        self.assertIn("2 joined, 1 left", why["en"])
        self.assertIn("انضمت عضوتان وغادرت عضوة واحدة", why["ar"])
        self.assertIn("2 entrées, 1 départ.", why["fr"])
        for name in (left["name"]["latin"], joined[0]["name"]["latin"], left["identity"]["number"]):
            self.assertNotIn(name, json.dumps(answer.json()["history"], ensure_ascii=False))
        after = self.figures()
        self.assertEqual([after[name] - before[name] for name in ("cooperative_members", "distinct_women", "cooperatives")], [1, 1, 0])
        listed = self.client.get(f"/intake/v1/applications/{filed['id']}/members", authorization=basic(filed)).json()["items"]
        self.assertEqual(len(listed), 6)
        self.assertEqual([one["name"]["latin"] for one in listed if one["left_at"]], [left["name"]["latin"]])
        self.assertEqual([one["name"]["latin"] for one in listed if one["representative"]], [body["applicant"]["name"]["latin"]])
        self.assertEqual({one["name"]["latin"] for one in listed if one["joined_at"] != filed["submitted_at"]}, {one["name"]["latin"] for one in joined})
        reaches(self.client, filed, "ELIGIBLE")  # or the assessment comes between her look and her change
        # Back again: a second stay. A reviewer's look is audited, and a trainer has none.
        body["cooperative"]["members"].append(left)
        self.assertEqual(self.amend(filed, body).status, 200)
        path = f"/intake/v1/applications/{filed['id']}/members"
        again = self.client.get(path, authorization=bearer(staff_token("reviewer", "XA-01"))).json()["items"]
        self.assertEqual(len([one for one in again if one["name"] == left["name"]]), 2)
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'read-members'", filed["id"]), [(1,)])
        self.assertEqual(self.client.get(path, authorization=bearer(staff_token("trainer", "XA-01"))).status, 403)
        self.assertEqual(self.client.get(f"/intake/v1/applications/{self.own.filed()['id']}/members", authorization=self.admin).status, 404)

    def test_the_minimum_of_the_call_and_the_one_who_represents_it(self):
        self.refused(file_application(self.client, self.cooperative(2)), "/cooperative/members", "too-few")
        body = self.cooperative(3)
        filed = file_application(self.client, body).json()
        reaches(self.client, filed, "ELIGIBLE")
        fewer = copy.deepcopy(body)
        fewer["cooperative"]["members"].pop()
        self.refused(self.amend(filed, fewer), "/cooperative/members", "too-few")
        stranger = copy.deepcopy(body)
        stranger["applicant"]["identity"] = {"type": "cnie", "number": identity_number()}
        self.refused(self.amend(filed, stranger), "/cooperative/members", "format")
        twice = copy.deepcopy(body)
        twice["cooperative"]["members"].append(twice["cooperative"]["members"][1])
        self.refused(self.amend(filed, twice), "/cooperative/members/3/identity/number", "duplicate")
        # Another member represents it from now on.
        other = copy.deepcopy(body)
        other["applicant"] |= {name: other["cooperative"]["members"][1][name] for name in ("name", "identity", "birth_date")}
        self.assertEqual(self.amend(filed, other).status, 200)
        listed = self.client.get(f"/intake/v1/applications/{filed['id']}/members", authorization=basic(filed)).json()["items"]
        self.assertEqual([one["representative"] for one in listed], [False, True, False])

    def test_a_name_that_is_put_right_is_put_right_among_the_members_too(self):
        body = self.cooperative(3)
        filed = file_application(self.client, body).json()
        path, name = f"/intake/v1/applications/{filed['id']}", {"ar": "رقية البقالي", "latin": "Roqaya El Bakkali"}
        reaches(self.client, filed, "ELIGIBLE")
        self.assertEqual(self.client.post(f"{path}/rectification", {"name": name}, authorization=basic(filed)).status, 200)
        form = self.client.get(f"{path}/form", authorization=basic(filed)).json()
        self.assertEqual([form["applicant"]["name"]] + [one["name"] for one in form["cooperative"]["members"]],
                         [name, name] + [one["name"] for one in body["cooperative"]["members"][1:]])
        self.assertEqual(self.amend(filed, form).status, 200, "and what she amends next is refused for no name")

    def test_hundreds_are_fine_and_thousands_are_refused_before_they_are_read(self):
        body = self.cooperative(3)
        small = {"name": {"latin": "A B"}, "birth_date": "1990-01-01", "role": "member"}
        body["cooperative"]["members"] += [small | {"identity": {"type": "cnie", "number": f"Q{number:07}"}} for number in range(498)]
        self.refused(file_application(self.client, body), "/cooperative/members", "too-many")
        body["cooperative"]["members"].pop()
        self.assertEqual(file_application(self.client, body).status, 201)
        body["cooperative"]["members"] += [small | {"identity": {"type": "cnie", "number": f"R{number:07}"}} for number in range(1200)]
        self.refused(file_application(self.client, body), "/cooperative/members", "too-many")
        body["cooperative"]["members"] += [small | {"identity": {"type": "cnie", "number": f"S{number:07}"}} for number in range(8300)]
        answer = file_application(self.client, body) # 1.1 MB
        self.assertEqual((answer.status, answer.json()["type"]), (413, "urn:jisr:problem:too-large"))

    def test_an_ice_that_fails_its_check_is_a_warning_and_the_register_has_the_last_word(self):
        filed = file_application(self.client, self.cooperative(3, ice="001561191000065")).json()
        self.assertIn("ice-check", state_of(self.client, filed)["warnings"])
        answer = self.client.post(f"/intake/v1/applications/{filed['id']}/register-check", {"register": "ice", "result": "NOT_FOUND"}, authorization=bearer(staff_token("reviewer", "XA-01")))
        self.assertEqual(answer.json()["register_checks"][0]["result"], "NOT_FOUND")
        self.refused(file_application(self.client, self.cooperative(3, ice="12345")), "/cooperative/ice", "format")

    def test_a_woman_in_both_streams_is_one_woman_and_her_project_is_flagged(self):
        body = self.cooperative(3)
        body["project"]["title"] = f"Filets tissés à la main {uuid.uuid4().hex[:6]}"
        before = self.figures()
        cooperative = file_application(self.client, body).json()
        alone = self.own.form() | {"applicant": body["applicant"], "project": body["project"]}
        single = file_application(self.client, alone).json()
        after = self.figures()
        self.assertEqual(after["distinct_women"] - before["distinct_women"], 3, "two files, four registrations, three women")
        self.assertNotEqual(reaches(self.client, single, "ELIGIBLE", "INELIGIBLE", "DUPLICATE_REVIEW")["state"], "DUPLICATE_REVIEW")
        committee, reviewer = bearer(staff_token("committee", "XA-01")), bearer(staff_token("reviewer", "XA-01"))

        def flagged(query=""):
            answer = self.client.get(f"/intake/v1/duplicates?about=project&application={single['id']}{query}", authorization=committee)
            self.assertEqual(answer.status, 200, answer)
            return answer.json()["items"]
        pair = eventually("the flag", flagged, 60.0)[0]
        self.assertEqual({pair["application"]["id"], pair["other"]["id"]}, {single["id"], cooperative["id"]})
        self.assertEqual({pair["application"]["kind"], pair["other"]["kind"]}, {"person", "cooperative"})
        word = self.client.post(f"/intake/v1/applications/{single['id']}/review", {"same": True, "other": cooperative["id"], "about": "project"}, authorization=reviewer)
        self.assertEqual((word.status, word.json()["state"]), (200, state_of(self.client, single)["state"]), word)
        self.assertEqual(flagged(), [])
        self.assertEqual([item["same"] for item in flagged("&judged=true")], [True])
        wrong = self.client.get("/intake/v1/duplicates?about=money", authorization=committee)
        self.assertEqual((wrong.status, wrong.json()["errors"][0]["pointer"]), (400, "/about"), wrong)

    def test_one_ice_in_another_call_is_the_same_project(self):
        ice = f"{uuid.uuid4().int % 10**13:013}"
        ice += f"{(-int(ice) * 100) % 97:02}"
        here, there, sample = self.cooperative(3, ice=ice), self.cooperative(3, ice=ice), person()
        there |= {"call": sample["call"], "consents": sample["consents"]}
        there["applicant"]["address"] = sample["applicant"]["address"]
        one, other = self.own.filed(here), self.own.filed(there)
        found = eventually("the flag", lambda: self.client.get(f"/intake/v1/duplicates?about=project&application={other['id']}", authorization=self.admin).json()["items"], 60.0)[0]
        self.assertEqual({found["application"]["call"], found["other"]["call"]}, {self.call, CALL})
        self.assertEqual({found["application"]["id"], found["other"]["id"]}, {one["id"], other["id"]})


if __name__ == "__main__":
    unittest.main()
