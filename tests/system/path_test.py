"""The main path from outside, as the contract has it: a woman applies, is assessed, gets a place and a seat, and the partner hears of her."""
import base64
import json
import unittest

from support.jisr import (CALL, Client, basic, bearer, eventually, file_application, kafka_events, new_key, person, reaches, rows, staff_token, state_of, webhooks)


class TheWayOfOneWoman(unittest.TestCase):
    """One application, followed to the end."""

    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.body, cls.key = person(), new_key()
        answer = file_application(cls.client, cls.body, cls.key)
        assert answer.status == 201, answer
        cls.answer, cls.filed = answer, answer.json()

    def test_a_call_says_what_a_form_needs_to_know(self):
        calls = self.client.get("/intake/v1/calls").json()["items"]
        call = next(item for item in calls if item["id"] == CALL)
        self.assertEqual(call["state"], "OPEN")
        self.assertEqual(set(call["title"]), {"ar", "fr", "en"})
        self.assertIn("person", call["kinds"])
        self.assertIn("MA-TAO", [quota["province"] for quota in call["quotas"]])
        self.assertEqual(self.client.get(f"/intake/v1/calls/{CALL}").json()["id"], CALL)

    def test_the_receipt_names_her_file_and_the_day_an_answer_is_due(self):
        for name in ("id", "receipt_number", "secret_code", "state", "version", "submitted_at", "answer_due_at"):
            self.assertIn(name, self.filed)
        self.assertEqual(self.answer.headers["location"].rsplit("/", 1)[-1], self.filed["id"])

    def test_the_same_key_again_gives_the_same_bytes(self):
        again = file_application(self.client, self.body, self.key)
        self.assertEqual((again.status, again.body), (201, self.answer.body))
        self.assertEqual(again.headers["location"], self.answer.headers["location"])
        unquoted = file_application(self.client, self.body, self.key.strip('"'))
        self.assertEqual((unquoted.status, unquoted.body), (201, self.answer.body))

    def test_the_same_key_with_another_body_is_refused(self):
        other = file_application(self.client, self.body | {"project": self.body["project"] | {"jobs": 9}}, self.key)
        self.assertEqual(other.status, 422, other)
        self.assertIn("problem+json", other.headers["content-type"])

    def test_she_follows_her_file_with_receipt_and_code(self):
        answer = self.client.get(f"/intake/v1/applications/{self.filed['id']}", authorization=basic(self.filed))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["etag"], f'"{answer.json()["version"]}"')
        self.assertEqual(answer.json()["receipt_number"], self.filed["receipt_number"])
        by_receipt = self.client.get(f"/intake/v1/receipts/{self.filed['receipt_number']}", authorization=basic(self.filed))
        self.assertEqual(by_receipt.status, 200, by_receipt)
        self.assertEqual(by_receipt.json()["id"], self.filed["id"])

    def test_an_unchanged_file_is_not_sent_again(self):
        reaches(self.client, self.filed, "SHORTLISTED")
        path, who = f"/intake/v1/applications/{self.filed['id']}", basic(self.filed)
        etag = self.client.get(path, authorization=who).headers["etag"]
        self.assertEqual(self.client.get(path, authorization=who, if_none_match=etag).status, 304)

    def test_she_gets_a_place_a_seat_and_the_reasons(self):
        found = reaches(self.client, self.filed, "SHORTLISTED")
        self.assertEqual(found["decision"]["outcome"], "SHORTLISTED")
        seat = eventually("a seat in a session", lambda: state_of(self.client, self.filed)["training"])
        for name in ("session", "course", "state", "place", "starts_at"):
            self.assertIn(name, seat)
        history = [row["state"] for row in state_of(self.client, self.filed)["history"]]
        self.assertEqual([state for state in history if state != "SCREENING"][:1], ["SUBMITTED"])
        self.assertEqual(history[-1], "SHORTLISTED")

    def test_the_assessment_shows_every_criterion_to_her_token(self):
        reaches(self.client, self.filed, "SHORTLISTED")
        token = self.client.post("/intake/v1/tokens", authorization=basic(self.filed))
        self.assertEqual(token.status, 201, token)
        path = f"/eligibility/v1/applications/{self.filed['id']}/assessment"
        answer = self.client.get(path, authorization=bearer(token.json()["token"]))
        self.assertEqual(answer.status, 200, answer)
        assessment = answer.json()
        self.assertEqual(assessment["outcome"], "ELIGIBLE")
        for criterion in assessment["criteria"]:
            self.assertIn(criterion["outcome"], ("MET", "NOT_MET", "UNKNOWN"))
            self.assertEqual(set(criterion["reason"]), {"ar", "fr", "en"})

    def test_the_partner_hears_of_her_once_and_can_check_who_says_so(self):
        lines = eventually("the partner's webhook", lambda: webhooks(self.filed["id"]))
        self.assertEqual([line["event"]["type"] for line in lines], ["ma.jisr.referral.offered.v1"])
        line = lines[0]
        self.assertTrue(line["verified"], line)
        event = json.loads(line["body"])
        self.assertEqual((event["specversion"], event["subject"], event["data"]["application"]), ("1.0", self.filed["id"], self.filed["id"]))
        self.assertEqual(line["headers"]["webhook-id"], event["id"])

    def test_kafka_carries_cloudevents_in_binary_mode(self):
        reaches(self.client, self.filed, "SHORTLISTED")
        headers, data = kafka_events("jisr.application.v1", self.filed["id"])[0]
        self.assertEqual(headers["ce_specversion"], "1.0")
        self.assertEqual(headers["ce_type"], "ma.jisr.application.submitted.v1")
        self.assertEqual(headers["ce_subject"], self.filed["id"])
        self.assertEqual(headers["ce_partitionkey"], self.filed["id"])
        self.assertEqual(headers["content-type"], "application/json")
        self.assertEqual(data["application"], self.filed["id"])
        decisions = [headers["ce_type"] for headers, _ in kafka_events("jisr.decision.v1", self.filed["id"], at_least=2)]
        self.assertEqual(decisions, ["ma.jisr.decision.assessed.v1", "ma.jisr.decision.shortlisted.v1"])

    def test_events_say_nothing_readable_about_her(self):
        reaches(self.client, self.filed, "SHORTLISTED")
        applicant = self.body["applicant"]
        secrets = [applicant["identity"]["number"], applicant["name"]["latin"], applicant["name"]["ar"], applicant["phone"]]
        for topic in ("jisr.application.v1", "jisr.decision.v1"):
            for record in kafka_events(topic, self.filed["id"]):
                text = json.dumps(record, ensure_ascii=False)
                for secret in secrets:
                    self.assertNotIn(secret, text)
        for line in webhooks(self.filed["id"]):
            for secret in secrets:
                self.assertNotIn(secret, line["body"])

    def test_versions_of_her_file_have_no_gap(self):
        reaches(self.client, self.filed, "SHORTLISTED")
        versions = [row[0] for row in rows("SELECT version FROM intake.outbox WHERE aggregate_id = %s ORDER BY version", self.filed["id"])]
        self.assertEqual(versions, list(range(1, len(versions) + 1)))


class WhoMaySee(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.hers = file_application(cls.client, person()).json()
        cls.other = file_application(cls.client, person()).json()
        cls.path = f"/intake/v1/applications/{cls.hers['id']}"

    def test_nobody_in_particular_is_asked_who_she_is(self):
        answer = self.client.get(self.path)
        self.assertEqual(answer.status, 401)
        self.assertIn("www-authenticate", answer.headers)

    def test_a_wrong_code_is_refused(self):
        wrong = base64.b64encode(f"{self.hers['receipt_number']}:WRONG-CODE-0000".encode()).decode()
        self.assertEqual(self.client.get(self.path, authorization=f"Basic {wrong}").status, 401)

    def test_another_womans_file_is_not_hers_to_see(self):
        self.assertIn(self.client.get(self.path, authorization=basic(self.other)).status, (403, 404))
        token = self.client.post("/intake/v1/tokens", authorization=basic(self.other)).json()["token"]
        self.assertIn(self.client.get(self.path, authorization=bearer(token)).status, (403, 404))
        self.assertIn(self.client.get(f"/eligibility/v1/applications/{self.hers['id']}/assessment", authorization=bearer(token)).status, (403, 404))

    def test_staff_see_it_within_their_territory_only(self):
        inside = self.client.get(self.path, authorization=bearer(staff_token("agent", "MA-03")))
        self.assertEqual(inside.status, 200, inside)
        outside = self.client.get(self.path, authorization=bearer(staff_token("agent", "MA-11")))
        self.assertIn(outside.status, (403, 404))

    def test_a_forged_token_is_refused(self):
        head, _, signature = staff_token("admin").split(".")
        claims = base64.urlsafe_b64encode(json.dumps({"iss": "jisr", "sub": "x", "role": "admin", "exp": 4102444800}).encode()).decode().rstrip("=")
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
        for token in (f"{head}.{claims}.{signature}", f"{unsigned}.{claims}.", "x.y.z"):
            self.assertEqual(self.client.get(self.path, authorization=bearer(token)).status, 401, token)

    def test_only_an_administrator_makes_partners(self):
        body = {"name": {"ar": "شريك", "fr": "Partenaire", "en": "Partner"}}
        self.assertEqual(self.client.post("/notifier/v1/partners", body, authorization=bearer(staff_token("agent"))).status, 403)
        self.assertEqual(self.client.post("/notifier/v1/partners", body).status, 401)

    def test_admin_ports_are_not_behind_the_front_door(self):
        for path in ("/metrics", "/readyz", "/livez", "/startupz", "/intake/v1/metrics", "/eligibility/v1/readyz"):
            self.assertNotEqual(self.client.get(path).status, 200, path)


class WhatHerAnswersLeadTo(unittest.TestCase):
    """Each case is a woman of her own; the rest of the form is the eligible example."""

    def setUp(self):
        self.client = Client()

    def file(self, body):
        answer = file_application(self.client, body)
        self.assertEqual(answer.status, 201, answer)
        return answer.json()

    def test_under_age_is_ineligible_and_says_why(self):
        filed = self.file(person(applicant__birth_date="2012-01-01"))
        found = reaches(self.client, filed, "INELIGIBLE")
        self.assertTrue(found["decision"]["reasons"])
        for reason in found["decision"]["reasons"]:
            self.assertEqual(set(reason), {"ar", "fr", "en"})
        self.assertEqual(webhooks(filed["id"]), [])

    def test_without_consent_to_referral_no_partner_hears_of_her(self):
        body = person()
        body["consents"][1]["given"] = False
        filed = self.file(body)
        reaches(self.client, filed, "SHORTLISTED")
        eventually("the seat, which comes of the same decision", lambda: state_of(self.client, filed)["training"])
        other = self.file(person())
        eventually("a later woman's webhook", lambda: webhooks(other["id"]))
        self.assertEqual(webhooks(filed["id"]), [])

    def test_without_consent_to_processing_nothing_is_taken(self):
        body = person()
        body["consents"][0]["given"] = False
        self.assertEqual(file_application(self.client, body).status, 422)

    def test_an_identity_number_seen_before_waits_for_a_reviewer(self):
        first = person()
        self.file(first)
        number = first["applicant"]["identity"]["number"]
        again = self.file(person(applicant__identity__number=f" {number[:2].lower()} {number[2:]} "))
        self.assertEqual(state_of(self.client, again)["state"], "DUPLICATE_REVIEW")

    def test_withdrawing_ends_it_and_the_partner_is_told(self):
        filed = self.file(person())
        reaches(self.client, filed, "SHORTLISTED")
        eventually("the partner's webhook", lambda: webhooks(filed["id"]))
        path = f"/intake/v1/applications/{filed['id']}"
        etag = self.client.get(path, authorization=basic(filed)).headers["etag"]
        answer = self.client.post(f"{path}/withdrawal", authorization=basic(filed), if_match=etag)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(state_of(self.client, filed)["state"], "WITHDRAWN")
        eventually("the partner is told", lambda: [line for line in webhooks(filed["id"]) if line["event"]["type"] == "ma.jisr.referral.revoked.v1"])

    def test_a_cooperative_counts_its_members(self):
        before = self.client.get("/intake/v1/statistics").json()
        body = person()
        del body["situation"]
        members = [person()["applicant"] for _ in range(4)] + [body["applicant"]]
        body |= {"kind": "cooperative", "cooperative": {"name": {"ar": "تعاونية الأمل", "latin": "Coopérative Al Amal"}, "ice": "001561191000066", "members": [
            {"name": one["name"], "identity": one["identity"], "birth_date": one["birth_date"], "phone": None, "role": "president" if one is body["applicant"] else "member"}
            for one in members]}}
        self.file(body)
        after = eventually("the count", lambda: (now := self.client.get("/intake/v1/statistics").json())["cooperatives"] == before["cooperatives"] + 1 and now)
        self.assertEqual(after["cooperative_members"], before["cooperative_members"] + 5)

    def test_a_draft_is_kept_and_submitted_later(self):
        filed = self.file(person() | {"draft": True})
        self.assertEqual(filed["state"], "DRAFT")
        path = f"/intake/v1/applications/{filed['id']}"
        answer = self.client.post(f"{path}/submission", authorization=basic(filed), if_match=f'"{filed["version"]}"')
        self.assertEqual(answer.status, 200, answer)
        reaches(self.client, filed, "SHORTLISTED")

    def test_amending_needs_the_version_she_saw(self):
        filed = self.file(person())
        reaches(self.client, filed, "SHORTLISTED")
        path = f"/intake/v1/applications/{filed['id']}"
        self.assertEqual(self.client.call("PUT", path, person(), authorization=basic(filed)).status, 428)
        self.assertEqual(self.client.call("PUT", path, person(), authorization=basic(filed), if_match='"1"').status, 412)


if __name__ == "__main__":
    unittest.main()
