"""A call of a test's own, made of the sample of another country: its files are nobody else's, and it is closed when the test has ended."""
import copy
import json
import uuid

from support.jisr import Client, bearer, eventually, file_application, part, person, rows, staff_token
from support.proto import PROTO

CALLS = "/intake/v1/calls"
PROVINCE = "XA-BET"


class OwnCall:
    """`changes` are of the call's document. `assessed` False: eligibility forgets the call's ruleset (none can be published without), which leaves its
    files SUBMITTED."""

    def __init__(self, name, assessed=True, **changes):
        self.client, self.admin = Client(), bearer(staff_token("admin"))
        self.id = f"{name}-{uuid.uuid4().hex[:8]}"
        document = copy.deepcopy(json.loads((PROTO / "calls" / "xa-northern-shore-2026.json").read_text(encoding="utf-8")))
        self.document = document | {"id": self.id, "fields": [], "shortlisting": "committee"} | changes
        made = self.client.post(CALLS, self.document, authorization=self.admin)
        assert made.status == 201 and made.json()["problems"] == [], made
        published = self.client.post(f"{CALLS}/{self.id}/publication", authorization=self.admin)
        assert published.status == 200, published
        eventually("the call", lambda: self.client.get(f"{CALLS}/{self.id}").status == 200)
        eventually("the call at eligibility", lambda: rows("SELECT 1 FROM eligibility.call WHERE id = %s", self.id))
        if not assessed:
            part("sql", "jisr", stdin=f"UPDATE eligibility.call SET ruleset = 'nobody-knows-it' WHERE id = '{self.id}';")

    def publish_again(self, **changes):
        """As another version, and until intake knows it by its consents."""
        self.document |= changes
        etag = self.client.get(f"{CALLS}/{self.id}/draft", authorization=self.admin).headers["etag"]
        put = self.client.call("PUT", f"{CALLS}/{self.id}/draft", self.document, {"if-match": etag, "authorization": self.admin})
        assert put.status == 200 and put.json()["problems"] == [], put
        published = self.client.post(f"{CALLS}/{self.id}/publication", authorization=self.admin)
        assert published.status == 200, published
        texts = [(consent["purpose"], consent["version"]) for consent in self.document["consents"]]
        eventually("the call", lambda: [(consent["purpose"], consent["version"]) for consent in self.client.get(f"{CALLS}/{self.id}").json()["consents"]] == texts)

    def close(self):
        self.client.post(f"{CALLS}/{self.id}/closing", authorization=self.admin)
        eventually("it to be closed", lambda: self.client.get(f"{CALLS}/{self.id}").json()["state"] == "CLOSED")

    def form(self, **changes):
        body = person(call=self.id, applicant__address={"province": PROVINCE, "commune": "Alfa", "milieu": "urban"}, **changes)
        body["applicant"]["identity"] = {"type": "passport", "number": body["applicant"]["identity"]["number"]}
        body["consents"] = [{"purpose": "processing", "version": "xa-1", "given": True, "language": "fr"}]
        return body

    def cooperative(self, *others):
        """She and others; each of them is a form of a woman."""
        body = self.form()
        del body["situation"]
        members = [{name: each["applicant"][name] for name in ("name", "identity", "birth_date")} | {"phone": None, "role": role}
                   for each, role in ((body, "president"), *((other, "treasurer") for other in others))]
        return body | {"kind": "cooperative", "cooperative": {"name": {"ar": "تعاونية الأمل", "latin": "Coopérative Al Amal"}, "ice": None, "members": members}}

    def filed(self, body=None, **named):
        answer = file_application(self.client, body or self.form(), **named)
        assert answer.status == 201, answer
        return answer.json()
