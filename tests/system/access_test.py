"""Actor × route × verb: every operation of proto/http is tried by every kind of actor. What the table below doesn't allow is refused, and what
is someone else's stays so."""
import re
import unittest

from support.documents import kept_document, png
from support.jisr import CALL, Client, basic, bearer, eventually, file_application, identity_number, partner, person, reaches, rows, staff_token, state_of, webhooks
from support.proto import PROTO, SERVICES, read_yaml

HERE, ELSEWHERE = "MA-03", "MA-11"
ANYONE = {"nobody", "applicant", "agent", "reviewer", "committee", "trainer", "auditor", "admin", "partner"}
STAFF = {"agent", "reviewer", "committee", "trainer", "auditor", "admin"}

# Who may ask at all. An operation that isn't here is for nobody.
ALLOWED = {
    "signIn": ANYONE, "listCalls": ANYONE, "getCall": ANYONE, "getStatistics": ANYONE, "streamStatistics": ANYONE,
    **dict.fromkeys(("getStatisticsTable", "getGroups", "getGroupsTable"), ANYONE),
    "draftCall": {"admin"}, "listCallDrafts": {"admin", "auditor"}, "getCallDraft": {"admin", "auditor"}, "changeCallDraft": {"admin"}, "publishCall": {"admin"},
    "closeCall": {"admin"},
    "listApplications": STAFF, "requestInformation": {"agent", "reviewer", "committee", "admin"},
    "submitApplication": {"nobody", "applicant", "agent", "admin"},
    "getApplication": {"applicant"} | STAFF, "getByReceipt": {"applicant"} | STAFF, "getReceiptPdf": {"applicant", "agent", "admin"},
    **dict.fromkeys(("listDocuments", "getDocument", "getUpload", "getDocumentContent", "getDocumentThumbnail"), {"applicant", "agent", "reviewer", "committee", "admin"}),
    "listConsents": {"applicant", "agent", "admin"}, "withdrawConsent": {"applicant", "agent", "admin"}, "exportApplication": {"applicant", "admin"},
    "listReads": {"applicant", "auditor", "admin"}, "eraseApplicant": {"applicant", "admin"}, "getErasure": {"applicant", "auditor", "admin"},
    **dict.fromkeys(("addDocument", "removeDocument", "sendUpload"), {"applicant", "agent", "admin"}),
    **dict.fromkeys(("listImportColumns", "listImports", "announceImport", "getImport", "cancelImport", "getImportUpload", "sendImportUpload", "getImportReport",
                     "getImportReportCsv"), {"agent", "admin"}),
    "getForm": {"applicant", "agent", "reviewer", "admin"},
    "holdApplication": {"admin"}, "releaseHold": {"admin"}, "checkRegister": {"agent", "reviewer", "admin"}, "exportPage": {"applicant", "admin"},
    **dict.fromkeys(("opposeProcessing", "undoOpposition", "rectifyApplication"), {"applicant", "agent", "admin"}),
    "recordPayment": {"committee", "admin"}, **dict.fromkeys(("beginFollowUp", "endFollowUp"), {"agent", "committee", "admin"}),
    "listMembers": {"applicant", "agent", "reviewer", "committee", "admin"}, "listRegister": {"auditor", "admin"}, "listRetention": {"auditor", "admin"}, "setRetention": {"admin"}, "runRetention": {"admin"},
    "amendApplication": {"applicant", "agent", "admin"}, "submitDraft": {"applicant", "agent", "admin"}, "withdrawApplication": {"applicant", "agent", "admin"},
    "reviewDuplicate": {"reviewer", "admin"}, "undoMerge": {"reviewer", "admin"}, "listDuplicates": {"reviewer", "committee", "admin"},
    "getDuplicate": {"reviewer", "admin"},
    "confirmApplication": {"applicant", "agent", "admin"},
    "createToken": {"applicant"},
    "getAssessment": {"applicant"} | STAFF, "listRanking": STAFF, "listQuotas": ANYONE,
    "listSessions": ANYONE, "getSession": ANYONE, "getEnrolment": {"applicant"} | STAFF,
    "getWebhookKey": ANYONE,
    "registerPartner": {"admin"}, "listPartners": {"admin"}, "getPartner": {"admin"}, "closePartner": {"admin"},
    "registerEndpoint": {"partner"}, "listEndpoints": {"partner"}, "getEndpoint": {"partner"}, "rotateSecret": {"partner"}, "enableEndpoint": {"partner"},
    "listReferrals": {"partner"}, "getReferral": {"partner"}, "getContact": {"partner"},
    "acceptReferral": {"partner"}, "rejectReferral": {"partner"}, "reportOutcome": {"partner"},
}
# What makes a request whole where it changes something, so that only the credential can be its fault.
BODIES = {"submitApplication": person, "amendApplication": person, "reviewDuplicate": lambda: {"same": True},
          "draftCall": lambda: {"id": "access-test", "region": {"code": HERE}}, "changeCallDraft": lambda: {"id": CALL, "region": {"code": HERE}},
          "announceImport": lambda: {"call": CALL, "name": "a.csv", "size": 100}, "addDocument": lambda: {"type": "identity", "size": 100}, "requestInformation": lambda: {"text": {"ar": "وثيقة", "fr": "Une pièce"}}, "registerPartner": lambda: {"name": {"ar": "ش", "fr": "P"}},
          **dict.fromkeys(("holdApplication", "releaseHold"), lambda: {"reason": "Pourquoi"}), "checkRegister": lambda: {"register": "ice", "result": "FOUND"},
          "rectifyApplication": lambda: {"phone": "06 61 23 45 67"}, "setRetention": lambda: {"days": 30, "reason": "Pourquoi"}, "runRetention": lambda: {"dry_run": True},
          "recordPayment": lambda: {"amount_centimes": 1, "paid_on": "2026-01-01", "reference": "OP-1"}, "beginFollowUp": lambda: {"began_on": "2026-01-01", "by": "ADS"},
          "endFollowUp": lambda: {"ended_on": "2026-01-01", "outcome": "ACTIVE"},
          "registerEndpoint": lambda: {"url": "http://127.0.0.1:9/", "event_types": ["ma.jisr.referral.*"]}, "rejectReferral": lambda: {"reason": "OTHER"},
          "reportOutcome": lambda: {"outcome": "OTHER"}}


def operations():
    """{operationId: (verb, path)} of all services."""
    return {item[verb]["operationId"]: (verb.upper(), path) for service in SERVICES for path, item in read_yaml(PROTO / "http" / f"{service}.yaml")["paths"].items()
            for verb in item if verb in ("get", "put", "post", "delete", "patch")}


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        body = person()
        cls.hers = file_application(cls.client, body).json()
        body["applicant"]["identity"]["number"] = identity_number()  # the same woman by all signs but her number: a pair that the search finds
        cls.other = file_application(cls.client, body).json()
        reaches(cls.client, cls.hers, "SHORTLISTED")
        eventually("her seat", lambda: state_of(cls.client, cls.hers)["training"])
        line = eventually("the partner's webhook", lambda: webhooks(cls.hers["id"]))[0]
        admin = bearer(staff_token("admin"))
        cls.partner = bearer(partner()["api_key"])
        made = cls.client.post("/notifier/v1/partners", {"name": {"ar": "شريك آخر", "fr": "Autre partenaire"}}, authorization=admin)
        assert made.status == 201, made
        cls.other_partner = bearer(made.json()["api_key"])
        endpoint = cls.client.get("/notifier/v1/endpoints", authorization=cls.partner).json()["items"][0]["id"]
        session = cls.client.get(f"/training/v1/sessions?call={CALL}").json()["items"][0]["id"]
        cls.ids = {"applications": cls.hers["id"], "receipts": cls.hers["receipt_number"], "calls": CALL, "sessions": session, "partners": partner()["id"],
                   "documents": kept_document(cls.client, cls.hers, png())["id"], "retention": "drafts", "consents": "partner-referral", "duplicates": cls.other["id"], "endpoints": endpoint,
                   "imports": cls.announced(), "referrals": line["event"]["data"]["referral"]}
        pair = f"/intake/v1/applications/{cls.hers['id']}/duplicates/{cls.other['id']}"
        eventually("the search for duplicates", lambda: cls.client.get(pair, authorization=admin).status == 200, 60.0)
        cls.operations = operations()
        # (name, role, credential)
        cls.actors = [("nobody", "nobody", None), ("a partner", "partner", cls.partner), ("an administrator", "admin", admin)]
        cls.actors += [(f"{role} of {HERE}", role, bearer(staff_token(role, HERE))) for role in sorted(STAFF - {"admin"})]
        cls.actors += [("an applicant", "applicant", cls.token(cls.hers))]
        cls.wrong = [("a key of no partner", "Bearer jisr_pk_" + "A" * 43), ("a token of nobody's", "Bearer e30.e30.AAAA"), ("no scheme", "secret"),
                     ("a wrong code", basic(cls.hers | {"secret_code": cls.other["secret_code"]}))]

    @classmethod
    def announced(cls):
        """An import that is still waiting for its file."""
        return cls.client.post("/intake/v1/imports", BODIES["announceImport"](), authorization=bearer(staff_token("agent", HERE))).json()["id"]

    @classmethod
    def token(cls, filed):
        return bearer(cls.client.post("/intake/v1/tokens", authorization=basic(filed)).json()["token"])

    def path(self, template):
        return re.sub(r"/(\w+)/\{\w+\}", lambda part: f"/{part[1]}/{self.ids[part[1]]}", template)

    def ask(self, name, credential):
        verb, template = self.operations[name]
        headers = {"authorization": credential} if credential else {}
        if verb == "PUT" or name == "recordPayment":
            headers["if-match"] = '"1"'
        body = BODIES[name]() if name in BODIES else None
        query = "?province=MA-TAO" if name == "listRanking" else ""
        return self.client.call(verb, self.path(template) + query, body, headers)

    def refused(self, name, who, credential, statuses):
        answer = self.ask(name, credential)
        self.assertIn(answer.status, statuses, f"{who} {name}: {answer}")
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")
        self.assertEqual(set(answer.json()) & {"receipt_number", "history", "phone", "name", "items"}, set())

    def test_the_table_names_every_operation(self):
        self.assertEqual(set(ALLOWED), set(self.operations))

    def test_whom_the_table_does_not_allow_is_refused(self):
        tried = 0
        for name in self.operations:
            for who, role, credential in self.actors:
                if role not in ALLOWED.get(name, set()):
                    with self.subTest(f"{who} {name}"):
                        self.refused(name, who, credential, (401,) if credential is None else (401, 403))
                        tried += 1
        self.assertGreater(tried, 150)

    def test_a_wrong_credential_is_nobody_even_where_nobody_is_needed(self):
        for name, (verb, _) in self.operations.items():
            if name == "streamStatistics":
                continue
            for who, credential in self.wrong[:3]:
                with self.subTest(f"{who} {name}"):
                    self.refused(name, who, credential, (401,))
        with self.subTest("a wrong code"):
            self.refused("getApplication", *self.wrong[3], (401,))

    def test_what_belongs_to_another_woman_is_refused(self):
        before = state_of(self.client, self.hers)
        token = self.token(self.other)
        for name, (_, template) in self.operations.items():
            if "/applications/{" in template or "/receipts/{" in template:
                if "applicant" in ALLOWED[name]:
                    with self.subTest(name):
                        self.refused(name, "another woman", token, (403, 404))
                        if template.startswith("/intake/"):
                            self.refused(name, "another woman, by her code", basic(self.other), (403, 404))
        self.assertEqual(state_of(self.client, self.hers), before)

    def test_what_lies_in_another_territory_is_refused(self):
        before = state_of(self.client, self.hers)
        for name, (_, template) in self.operations.items():
            for role in sorted(STAFF & ALLOWED[name]) if ALLOWED[name] != ANYONE and "{" in template and "partners" not in template else ():
                with self.subTest(f"{role} {name}"):
                    self.refused(name, f"{role} of {ELSEWHERE}", bearer(staff_token(role, ELSEWHERE)), (403, 404))
        self.assertEqual(state_of(self.client, self.hers), before)

    def test_an_agent_moves_no_file_out_of_her_territory_and_the_woman_does(self):
        agent, elsewhere = bearer(staff_token("agent", "MA-TAO")), {"province": "MA-TAZ", "commune": "Tahla", "milieu": "rural"}
        known, call = person(), lambda filed, body, who: self.client.call("PUT", f"/intake/v1/applications/{filed['id']}", body, {"authorization": who, "if-match": "*"})
        file_application(self.client, known)
        for what, first in (("a draft", {"draft": True}), ("what she has sent", {})):  # the number that was seen before keeps it where it can be amended
            with self.subTest(what):
                body = person(applicant__identity=known["applicant"]["identity"]) | first
                filed = file_application(self.client, body, authorization=agent).json()
                reaches(self.client, filed, "DRAFT" if first else "DUPLICATE_REVIEW")
                moved = body | {"applicant": body["applicant"] | {"address": elsewhere}}
                self.assertEqual(call(filed, moved, agent).status, 403)
                self.assertEqual(state_of(self.client, filed)["version"], 1)
                self.assertEqual(call(filed, moved, bearer(staff_token("agent", "MA-TAO", "MA-TAZ"))).status, 200)
                self.assertEqual(call(filed, body, basic(filed)).status, 200, "she lives where she lives")

    def test_what_belongs_to_another_partner_is_refused(self):
        path = f"/notifier/v1/referrals/{self.ids['referrals']}"
        before = self.client.get(path, authorization=self.partner)
        self.assertEqual(before.status, 200, before)
        for name, (_, template) in self.operations.items():
            if "/endpoints/{" in template or "/referrals/{" in template:
                with self.subTest(name):
                    self.refused(name, "another partner", self.other_partner, (403, 404))
        self.assertEqual(self.client.get(path, authorization=self.partner).body, before.body)
        for name in ("listReferrals", "listEndpoints"):
            self.assertEqual(self.ask(name, self.other_partner).json()["items"], [], name)

    def test_what_the_table_allows_to_read_is_given(self):
        for name, (verb, _) in self.operations.items():
            if verb == "GET" and name not in ("streamStatistics", "getContact", "getErasure", "listMembers"):
                for who, role, credential in self.actors:
                    if role in ALLOWED[name]:
                        with self.subTest(f"{who} {name}"):
                            answer = self.ask(name, credential)
                            self.assertEqual(answer.status, 200, answer)

    def test_what_staff_read_of_one_woman_is_in_the_audit_and_what_she_reads_is_not(self):
        below = f"applications/{self.hers['id']}"
        for service, action, path in (("intake", "read", f"/intake/v1/{below}"), ("eligibility", "read-assessment", f"/eligibility/v1/{below}/assessment"),
                                      ("training", "read-enrolment", f"/training/v1/{below}/enrolment")):
            with self.subTest(service):
                counts = []
                for who in (None, bearer(staff_token("reviewer", HERE)), self.token(self.hers)):
                    if who:
                        self.assertEqual(self.client.get(path, authorization=who).status, 200)
                    counts += rows(f"SELECT count(*) FROM {service}.audit WHERE subject = %s AND action = %s", self.hers["id"], action)[0]
                self.assertEqual(counts[1:], [counts[0] + 1] * 2)

    def test_a_contact_card_is_for_a_partner_that_has_accepted(self):
        self.refused("getContact", "the partner, too early", self.partner, (409,))


if __name__ == "__main__":
    unittest.main()
