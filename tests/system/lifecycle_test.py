"""One woman from her draft to the end of her accompaniment, and what may not happen on the way: a withdrawal once she is financed, too much money, money twice for one project."""
import concurrent.futures
import datetime
import json
import unittest

from support.committee import approve
from support.jisr import CALL, Client, basic, bearer, deploy, eventually, file_application, identity_number, new_key, person, reaches, rows, staff_token, state_of, today

YESTERDAY, TODAY = str(today() - datetime.timedelta(days=1)), str(today())
PAID = {"amount_centimes": 4_000_000, "paid_on": TODAY, "reference": "OP-2026-0117"}


class Lifecycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.committee, cls.admin, cls.agent = (bearer(staff_token(role, "MA-03")) for role in ("committee", "admin", "agent"))

    def filed(self, **changes):
        filed = file_application(self.client, person(**changes)).json()
        reaches(self.client, filed, "SHORTLISTED")
        return filed

    def approved(self, **changes):
        filed = self.filed(**changes)
        approve(filed)
        reaches(self.client, filed, "APPROVED")
        return filed

    def do(self, filed, path, body=None, who=None, **named):
        """With the version as it is now, unless another is named: her seat may come in between, and what was stale is asked again."""
        client = Client()
        for _ in range(20):
            headers = {"accept-language": "en", "authorization": who or self.committee, "if_match": f'"{state_of(client, filed)["version"]}"'} | named
            answer = client.call("POST", f"/intake/v1/applications/{filed['id']}/{path}", body, {name.replace("_", "-"): value for name, value in headers.items() if value})
            if answer.status != 412 or "if_match" in named:
                break
        return answer

    def refused(self, answer, *errors):
        self.assertEqual((answer.status, {(error["pointer"], error["code"]) for error in answer.json()["errors"]}), (422, set(errors)), answer)

    @staticmethod
    def counted():
        return dict(rows("SELECT a.state, count(*) FROM intake.application a JOIN intake.call c ON c.id = a.call_id WHERE c.slug = %s AND a.submitted_at IS NOT NULL GROUP BY a.state", CALL))

    def by_state(self):
        return {state: count for state, count in self.client.get(f"/intake/v1/statistics?call={CALL}").json()["by_state"].items() if count}

    def test_from_her_draft_to_the_end_of_her_accompaniment(self):
        filed = file_application(self.client, person() | {"draft": True}).json()
        self.assertEqual(self.do(filed, "submission", who=basic(filed)).status, 200)
        reaches(self.client, filed, "SHORTLISTED")
        early = self.do(filed, "payment", PAID)
        self.assertEqual(early.status, 409, "the committee has not said yes")
        approve(filed)
        reaches(self.client, filed, "APPROVED")
        paid = self.do(filed, "payment", PAID)
        self.assertEqual((paid.status, paid.json()["state"], paid.json()["funding"]), (200, "FUNDED", PAID), paid)
        self.assertEqual(paid.headers["etag"], f'"{paid.json()["version"]}"')
        why = paid.json()["history"][-1]["why"]
        day = datetime.date.fromisoformat(TODAY)
        self.assertEqual(why["en"], f"The funding has been paid: 40,000.00 dirhams on {day.day} {day:%B %Y}.")
        self.assertNotIn(TODAY, str(why), "a day is written as people say it")
        self.assertTrue("40\u00a0000,00" in why["fr"] and "40\u00a0000,00" in why["ar"], why)
        self.assertEqual([self.do(filed, "payment", PAID).status, self.do(filed, "withdrawal", who=basic(filed)).status], [409, 409], "paid once; and she stays")
        self.assertEqual(self.do(filed, "consents/processing/withdrawal", who=basic(filed)).status, 409)
        self.refused(self.do(filed, "erasure", who=basic(filed)), ("", "not-allowed"))
        begun = self.do(filed, "follow-up", {"began_on": TODAY, "by": "ADS Taounate"}, self.agent)
        self.assertEqual((begun.status, begun.json()["state"]), (200, "FOLLOW_UP"), begun)
        self.refused(self.do(filed, "follow-up/end", {"ended_on": YESTERDAY, "outcome": "RICH"}, self.agent), ("/outcome", "choice"))
        self.refused(self.do(filed, "follow-up/end", {"ended_on": YESTERDAY, "outcome": "ACTIVE"}, self.agent), ("/ended_on", "not-allowed"))
        ended = self.do(filed, "follow-up/end", {"ended_on": TODAY, "outcome": "ACTIVE"}, self.agent)
        self.assertEqual((ended.status, ended.json()["state"]), (200, "CLOSED"), ended)
        self.assertEqual(ended.json()["follow_up"], {"began_on": TODAY, "by": "ADS Taounate", "ended_on": TODAY, "outcome": "ACTIVE"})
        self.assertIn("goes on", ended.json()["history"][-1]["why"]["en"])
        self.told_once(filed)
        eventually("the figures to follow", lambda: self.by_state() == self.counted())
        self.kept_for_ten_years(filed)

    def told_once(self, filed):
        """One event a change, versions without a gap; an audit row each, and one with the amount."""
        told = rows("SELECT version, data::jsonb ->> 'state' FROM intake.outbox WHERE key = %s ORDER BY version", filed["id"])
        self.assertEqual([version for version, _ in told], list(range(1, len(told) + 1)))
        self.assertEqual([state for _, state in told][-4:], ["APPROVED", "FUNDED", "FOLLOW_UP", "CLOSED"])
        audit = dict(rows("SELECT action, coalesce(detail, '') FROM intake.audit WHERE subject = %s AND action IN ('pay', 'payment', 'follow-up', 'end-follow-up')", filed["id"]))
        self.assertEqual(set(audit), {"pay", "payment", "follow-up", "end-follow-up"})
        self.assertEqual(json.loads(audit["payment"]), PAID)
        self.assertEqual(rows("SELECT count(*) FROM intake.parked WHERE key = %s", filed["id"]), [(0,)])

    def kept_for_ten_years(self, filed):
        over = rows("SELECT over_at::date - (history::jsonb -> -1 ->> 'at')::date FROM intake.retention_file f JOIN intake.application a USING (id) WHERE class = 'financed' AND id = %s", filed["id"])
        self.assertEqual(over, [(3650,)])
        self.refused(self.do(filed, "erasure", who=basic(filed)), ("", "not-allowed"))  # or she could be paid a second time
        self.assertIn("0 due", deploy("jisrctl", "retention", "--class", "financed", "--call", CALL, "--dry-run"))
        page = self.client.get(f"/intake/v1/applications/{filed['id']}/export.html", authorization=basic(filed)).body.decode()
        for text in ("40000.00 MAD", "OP-2026-0117", "المشروع مستمر"):
            self.assertIn(text, page)

    def test_a_payment_is_looked_at_before_it_is_noted(self):
        filed = self.approved()
        self.assertEqual(self.do(filed, "payment", PAID, if_match=None).status, 428)
        self.assertEqual(self.do(filed, "payment", PAID, if_match='"1"').status, 412)
        self.refused(self.do(filed, "payment", {}), ("/amount_centimes", "required"), ("/paid_on", "required"), ("/reference", "required"))
        self.refused(self.do(filed, "payment", PAID | {"amount_centimes": 4_500_001}), ("/amount_centimes", "too-large"))
        self.refused(self.do(filed, "payment", PAID | {"amount_centimes": 0, "reference": ""}), ("/amount_centimes", "too-small"), ("/reference", "too-short"))
        self.refused(self.do(filed, "payment", PAID | {"paid_on": "2099-01-01"}), ("/paid_on", "future"))
        self.refused(self.do(filed, "payment", PAID | {"paid_on": YESTERDAY}), ("/paid_on", "not-allowed"))
        self.assertEqual(self.do(filed, "payment", PAID, self.agent).status, 403)
        self.assertEqual([self.do(filed, "follow-up", {"began_on": TODAY, "by": "ADS"}).status, self.do(filed, "follow-up/end", {"ended_on": TODAY, "outcome": "ACTIVE"}).status], [409, 409])
        self.assertEqual(state_of(self.client, filed)["state"], "APPROVED")
        key = new_key()
        once, again = (self.do(filed, "payment", PAID, if_match='"%d"' % state_of(self.client, filed)["version"], idempotency_key=key) for _ in range(2))
        self.assertEqual((once.status, again.status, once.body), (200, 200, again.body), "sent again: the same answer, and nothing twice")
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'payment'", filed["id"]), [(1,)])

    def test_until_she_is_paid_she_may_withdraw(self):
        filed = self.approved()
        answer = self.do(filed, "withdrawal", who=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "WITHDRAWN"), answer)
        self.assertEqual(self.do(filed, "payment", PAID).status, 409)

    def test_the_same_project_is_not_financed_twice(self):
        body = person()
        first = file_application(self.client, body).json()
        body["applicant"]["identity"]["number"] = identity_number()  # the same woman by all signs but her number
        second = file_application(self.client, body).json()
        for filed in (first, second):
            reaches(self.client, filed, "SHORTLISTED")
            approve(filed)
            reaches(self.client, filed, "APPROVED")
        pairs = f"/intake/v1/duplicates?application={second['id']}"
        eventually("the pair", lambda: self.client.get(pairs, authorization=self.committee).json()["items"], 60.0)
        self.objected(second, pairs)
        with concurrent.futures.ThreadPoolExecutor(2) as threads:  # in the same moment: one of them
            waiting = [threads.submit(self.do, filed, "payment", PAID) for filed in (first, second)]
        answers = [one.result() for one in waiting]
        self.assertEqual({answer.status for answer in answers}, {200, 422}, answers)
        if answers[1].status == 200:
            first, second = second, first
        answer = self.do(second, "payment", PAID)
        self.refused(answer, ("", "not-allowed"))
        self.assertIn("likely double has been paid", answer.json()["errors"][0]["message"])
        self.assertEqual(self.do(first, "opposition", who=basic(first)).status, 200)
        self.refused(self.do(second, "payment", PAID), ("", "not-allowed"))
        reviewer = bearer(staff_token("reviewer", "MA-03"))
        word = self.client.post(f"/intake/v1/applications/{second['id']}/review", {"same": False, "other": first["id"]}, authorization=reviewer)
        self.assertEqual(word.status, 200, word)
        self.assertEqual(self.do(second, "payment", PAID).status, 200, "two women after all")

    def objected(self, filed, pairs):
        """While she objects, nobody can tell whether she has a double; and once she does not, she is compared again."""
        self.assertEqual(self.do(filed, "opposition", who=basic(filed)).status, 200)
        heard = """SELECT 1 FROM intake.outbox o, intake.duplicate_cursor c WHERE o.key = %s AND o.type LIKE '%%restricted%%' AND (o.xid, o.id) <= (c.xid, c.id)"""
        eventually("the search to have heard of it", lambda: rows(heard, filed["id"]), 30.0)
        self.refused(self.do(filed, "payment", PAID), ("", "not-allowed"))
        self.assertEqual(self.do(filed, "opposition/undo", who=basic(filed)).status, 200)
        eventually("the pair, again", lambda: self.client.get(pairs, authorization=self.committee).json()["items"], 60.0)


if __name__ == "__main__":
    unittest.main()
