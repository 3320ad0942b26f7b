"""What the platform answers fits proto/http/*.yaml: each GET, the answers to POST and PUT, and problems."""
import unittest

from support.documents import announce, png, send, settled
from support.jisr import CALL, Client, basic, bearer, eventually, file_application, partner, person, reaches, staff_token, state_of, webhooks
from support.proto import PROTO, SERVICES, faults, follow, read_yaml, validator

PROBLEM = "application/problem+json"


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.filed_answer = file_application(cls.client, person())
        cls.filed = cls.filed_answer.json()
        reaches(cls.client, cls.filed, "SHORTLISTED")
        eventually("her seat", lambda: state_of(cls.client, cls.filed)["training"])
        line = eventually("the partner's webhook", lambda: webhooks(cls.filed["id"]))[0]
        cls.known = {"id": cls.filed["id"], "receipt_number": cls.filed["receipt_number"], "referral": line["event"]["data"]["referral"]}
        cls.partner = bearer(partner()["api_key"])
        cls.applicant = bearer(cls.client.post("/intake/v1/tokens", authorization=basic(cls.filed)).json()["token"])

    def fits(self, template, verb, answer):
        """Status, media type and body are those that the file of its service names."""
        service = template.split("/")[1]
        file = PROTO / "http" / f"{service}.yaml"
        responses = read_yaml(file)["paths"][template][verb]["responses"]
        self.assertIn(str(answer.status), responses, f"{verb} {template}: {answer}")
        response = follow(file, responses[str(answer.status)])
        for header in response.get("headers", {}):
            if header != "Link":  # where there is a next page
                self.assertIn(header.lower(), answer.headers, f"{verb} {template}")
        content = response.get("content")
        if content is None:
            self.assertEqual(answer.body, b"")
            return
        media = answer.headers["content-type"].split(";")[0]
        self.assertIn(media, content, f"{verb} {template}")
        if not media.endswith("json"):
            return  # a file: looked at by the test of what it is
        self.assertEqual(faults(validator(content[media]["schema"], file), answer.json()), [], f"{verb} {template}: {answer}")

    def test_every_get_answers_as_described(self):
        first = self.client.get(f"/training/v1/sessions?call={CALL}").json()["items"][0]["id"]
        endpoint = self.client.get("/notifier/v1/endpoints", authorization=self.partner).json()["items"][0]["id"]
        admin, agent = bearer(staff_token("admin")), bearer(staff_token("agent", "MA-03"))
        asked = [
            ("/intake/v1/calls", "", None),
            ("/intake/v1/calls/{id}", CALL, None),
            ("/intake/v1/calls/{id}/draft", CALL, admin),
            ("/intake/v1/call-drafts", "", admin),
            ("/intake/v1/sign-in", "", None),
            ("/intake/v1/applications", "", agent),
            ("/intake/v1/duplicates", "", bearer(staff_token("reviewer", "MA-03"))),
            ("/intake/v1/applications/{id}", self.known["id"], basic(self.filed)),
            ("/intake/v1/applications/{id}", self.known["id"], agent),
            ("/intake/v1/applications/{id}/receipt.pdf", self.known["id"], basic(self.filed)),
            ("/intake/v1/applications/{id}/form", self.known["id"], basic(self.filed)),
            ("/intake/v1/applications/{id}/consents", self.known["id"], basic(self.filed)),
            ("/intake/v1/applications/{id}/export", self.known["id"], basic(self.filed)),
            ("/intake/v1/applications/{id}/reads", self.known["id"], basic(self.filed)),
            ("/intake/v1/receipts/{receipt_number}", self.known["receipt_number"], self.applicant),
            ("/intake/v1/applications/{id}/export.html", self.known["id"], basic(self.filed)),
            ("/intake/v1/reads", "", admin),
            ("/intake/v1/retention", "", admin),
            ("/intake/v1/imports", "", agent),
            ("/intake/v1/import-columns", "", agent),
            ("/intake/v1/statistics", "", None),
            ("/intake/v1/statistics.csv", "", None),
            ("/intake/v1/statistics/groups", "", None),
            ("/intake/v1/statistics/groups", "", agent),
            ("/intake/v1/statistics/groups.csv", "", None),
            ("/eligibility/v1/applications/{id}/assessment", self.known["id"], self.applicant),
            ("/eligibility/v1/calls/{id}/ranking", CALL + "?province=MA-TAO", agent),
            ("/eligibility/v1/calls/{id}/quotas", CALL, None),
            ("/training/v1/sessions", "", None),
            ("/training/v1/sessions/{id}", first, None),
            ("/training/v1/applications/{id}/enrolment", self.known["id"], self.applicant),
            ("/notifier/v1/webhook-key", "", None),
            ("/notifier/v1/partners", "", admin),
            ("/notifier/v1/partners/{id}", partner()["id"], admin),
            ("/notifier/v1/endpoints", "", self.partner),
            ("/notifier/v1/endpoints/{id}", endpoint, self.partner),
            ("/notifier/v1/referrals", "", self.partner),
            ("/notifier/v1/referrals/{id}", self.known["referral"], self.partner),
        ]
        for template, value, who in asked:
            with self.subTest(template):
                answer = self.client.get(self.path(template, value), **({"authorization": who} if who else {}))
                self.assertEqual(answer.status, 200, answer)
                self.fits(template, "get", answer)
        asked += [(template, "", None) for template in self.documents_answer()]
        described = {path for service in SERVICES for path, item in read_yaml(PROTO / "http" / f"{service}.yaml")["paths"].items() if "get" in item}
        self.assertEqual(described - {template for template, *_ in asked}, 
                         # asked where there is something to show: below, duplicates_test, personal_test, cooperative_test, import_test
                         {"/intake/v1/statistics/stream", "/notifier/v1/referrals/{id}/contact", "/intake/v1/applications/{id}/duplicates/{other}",
                          "/intake/v1/applications/{id}/erasure", "/intake/v1/applications/{id}/members",
                          *(f"/intake/v1/imports/{{id}}{part}" for part in ("", "/upload", "/report", "/report.csv"))})

    def documents_answer(self):
        """The templates below an application's documents, each asked once."""
        template = "/intake/v1/applications/{id}/documents"
        announced = announce(self.client, self.filed, len(png()))
        self.fits(template, "post", announced)
        self.fits(template, "post", announce(self.client, self.filed, 1, kind="no-such-type"))
        document = announced.json()["id"]
        self.fits(template + "/{document}/upload", "patch", send(self.client, self.filed, document, png(), 7))
        self.fits(template + "/{document}/upload", "patch", send(self.client, self.filed, document, png()))
        settled(self.client, self.filed, document)
        asked = [template] + [f"{template}/{{document}}{part}" for part in ("", "/upload", "/content", "/thumbnail")]
        for path in asked:
            answer = self.client.get(path.replace("{id}", self.filed["id"]).replace("{document}", document), authorization=basic(self.filed))
            self.assertEqual(answer.status, 200, answer)
            self.fits(path, "get", answer)
        removed = self.client.call("DELETE", f"/intake/v1/applications/{self.filed['id']}/documents/{document}", authorization=basic(self.filed))
        self.fits(template + "/{document}", "delete", removed)
        return asked

    @staticmethod
    def path(template, value):
        value, _, query = value.partition("?")
        start, brace, end = template.partition("{")
        return start + value + end.partition("}")[2] + (f"?{query}" if query else "") if brace else template

    def test_a_partners_way_with_a_referral_answers_as_described(self):
        path = f"/notifier/v1/referrals/{self.known['referral']}"
        self.fits("/notifier/v1/referrals/{id}/contact", "get", self.client.get(f"{path}/contact", authorization=self.partner))
        for verb, body in (("acceptance", None), ("outcome", {"outcome": "TRAINED"}), ("outcome", {"outcome": "NOTHING"}), ("rejection", {"reason": "OTHER"})):
            self.fits(f"/notifier/v1/referrals/{{id}}/{verb}", "post", self.client.post(f"{path}/{verb}", body, authorization=self.partner))
            if verb == "acceptance":
                card = self.client.get(f"{path}/contact", authorization=self.partner)
                self.assertEqual(card.status, 200, card)
                self.fits("/notifier/v1/referrals/{id}/contact", "get", card)

    def test_the_end_of_a_partner_answers_as_described(self):
        admin, template = bearer(staff_token("admin")), "/notifier/v1/partners/{id}/closure"
        made = self.client.post("/notifier/v1/partners", {"name": {"ar": "شريك يغادر", "fr": "Partenaire qui part"}}, authorization=admin).json()
        path = f"/notifier/v1/partners/{made['id']}/closure"
        for answer in (self.client.post(path, authorization=bearer(staff_token("admin", "MA-03"))), self.client.post(path, authorization=admin), self.client.post(path, authorization=admin)):
            self.fits(template, "post", answer)
        self.assertEqual((answer.status, answer.json()["enabled"]), (200, False))
        self.assertEqual(self.client.get("/notifier/v1/referrals", authorization=bearer(made["api_key"])).status, 401)

    def test_what_is_noted_on_a_file_answers_as_described(self):
        filed, admin, template = file_application(self.client, person()).json(), bearer(staff_token("admin")), "/intake/v1/applications/{id}"
        for part, body, who in (("/hold", {"reason": "Recours"}, admin), ("/hold", {}, admin), ("/hold/release", {"reason": "Jugé"}, admin), ("/opposition", None, basic(filed)),
                                ("/opposition", None, basic(filed)), ("/opposition/undo", None, basic(filed)), ("/register-check", {"register": "ice", "result": "FOUND"}, admin),
                                ("/rectification", {"phone": "0661234568"}, basic(filed)), ("/rectification", {"phone": "1"}, basic(filed))):
            with self.subTest(part):
                self.fits(template + part, "post", self.client.post(f"/intake/v1/applications/{filed['id']}{part}", body, authorization=who))
                self.fits(template, "get", self.client.get(f"/intake/v1/applications/{filed['id']}", authorization=basic(filed)))
        for part, body in (("length", {"days": 30, "reason": "Essai"}), ("length", {"days": -1}), ("run", {"dry_run": True}), ("run", {"after": 7})):
            with self.subTest(part):
                self.fits(f"/intake/v1/retention/{{class}}/{part}", "post", self.client.post(f"/intake/v1/retention/drafts/{part}", body, authorization=admin))

    def test_an_applications_way_answers_as_described(self):
        self.fits("/intake/v1/applications", "post", self.filed_answer)
        self.fits("/intake/v1/tokens", "post", self.client.post("/intake/v1/tokens", authorization=basic(self.filed)))
        draft = file_application(self.client, person() | {"draft": True})
        self.fits("/intake/v1/applications", "post", draft)
        who, path = basic(draft.json()), f"/intake/v1/applications/{draft.json()['id']}"
        template = "/intake/v1/applications/{id}"
        self.fits(template, "put", self.client.call("PUT", path, person(), authorization=who))
        self.fits(template, "put", self.client.call("PUT", path, person() | {"draft": True}, authorization=who, if_match='"1"'))
        self.fits(template + "/submission", "post", self.client.post(f"{path}/submission", authorization=who))
        self.fits(template + "/submission", "post", self.client.post(f"{path}/submission", authorization=who))
        self.fits(template + "/withdrawal", "post", self.client.post(f"{path}/withdrawal", authorization=who))
        self.fits(template + "/review", "post", self.client.post(f"{path}/review", {"same": True}, authorization=bearer(staff_token("reviewer", "MA-03"))))
        seen = self.client.get(path, authorization=who)
        self.fits(template, "get", self.client.get(path, authorization=who, if_none_match=seen.headers["etag"]))

    def test_problems_are_as_described(self):
        other = bearer(staff_token("agent", "MA-11"))
        cases = [
            ("post", "/intake/v1/applications", "/intake/v1/applications", person(applicant__phone="1"), {"headers": {"idempotency-key": '"p"'}}),
            ("post", "/intake/v1/applications", "/intake/v1/applications", person(), {}),
            ("post", "/intake/v1/applications", "/intake/v1/applications", b"{", {"headers": {"idempotency-key": '"q"'}}),
            ("post", "/intake/v1/tokens", "/intake/v1/tokens", None, {}),
            ("get", "/intake/v1/calls/{id}", "/intake/v1/calls/none", None, {}),
            ("get", "/intake/v1/applications/{id}", f"/intake/v1/applications/{self.known['id']}", None, {}),
            ("get", "/intake/v1/applications/{id}", f"/intake/v1/applications/{self.known['id']}", None, {"authorization": other}),
            ("get", "/eligibility/v1/calls/{id}/ranking", f"/eligibility/v1/calls/{CALL}/ranking", None, {"authorization": bearer(staff_token("agent", "MA-03"))}),
            ("get", "/eligibility/v1/applications/{id}/assessment", f"/eligibility/v1/applications/{self.known['id']}/assessment", None, {}),
            ("get", "/training/v1/sessions/{id}", "/training/v1/sessions/none", None, {}),
            ("get", "/training/v1/sessions", "/training/v1/sessions?limit=0", None, {}),
            ("post", "/notifier/v1/partners", "/notifier/v1/partners", {"name": {}}, {"authorization": bearer(staff_token("admin"))}),
            ("post", "/notifier/v1/endpoints", "/notifier/v1/endpoints", {"url": "ftp://x", "event_types": ["x"]}, {"authorization": self.partner}),
            ("get", "/notifier/v1/referrals/{id}", "/notifier/v1/referrals/none", None, {"authorization": self.partner}),
        ]
        for verb, template, path, body, named in cases:
            with self.subTest(f"{verb} {path}"):
                answer = self.client.call(verb.upper(), path, body, **named)
                self.assertGreaterEqual(answer.status, 400, answer)
                self.assertEqual(answer.headers["content-type"].split(";")[0], PROBLEM)
                self.fits(template, verb, answer)
                self.assertEqual(answer.json()["status"], answer.status)
                if answer.status == 422 and body is not None:
                    self.assertTrue(answer.json()["errors"], answer)


if __name__ == "__main__":
    unittest.main()
