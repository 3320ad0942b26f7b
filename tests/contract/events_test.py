"""proto/: topics.h, the schemas, their examples and asyncapi.yaml say the same, and the schemas can say no."""
import copy
import re
import unittest
import uuid

import jsonschema

from support.proto import (PROJECT, PROTO, event_example, event_schema, event_topics, faults, follow, read_yaml, references, resolve, unnamed, validator)

COMMON = ("application", "version", "call", "kind", "region", "province", "state", "transitions")
SOURCES = {"call": "intake", "application": "intake", "decision": "eligibility", "enrolment": "training", "referral": "notifier"}
OWN_ID = {"application": "application", "decision": "application", "enrolment": "enrolment", "referral": "referral"}
ASYNCAPI = PROTO / "asyncapi.yaml"

# Where the code keeps the states of an aggregate: file, and what surrounds each name there.
STATES = {
    "application": ("services/intake/application/application.c", r'\[STATE_\w+\]\s*=\s*\{"([A-Z_]+)"'),
    "decision": ("services/eligibility/decision.c", r'\[DECISION_(?!NEW)\w+\]\s*=\s*"([A-Z_]+)"'),
    "enrolment": ("services/training/enrolment.c", r'\[ENROLMENT_\w+\]\s*=\s*"([A-Z_]+)"'),
    "referral": ("services/notifier/referral.c", r'\[REFERRAL_\w+\]\s*=\s*"([A-Z_]+)"'),
}
NOT_YET = {"decision": {"REJECTED", "APPROVED"}}  # the committee's, which no code reaches yet


def aggregate(event_type):
    return event_type.split(".")[2]


def about_applications():
    """Types whose events follow a woman's file. A call's are of no woman."""
    return [event_type for event_type in sorted(event_topics()) if aggregate(event_type) != "call"]


class TheOneList(unittest.TestCase):
    def test_every_type_has_a_schema_and_an_example_and_nothing_else_has(self):
        self.assertGreaterEqual(len(event_topics()), 20)
        for folder in ("events", "examples"):
            self.assertEqual({path.stem for path in (PROTO / folder).iterdir()}, set(event_topics()), folder)

    def test_types_are_named_as_the_contract_says(self):
        for event_type in event_topics():
            self.assertRegex(event_type, r"^ma\.jisr\.[a-z]+\.([a-z]+(ed|n)|held)\.v1$")

    def test_partners_hear_of_referrals_only(self):
        for event_type, topics in event_topics().items():
            self.assertEqual("jisr.partner.v1" in topics, aggregate(event_type) == "referral", event_type)


class Schemas(unittest.TestCase):
    def test_each_is_a_valid_schema_that_names_its_type(self):
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                schema = event_schema(event_type)
                self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
                jsonschema.Draft202012Validator.check_schema(schema)
                self.assertEqual((schema["$id"], schema["title"]), (f"urn:jisr:event:{event_type}", event_type))
                self.assertTrue(schema["description"].endswith("."))

    def test_each_requires_what_all_events_say(self):
        for event_type in about_applications():
            with self.subTest(event_type):
                schema = event_schema(event_type)
                self.assertLessEqual(set(COMMON), set(schema["required"]))
                self.assertLessEqual(set(schema["required"]), set(schema["properties"]))

    def test_states_are_those_of_the_code(self):
        for event_type in about_applications():
            with self.subTest(event_type):
                schema = event_schema(event_type)
                file, pattern = STATES[aggregate(event_type)]
                known = set(re.findall(pattern, (PROJECT / file).read_text(encoding="utf-8"))) | NOT_YET.get(aggregate(event_type), set())
                self.assertGreaterEqual(len(known), 6, file)
                moves = schema["$defs"]["transition"]["properties"]
                self.assertEqual(set(moves["to"]["enum"]), known)
                self.assertEqual(set(moves["from"]["enum"]), known | {None})
                self.assertLessEqual(set(schema["properties"]["state"]["enum"]), known)


class Examples(unittest.TestCase):
    def test_each_fits_its_schema_and_has_nothing_that_the_schema_does_not_name(self):
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                schema, event = event_schema(event_type), event_example(event_type)
                self.assertEqual(faults(validator(schema), event["data"]), [])
                self.assertEqual(unnamed(schema, event["data"]), [])

    def test_attributes_are_those_of_a_structured_cloudevent(self):
        names = ["specversion", "id", "source", "type", "time", "subject", "partitionkey", "aggregateid", "aggregateversion", "datacontenttype"]
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                event = event_example(event_type)
                self.assertEqual([name for name in event if name != "traceparent"], [*names, "data"])
                data = event["data"]
                self.assertEqual((event["specversion"], event["type"], event["datacontenttype"]), ("1.0", event_type, "application/json"))
                self.assertEqual(event["source"], f"/jisr/{SOURCES[aggregate(event_type)]}")
                self.assertEqual(uuid.UUID(event["id"]).version, 7)
                self.assertEqual(event["aggregateversion"], str(data["version"]))
                self.assertEqual(event["subject"], event["partitionkey"])
                if aggregate(event_type) == "call":
                    self.assertEqual(event["subject"], event["aggregateid"])
                    continue
                self.assertEqual((event["subject"], event["aggregateid"]), (data["application"], data[OWN_ID[aggregate(event_type)]]))

    def test_transitions_lead_to_the_state_without_a_gap(self):
        for event_type in about_applications():
            with self.subTest(event_type):
                event = event_example(event_type)
                moves = event["data"]["transitions"]
                keeps_state = event_type in ("ma.jisr.application.confirmed.v1", "ma.jisr.application.restricted.v1")
                self.assertEqual(moves == [], keeps_state, "her word alone moves no state")
                if not moves:
                    continue
                self.assertEqual(moves[-1]["to"], event["data"]["state"])
                self.assertEqual(moves[0]["from"] is None, event["data"]["version"] == 1)
                for earlier, later in zip(moves, moves[1:]):
                    self.assertEqual(earlier["to"], later["from"])

    def test_a_member_that_is_missing_is_noticed(self):
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                schema, event = event_schema(event_type), event_example(event_type)
                for name in schema["required"]:
                    broken = {key: value for key, value in event["data"].items() if key != name}
                    self.assertTrue(faults(validator(schema), broken), name)

    def test_a_member_of_the_wrong_form_is_noticed(self):
        wrong = {"application": "42", "version": 0, "call": "", "kind": "cat", "region": "Fès", "province": "Taounate", "state": "LOST", "transitions": "none",
                 "facts": '{"income":1}', "contact": "+212 6", "submitted_at": "yesterday", "enrolment": "x", "referral": "x", "partner": None, "reasons": [{"ar": ""}]}
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                schema, event = event_schema(event_type), event_example(event_type)
                for name in set(wrong) & set(event["data"]):
                    broken = copy.deepcopy(event["data"])
                    broken[name] = wrong[name]
                    self.assertTrue(faults(validator(schema), broken), name)

    def test_a_member_that_a_later_version_adds_is_allowed(self):
        for event_type in sorted(event_topics()):
            with self.subTest(event_type):
                schema, event = event_schema(event_type), event_example(event_type)
                self.assertEqual(faults(validator(schema), event["data"] | {"added_later": 1}), [])


class AsyncApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = read_yaml(ASYNCAPI)

    def test_it_is_asyncapi_3_and_all_its_references_lead_somewhere(self):
        self.assertEqual(self.api["asyncapi"], "3.0.0")
        for reference in references(self.api):
            resolve(ASYNCAPI, reference)

    def test_channels_are_the_topics_with_the_types_of_each(self):
        topics = {}
        for event_type, names in event_topics().items():
            for name in names:
                topics.setdefault(name, set()).add(event_type)
        channels = {channel["address"]: {follow(ASYNCAPI, message)["name"] for message in channel["messages"].values()}
                    for channel in self.api["channels"].values() if channel["address"]}
        self.assertEqual(channels, topics)

    def test_each_message_refers_to_its_own_schema(self):
        for event_type in event_topics():
            message = next(item for item in self.api["components"]["messages"].values() if item["name"] == event_type)
            self.assertEqual(message["payload"]["schema"]["$ref"], f"events/{event_type}.json")
            self.assertIn("2020-12", message["payload"]["schemaFormat"])

    def test_each_channel_has_an_operation(self):
        self.assertEqual({operation["channel"]["$ref"].rsplit("/", 1)[-1] for operation in self.api["operations"].values()}, set(self.api["channels"]))

    def test_kafka_headers_are_the_attributes_of_the_examples(self):
        headers = self.api["components"]["schemas"]["KafkaHeaders"]
        jsonschema.Draft202012Validator.check_schema(headers)
        for event_type in event_topics():
            event = event_example(event_type)
            sent = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
            sent["content-type"] = event["datacontenttype"]
            self.assertEqual(faults(validator(headers), sent), [], event_type)
            self.assertTrue(faults(validator(headers), sent | {"ce_datacontenttype": "application/json"}))

    def test_a_webhook_carries_a_referral_and_nothing_else(self):
        body = validator(self.api["components"]["schemas"]["WebhookBody"], ASYNCAPI)
        for event_type in event_topics():
            said = faults(body, event_example(event_type))
            self.assertEqual(bool(said), aggregate(event_type) != "referral", f"{event_type}: {said}")
        mixed = event_example("ma.jisr.referral.offered.v1") | {"type": "ma.jisr.referral.closed.v1"}
        self.assertTrue(faults(body, mixed))


if __name__ == "__main__":
    unittest.main()
