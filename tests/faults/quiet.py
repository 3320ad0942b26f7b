"""Waits until the platform is quiet: every outbox published, every topic consumed, every delivery answered."""
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition

SERVICES = ["intake", "eligibility", "training", "notifier"]

# Rows at or above the relay's cursor are not published yet.
UNPUBLISHED = """SELECT count(*) FROM {0}.outbox o, {0}.relay_cursor c
    WHERE o.xid >= c.high OR (o.xid >= c.low AND o.id > c.last_id)"""


def _pending(connection, brokers, allow_held=False):
    waits = {}
    with connection.cursor() as cursor:
        for service in SERVICES:
            cursor.execute(UNPUBLISHED.format(service))
            waits[f"{service} outbox"] = cursor.fetchone()[0]
            if not allow_held:
                cursor.execute(f"SELECT count(*) FROM {service}.parked WHERE kind = 'HELD'")
                waits[f"{service} held"] = cursor.fetchone()[0]
            cursor.execute(f"SELECT topic, partition, next_offset FROM {service}.consumer_offset")
            waits[f"{service} lag"] = _lag(brokers, cursor.fetchall())
        cursor.execute("SELECT count(*) FROM notifier.delivery WHERE state = 'PENDING'")
        waits["deliveries"] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM notifier.arrears a JOIN notifier.endpoint e ON e.id = a.endpoint WHERE e.state = 'ENABLED'")
        waits["deliveries that come back"] = cursor.fetchone()[0]
    return {name: count for name, count in waits.items() if count}


def _lag(brokers, positions):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "jisr-quiet", "enable.auto.commit": False, "log_level": 0})
    try:
        return sum(max(0, consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)[1] - next_offset)
                   for topic, partition, next_offset in positions)
    finally:
        consumer.close()


def wait_quiet(pg, brokers, seconds=120, stable=2):
    """Returns when nothing has been pending for `stable` looks in a row; raises with what still is."""
    until = time.monotonic() + seconds
    quiet = 0
    pending = {"unknown": 1}
    while quiet < stable:
        try:
            connection = psycopg2.connect(pg)
            try:
                connection.set_session(readonly=True, autocommit=True)
                pending = _pending(connection, brokers)
            finally:
                connection.close()
        except Exception as error:  # the database or the broker may still be starting: that is not quiet
            pending = {str(error).strip().splitlines()[0]: 1}
        quiet = 0 if pending else quiet + 1
        if time.monotonic() > until:
            raise RuntimeError(f"not quiet after {seconds} s: {pending}")
        time.sleep(0.5)
