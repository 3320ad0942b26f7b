"""An agent registers women who can't do it alone: three from one phone; what she enters counts as consented once each woman stands by it."""
import unittest

from support.jisr import Client, basic, bearer, eventually, file_application, kafka_events, new_key, person, reaches, rows, staff_token, state_of, webhooks
from support.own_call import OwnCall

OFFICE = {"channel": "office", "place": "Ghafsai"}
CONFIRMED = "ma.jisr.application.confirmed.v1"


class Assisted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.agent = bearer(staff_token("agent", "MA-TAO"))

    def register(self, phone="0661000001", **assistance):
        body = person(applicant__phone=phone) | {"assistance": OFFICE | assistance}
        answer = file_application(self.client, body, authorization=self.agent)
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(set(answer.json()), {"id", "receipt_number", "secret_code", "state", "version", "submitted_at", "answer_due_at"})
        return answer.json()

    def confirm(self, filed, body=None, **named):
        return self.client.post(f"/intake/v1/applications/{filed['id']}/confirmation", body, **({"authorization": basic(filed)} | named))

    def consents(self, filed):
        """What her register says holds: {purpose: (state, confirmed)}."""
        answer = self.client.get(f"/intake/v1/applications/{filed['id']}/consents", authorization=basic(filed))
        self.assertEqual(answer.status, 200, answer)
        return {item["purpose"]: (item["state"], item["confirmed"]) for item in answer.json()["items"]}

    def waiting(self):
        answer = self.client.get("/intake/v1/applications?confirmation=waiting&created_by=me&limit=200", authorization=self.agent)
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(all(item["confirmation_needed"] for item in answer.json()["items"]))
        return {item["id"] for item in answer.json()["items"]}

    def test_three_from_one_phone_and_one_confirms(self):
        filed = [self.register() for _ in range(3)]
        self.assertLessEqual({one["id"] for one in filed}, self.waiting())
        first = reaches(self.client, filed[0], "SHORTLISTED")
        self.assertEqual(first["confirmation"], {"needed": True, "confirmed_at": None, "how": None, "paper": None})
        self.assertIn("unconfirmed", first["warnings"])
        self.assertIn("agent", first["history"][0]["why"]["fr"])
        for one in filed:
            reaches(self.client, one, "SHORTLISTED")
        self.assertEqual([webhooks(one["id"]) for one in filed], [[], [], []], "nobody hears of her before she has confirmed")

        answer = self.confirm(filed[0])
        self.assertEqual(answer.status, 200, answer)
        shown = answer.json()
        self.assertEqual((shown["confirmation"]["needed"], shown["confirmation"]["how"]), (False, "code"))
        self.assertEqual((shown["state"], shown["revision"]), ("SHORTLISTED", 1))
        self.assertIn("confirmé", shown["history"][-1]["why"]["fr"])
        self.assertNotIn(filed[0]["id"], self.waiting())
        self.assertLessEqual({one["id"] for one in filed[1:]}, self.waiting())
        line = eventually("the partner hears of her", lambda: webhooks(filed[0]["id"]))[0]
        self.assertEqual(line["event"]["type"], "ma.jisr.referral.offered.v1")
        self.assertEqual([webhooks(one["id"]) for one in filed[1:]], [[], []])

    def test_the_confirmation_is_one_change(self):
        filed = self.register()
        before = reaches(self.client, filed, "SHORTLISTED")
        eventually("her seat", lambda: state_of(self.client, filed)["training"])
        before = state_of(self.client, filed)
        key = new_key()
        first, again = (self.confirm(filed, headers={"idempotency-key": key}) for _ in range(2))
        self.assertEqual((first.status, first.body), (200, again.body))
        self.assertEqual(first.json()["version"], before["version"] + 1)
        self.assertEqual(self.confirm(filed).status, 409, "nothing waits any more")
        events = eventually("its event", lambda: [data for headers, data in kafka_events("jisr.application.v1", filed["id"], 3, 99) if headers["ce_type"] == CONFIRMED])
        self.assertEqual([(event["version"], event["transitions"], event["referral_consent"]) for event in events], [(before["version"] + 1, [], True)])
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'confirm'", filed["id"]), [(1,)])
        self.assertEqual(rows("SELECT version FROM eligibility.decision WHERE application_id = %s", filed["id"]), [(2,)], "nothing is assessed anew")

    def test_her_register_says_which_consents_wait_for_her_word(self):
        given = {"processing": ("GIVEN", True), "partner-referral": ("GIVEN", True)}
        filed, by_paper = self.register(), self.register(paper="EN-TAO-0003")
        self.assertEqual(self.consents(filed), {purpose: ("GIVEN", False) for purpose in given})
        self.assertEqual(self.consents(by_paper), given)
        self.assertEqual(self.confirm(filed).status, 200)
        self.assertEqual(self.consents(filed), given)
        body = person() | {"assistance": OFFICE}
        body["consents"][1]["given"] = False
        without = file_application(self.client, body, authorization=self.agent).json()
        self.assertEqual(self.consents(without), {"processing": ("GIVEN", False), "partner-referral": ("REFUSED", None)}, "what is refused needs no word of hers")

    def test_a_signed_paper_is_her_word(self):
        with self.subTest("that came with the form"):
            filed = self.register(paper="EN-TAO-0001")
            shown = reaches(self.client, filed, "SHORTLISTED")
            self.assertEqual(shown["confirmation"] | {"confirmed_at": 0}, {"needed": False, "confirmed_at": 0, "how": "paper", "paper": None})
            self.assertEqual(shown["confirmation"]["confirmed_at"], shown["submitted_at"])
            eventually("the partner hears of her", lambda: webhooks(filed["id"]))
        with self.subTest("that came later"):
            filed = self.register()
            reaches(self.client, filed, "SHORTLISTED")
            refused = self.confirm(filed, authorization=self.agent)
            self.assertEqual((refused.status, [error["pointer"] for error in refused.json()["errors"]]), (422, ["/paper"]))
            answer = self.confirm(filed, {"paper": "EN-TAO-0002"}, authorization=self.agent)
            self.assertEqual((answer.status, answer.json()["confirmation"]["paper"]), (200, "EN-TAO-0002"), answer)
            eventually("the partner hears of her", lambda: webhooks(filed["id"]))

    def test_her_own_amendment_confirms_too_and_an_agents_does_not(self):
        known = person()
        file_application(self.client, known)
        body = person(applicant__identity=known["applicant"]["identity"]) | {"assistance": OFFICE}
        filed = file_application(self.client, body | {"draft": True}, authorization=self.agent).json()
        path = f"/intake/v1/applications/{filed['id']}"
        sent = self.client.post(f"{path}/submission", authorization=self.agent)
        self.assertEqual((sent.status, sent.json()["state"], sent.json()["confirmation"]["needed"]), (200, "DUPLICATE_REVIEW", True), sent)
        body["applicant"]["phone"] = "0661000002"
        amended = self.client.call("PUT", path, body, {"authorization": self.agent, "if-match": sent.headers["etag"]})
        self.assertEqual((amended.status, amended.json()["confirmation"]["needed"]), (200, True), amended)
        body["applicant"]["identity"] = person()["applicant"]["identity"]
        amended = self.client.call("PUT", path, body, {"authorization": basic(filed), "if-match": amended.headers["etag"]})
        self.assertEqual((amended.status, amended.json()["confirmation"]["needed"], amended.json()["confirmation"]["how"]), (200, False, "code"), amended)
        reaches(self.client, filed, "SHORTLISTED")
        eventually("the partner hears of her", lambda: webhooks(filed["id"]))

    def test_what_was_accepted_goes_on_when_its_call_asks_for_more(self):
        call = OwnCall("asks-for-more", assessed=False, members_min=2)
        self.addCleanup(call.close)
        agent, reviewer, ice = bearer(staff_token("agent", "XA-01")), bearer(staff_token("reviewer", "XA-01")), "001561191000065"
        woman, group = call.form(), call.cooperative(call.form())
        group["cooperative"]["ice"] = ice
        single, again, joint = (call.filed(body | {"assistance": OFFICE}, authorization=agent) for body in (woman, call.form() | {"applicant": woman["applicant"]}, group))
        reaches(self.client, again, "DUPLICATE_REVIEW")
        consents = [consent | {"version": "xa-2"} for consent in call.document["consents"] if consent["purpose"] == "processing"]
        text = {"ar": "قارب", "fr": "Bateau", "en": "Boat"}
        call.publish_again(consents=consents, members_min=3, ice_strict=True, kinds=["cooperative"], fields=[{"id": "boat", "type": "yes-no", "label": text, "required": True, "kinds": ["person", "cooperative"]}])
        post = lambda filed, part, body, who: self.client.post(f"/intake/v1/applications/{filed['id']}/{part}", body, authorization=who)
        for filed in (single, again, joint):
            self.assertEqual((post(filed, "rectification", {"commune": "Bêta"}, agent).status, self.confirm(filed).status), (200, 200))
            refused = post(filed, "rectification", {"phone": "12"}, basic(filed))
            self.assertEqual((refused.status, [error["pointer"] for error in refused.json()["errors"]]), (422, ["/applicant/phone"]), refused)
        form = self.client.get(f"/intake/v1/applications/{joint['id']}/form", authorization=basic(joint)).json()
        self.assertEqual((form["applicant"]["address"]["commune"], form["consents"][0]["version"], state_of(self.client, joint)["warnings"]), ("Bêta", "xa-1", ["ice-check"]))
        released = post(again, "review", {"same": False}, reviewer)
        self.assertEqual((released.status, released.json()["state"]), (200, "SCREENING"), released)
        amended = self.client.call("PUT", f"/intake/v1/applications/{joint['id']}", form, {"authorization": basic(joint), "if-match": "*"})
        self.assertEqual((amended.status, {error["pointer"] for error in amended.json()["errors"]}), (422, {"/consents/0/version", "/cooperative/members", "/cooperative/ice", "/extra/boat"}), "what she sends anew is new")

    def test_what_is_wrong_is_named(self):
        for case, assistance, credential, pointers in (
            ("from herself", OFFICE, None, ["/assistance"]),
            ("no channel that there is", OFFICE | {"channel": "pigeon"}, self.agent, ["/assistance/channel"]),
            ("nothing said", {}, self.agent, ["/assistance/channel", "/assistance/place"]),
            ("too long", OFFICE | {"place": "x" * 121}, self.agent, ["/assistance/place"]),
            ("unknown", OFFICE | {"who": "me"}, self.agent, ["/assistance/who"]),
        ):
            with self.subTest(case):
                named = {"authorization": credential} if credential else {}
                answer = file_application(self.client, person() | {"assistance": assistance}, **named)
                self.assertEqual((answer.status, sorted(error["pointer"] for error in answer.json()["errors"])), (422, pointers))

    def test_who_may_confirm(self):
        filed, other = self.register(), self.register()
        self.assertEqual(self.confirm(filed, authorization=basic(other)).status, 404)
        self.assertEqual(self.confirm(filed, {"paper": "x"}, authorization=bearer(staff_token("agent", "MA-FES"))).status, 403)
        self.assertEqual(self.confirm(filed, {"paper": "x"}, authorization=bearer(staff_token("reviewer", "MA-TAO"))).status, 403)
        own = file_application(self.client, person()).json()
        self.assertEqual(self.confirm(own).status, 409, "she entered it herself")
        self.assertEqual(state_of(self.client, own)["confirmation"]["needed"], False)


if __name__ == "__main__":
    unittest.main()
