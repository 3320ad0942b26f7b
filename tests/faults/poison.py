"""Records that nobody can process, written into Kafka as the relay writes its own."""
import json
import uuid

from confluent_kafka import Producer

APPLICATION_TOPIC = "jisr.application.v1"

# Kind → (value, headers of the event are there, its type). A type that nobody knows is no fault of the record: it is passed over, with an inbox row.
POISON = {
    "bad JSON": (b'{"application": "', True, "ma.jisr.application.submitted.v1"),
    "wrong schema": (b'{"application": 7, "version": "one"}', True, "ma.jisr.application.submitted.v1"),
    "no headers": (b"{}", False, None),
    "unknown type": (b"{}", True, "ma.jisr.application.abducted.v1"),
    "1 MB": (b'{"call": "' + b"x" * 900_000 + b'"}', True, "ma.jisr.application.submitted.v1"),
    "not UTF-8": (b'{"call": "\xff\xfe\x00"}', True, "ma.jisr.application.submitted.v1"),
}


def poison(context, dice):
    """Each kind once, under keys of their own: nobody's application waits behind them."""
    producer = Producer({"bootstrap.servers": context.instance.settings()["JISR_KAFKA"], "message.timeout.ms": 60000, "message.max.bytes": 1_048_576, "log_level": 0})
    for kind, (value, with_headers, type_) in POISON.items():
        id_, key = str(uuid.UUID(int=dice.getrandbits(128), version=4)), str(uuid.UUID(int=dice.getrandbits(128), version=4))
        line = {"kind": kind, "id": id_ if with_headers else None, "topic": APPLICATION_TOPIC}
        headers = [("ce_id", id_), ("ce_type", type_), ("ce_aggregateid", key), ("ce_aggregateversion", "1"), ("ce_source", "/nobody")] if with_headers else []

        def delivered(error, message, line=line):
            if error is None:
                context.poison.append(line | {"partition": message.partition(), "offset": message.offset()})
            else:
                context.troubles.append(f"poison was not taken by Kafka: {error}")
        producer.produce(APPLICATION_TOPIC, value, key, headers=headers, on_delivery=delivered)
    producer.flush(70)
    context.poison_path.write_text(json.dumps(context.poison))
    context.count("poison")
