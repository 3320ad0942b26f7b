"""All that Kafka holds, as a reader of proto/ sees it: each record fits its schema and its headers, no woman can be read in any of it, and it is
what the outboxes say. Some women are sent whose ways make the types that the plain path doesn't."""
import base64
import collections
import json
import pathlib
import random
import unittest
import uuid

from support.jisr import (Client, basic, bearer, eventually, file_application, partner, person, reaches, rows, settings, staff_token, state_of, webhooks)
from support.own_call import OwnCall
from support.proto import PROTO, SERVICES, event_schema, event_topics, faults, read_yaml, unnamed, validator

TOPICS = ("jisr.application.v1", "jisr.decision.v1", "jisr.training.v1", "jisr.referral.v1", "jisr.partner.v1")
API = read_yaml(PROTO / "asyncapi.yaml")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "ابتجحدرزسشصطعفقكلمنهوي"
# What this file's women make happen. The committee's decisions and the end of a course have no way there yet.
MADE = {f"ma.jisr.{name}.v1" for name in (
    "application.drafted", "application.submitted", "application.amended", "application.withdrawn", "application.progressed", "decision.assessed",
    "decision.shortlisted", "decision.closed", "enrolment.offered", "enrolment.cancelled", "referral.offered", "referral.accepted", "referral.rejected",
    "referral.revoked", "referral.closed")}

Record = collections.namedtuple("Record", "topic key headers value")


def read_everything(topics=TOPICS):
    """All records of these topics, from their first to what is their end now."""
    from confluent_kafka import Consumer, KafkaError, TopicPartition

    consumer = Consumer({"bootstrap.servers": settings()["JISR_KAFKA"], "group.id": f"test-{uuid.uuid4()}", "enable.auto.commit": False, "enable.partition.eof": True})
    try:
        known = consumer.list_topics(timeout=10).topics
        places = [TopicPartition(topic, part, 0) for topic in topics for part in known[topic].partitions]
        consumer.assign(places)
        found, at_end = [], set()
        while len(at_end) < len(places):
            for message in consumer.consume(1000, 10.0):
                if message.error() is None:
                    headers = [(name, value.decode()) for name, value in message.headers() or []]
                    found.append(Record(message.topic(), message.key().decode(), headers, message.value()))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    at_end.add((message.topic(), message.partition()))
                else:
                    raise AssertionError(message.error())
        return found
    finally:
        consumer.close()


def word(letters):
    return "".join(random.choice(letters) for _ in range(12))


class Canaries:
    """Values that only these women have, as they are sent and as the platform may write them down."""

    def __init__(self):
        self.texts, self.numbers = set(), set()

    def woman(self, **changes):
        body = person(**changes)
        applicant = body["applicant"]
        applicant["name"] = {"ar": f"{word(ARABIC)} {word(ARABIC)}", "latin": f"{word(LETTERS).title()} {word(LETTERS).title()}"}
        applicant["address"]["commune"] = word(LETTERS).title()
        body["project"]["title"] = f"{word(LETTERS).title()} {word(LETTERS)}"
        body["situation"]["monthly_income_centimes"] = random.randrange(10**5, 2 * 10**5)
        body["project"]["requested_centimes"] = random.randrange(4 * 10**6, 5 * 10**6)
        self.note(body)
        return body

    def cooperative(self):
        members = [self.woman()["applicant"] for _ in range(3)]
        body = self.woman()
        del body["situation"]
        name = {"ar": f"تعاونية {word(ARABIC)}", "latin": f"Coop {word(LETTERS)}"}
        self.texts |= {part for text in name.values() for part in text.split()[1:]}
        members.append(body["applicant"])
        rows_ = [{"name": one["name"], "identity": one["identity"], "birth_date": one["birth_date"], "phone": one["phone"], "role": "member"} for one in members]
        return body | {"kind": "cooperative", "cooperative": {"name": name, "ice": "001561191000066", "members": rows_}}

    def note(self, body):
        applicant, phone = body["applicant"], body["applicant"]["phone"].replace(" ", "")
        number = applicant["identity"]["number"].replace(" ", "")
        self.texts |= {part for name in applicant["name"].values() for part in name.split()}
        self.texts |= {number, number.lower(), phone, f"+212{phone[1:]}", applicant["address"]["commune"], *body["project"]["title"].split()}
        self.numbers |= {body["situation"]["monthly_income_centimes"], body["project"]["requested_centimes"]}

    def in_text(self, text):
        return [canary for canary in self.texts if canary in text]

    def in_value(self, value):
        """In JSON: also income and amount, as numbers of their own."""
        if isinstance(value, dict):
            return [found for item in value.values() for found in self.in_value(item)]
        if isinstance(value, list):
            return [found for item in value for found in self.in_value(item)]
        return [value] if not isinstance(value, bool) and value in self.numbers else self.in_text(str(value))


class Ways:
    """The women, and what is done with each file."""

    def __init__(self, canaries):
        self.client, self.canaries, self.files, self.key = Client(), canaries, {}, partner()["api_key"]

    def file(self, name, body):
        answer = file_application(self.client, body)
        assert answer.status == 201, answer
        self.files[name] = answer.json()
        return self.files[name]

    def etag(self, filed):
        return self.client.get(f"/intake/v1/applications/{filed['id']}", authorization=basic(filed)).headers["etag"]

    def do(self, verb, path, body=None, **named):
        answer = self.client.call(verb, path, body, **named)
        assert answer.status == 200, answer
        return answer

    def referral_of(self, filed):
        reaches(self.client, filed, "SHORTLISTED")
        line = eventually("the partner's webhook", lambda: webhooks(filed["id"]))[0]
        return f"/notifier/v1/referrals/{line['event']['data']['referral']}"

    def taken_and_financed(self):
        path = self.referral_of(self.file("financed", self.canaries.woman()))
        self.do("POST", f"{path}/acceptance", authorization=bearer(self.key))
        self.do("GET", f"{path}/contact", authorization=bearer(self.key))
        self.do("POST", f"{path}/outcome", {"outcome": "FINANCED"}, authorization=bearer(self.key))

    def not_taken(self):
        path = self.referral_of(self.file("not taken", self.canaries.woman()))
        self.do("POST", f"{path}/rejection", {"reason": "CAPACITY"}, authorization=bearer(self.key))

    def withdrawn(self):
        filed = self.file("withdrawn", self.canaries.woman())
        self.referral_of(filed)
        eventually("her seat", lambda: state_of(self.client, filed)["training"])
        self.do("POST", f"/intake/v1/applications/{filed['id']}/withdrawal", authorization=basic(filed))

    def amended(self):
        filed = self.file("amended", self.canaries.woman(applicant__birth_date="2012-01-01"))
        reaches(self.client, filed, "INELIGIBLE")
        other = self.file("amended in time", self.canaries.woman() | {"draft": True})
        path = f"/intake/v1/applications/{other['id']}"
        self.do("PUT", path, self.canaries.woman() | {"draft": True}, authorization=basic(other), if_match=self.etag(other))
        self.do("POST", f"{path}/submission", authorization=basic(other))

    def double(self):
        first, second = self.canaries.woman(), self.canaries.woman()
        second["applicant"]["identity"] = first["applicant"]["identity"]
        self.file("first", first)
        filed = self.file("double", second)
        self.do("POST", f"/intake/v1/applications/{filed['id']}/review", {"same": False}, authorization=bearer(staff_token("reviewer", "MA-03")))
        reaches(self.client, filed, "SHORTLISTED")

    def all(self):
        self.file("cooperative", self.canaries.cooperative())
        for way in (self.taken_and_financed, self.not_taken, self.withdrawn, self.amended, self.double):
            way()


def outbox_ids(applications):
    """Event ids that the services have written about these applications."""
    found = set()
    for service in SERVICES:
        found |= {event_id for event_id, in rows(f"SELECT event_id FROM {service}.outbox WHERE key = ANY (%s::uuid[])", applications)}
    return found


class Everything(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canaries = Canaries()
        ways = Ways(cls.canaries)
        ways.all()
        cls.applications = [filed["id"] for filed in ways.files.values()]

        def told():
            records = read_everything()
            types = {dict(record.headers)["ce_type"] for record in records if record.key in cls.applications}
            written = outbox_ids(cls.applications)
            return records if MADE <= types and written <= {dict(record.headers)["ce_id"] for record in records} else None

        cls.records = eventually("the events of these women in Kafka", told, seconds=60)
        cls.headers = [dict(record.headers) for record in cls.records]
        cls.data = [json.loads(record.value) for record in cls.records]

    def each(self):
        return zip(self.records, self.headers, self.data)

    def test_each_record_fits_the_schema_of_its_type(self):
        checkers = {event_type: validator(event_schema(event_type)) for event_type in event_topics()}
        schemas = {event_type: event_schema(event_type) for event_type in event_topics()}
        for record, headers, data in self.each():
            event_type = headers["ce_type"]
            self.assertEqual(faults(checkers[event_type], data), [], f"{event_type} {record.key}")
            self.assertEqual(unnamed(schemas[event_type], data), [], f"{event_type} {record.key}")

    def test_each_record_is_a_cloudevent_in_binary_mode(self):
        checker = validator(API["components"]["schemas"]["KafkaHeaders"])
        for record, headers, data in self.each():
            self.assertEqual(len(record.headers), len(headers), "a header twice")
            self.assertEqual(faults(checker, headers), [], headers)
            self.assertEqual({record.key, headers["ce_subject"], headers["ce_partitionkey"]}, {data["application"]})
            self.assertEqual(headers["ce_aggregateversion"], str(data["version"]))
            own_id = data.get("enrolment") or data.get("referral") or data["application"]
            self.assertEqual(headers["ce_aggregateid"], own_id)
            self.assertEqual(uuid.UUID(headers["ce_id"]).version, 7)

    def test_each_type_is_in_its_topics_only(self):
        for record, headers, _ in self.each():
            self.assertIn(record.topic, event_topics()[headers["ce_type"]])
        ids = collections.defaultdict(set)
        for record, headers, _ in self.each():
            ids[record.topic].add(headers["ce_id"])
        self.assertEqual(ids["jisr.partner.v1"], ids["jisr.referral.v1"])

    def test_each_service_writes_its_own_topics_only(self):
        writers = {"jisr.application.v1": "intake", "jisr.decision.v1": "eligibility", "jisr.training.v1": "training", "jisr.referral.v1": "notifier",
                   "jisr.partner.v1": "notifier"}
        for record, headers, _ in self.each():
            self.assertEqual(headers["ce_source"], f"/jisr/{writers[record.topic]}")

    def test_transitions_lead_from_state_to_state_without_a_gap(self):
        last = {}
        seen = set()
        for record, headers, data in self.each():
            if record.topic == "jisr.partner.v1" or headers["ce_id"] in seen:
                continue
            seen.add(headers["ce_id"])
            version, state = last.get(headers["ce_aggregateid"] + record.topic, (0, None))
            self.assertEqual(data["version"], version + 1, record)
            for move in data["transitions"]:
                self.assertEqual(move["from"], state, f"{headers['ce_type']} {record.key}")
                state = move["to"]
            self.assertEqual(data["state"], state)
            last[headers["ce_aggregateid"] + record.topic] = (data["version"], state)

    def test_no_record_says_anything_readable_about_a_woman(self):
        self.assertGreater(len(self.canaries.texts), 80)
        for record, headers, data in self.each():
            text = record.value.decode() + json.dumps(headers, ensure_ascii=False)
            self.assertEqual(self.canaries.in_text(text), [], f"{headers['ce_type']} {record.key}")
            self.assertEqual(self.canaries.in_value(data), [], f"{headers['ce_type']} {record.key}")

    def test_what_is_sealed_is_not_merely_encoded(self):
        sealed = [data[name] for record, _, data in self.each() for name in ("facts", "contact") if name in data and record.key in self.applications]
        self.assertGreater(len(sealed), 15)
        for value in sealed:
            opened = base64.b64decode(value, validate=True).decode("latin-1")
            self.assertNotIn("birth_date", opened)
            self.assertEqual([canary for canary in self.canaries.texts if canary.encode().decode("latin-1") in opened], [])
        self.assertEqual(len(set(sealed)), len(sealed), "the same bytes twice")

    def test_nor_does_any_log_or_webhook(self):
        logs = [path for path in (pathlib.Path(settings()["JISR_HOME"]) / "log").iterdir() if path.suffix == ".log"]
        self.assertGreater(len(logs), 5)
        for path in logs:
            self.assertEqual(self.canaries.in_text(path.read_text(encoding="utf-8", errors="replace")), [], path.name)
        for application in self.applications:
            for line in webhooks(application):
                self.assertEqual(self.canaries.in_value([line["headers"], json.loads(line["body"])]), [])

    def test_webhooks_are_the_same_events_in_structured_mode(self):
        body = validator(API["components"]["schemas"]["WebhookBody"], PROTO / "asyncapi.yaml")
        sent = validator(API["components"]["schemas"]["WebhookHeaders"])
        told = {headers["ce_id"]: (headers, data) for headers, data in zip(self.headers, self.data)}
        endpoints = Client().get("/notifier/v1/endpoints", authorization=bearer(partner()["api_key"])).json()["items"]
        wanted = {event_type for endpoint in endpoints for event_type in endpoint["event_types"]} & MADE
        self.assertGreaterEqual(len(wanted), 4)
        lines = eventually("webhooks of all kinds", lambda: self.lines_of(wanted))
        for line in lines:
            event = json.loads(line["body"])
            self.assertEqual(faults(body, event), [])
            self.assertEqual(faults(sent, line["headers"]), [])
            headers, data = told[event["id"]]
            self.assertEqual(event["data"], data)
            attributes = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
            self.assertEqual(attributes | {"content-type": event["datacontenttype"]}, headers)

    def lines_of(self, wanted):
        """The webhooks about these women, as soon as there is one of each wanted type; a type that nobody asked for is never sent."""
        lines = [line for application in self.applications for line in webhooks(application)]
        sent = {line["event"]["type"] for line in lines}
        self.assertLessEqual(sent, wanted)
        return lines if sent == wanted else None


class OfCalls(unittest.TestCase):
    """They are of no woman: a call is published, a call is closed."""

    def test_a_call_is_told_as_its_schemas_say(self):
        call = OwnCall("told")
        call.close()

        def told():
            records = [(dict(record.headers), json.loads(record.value), record.key) for record in read_everything(("jisr.call.v1",))]
            mine = [record for record in records if record[1]["call"] == call.id]
            return mine if len(mine) >= 2 else None
        records = eventually("its events", told, 30)
        self.assertEqual([headers["ce_type"] for headers, *_ in records], ["ma.jisr.call.published.v1", "ma.jisr.call.closed.v1"])
        self.assertEqual([data["version"] for _, data, _ in records], [1, 2])
        for headers, data, key in records:
            with self.subTest(headers["ce_type"]):
                schema = event_schema(headers["ce_type"])
                self.assertEqual((faults(validator(schema), data), unnamed(schema, data)), ([], []))
                self.assertEqual(faults(validator(API["components"]["schemas"]["KafkaHeaders"]), headers), [])
                self.assertEqual({key, headers["ce_subject"], headers["ce_partitionkey"]}, {headers["ce_aggregateid"]})


if __name__ == "__main__":
    unittest.main()
