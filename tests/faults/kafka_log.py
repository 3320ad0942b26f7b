"""Everything that lies in the platform's topics, read from outside with another client."""
import time

from confluent_kafka import Consumer, TopicPartition

TOPICS = ["jisr.application.v1", "jisr.call.v1", "jisr.decision.v1", "jisr.training.v1", "jisr.referral.v1", "jisr.partner.v1"]

SILENCE_S = 20


class Record:
    __slots__ = ("topic", "partition", "offset", "key", "id", "type", "aggregate", "version", "headers", "value", "place")

    def __init__(self, message):
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.place = (self.topic, self.partition, self.offset)
        self.key = (message.key() or b"").decode("utf-8", "replace")
        self.headers = {name: (value or b"").decode("utf-8", "replace") for name, value in (message.headers() or [])}
        self.id, self.type = self.headers.get("ce_id"), self.headers.get("ce_type")
        self.aggregate = self.headers.get("ce_aggregateid")
        self.version = int(self.headers.get("ce_aggregateversion", "0") or 0)
        self.value = message.value()


def read_all(brokers, topics=TOPICS):
    """All records of the topics, partition by partition in order."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "jisr-checker", "enable.auto.commit": False, "auto.offset.reset": "error", "log_level": 0})
    try:
        wanted = {}
        metadata = consumer.list_topics(timeout=20)
        for topic in topics:
            for partition in metadata.topics[topic].partitions:
                low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
                if high > low:
                    wanted[(topic, partition)] = (low, high)
        consumer.assign([TopicPartition(topic, partition, low) for (topic, partition), (low, _) in wanted.items()])
        records, heard = [], time.monotonic()
        while wanted:
            messages = consumer.consume(1000, timeout=0.2)  # it waits for all thousand, or this long
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_S:
                raise RuntimeError(f"Kafka gave nothing for {SILENCE_S} s; still to read: {sorted(wanted)}")
            for message in messages:
                if message.error():
                    raise RuntimeError(str(message.error()))
                records.append(Record(message))
                place = (message.topic(), message.partition())
                if place in wanted and message.offset() >= wanted[place][1] - 1:
                    del wanted[place]
        return records
    finally:
        consumer.close()
