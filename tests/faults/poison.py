"""Records that no relay has sent, written into Kafka as a relay writes its own: what nobody can process, and what was true once."""
import contextlib
import json
import uuid

import psycopg2
from confluent_kafka import Producer

APPLICATION_TOPIC = "jisr.application.v1"
OLD_NEWS = "old news"  # its kind; nobody has to park it
OLD_NEWS_COUNT = 200
OLD_NEWS_OF = {"intake": APPLICATION_TOPIC, "eligibility": "jisr.decision.v1"}  # service → where its relay sends
FIRST_VERSIONS = """SELECT key::text, aggregate_id::text, version::text, type, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), data
    FROM {service}.outbox o
    WHERE type LIKE 'ma.jisr.{kind}.%%' AND version = 1 AND EXISTS (SELECT FROM {service}.outbox later WHERE later.aggregate_id = o.aggregate_id AND later.version = 2)
    ORDER BY id DESC LIMIT 2000"""

# Kind → (value, headers of the event are there, its type). A type that nobody knows is no fault of the record: it is passed over, with an inbox row.
POISON = {
    "bad JSON": (b'{"application": "', True, "ma.jisr.application.submitted.v1"),
    "wrong schema": (b'{"application": 7, "version": "one"}', True, "ma.jisr.application.submitted.v1"),
    "no headers": (b"{}", False, None),
    "unknown type": (b"{}", True, "ma.jisr.application.abducted.v1"),
    "1 MB": (b'{"call": "' + b"x" * 900_000 + b'"}', True, "ma.jisr.application.submitted.v1"),
    "not UTF-8": (b'{"call": "\xff\xfe\x00"}', True, "ma.jisr.application.submitted.v1"),
}


class Forger:
    """Produces records and keeps which they were, for the checker."""

    def __init__(self, context, dice):
        self.context, self.dice = context, dice
        self.producer = Producer({"bootstrap.servers": context.instance.settings()["JISR_KAFKA"], "message.timeout.ms": 60000, "message.max.bytes": 1_048_576, "log_level": 0})

    def id(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def send(self, line, key, value, headers):
        def delivered(error, message):
            if error is None:
                self.context.poison.append(line | {"partition": message.partition(), "offset": message.offset()})
            else:
                self.context.troubles.append(f"a record of the campaign was not taken by Kafka: {error}")
        self.producer.produce(line["topic"], value, key, headers=headers, on_delivery=delivered)

    def end(self):
        self.producer.flush(70)
        self.context.poison_path.write_text(json.dumps(self.context.poison))


def poison(context, dice):
    """Each kind once, under keys of their own: nobody's application waits behind them."""
    forger = Forger(context, dice)
    for kind, (value, with_headers, type_) in POISON.items():
        id_, key = forger.id(), forger.id()
        headers = [("ce_id", id_), ("ce_type", type_), ("ce_aggregateid", key), ("ce_aggregateversion", "1"), ("ce_source", "/nobody")] if with_headers else []
        forger.send({"kind": kind, "id": id_ if with_headers else None, "topic": APPLICATION_TOPIC}, key, value, headers)
    forger.end()
    context.count("poison")


def first_versions(context):
    """(service, rows) of each."""
    with contextlib.closing(psycopg2.connect(context.instance.settings()["JISR_PG"])) as connection, connection.cursor() as cursor:
        for service, topic in OLD_NEWS_OF.items():
            cursor.execute(FIRST_VERSIONS.format(service=service, kind=topic.split(".")[1]))
            yield service, cursor.fetchall()


def old_news(context, dice):
    """First versions once more, under ids that no inbox knows, of aggregates that have gone on since."""
    found = list(first_versions(context))  # all of it before a record is sent: PostgreSQL may be another fault's victim
    forger = Forger(context, dice)
    for service, rows in found:
        for key, aggregate, version, type_, at, data in dice.sample(rows, min(OLD_NEWS_COUNT, len(rows))):
            id_ = forger.id()
            headers = [("ce_id", id_), ("ce_type", type_), ("ce_aggregateid", aggregate), ("ce_aggregateversion", version), ("ce_time", at), ("ce_source", f"/jisr/{service}")]
            forger.send({"kind": OLD_NEWS, "id": id_, "topic": OLD_NEWS_OF[service]}, key, data.encode(), headers)
    forger.end()
    context.count("old news")
