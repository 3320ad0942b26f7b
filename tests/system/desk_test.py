"""The desk: lists by cursors within one's territory, and the legal clock with the one request for complements."""
import datetime
import re
import subprocess
import unittest

from support.jisr import CALL, PROJECT, Client, basic, bearer, eventually, file_application, person, reaches, rows, staff_token, state_of
from support.own_call import OwnCall

APPLICATIONS = "/intake/v1/applications"
HERE, ELSEWHERE = "MA-03", "MA-11"
ASK = {"fields": ["/applicant/phone"], "text": {"ar": "المرجو تصحيح رقم الهاتف.", "fr": "Merci de corriger le numéro.", "en": "Please correct the number."}}


def pages(client, query, credential, path=APPLICATIONS):
    """The items of all pages, by following the Links."""
    items, path, seen = [], f"{path}?{query}", 0
    while path:
        answer = client.get(path, authorization=credential)
        assert answer.status == 200, answer
        items += answer.json()["items"]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        path, seen = link and link[1], seen + 1
        assert seen < 1000
    return items


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.reviewer = bearer(staff_token("reviewer", HERE))
        cls.agent = bearer(staff_token("agent", "MA-SEF"))
        cls.filed = [file_application(cls.client, person(applicant__address__province="MA-SEF"), authorization=cls.agent).json() for _ in range(7)]
        cls.filed += [file_application(cls.client, person()).json() for _ in range(3)]
        for each in cls.filed:
            reaches(cls.client, each, "SHORTLISTED", "WAITLISTED")

    def test_pages_hold_each_application_once_and_the_newest_first(self):
        items = pages(self.client, "province=MA-SEF&limit=2", self.reviewer)
        ids = [item["id"] for item in items]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(ids, sorted(ids, reverse=True))
        self.assertLessEqual({each["id"] for each in self.filed[:7]}, set(ids))
        self.assertEqual(ids, [item["id"] for item in pages(self.client, "province=MA-SEF&limit=200", self.reviewer)])

    def test_lists_of_the_other_services_are_paged_the_same_way(self):
        for path, query, key in (("/training/v1/sessions", "", "id"), (f"/eligibility/v1/calls/{CALL}/ranking", "province=MA-SEF&", "application")):
            with self.subTest(path):
                whole = [item[key] for item in pages(self.client, f"{query}limit=200", self.reviewer, path)]
                self.assertGreater(len(whole), 3)
                self.assertEqual(whole, [item[key] for item in pages(self.client, f"{query}limit=2", self.reviewer, path)])
                self.assertEqual(self.client.get(f"{path}?{query}cursor=x", authorization=self.reviewer).status, 400)

    def test_one_sees_one_s_own_territory(self):
        sefrou = {item["province"] for item in pages(self.client, "limit=200", self.agent)}
        self.assertEqual(sefrou, {"MA-SEF"})
        self.assertEqual(pages(self.client, "limit=200", bearer(staff_token("agent", ELSEWHERE))), [])
        self.assertEqual(pages(self.client, "province=MA-TAO", self.agent), [])

    def test_filters_keep_what_they_say(self):
        one = self.filed[0]
        for query, wanted in (
            (f"q={one['receipt_number']}", [one["id"]]), (f"q={one['receipt_number'].lower().replace('-', '')}", [one["id"]]),
            ("created_by=me&limit=200", None), ("kind=cooperative&province=MA-SEF", []), ("call=another", []), ("state=FUNDED", []),
        ):
            with self.subTest(query):
                items = [item["id"] for item in pages(self.client, query, self.agent)]
                if wanted is not None:
                    self.assertEqual(items, wanted)
        mine = pages(self.client, "created_by=me&limit=200", self.agent)
        self.assertLessEqual({each["id"] for each in self.filed[:7]}, {item["id"] for item in mine})
        self.assertFalse({each["id"] for each in self.filed[7:]} & {item["id"] for item in mine})

    def test_drafts_are_hers_unless_asked_for(self):
        draft = file_application(self.client, person() | {"draft": True}).json()
        self.assertNotIn(draft["id"], [item["id"] for item in pages(self.client, "limit=200", self.reviewer)])
        self.assertIn(draft["id"], [item["id"] for item in pages(self.client, "state=DRAFT&limit=200", self.reviewer)])

    def test_what_is_nearly_due_comes_first_and_pages_without_a_gap(self):
        items = pages(self.client, "sort=due&due_before=2099-01-01T00:00:00Z&limit=3", self.reviewer)
        keys = [(item["answer_due_at"], item["id"]) for item in items]
        self.assertEqual(keys, sorted(keys))
        self.assertEqual(len(keys), len(set(keys)))
        self.assertTrue(all(item["days_left"] is not None for item in items))
        self.assertEqual(pages(self.client, "sort=due&due_before=2001-01-01T00:00:00Z", self.reviewer), [])

    def test_no_line_tells_anything_about_the_woman(self):
        for item in pages(self.client, "limit=200", self.reviewer):
            self.assertEqual(set(item), {"id", "receipt_number", "call", "state", "kind", "province", "created_at", "submitted_at", "answer_due_at", "days_left",
                                         "paused", "confirmation_needed", "version"})

    def test_a_wrong_question_names_its_parameter(self):
        link = self.client.get(f"{APPLICATIONS}?limit=1", authorization=self.reviewer).headers["link"]
        cursor = re.search(r"cursor=([^>&]+)", link)[1]
        for query, name in (("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), (f"cursor={cursor[:-1]}", "cursor"),
                            (f"sort=due&cursor={cursor}", "cursor"), (f"cursor={'A' * len(cursor)}", "cursor"), ("state=LOST", "state"), ("province=MA-XYZ", "province"),
                            ("sort=due&province=ma-tao", "province"), ("kind=x", "kind"),
                            ("q=123", "q"), ("due_before=tomorrow", "due_before"), ("created_by=someone", "created_by"), ("sort=up", "sort")):
            with self.subTest(query):
                answer = self.client.get(f"{APPLICATIONS}?{query}", authorization=self.reviewer)
                self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (400, f"/{name}"), answer)


def asked_for(client, reviewer):
    """A file that was asked for a complement before eligibility had its turn; the first of several tries."""
    for _ in range(20):
        form = person()
        filed = file_application(client, form).json()
        answer = client.post(f"{APPLICATIONS}/{filed['id']}/information-request", ASK, authorization=reviewer)
        if answer.status == 200:
            return form, filed, answer.json()
        assert answer.status == 409, answer
    raise AssertionError("eligibility was faster, twenty times")


class Clock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.reviewer = bearer(staff_token("reviewer", HERE))

    def test_everyone_sees_the_days_that_are_left(self):
        filed = file_application(self.client, person()).json()
        seen = state_of(self.client, filed)
        if seen["clock"] is not None:
            self.assertEqual((seen["days_left"], seen["clock"]["due_at"], seen["clock"]["paused_since"]), (60, filed["answer_due_at"], None))
        self.assertIsNone(reaches(self.client, filed, "SHORTLISTED", "WAITLISTED")["days_left"])

    def test_a_complement_is_asked_for_once_and_the_clock_goes_on_when_it_comes(self):
        form, filed, asked = asked_for(self.client, self.reviewer)
        self.assertEqual((asked["state"], asked["days_left"], asked["complement"]["fields"]), ("INFO_REQUESTED", 60, ["/applicant/phone"]))
        self.assertIsNotNone(asked["clock"]["paused_since"])
        self.assertIsNotNone(asked["complement"]["due_at"])
        seen = state_of(self.client, filed)
        self.assertEqual((seen["state"], seen["history"][-1]["why"]["fr"]), ("INFO_REQUESTED", ASK["text"]["fr"]))
        line = pages(self.client, f"q={filed['receipt_number']}", self.reviewer)[0]
        self.assertEqual((line["state"], line["paused"], line["days_left"]), ("INFO_REQUESTED", True, 60))
        again = self.client.post(f"{APPLICATIONS}/{filed['id']}/information-request", ASK, authorization=self.reviewer)
        self.assertEqual(again.status, 409, again)
        held = "SELECT 1 FROM eligibility.decision WHERE application_id = %s AND (state <> 'HELD' OR application_version < 2)"
        eventually("eligibility to have heard of it", lambda: rows("SELECT 1 FROM eligibility.decision WHERE application_id = %s", filed["id"]) and not rows(held, filed["id"]))
        eventually("no seat to be hers", lambda: not rows("SELECT 1 FROM training.enrolment WHERE application = %s AND state <> 'CANCELLED'", filed["id"]))
        eventually("no offer to be open", lambda: not rows("SELECT 1 FROM notifier.referral WHERE application = %s AND state <> 'REVOKED'", filed["id"]))
        form["applicant"]["phone"] = "0677889900"
        put = eventually("her amendment", lambda: self.amended(filed, form))
        self.assertEqual((put.status, put.json()["state"], put.json()["revision"], put.json()["complement"]["due_at"]), (200, "SUBMITTED", 2, None), put)
        reaches(self.client, filed, "SHORTLISTED", "WAITLISTED")
        events = rows("SELECT type, version, data::json ->> 'cause' FROM intake.outbox WHERE aggregate_id = %s ORDER BY version", filed["id"])
        self.assertEqual([version for _, version, _ in events], list(range(1, len(events) + 1)))
        of_people = [name.split(".")[3] for name, _, cause in events if cause is None]
        self.assertEqual(of_people[:3], ["submitted", "progressed", "amended"])

    def test_a_complement_is_taken_after_the_call_has_closed_and_nothing_else_is(self):
        call = OwnCall("complement-late", assessed=False)
        asked, other = call.form(), call.form()
        filed, untouched = call.filed(asked), call.filed(other)
        answer = self.client.post(f"{APPLICATIONS}/{filed['id']}/information-request", ASK, authorization=bearer(staff_token("reviewer", "XA-01")))
        self.assertEqual(answer.status, 200, answer)
        call.close()
        refused = eventually("her amendment", lambda: self.amended(untouched, other))
        self.assertEqual((refused.status, refused.json()["errors"][0]["code"]), (422, "closed"), refused)
        asked["applicant"]["phone"] = "0677889900"
        put = eventually("her complement", lambda: self.amended(filed, asked))
        self.assertEqual((put.status, put.json()["state"], put.json()["revision"]), (200, "SUBMITTED", 2), put)

    def amended(self, filed, form):
        """The answer to her amendment; None when a seat that training offers for the file as it was came between reading and writing."""
        version = state_of(self.client, filed)["version"]
        put = self.client.call("PUT", f"{APPLICATIONS}/{filed['id']}", form, {"if-match": f'"{version}"', "authorization": basic(filed)})
        return put if put.status != 412 else None

    def test_what_is_asked_for_names_fields_and_says_why(self):
        filed = file_application(self.client, person()).json()
        for body, pointer in (({}, "/text"), ({"text": {"ar": "x"}}, "/text/fr"), (ASK | {"fields": ["phone"]}, "/fields/0"),
                              (ASK | {"fields": ["/documents/identity", "/documents/birth-certificate"]}, "/fields/1"), (ASK | {"more": 1}, "/more")):
            with self.subTest(pointer):
                answer = self.client.post(f"{APPLICATIONS}/{filed['id']}/information-request", body, authorization=self.reviewer)
                self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, pointer), answer)

    def test_a_day_is_one_of_casablanca(self):
        filed = file_application(self.client, person()).json()
        due, at = (datetime.datetime.fromisoformat(filed[name].replace("Z", "+00:00")) for name in ("answer_due_at", "submitted_at"))
        self.assertIn((due - at).days, (59, 60, 61))
        self.assertEqual((due.hour, due.minute), (0, 0), "midnight in Morocco, which keeps UTC")

    def test_no_token_is_made_for_a_territory_that_there_is_not(self):
        """It would show nothing, and whoever has it would not know why."""
        for code in ("MA-TOA", "MA-13", "MA-tao", "Taounate"):
            with self.subTest(code):
                done = subprocess.run([str(PROJECT / "deploy/jisrctl"), "token", "--role", "agent", "--territory", code], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"--territory {code} is no region or province", done.stderr)


if __name__ == "__main__":
    unittest.main()
