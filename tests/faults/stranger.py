"""stranger.py BROKERS GROUP SECONDS TOPIC…: a member of a consumer group that does nothing, and goes. A process of its own: librdkafka before 2.3 aborts when a
member that leads its group leaves it before its first assignment."""
import sys
import time

from confluent_kafka import Consumer

brokers, group, seconds, *topics = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": brokers, "group.id": group, "enable.auto.commit": False, "partition.assignment.strategy": "cooperative-sticky", "log_level": 0})
consumer.subscribe(topics)
until = time.monotonic() + float(seconds)
while time.monotonic() < until:
    consumer.poll(0.1)
consumer.close()
