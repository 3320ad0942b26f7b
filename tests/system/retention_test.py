"""Retention: classes with reasons and lengths, a dry run, and the destruction of what its time is over; a hold is honoured, and a run may break off."""
import unittest

from support.jisr import CALL, basic, bearer, deploy, reaches, rows, staff_token, state_of
from support.own_call import OwnCall
from support.proto import PROJECT, read_yaml
from support.women_csv import announce, report, take, text, woman

CLASSES = "/intake/v1/retention"


class Retention(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A call of its own, closed once there are files in it: those of other tests are not touched."""
        own = OwnCall("retention")
        cls.client, cls.admin, cls.call = own.client, own.admin, own.id
        cls.young = [own.filed(own.form(applicant__birth_date="2015-01-01")) for _ in range(3)]
        for filed in cls.young:
            reaches(cls.client, filed, "INELIGIBLE")
        cls.held, cls.open = cls.young[1], own.filed()
        assert cls.client.post(f"/intake/v1/applications/{cls.held['id']}/hold", {"reason": "Recours"}, authorization=cls.admin).status == 200
        own.close()

    @classmethod
    def tearDownClass(cls):
        cls.length("not-retained", 730)

    @classmethod
    def length(cls, name, days):
        answer = cls.client.post(f"{CLASSES}/{name}/length", {"days": days, "reason": "Essai"}, authorization=cls.admin)
        assert answer.status == 200, answer
        return answer.json()["items"]

    def readable(self, filed):
        return self.client.get(f"/intake/v1/applications/{filed['id']}/form", authorization=basic(filed)).status

    def retention(self, *words):
        return deploy("jisrctl", "retention", "--class", "not-retained", "--call", self.call, *words)

    def test_what_its_time_is_over_is_destroyed_and_what_is_held_is_not(self):
        classes = {item["class"]: item for item in self.client.get(CLASSES, authorization=bearer(staff_token("auditor"))).json()["items"]}
        self.assertLessEqual({"drafts", "uploads", "imports", "not-retained", "undecided", "financed", "answers", "events", "audit"}, set(classes))
        held = {state for item in classes.values() for state in item["states"]}
        self.assertEqual(set(read_yaml(PROJECT / "proto/http/intake.yaml")["components"]["schemas"]["State"]["enum"]) - held, {"DRAFT"}, "whatever became of a file, its time ends; a draft expires")
        self.assertTrue(all(item["reason"]["ar"] and item["reason"]["fr"] and item["reason"]["en"] for item in classes.values()))
        self.assertIn("0 due, 0 more under a legal hold", self.retention("--dry-run"), "two years are not over")
        changed = {item["class"]: item["days"] for item in self.length("not-retained", 0)}
        self.assertEqual(changed["not-retained"], 0)
        self.assertTrue(rows("SELECT 1 FROM intake.audit WHERE action = 'set-retention' AND detail::jsonb ->> 'reason' = 'Essai'"))
        self.assertIn("2 due, 1 more under a legal hold; nothing was destroyed", self.retention("--dry-run"))
        self.assertEqual([self.readable(filed) for filed in self.young], [200] * 3)
        self.assertIn("3 due, 2 destroyed, 1 under a legal hold, 0 failed", self.retention())
        self.assertEqual([self.readable(filed) for filed in self.young], [410, 200, 410])
        self.assertEqual(self.readable(self.open), 200, "she has no answer yet: her file is of another class")
        gone = self.young[0]["id"]
        self.assertEqual(rows("SELECT facts_key, contact_key FROM vault.subject WHERE id = %s", gone), [(None, None)])
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'erase' AND actor LIKE 'admin:%%'", gone), [(1,)])
        self.assertIn(("ma.jisr.application.erased.v1",), rows("SELECT type FROM intake.outbox WHERE key = %s", gone))
        self.assertEqual(state_of(self.client, self.young[0])["state"], "INELIGIBLE", "states and figures stay")
        # Begun again, it finds the held one alone; lifted, that one goes as well.
        self.assertIn("1 due, 0 destroyed, 1 under a legal hold", self.retention())
        lifted = self.client.post(f"/intake/v1/applications/{self.held['id']}/hold/release", {"reason": "Jugé"}, authorization=self.admin)
        self.assertEqual(lifted.status, 200, lifted)
        self.assertIn("1 due, 1 destroyed, 0 under a legal hold", self.retention())
        self.assertIn("0 due", self.retention())

    def test_the_report_of_an_old_file_goes_and_the_women_stay(self):
        agent = staff_token("agent", "MA-03")
        done = take(self.client, agent, text([woman("KEPT-1"), woman("KEPT-2")]).encode())
        ids = [line["application"] for line in report(self.client, agent, done)]
        self.assertIn("due", deploy("jisrctl", "retention", "--class", "imports", "--dry-run"))
        self.assertEqual(rows("SELECT count(*) FROM intake.import_line WHERE import_id = %s", done["id"]), [(2,)], "a year is not over")
        self.length("imports", 0)
        self.addCleanup(self.length, "imports", 365)
        waiting = announce(self.client, agent, 100).json()
        ran = deploy("jisrctl", "retention", "--class", "imports", "--call", CALL)
        self.assertRegex(ran, r"imports: [1-9][0-9]* due, [1-9][0-9]* destroyed")
        self.assertEqual(self.client.get(f"/intake/v1/imports/{done['id']}", authorization=bearer(agent)).status, 404)
        self.assertEqual(self.client.get(f"/intake/v1/imports/{waiting['id']}", authorization=bearer(agent)).status, 200, "its file has not come yet")
        self.assertEqual(rows("SELECT count(*) FROM intake.import_line WHERE import_id = %s", done["id"]), [(0,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'remove-import'", done["id"]), [(1,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.application WHERE id = ANY (%s::uuid[]) AND octet_length(body) > 0", ids), [(2,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.import_key WHERE application_id = ANY (%s::uuid[])", ids), [(2,)], "sent again it still makes nothing")

    def test_what_is_kept_or_goes_by_itself_is_not_run(self):
        for name, status in (("audit", 409), ("answers", 409), ("no-such", 404)):
            self.assertEqual(self.client.post(f"{CLASSES}/{name}/run", {"dry_run": True}, authorization=self.admin).status, status, name)
        self.assertEqual(self.client.post(f"{CLASSES}/audit/length", {"days": 1, "reason": "Essai"}, authorization=self.admin).status, 404)
        wrong = self.client.post(f"{CLASSES}/drafts/length", {"days": -1, "reason": ""}, authorization=self.admin)
        self.assertEqual((wrong.status, {error["pointer"] for error in wrong.json()["errors"]}), (422, {"/days", "/reason"}), wrong)
        elsewhere = self.client.post(f"{CLASSES}/drafts/run", {"dry_run": True}, authorization=bearer(staff_token("admin", "MA-03")))
        self.assertEqual(elsewhere.status, 403, elsewhere)

    def test_the_command_names_the_classes_and_refuses_what_it_does_not_know(self):
        listed = deploy("jisrctl", "retention")
        self.assertIn("not-retained", listed)
        self.assertIn("for good", listed)
        with self.assertRaisesRegex(AssertionError, "no class no-such"):
            deploy("jisrctl", "retention", "--class", "no-such", "--dry-run")
        for name in ("not-retained", "imports"):
            with self.assertRaisesRegex(AssertionError, "a call of the programme", msg="not: 0 due"):
                deploy("jisrctl", "retention", "--class", name, "--call", "no-such", "--dry-run")


if __name__ == "__main__":
    unittest.main()
