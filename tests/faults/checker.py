"""Checks the invariants of the platform from outside: PostgreSQL (read-only role), Kafka (another client), the receiver's own log, the journal.

Shares no code with the services. Each check appends sentences to `findings`; an empty list means that it holds."""
import collections
import json

import psycopg2

import journal as journals
import kafka_log

SERVICES = ["intake", "eligibility", "training", "notifier"]
CONSUMES = {
    "intake": ["jisr.decision.v1", "jisr.training.v1", "jisr.referral.v1"],
    "eligibility": ["jisr.application.v1", "jisr.training.v1"],
    "training": ["jisr.application.v1", "jisr.decision.v1"],
    "notifier": ["jisr.application.v1", "jisr.decision.v1", "jisr.training.v1", "jisr.referral.v1"],
}
SHOWN = 5  # examples of one kind in a report


class Platform:
    """One look at everything, taken when the platform is quiet."""

    def __init__(self, pg, kafka, receiver_log, journal, before=()):
        self.pg = psycopg2.connect(pg)
        self.pg.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self.records = kafka_log.read_all(kafka)
        self.receiver = [json.loads(line) for line in open(receiver_log, encoding="utf-8")]
        self.journal = journals.read(journal)
        self.before = set(before)  # applications that were there when the journal began
        self.outbox = {service: self.rows(f"SELECT event_id::text, key::text, aggregate_id::text, version, type, id, data FROM {service}.outbox ORDER BY id")
                       for service in SERVICES}

    def rows(self, sql, *values):
        with self.pg.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def one(self, sql, *values):
        return self.rows(sql, *values)[0][0]


def some(items):
    items = list(items)
    return f"{len(items)}, such as {items[:SHOWN]}" if items else ""


def i1_accepted_once(platform, findings):
    """Every application answered 2xx is there exactly once; same key, same id and answer; nothing there without a journal line."""
    answers = collections.defaultdict(set)
    for line in platform.journal:
        if line["what"] == "answer" and line["status"] == 201:
            answers[line["key"]].add((line["id"], line["receipt"], line["content"]))
    for key, different in answers.items():
        if len(different) > 1:
            findings.append(f"I1: key {key} was answered in {len(different)} ways")
    promised = {next(iter(each))[:2] for each in answers.values()}
    there = {row for row in platform.rows("SELECT id::text, replace(receipt, '-', '') FROM intake.application") if row[0] not in platform.before}
    promised = {(id_, receipt.replace("-", "")) for id_, receipt in promised}
    if promised - there:
        findings.append(f"I1: lost: {some(promised - there)}")
    sent = {line["key"] for line in platform.journal if line["what"] == "send"}
    if len(there - promised) > len(sent - set(answers)):
        findings.append(f"I1: there without a journal line: {some(there - promised)}")


def i2_outbox_is_the_truth(platform, findings):
    """Versions 1..n without gap or twin; outbox = Kafka as a set of ids; first occurrences per aggregate in order; states ↔ outbox rows."""
    published = collections.defaultdict(set)
    order = collections.defaultdict(list)
    for record in platform.records:
        if record.id not in published[record.topic]:
            order[(record.topic, record.aggregate)].append(record.version)
        published[record.topic].add(record.id)
    for service in SERVICES:
        versions = collections.defaultdict(list)
        for _, _, aggregate, version, type_, _, _ in platform.outbox[service]:
            versions[(type_.split(".")[2], aggregate)].append(version)
        torn = [key for key, seen in versions.items() if seen != list(range(1, len(seen) + 1))]
        if torn:
            findings.append(f"I2: {service}: versions with gap, twin or wrong order: {some((k, versions[k]) for k in torn)}")
    ids = {row[0] for service in SERVICES for row in platform.outbox[service]}
    in_kafka = set().union(*published.values()) if published else set()
    if ids - in_kafka:
        findings.append(f"I2: in an outbox, not in Kafka: {some(ids - in_kafka)}")
    if in_kafka - ids:
        findings.append(f"I2: in Kafka, in no outbox: {some(in_kafka - ids)}")
    twisted = [key for key, seen in order.items() if seen != sorted(seen)]
    if twisted:
        findings.append(f"I2: first occurrences out of order: {some(twisted)}")
    for table, aggregate in STATEFUL:
        _versions_match(platform, findings, table, aggregate)


# Tables whose row is an aggregate with a version: (schema.table, its id column, aggregate word in the type).
STATEFUL = [("intake.application", "id"), ("eligibility.decision", "application_id"), ("training.enrolment", "id"), ("notifier.referral", "id")]
AGGREGATE_WORD = {"intake.application": "application", "eligibility.decision": "decision", "training.enrolment": "enrolment", "notifier.referral": "referral"}


def _versions_match(platform, findings, table, column):
    service = table.split(".")[0]
    latest = {}
    for _, _, aggregate, version, type_, _, _ in platform.outbox[service]:
        if type_.split(".")[2] == AGGREGATE_WORD[table]:
            latest[aggregate] = version
    rows = dict(platform.rows(f"SELECT {column}::text, version FROM {table}"))
    different = [key for key in rows.keys() | latest.keys() if rows.get(key) != latest.get(key)]
    if different:
        findings.append(f"I2: {table} and its outbox disagree about the version: {some((k, rows.get(k), latest.get(k)) for k in different)}")


def i3_effects_once(platform, findings):
    """What each consumer holds = the fold of the events from empty."""
    last_decision = {}
    for _, key, _, version, type_, _, data in platform.outbox["eligibility"]:
        last_decision[key] = json.loads(data)["state"]
    states = dict(platform.rows("SELECT application_id::text, state FROM eligibility.decision"))
    if states != last_decision:
        findings.append(f"I3: eligibility.decision is not the fold of its events: {some(k for k in states.keys() | last_decision.keys() if states.get(k) != last_decision.get(k))}")
    expected = {"SHORTLISTED": "SHORTLISTED", "WAITLISTED": "WAITLISTED", "INELIGIBLE": "INELIGIBLE"}
    intake = dict(platform.rows("SELECT id::text, state FROM intake.application"))
    for key, state in last_decision.items():
        if state in expected and intake.get(key) not in (expected[state], "WITHDRAWN"):
            findings.append(f"I3: intake shows {intake.get(key)} where eligibility decided {state}: {key}")
            break
    undecided = platform.rows("SELECT id::text FROM intake.application WHERE state IN ('SUBMITTED', 'SCREENING', 'ELIGIBLE', 'IN_REVIEW')")
    if undecided:
        findings.append(f"I3: without a decision although the platform is quiet: {some(row[0] for row in undecided)}")
    shortlisted = {key for key, state in last_decision.items() if state == "SHORTLISTED"}
    enrolled = {row[0] for row in platform.rows("SELECT application::text FROM training.enrolment WHERE state <> 'CANCELLED'")}
    if shortlisted != enrolled:
        findings.append(f"I3: shortlisted and enrolled are not the same women: {some(shortlisted ^ enrolled)}")
    _statistics_match(platform, findings)


def _statistics_match(platform, findings):
    counted = platform.rows("""SELECT coalesce(sum(applications), 0), coalesce(sum(women), 0) FROM
        (SELECT applications, women FROM intake.stat UNION ALL SELECT applications, women FROM intake.stat_delta) AS s""")[0]
    there = platform.rows("SELECT count(*), coalesce(sum(women), 0) FROM intake.application WHERE state <> 'DRAFT'")[0]
    if tuple(map(int, counted)) != tuple(map(int, there)):
        findings.append(f"I3: statistics say {counted}, the applications are {there}")


def i4_nothing_exceeded(platform, findings):
    """No quota and no capacity exceeded; places are numbered 1..n in each quota."""
    for call, province, places, taken in platform.rows("SELECT call, province, places, taken FROM eligibility.quota"):
        held = platform.one("SELECT count(*) FROM eligibility.decision WHERE call = %s AND province = %s AND state = 'SHORTLISTED'", call, province)
        if held != taken or taken > places:
            findings.append(f"I4: {province}: {held} hold a place, {taken} counted, {places} there")
    for session, capacity, enrolled in platform.rows("SELECT id::text, capacity, enrolled FROM training.session"):
        held = platform.one("SELECT count(*) FROM training.enrolment WHERE session = %s AND state IN ('OFFERED', 'ENROLLED', 'ATTENDING')", session)
        if held != enrolled or enrolled > capacity:
            findings.append(f"I4: session {session}: {held} seated, {enrolled} counted, {capacity} seats")


def i5_offsets_have_effects(platform, findings):
    """Every offset below the stored one has an inbox row or a parked row."""
    for service in SERVICES:
        next_offsets = {(topic, partition): offset for topic, partition, offset in
                        platform.rows(f"SELECT topic, partition, next_offset FROM {service}.consumer_offset")}
        known = {row[0] for row in platform.rows(f"SELECT event_id::text FROM {service}.inbox UNION ALL SELECT event_id::text FROM {service}.parked")}
        skipped = [r.id for r in platform.records
                   if r.topic in CONSUMES[service] and r.offset < next_offsets.get((r.topic, r.partition), 0) and r.id not in known]
        if skipped:
            findings.append(f"I5: {service} moved over records without an inbox row: {some(skipped)}")
        parked = platform.rows(f"SELECT kind, reason, count(*) FROM {service}.parked GROUP BY 1, 2")
        if parked:
            findings.append(f"I5: {service} has parked or held events although nothing was poisoned: {parked}")


def i6_partner_got_everything(platform, findings):
    """The receiver's deduplicated set = the expected set; every signature verified; webhook-id stable; per application in order."""
    got, bodies, order = set(), {}, collections.defaultdict(list)
    for line in platform.receiver:
        if line["verified"] is not True:
            findings.append(f"I6: not verified: {line['id']}")
            continue
        if bodies.setdefault(line["id"], line["body"]) != line["body"]:
            findings.append(f"I6: webhook-id {line['id']} came with two bodies")
        if line["id"] not in got:
            order[(line["event"]["data"]["application"], line["event"]["data"]["referral"])].append(int(line["event"]["data"]["version"]))
        got.add(line["id"])
    partner, types = platform.rows("SELECT partner::text, event_types FROM notifier.endpoint ORDER BY created_at, id LIMIT 1")[0]
    expected = {row[0] for row in platform.outbox["notifier"] if row[4] in types and json.loads(row[6])["partner"] == partner}
    if expected - got:
        findings.append(f"I6: the partner never got: {some(expected - got)}")
    if got - expected:
        findings.append(f"I6: the partner got what nobody sent: {some(got - expected)}")
    if any(seen != sorted(seen) for seen in order.values()):
        findings.append("I6: deliveries of one application out of order")
    consenting = {row[0] for row in platform.rows("SELECT id::text FROM intake.application WHERE state = 'SHORTLISTED' AND referral_consent")}
    referred = {row[0] for row in platform.rows("SELECT application::text FROM notifier.referral WHERE state <> 'REVOKED' AND partner = %s", partner)}
    if consenting != referred:
        findings.append(f"I6: consenting shortlisted women and referrals differ: {some(consenting ^ referred)}")


def i7_audit(platform, findings):
    """One audit row a state change."""
    for service in SERVICES:
        changes = {row[0] for row in platform.outbox[service]}
        audited = [row[0] for row in platform.rows(f"SELECT event_id::text FROM {service}.audit WHERE event_id IS NOT NULL")]
        if len(audited) != len(set(audited)) or set(audited) != changes:
            findings.append(f"I7: {service}: {len(changes)} changes, {len(audited)} audit rows")


INVARIANTS = [i1_accepted_once, i2_outbox_is_the_truth, i3_effects_once, i4_nothing_exceeded, i5_offsets_have_effects, i6_partner_got_everything, i7_audit]


def check(pg, kafka, receiver_log, journal, before=()):
    """All invariants; the findings."""
    platform = Platform(pg, kafka, receiver_log, journal, before)
    findings = []
    for invariant in INVARIANTS:
        invariant(platform, findings)
    platform.pg.close()
    return findings
