"""Law 09-08 from outside: a consent taken back, everything shown to her, and an erasure after which nothing of her can be read anywhere."""
import base64
import pathlib
import random
import subprocess
import unittest

from support.documents import kept_document, png
from support.jisr import (Client, basic, bearer, deploy, eventually, file_application, kafka_events, person, reaches, rows, settings, staff_token, state_of, webhooks)


def canary(word):
    return f"Canari{word}" + "".join(random.choices("abcdefghijklmnop", k=12))


class Personal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()

    def path(self, filed, part=""):
        return f"/intake/v1/applications/{filed['id']}{part}"

    def ask(self, filed, part, **named):
        return self.client.get(self.path(filed, part), authorization=named.get("authorization", basic(filed)))

    def erase(self, filed, body=None, **named):
        return self.client.post(self.path(filed, "/erasure"), body, authorization=named.get("authorization", basic(filed)))

    # ── Consents ──

    def test_a_consent_taken_back_revokes_what_it_allowed_and_the_file_goes_on(self):
        filed = file_application(self.client, person()).json()
        reaches(self.client, filed, "SHORTLISTED")
        eventually("an offer to the partner", lambda: webhooks(filed["id"]))
        answer = self.client.post(self.path(filed, "/consents/partner-referral/withdrawal"), authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "SHORTLISTED"), answer)
        eventually("the partner is told", lambda: [line for line in webhooks(filed["id"]) if line["event"]["type"] == "ma.jisr.referral.revoked.v1"])
        headers, data = next(event for event in kafka_events("jisr.application.v1", filed["id"], at_least=99, seconds=3) if event[0]["ce_type"].endswith("restricted.v1"))
        self.assertEqual((data["transitions"], data["state"], headers["ce_aggregateversion"]), ([], "SHORTLISTED", str(answer.json()["version"])))
        said = {(item["purpose"], item["state"], item["channel"]) for item in self.ask(filed, "/consents").json()["items"]}
        self.assertLessEqual({("partner-referral", "GIVEN", "form"), ("partner-referral", "WITHDRAWN", "applicant"), ("processing", "GIVEN", "form")}, said)
        again = self.client.post(self.path(filed, "/consents/partner-referral/withdrawal"), authorization=basic(filed))
        self.assertEqual(again.status, 409, again)

    def test_without_the_consent_to_be_processed_the_file_is_withdrawn(self):
        filed = file_application(self.client, person()).json()
        answer = self.client.post(self.path(filed, "/consents/processing/withdrawal"), authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "WITHDRAWN"), answer)
        self.assertEqual(self.client.post(self.path(filed, "/consents/no-such/withdrawal"), authorization=basic(filed)).status, 404)

    # ── What she may see ──

    def test_her_export_holds_what_she_sent_and_who_read_it(self):
        form = person()
        filed = file_application(self.client, form).json()
        self.client.get(self.path(filed), authorization=bearer(staff_token("reviewer", "MA-03")))
        shown = self.ask(filed, "/export").json()
        self.assertEqual(shown["form"]["applicant"], form["applicant"])
        self.assertEqual(shown["application"]["receipt_number"], filed["receipt_number"])
        self.assertEqual([item["what"] for item in shown["reads"]["items"] if item["by"].startswith("reviewer:")], ["read"])
        self.assertEqual(self.ask(filed, "/reads").json()["items"], shown["reads"]["items"])

    # ── Erasure ──

    def test_after_an_erasure_nothing_of_her_can_be_read_anywhere(self):
        name, commune, title = canary("Nom"), canary("Commune"), canary("Projet")
        arabic = "كناري " + "".join(random.choices("ابتثجحخدذرزسشصض", k=12))
        form = person(applicant__name={"ar": arabic, "latin": name}, applicant__address__commune=commune, project__title=title, situation__monthly_income_centimes=76543219)
        filed = file_application(self.client, form).json()
        reaches(self.client, filed, "SHORTLISTED")
        kept_document(self.client, filed, png(text=canary("Photo").encode()))
        answer = self.erase(filed)
        self.assertEqual((answer.status, answer.json()["state"]), (200, "WITHDRAWN"), answer)
        # No key, no piece, no number.
        self.assertEqual(rows("SELECT facts_key, contact_key, erased_at IS NOT NULL FROM vault.subject WHERE id = %s", filed["id"]), [(None, None, True)])
        self.assertEqual(rows("SELECT length(body) FROM intake.application WHERE id = %s", filed["id"]), [(0,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.document WHERE application_id = %s", filed["id"]), [(0,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.identity WHERE %s IN (person_application, member_application)", filed["id"]), [(0,)])
        # Not in a dump, the topics or the logs.
        secrets = [name, arabic, commune, title, form["applicant"]["identity"]["number"], form["applicant"]["phone"].replace(" ", "")[1:], "76543219"]
        eventually("the others have heard of it", lambda: rows("SELECT withdrawn, contact FROM notifier.application WHERE id = %s", filed["id"]) == [(True, None)])
        dump = subprocess.run(["pg_dump", settings()["JISR_PG"]], capture_output=True, check=True).stdout
        self.assertIn(filed["id"].encode(), dump)
        events = "".join(str(event) for event in kafka_events("jisr.application.v1", filed["id"], at_least=99, seconds=3))
        self.assertIn("ma.jisr.application.erased.v1", events)
        logs = b"".join(path.read_bytes() for path in (pathlib.Path(settings()["JISR_HOME"]) / "log").glob("*.log"))
        for secret in secrets:
            for where, text in (("dump", dump), ("Kafka", events.encode()), ("logs", logs)):
                for form_of_it in (secret.encode(), base64.b64encode(secret.encode())[:-4]):
                    self.assertNotIn(form_of_it, text, f"{secret} in {where}")
        # And she is told so.
        proof = self.ask(filed, "/erasure").json()
        self.assertEqual((proof["application"], proof["receipt_number"]), (filed["id"], filed["receipt_number"]))
        self.assertTrue(proof["keys_destroyed_at"] and proof["audit_hash"])
        for part, status in (("/export", 410), ("/receipt.pdf", 410), ("/consents", 410)):
            self.assertEqual(self.ask(filed, part).status, status, part)
        self.assertEqual(state_of(self.client, filed)["state"], "WITHDRAWN")

    def test_the_same_number_may_be_registered_again_afterwards(self):
        form = person()
        filed = file_application(self.client, form).json()
        before = rows("SELECT sum(distinct_women)::int FROM (SELECT distinct_women FROM intake.stat UNION ALL SELECT distinct_women FROM intake.stat_delta) s")[0][0]
        self.assertEqual(self.erase(filed).status, 200)
        again = file_application(self.client, form).json()
        self.assertNotEqual(reaches(self.client, again, "SHORTLISTED", "WAITLISTED", "ELIGIBLE", "INELIGIBLE", "DUPLICATE_REVIEW")["state"], "DUPLICATE_REVIEW")
        after = rows("SELECT sum(distinct_women)::int FROM (SELECT distinct_women FROM intake.stat UNION ALL SELECT distinct_women FROM intake.stat_delta) s")[0][0]
        self.assertEqual(after, before)

    def test_a_token_is_not_enough_and_an_administrator_needs_a_reason(self):
        filed = file_application(self.client, person()).json()
        token = self.client.post("/intake/v1/tokens", authorization=basic(filed)).json()["token"]
        self.assertEqual(self.erase(filed, authorization=bearer(token)).status, 403)
        admin = bearer(staff_token("admin"))
        refused = self.erase(filed, {}, authorization=admin)
        self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (422, "/reason"), refused)
        self.assertEqual(self.ask(filed, "/erasure").status, 404)
        self.assertEqual(self.erase(filed, {"reason": "Letter of 3 November"}, authorization=admin).status, 200)
        self.assertTrue(self.ask(filed, "/erasure").json()["by"].startswith("admin:"))
        self.assertEqual(self.erase(filed).status, 410, "a second time")

    def test_a_draft_is_erased_as_well(self):
        draft = file_application(self.client, {"call": "fes-meknes-2026", "kind": "person", "draft": True, "consents": person()["consents"]}).json()
        answer = self.erase(draft)
        self.assertEqual((answer.status, answer.json()["state"]), (200, "EXPIRED"), answer)

    def test_the_audit_chain_still_holds(self):
        self.assertNotIn("does not follow", deploy("jisrctl", "verify"))


if __name__ == "__main__":
    unittest.main()
