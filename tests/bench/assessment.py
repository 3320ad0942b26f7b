"""P3: events of Kafka that eligibility takes, assesses, stores and emits, a second."""
import io
import time

from confluent_kafka import Consumer, TopicPartition

import figures
import instance as platform
import load

REACH = 15000
GIVE_UP_AFTER_S = 180

# What a submission leaves behind in eligibility, and which rows are of the run that began at {since}: not those of the events that follow from it.
OF_RUN = "IN (SELECT aggregate_id FROM intake.outbox WHERE type = 'ma.jisr.application.submitted.v1' AND at >= '{since}')"
TABLES = {
    "decision": f"application_id {OF_RUN}",
    "placement": f"application_id {OF_RUN}",
    "inbox": f"event_id {OF_RUN.replace('aggregate_id', 'event_id', 1)}",
    "outbox": f"aggregate_id {OF_RUN}",
    "audit": f"subject {OF_RUN}",
}


class Topic:
    """Where the topics end."""

    def __init__(self, instance):
        self.consumer = Consumer({"bootstrap.servers": instance.kafka, "group.id": "bench", "enable.auto.commit": False})

    def end(self, topic):
        parts = self.consumer.list_topics(topic, timeout=10).topics[topic].partitions
        return sum(self.consumer.get_watermark_offsets(TopicPartition(topic, part), timeout=10)[1] for part in parts)

    def close(self):
        self.consumer.close()


def processed(cursor):
    cursor.execute("SELECT coalesce(sum(next_offset), 0)::bigint FROM eligibility.consumer_offset WHERE topic = %s", (platform.APPLICATIONS,))
    return cursor.fetchone()[0]


def copies_of(count):
    return ["eligibility", *(f"eligibility-{copy}" for copy in range(2, count + 1))]


def consume(instance, topic, release):
    """Lets eligibility go and watches it eat its backlog: (events a second stored, the same until all is in Kafka)."""
    target = topic.end(platform.APPLICATIONS)
    connection = instance.connect()
    with connection.cursor() as cursor:
        before = processed(cursor)
        release()
        deadline, first, last = time.monotonic() + GIVE_UP_AFTER_S, None, None
        while last is None or last[1] < target:
            now, done = time.monotonic(), processed(cursor)
            if done > before and first is None:
                first = (now, done)
            last = (now, done)
            if now > deadline:
                raise SystemExit(f"tests/bench/run: P3: eligibility is at {done} of {target} after {GIVE_UP_AFTER_S} s")
            time.sleep(0.01)
    while instance.outbox_pending(["eligibility"]):
        time.sleep(0.02)
    emitted_at = time.monotonic()
    connection.close()
    if first == last:
        raise SystemExit("tests/bench/run: P3: all of it was done in one batch; nothing to measure")
    events = last[1] - first[1]
    return events / (last[0] - first[0]), events / (emitted_at - first[0])


def copy_rate(instance, since, events):
    """Events a second whose rows COPY alone writes into tables with the same indexes, one transaction."""
    connection = instance.connect("owner")
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; SET statement_timeout = 0")
        data = {}
        for table, of_run in TABLES.items():
            cursor.execute(f"CREATE TABLE bench.{table} (LIKE eligibility.{table} INCLUDING ALL EXCLUDING IDENTITY)")
            data[table] = io.BytesIO()
            cursor.copy_expert(f"COPY (SELECT * FROM eligibility.{table} WHERE {of_run.format(since=since)}) TO STDOUT (FORMAT binary)", data[table])
            data[table].seek(0)
        connection.commit()
        began, rows = time.monotonic(), 0
        for table, content in data.items():
            cursor.copy_expert(f"COPY bench.{table} FROM STDIN (FORMAT binary)", content, size=1 << 20)
            rows += cursor.rowcount
        connection.commit()
        seconds = time.monotonic() - began
        cursor.execute("DROP SCHEMA bench CASCADE")
        connection.commit()
    connection.close()
    return events / seconds, rows / events


class Mode:
    """Runs with the same neighbours."""

    def __init__(self, label, neighbours, copies=1):
        self.label, self.neighbours, self.copies = label, neighbours, copies_of(copies)
        self.stored, self.emitted, self.ratios, self.copied, self.cpus, self.counts, self.rows = [], [], [], [], [], [], []

    def fill(self, instance, wanted):
        """A backlog in Kafka that every copy has begun to read and none can store: how many, and what lets them go on."""
        holder = instance.connect("owner")
        holder.autocommit = False
        with holder.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; LOCK TABLE eligibility.consumer_offset IN SHARE ROW EXCLUSIVE MODE")
        events = load.fill(instance, wanted * len(self.copies), platform.ROOMY_PROVINCE)
        while instance.outbox_pending(["intake"]):
            time.sleep(0.1)
        if "intake" not in self.neighbours:
            instance.stop("intake")
        return events, holder.close

    def run(self, instance, topic, wanted):
        instance.start(*self.copies)
        instance.rest()
        instance.stop(*(service for service in platform.SERVICES if service not in ("intake", "eligibility", *self.neighbours)))
        since = instance.value("SELECT now()").isoformat()
        events, release = self.fill(instance, wanted)
        before, meter = instance.server_counts(), instance.meter()
        stored, emitted = consume(instance, topic, release)
        seconds = meter.look()[0] - meter.began[0]
        self.cpus.append(meter.end())
        after = instance.server_counts()
        self.counts.append({name: (after[name] - before[name]) / seconds for name in before})
        instance.stop(*self.copies[1:])
        instance.start(*(service for service in platform.SERVICES if service not in self.neighbours))
        instance.rest()
        copy, rows = copy_rate(instance, since, events)
        self.stored.append(stored)
        self.emitted.append(emitted)
        self.copied.append(copy)
        self.rows.append(rows)
        self.ratios.append(emitted / copy)

    def show(self, report, key, reach=None):
        report.figure(f"{key}_emitted_per_s", f"events/s until all is emitted, {self.label}", self.emitted, "/s", reach)
        report.figure(f"{key}_stored_per_s", f"events/s until all is stored, {self.label}", self.stored, "/s")
        report.figure(f"{key}_copy_per_s", f"COPY of the same rows, events/s, {self.label}", self.copied, "/s")
        report.figure(f"{key}_ratio", f"÷ COPY, {self.label}", self.ratios, "×")
        counts = figures.mean_of(self.counts)
        report.bound(self.label, figures.mean_of(self.cpus), {"commits/s": counts["commits"], "log flushes/s": counts["flushes"], "log MB/s": counts["wal_bytes"] / 1e6,
                                                              "rows an event": sum(self.rows) / len(self.rows)})


def run(instance, report, options):
    report.open("P3", f"events a second through eligibility, a backlog of {options.events:,} submissions a run")
    report.note("every application gets a place of its quota; the rows of an event: decision, placement, inbox, two events of the outbox, two of the audit")
    topic = Topic(instance)
    alone = Mode("other services stopped", ())
    pair = Mode("two copies, other services stopped", (), 2)
    live = Mode("all services at work", ("intake", "training", "notifier"))
    for _ in range(options.runs):
        alone.run(instance, topic, options.events)
    for _ in range(options.runs):
        pair.run(instance, topic, options.events)
    for _ in range(options.runs):
        live.run(instance, topic, options.events)
    topic.close()
    alone.show(report, "alone")
    pair.show(report, "pair", (">=", REACH))
    live.show(report, "live")
