"""Calls as data: another country's call is drafted, refused with all its faults, published, and taken up by every service without a line of code."""
import copy
import gzip
import json
import unittest
import uuid

from support.jisr import CALL, Client, basic, bearer, eventually, file_application, person, reaches, rows, staff_token, state_of
from support.own_call import OwnCall
from support.proto import PROTO

SAMPLE = json.loads((PROTO / "calls" / "xa-northern-shore-2026.json").read_text(encoding="utf-8"))
ID = SAMPLE["id"]
CALLS = "/intake/v1/calls"
EXTRA = {"boat": True, "nets": 12, "catch-value": 250000, "since": "2019-05-01", "market": "harbour", "story": "Nous séchons le poisson."}


def woman(province="XA-BET", **extra):
    body = person(call=ID, applicant__address={"province": province, "commune": "Alfa", "milieu": "urban"})
    body["applicant"]["identity"] = {"type": "passport", "number": body["applicant"]["identity"]["number"]}
    body["consents"] = [{"purpose": "processing", "version": "xa-1", "given": True, "language": "fr"}]
    body["extra"] = EXTRA | extra
    return body


class AnotherCountry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.admin = bearer(staff_token("admin"))
        made = cls.client.post(CALLS, {"id": ID, "region": {"code": "XA-01"}}, authorization=cls.admin)
        assert made.status == 201 and made.headers["location"] == f"{CALLS}/{ID}/draft", made
        cls.problems = {problem["pointer"] for problem in made.json()["problems"]}
        refused = cls.client.post(f"{CALLS}/{ID}/publication", authorization=cls.admin)
        cls.refused = refused.status, {error["pointer"] for error in refused.json()["errors"]}
        put = cls.client.call("PUT", f"{CALLS}/{ID}/draft", SAMPLE, {"if-match": made.headers["etag"], "authorization": cls.admin})
        assert put.status == 200 and put.json()["problems"] == [], put
        cls.stale = cls.client.call("PUT", f"{CALLS}/{ID}/draft", SAMPLE, {"if-match": made.headers["etag"], "authorization": cls.admin}).status
        published = cls.client.post(f"{CALLS}/{ID}/publication", authorization=cls.admin)
        assert published.status == 200, published
        cls.published = published.json()
        eventually("the call at the front door", lambda: cls.client.get(f"{CALLS}/{ID}").status == 200)
        eventually("the call at eligibility", lambda: rows("SELECT 1 FROM eligibility.call WHERE id = %s", ID))

    @classmethod
    def tearDownClass(cls):
        """One call is open again, as the other tests expect."""
        closed = cls.client.post(f"{CALLS}/{ID}/closing", authorization=cls.admin)
        assert closed.status == 200 and closed.json()["state"] == "CLOSED", closed
        late = file_application(cls.client, woman())  # at once, and by any copy
        assert (late.status, late.json()["errors"][0]["pointer"], late.json()["errors"][0]["code"]) == (422, "/call", "closed"), late
        eventually("it to be closed", lambda: cls.client.get(f"{CALLS}/{ID}").json()["state"] == "CLOSED")

    def test_a_draft_is_no_call_until_it_is_whole(self):
        wanted = {"/title/ar", "/title/fr", "/title/en", "/region/name/ar", "/provinces", "/opens_at", "/closes_at", "/kinds", "/consents", "/clock/answer_days",
                  "/clock/complement_days", "/clock/counting", "/shortlisting", "/ruleset"}
        self.assertLessEqual(wanted, self.problems)
        self.assertEqual(self.refused[0], 422)
        self.assertEqual(self.refused[1], self.problems)
        self.assertEqual(self.stale, 412)
        self.assertEqual((self.published["state"], self.published["published_version"]), ("OPEN", 1))

    def test_what_is_asked_for_again_since_its_answer_was_lost_is_done_once(self):
        id_ = f"twice-{uuid.uuid4().hex[:8]}"
        assert self.client.post(CALLS, SAMPLE | {"id": id_}, authorization=self.admin).status == 201
        self.assertEqual(self.client.post(f"{CALLS}/{id_}/closing", authorization=self.admin).status, 409, "it is not open")
        for what in ("publication", "closing"):
            self.assertEqual(self.client.post(f"{CALLS}/{id_}/{what}", authorization=self.admin, if_match='"7"').status, 412)
            answers = [self.client.post(f"{CALLS}/{id_}/{what}", authorization=self.admin) for _ in range(2)]
            self.assertEqual([answer.status for answer in answers], [200, 200], answers)
            self.assertEqual(answers[0].json(), answers[1].json())
        told = rows("SELECT split_part(type, '.', 4) FROM intake.outbox WHERE data::json ->> 'call' = %s ORDER BY id", id_)
        self.assertEqual(told, [("published",), ("closed",)])
        reopened = self.client.post(f"{CALLS}/{id_}/publication", authorization=self.admin).json()
        self.assertEqual((reopened["state"], reopened["published_version"]), ("OPEN", 3))
        self.client.post(f"{CALLS}/{id_}/closing", authorization=self.admin)

    def test_where_two_calls_are_open_a_figure_needs_the_name_of_its_own(self):
        for path in ("statistics", "statistics.csv", "statistics/groups", "import-columns"):
            with self.subTest(path):
                answer = self.client.get(f"/intake/v1/{path}", authorization=self.admin)
                self.assertEqual((answer.status, [(error["pointer"], error["code"]) for error in answer.json()["errors"]]), (400, [("/call", "required")]), answer)
                self.assertEqual(self.client.get(f"/intake/v1/{path}?call={ID}", authorization=self.admin).status, 200)

    def test_a_ruleset_that_nobody_has_is_named_before_anybody_applies(self):
        """Or a file would never be assessed, and its clock run."""
        for ruleset in ("nope", "fes-meknes-2027"):
            with self.subTest(ruleset):
                draft = SAMPLE | {"id": f"no-rules-{uuid.uuid4().hex[:8]}", "ruleset": ruleset}
                made = self.client.post(CALLS, draft, authorization=self.admin)
                self.assertEqual((made.status, [(each["pointer"], each["code"]) for each in made.json()["problems"]]), (201, [("/ruleset", "unknown")]), made)
                refused = self.client.post(f"{CALLS}/{draft['id']}/publication", authorization=self.admin)
                self.assertEqual((refused.status, [each["pointer"] for each in refused.json()["errors"]]), (422, ["/ruleset"]), refused)

    def test_a_ruleset_has_to_be_valid_for_as_long_as_women_may_apply(self):
        """The sample's is, from 2026-01-01 to 2027-12-31 in Casablanca."""
        for opens_at, closes_at, why in (("2025-12-31T22:59:59Z", None, "a second before its first day"), (None, "2028-01-01T00:00:01Z", "a second after its last one")):
            with self.subTest(why):
                named = {name: at for name, at in (("opens_at", opens_at), ("closes_at", closes_at)) if at}
                draft = SAMPLE | {"id": f"too-long-{uuid.uuid4().hex[:8]}"} | named
                made = self.client.post(CALLS, draft, authorization=self.admin)
                self.assertEqual((made.status, [(each["pointer"], each["code"]) for each in made.json()["problems"]]), (201, [("/ruleset", "not-allowed")]), made)
        draft = SAMPLE | {"id": f"long-{uuid.uuid4().hex[:8]}", "opens_at": "2025-12-31T23:00:00Z", "closes_at": "2028-01-01T00:00:00Z"}
        self.assertEqual(self.client.post(CALLS, draft, authorization=self.admin).json()["problems"], [])

    def test_the_front_door_shows_what_was_written(self):
        shown = self.client.get(f"{CALLS}/{ID}").json()
        self.assertEqual((shown["region"], shown["members_min"], shown["fields"], shown["sample"]), ("XA-01", 3, SAMPLE["fields"], True))
        self.assertEqual([(quota["province"], quota["places"]) for quota in shown["quotas"]], [("XA-ALF", 3), ("XA-BET", 40)])
        self.assertEqual(shown["clock"]["counting"], "working")

    def test_the_list_is_small_on_its_way_and_fetched_again_only_when_it_has_changed(self):
        plain = self.client.get(CALLS)
        packed = self.client.get(CALLS, accept_encoding="gzip, br")
        self.assertEqual((packed.headers["content-encoding"], plain.headers.get("content-encoding"), plain.headers["vary"]), ("gzip", None, "Accept-Encoding"))
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertLess(len(packed.body), len(plain.body) / 2)
        for shown, named in ((plain, {}), (packed, {"accept_encoding": "gzip"})):
            again = self.client.get(CALLS, if_none_match=shown.headers["etag"], **named)
            self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", shown.headers["etag"]))
        self.assertNotEqual(plain.headers["etag"], packed.headers["etag"])
        self.assertEqual(self.client.get(CALLS, if_none_match=plain.headers["etag"], accept_encoding="gzip").status, 200, "another form of it")

    def test_what_a_credential_opens_is_never_compressed(self):
        """A compressed length tells something of what it was made of."""
        filed = file_application(self.client, woman()).json()
        answer = self.client.get(f"/intake/v1/applications/{filed['id']}", authorization=basic(filed), accept_encoding="gzip")
        self.assertEqual((answer.status, answer.headers.get("content-encoding"), answer.headers["etag"][0]), (200, None, '"'))

    def test_women_of_that_country_are_assessed_and_placed_within_its_quotas(self):
        filed = [file_application(self.client, woman("XA-ALF")).json() for _ in range(5)]
        states = sorted(reaches(self.client, one, "SHORTLISTED", "WAITLISTED", seconds=30)["state"] for one in filed)
        self.assertEqual(states, ["SHORTLISTED"] * 3 + ["WAITLISTED"] * 2)
        mine = lambda: rows("SELECT count(*) FROM training.enrolment WHERE application = ANY (%s::uuid[])", [one["id"] for one in filed])[0][0]
        eventually("training to have heard of the three", lambda: mine() >= 3)
        self.assertEqual(mine(), 3)

    def test_answers_to_the_call_s_own_fields_are_held_to_their_type_and_bounds(self):
        self.assertEqual(file_application(self.client, woman()).status, 201)
        for answers, pointer, code in (
            ({"boat": None}, "/extra/boat", "required"), ({"boat": "yes"}, "/extra/boat", "type"), ({"nets": -1}, "/extra/nets", "too-small"),
            ({"nets": 501}, "/extra/nets", "too-large"), ({"nets": 1.5}, "/extra/nets", "type"), ({"nets": "12"}, "/extra/nets", "type"),
            ({"catch-value": -5}, "/extra/catch-value", "too-small"), ({"since": "2019-02-30"}, "/extra/since", "date"), ({"market": "moon"}, "/extra/market", "choice"),
            ({"story": "x" * 301}, "/extra/story", "too-long"), ({"other": 1}, "/extra/other", "unknown-field"), ({"story": {"a": 1}}, "/extra/story", "type"),
        ):
            with self.subTest(str(answers)):
                answer = file_application(self.client, woman(**answers))
                self.assertEqual((answer.status, [(e["pointer"], e["code"]) for e in answer.json()["errors"]]), (422, [(pointer, code)]), answer)
        answer = file_application(self.client, woman() | {"extra": []})
        self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, "/extra"), answer)
        answer = file_application(self.client, person() | {"extra": {"boat": True}})
        self.assertEqual((answer.status, answer.json()["errors"][0]["code"]), (422, "unknown-field"), answer)

    def test_what_receipts_have_promised_can_not_be_taken_back(self):
        draft = self.client.get(f"{CALLS}/{ID}/draft", authorization=self.admin)
        changed = copy.deepcopy(SAMPLE)
        changed["clock"]["answer_days"] = 90
        changed["provinces"] = changed["provinces"][1:]
        put = self.client.call("PUT", f"{CALLS}/{ID}/draft", changed, {"if-match": draft.headers["etag"], "authorization": self.admin})
        self.assertEqual({problem["pointer"] for problem in put.json()["problems"]}, {"/clock/answer_days", "/provinces"}, put)
        self.assertEqual(self.client.post(f"{CALLS}/{ID}/publication", authorization=self.admin).status, 422)
        changed = copy.deepcopy(SAMPLE)
        changed["provinces"][1]["places"] = 50
        put = self.client.call("PUT", f"{CALLS}/{ID}/draft", changed, {"if-match": put.headers["etag"], "authorization": self.admin})
        again = self.client.post(f"{CALLS}/{ID}/publication", authorization=self.admin, if_match=put.headers["etag"])
        self.assertEqual((again.status, again.json()["published_version"]), (200, 2), again)
        eventually("the places at eligibility", lambda: rows("SELECT places FROM eligibility.quota WHERE call = %s AND province = 'XA-BET'", ID) == [(50,)])

    def test_an_administrator_writes_the_calls_of_her_territory(self):
        elsewhere = bearer(staff_token("admin", "MA-11"))
        for verb, path, body in (("POST", CALLS, {"id": "foreign", "region": {"code": "XA-01"}}), ("GET", f"{CALLS}/{ID}/draft", None),
                                 ("POST", f"{CALLS}/{ID}/publication", None), ("POST", f"{CALLS}/{ID}/closing", None)):
            with self.subTest(path):
                self.assertEqual(self.client.call(verb, path, body, {"authorization": elsewhere}).status, 403)
        listed = {item["id"] for item in self.client.get("/intake/v1/call-drafts", authorization=self.admin).json()["items"]}
        self.assertLessEqual({ID, CALL}, listed)
        self.assertEqual(self.client.get("/intake/v1/call-drafts", authorization=elsewhere).json()["items"], [])

    def test_an_id_is_given_once_and_has_its_form(self):
        self.assertEqual(self.client.post(CALLS, {"id": ID, "region": {"code": "XA-01"}}, authorization=self.admin).status, 409)
        for body, pointer in (({"id": "A b", "region": {"code": "XA-01"}}, "/id"), ({"region": {"code": "XA-01"}}, "/id"), ({"id": "abc"}, "/region")):
            answer = self.client.post(CALLS, body, authorization=self.admin)
            self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, pointer), answer)


class PublishedAgain(unittest.TestCase):
    def test_places_that_a_call_gets_later_go_to_those_who_wait_first_by_rank(self):
        client, call = Client(), OwnCall("more-places", shortlisting="automatic", provinces=[SAMPLE["provinces"][1] | {"places": 1}])
        self.addCleanup(call.close)
        first = call.filed()
        reaches(client, first, "SHORTLISTED")
        waiting = [call.filed(call.form(situation__head_of_household=heads)) for heads in (False, True, True)]
        for one in waiting:
            reaches(client, one, "WAITLISTED")
        ranked = [id_ for id_, in rows("SELECT application_id::text FROM eligibility.decision WHERE call = %s AND state = 'WAITLISTED' ORDER BY score DESC, submitted_at, application_id", call.id)]
        self.assertEqual(ranked[2], waiting[0]["id"], "who came first has the lowest score")
        call.publish_again(provinces=[SAMPLE["provinces"][1] | {"places": 3}])
        by_id = {one["id"]: one for one in waiting}
        for id_ in ranked[:2]:
            reaches(client, by_id[id_], "SHORTLISTED")
        self.assertEqual(state_of(client, by_id[ranked[2]])["state"], "WAITLISTED")
        self.assertEqual(rows("SELECT places, taken, waiting FROM eligibility.quota WHERE call = %s", call.id), [(3, 3, 1)])
        self.assertEqual(rows("SELECT application_id::text FROM eligibility.placement WHERE call = %s ORDER BY sequence", call.id), [(first["id"],), (ranked[0],), (ranked[1],)])

    def test_a_key_gives_what_it_gave_though_the_call_asks_for_something_else_by_now(self):
        client, call, key = Client(), OwnCall("new-text"), uuid.uuid4().hex
        self.addCleanup(call.close)
        body = call.form()
        first = file_application(client, body, key)
        self.assertEqual(first.status, 201, first)
        call.publish_again(consents=[consent | {"version": "xa-2"} for consent in call.document["consents"]])
        again = file_application(client, body, key)
        self.assertEqual((again.status, again.body), (201, first.body), again)
        for answer, code in ((file_application(client, body), "unknown"), (file_application(client, call.form(), uuid.uuid4().hex), "unknown")):
            self.assertEqual((answer.status, answer.json()["errors"][0]["code"]), (422, code), answer)
        other = file_application(client, call.form(), key)
        self.assertEqual((other.status, other.json()["type"]), (422, "urn:jisr:problem:idempotency-key-reused"), other)
        self.assertEqual(rows("SELECT count(*) FROM intake.application a JOIN intake.call c ON c.id = a.call_id WHERE c.slug = %s", call.id), [(1,)])


if __name__ == "__main__":
    unittest.main()
