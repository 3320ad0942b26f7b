"""Checks the invariants of the platform from outside: PostgreSQL (read-only role), Kafka (another client), the receiver's own log, the journal.

Shares no code with the services. Each check appends sentences to `findings`, which begin with the invariant's name; an empty list means that all holds."""
import collections
import functools
import hashlib
import json

import psycopg2

import checks_effects
import checks_secrets
import journal as journals
import kafka_log

SERVICES = ["intake", "eligibility", "training", "notifier"]
CONSUMES = {
    "intake": ["jisr.decision.v1", "jisr.training.v1"],
    "eligibility": ["jisr.application.v1", "jisr.call.v1"],
    "training": ["jisr.application.v1", "jisr.decision.v1"],
    "notifier": ["jisr.application.v1", "jisr.decision.v1"],
}
# What was poisoned on purpose, by kind (poison.POISON): the services that have to park it. Elsewhere it may be parked or passed over with an inbox row.
MUST_PARK = {
    "bad JSON": ["eligibility", "notifier"],
    "wrong schema": ["eligibility", "notifier"],
    "1 MB": ["eligibility", "notifier"],
    "not UTF-8": ["eligibility", "notifier"],
    "no headers": ["eligibility", "training", "notifier"],
    "unknown type": [],
    "old news": [],
}
SHOWN = 5  # examples of one kind in a report


class Platform:
    """One look at everything, taken when the platform is quiet. What no invariant asks for is not read."""

    def __init__(self, pg, kafka, receiver_log, journal, before=(), poison=(), heads=None, records=None):
        self.pg, self.is_ours = pg, isinstance(pg, str)
        if self.is_ours:
            # One look at everything, however long it takes on a busy machine.
            self.pg = psycopg2.connect(pg, options="-c idle_in_transaction_session_timeout=0 -c statement_timeout=0")
            self.pg.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self._kafka, self._records, self._receiver_log, self._journal = kafka, records, receiver_log, journal
        self.poison = {(line["topic"], line["partition"], line["offset"]): line for line in poison}
        self.before = set(before)  # applications that were there when the journal began
        self.heads = {} if heads is None else heads  # of the audit chains, kept outside the platform: service → {block: head}

    @functools.cached_property
    def outbox(self):
        return {service: self.rows(f"SELECT event_id::text, key::text, aggregate_id::text, version, type, id, data, xmin::text::bigint FROM {service}.outbox ORDER BY id")
                for service in SERVICES}

    @functools.cached_property
    def all_records(self):
        return kafka_log.read_all(self._kafka) if self._records is None else self._records

    @functools.cached_property
    def records(self):
        return [record for record in self.all_records if record.place not in self.poison]

    @functools.cached_property
    def receiver(self):
        return [json.loads(line) for line in open(self._receiver_log, encoding="utf-8")]

    @functools.cached_property
    def journal(self):
        return journals.read(self._journal)

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
    if len(promised) != len(answers):
        findings.append(f"I1: {len(answers)} keys, {len(promised)} applications: two keys share one")
    if promised - there:
        findings.append(f"I1: lost: {some(promised - there)}")
    sent = {line["key"] for line in platform.journal if line["what"] == "send"}
    if len(there - promised) > len(sent - set(answers)):
        findings.append(f"I1: there without a journal line: {some(there - promised)}")
    _withdrawals(platform, findings)


def _withdrawals(platform, findings):
    asked = {line["id"] for line in platform.journal if line["what"] == "withdraw"}
    granted = {line["id"] for line in platform.journal if line["what"] == "withdrawn" and line["status"] == 200}
    refused = {line["id"] for line in platform.journal if line["what"] == "withdrawn" and line["status"] == 409}
    states = {id_: state for id_, state in platform.rows("SELECT id::text, state FROM intake.application") if id_ not in platform.before}
    withdrawn = {id_ for id_, state in states.items() if state == "WITHDRAWN"}
    if granted - withdrawn:
        findings.append(f"I1: withdrawn, and yet not: {some(granted - withdrawn)}")
    if withdrawn - asked:
        findings.append(f"I1: withdrawn, and nobody asked: {some(withdrawn - asked)}")
    kept = [(id_, states.get(id_)) for id_ in refused if states.get(id_) != "INELIGIBLE"]
    if kept:
        findings.append(f"I1: not allowed to withdraw, though she could: {some(kept)}")


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
        for _, _, aggregate, version, type_, _, _, _ in platform.outbox[service]:
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
    if published["jisr.referral.v1"] != published["jisr.partner.v1"]:
        findings.append(f"I2: partners do not read what was said of referrals: {some(published['jisr.referral.v1'] ^ published['jisr.partner.v1'])}")
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
    for _, _, aggregate, version, type_, _, _, _ in platform.outbox[service]:
        if type_.split(".")[2] == AGGREGATE_WORD[table]:
            latest[aggregate] = version
    rows = dict(platform.rows(f"SELECT {column}::text, version FROM {table}"))
    different = [key for key in rows.keys() | latest.keys() if rows.get(key) != latest.get(key)]
    if different:
        findings.append(f"I2: {table} and its outbox disagree about the version: {some((k, rows.get(k), latest.get(k)) for k in different)}")


def i5_offsets_have_effects(platform, findings):
    """Every offset below the stored one has an inbox row or a parked row; all is read; parked is what was poisoned, with a reason, and nothing else."""
    for service in SERVICES:
        next_offsets = {(topic, partition): offset for topic, partition, offset in
                        platform.rows(f"SELECT topic, partition, next_offset FROM {service}.consumer_offset")}
        inbox = {row[0] for row in platform.rows(f"SELECT event_id::text FROM {service}.inbox")}
        parked = platform.rows(f'SELECT topic, partition, "offset", event_id::text, kind, reason FROM {service}.parked')
        places, parked_ids = {row[:3] for row in parked}, {row[3] for row in parked}
        heard = [r for r in platform.all_records if r.topic in CONSUMES[service]]
        behind = [r for r in heard if r.offset < next_offsets.get((r.topic, r.partition), 0)]
        if len(behind) < len(heard):
            findings.append(f"I5: {service} has read {len(behind)} of {len(heard)} records")
        skipped = [r.id or r.place for r in behind if r.id not in inbox and r.id not in parked_ids and r.place not in places]
        if skipped:
            findings.append(f"I5: {service} moved over records without an inbox row: {some(skipped)}")
        unexpected = [row for row in parked if row[:3] not in platform.poison and row[3] not in {line["id"] for line in platform.poison.values() if line["id"]}]
        if unexpected:
            findings.append(f"I5: {service} has parked or held what was not poisoned: {some(unexpected)}")
        missed = [r.place for r in behind if r.place in platform.poison and r.place not in places and service in MUST_PARK[platform.poison[r.place]["kind"]]]
        if missed:
            findings.append(f"I5: {service} has not parked what can't be processed: {some((place, platform.poison[place]['kind']) for place in missed)}")
        if any(row[4] != "POISON" or not row[5] for row in parked if row not in unexpected):
            findings.append(f"I5: {service} has parked something without a reason")
        twice = [place for place, count in collections.Counter(row[:3] for row in parked).items() if count > 1]
        if twice:
            findings.append(f"I5: {service} has parked a record more than once: {some(twice)}")


def i6_partner_got_everything(platform, findings):
    """The receiver's deduplicated set = the expected set; every signature verified; webhook-id stable; per application in order."""
    got, bodies, order = set(), {}, collections.defaultdict(list)
    for line in platform.receiver:
        if line["verified"] is not True:
            findings.append(f"I6: not verified: {line['id']}")
            continue
        if bodies.setdefault(line["id"], line["body"]) != line["body"]:
            findings.append(f"I6: webhook-id {line['id']} came with two bodies")
        if not 200 <= line["status"] < 300:
            continue  # the receiver refused it: it has to come again
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
    unfinished = platform.rows("""SELECT d.state, d.last_failure, count(*) FROM notifier.delivery d JOIN notifier.endpoint e ON e.id = d.endpoint
        WHERE d.state <> 'DONE' AND NOT (e.state = 'DISABLED' AND d.state = 'DEAD' AND d.last_failure = e.disabled_reason) GROUP BY 1, 2""")
    if unfinished:
        findings.append(f"I6: deliveries that did not end well: {unfinished}")


def i7_audit(platform, findings):
    """One audit row a state change; the chain follows from its rows and still holds the heads that were kept outside."""
    for service in SERVICES:
        changes = {row[0] for row in platform.outbox[service]}
        audited = [row[0] for row in platform.rows(f"SELECT event_id::text FROM {service}.audit WHERE event_id IS NOT NULL")]
        if len(audited) != len(set(audited)) or set(audited) != changes:
            findings.append(f"I7: {service}: {len(changes)} changes, {len(audited)} audit rows")
        _chain(platform, findings, service)


def _chain(platform, findings, service):
    """head = sha256(previous head ‖ sha256 of each row of the block, by id); computed here, not in the database."""
    rows = platform.rows(f"""SELECT xid::text::bigint, concat_ws('|', id, (extract(epoch FROM at) * 1000000)::bigint, subject, coalesce(event_id::text, ''),
        coalesce(version::text, ''), actor, action, coalesce(detail, '')) FROM {service}.audit ORDER BY id""")
    blocks = platform.rows(f"SELECT block, low::text::bigint, high::text::bigint, rows, head FROM {service}.audit_chain ORDER BY block")
    by_xid = sorted((xid, place, hashlib.sha256(text.encode()).digest()) for place, (xid, text) in enumerate(rows))
    at, head, kept = 0, b"", platform.heads.setdefault(service, {})
    for block, low, high, count, stored in blocks:
        members = []
        while at < len(by_xid) and by_xid[at][0] < high:
            if by_xid[at][0] >= low:
                members.append(by_xid[at][1:])
            at += 1
        head = hashlib.sha256(head + b"".join(digest for _, digest in sorted(members))).digest()
        if head != bytes(stored) or count != len(members):
            findings.append(f"I7: {service}: block {block} of the chain does not follow from its rows")
            return
        if kept.setdefault(block, head) != head:
            findings.append(f"I7: {service}: block {block} is not the one whose head was kept outside")
            return
    if any(block > len(blocks) for block in kept):
        findings.append(f"I7: {service}: the chain has lost blocks whose heads were kept outside")


INVARIANTS = {"I1": i1_accepted_once, "I2": i2_outbox_is_the_truth, "I3": checks_effects.i3_effects_once, "I4": checks_effects.i4_nothing_exceeded,
              "I5": i5_offsets_have_effects, "I6": i6_partner_got_everything, "I7": i7_audit, "I8": checks_secrets.i8_no_canary}


def check(pg, kafka, receiver_log, journal, before=(), poison=(), heads=None, instance=None, records=None, invariants=tuple(INVARIANTS)):
    """All invariants, or those named; the findings. `pg`: a DSN, or a connection whose transaction is looked at. `instance`: looks into its logs and metrics as well. `records`: instead of what Kafka holds."""
    platform = Platform(pg, kafka, receiver_log, journal, before, poison, heads, records)
    platform.instance = instance
    findings = []
    for invariant in invariants:
        INVARIANTS[invariant](platform, findings)
    if platform.is_ours:
        platform.pg.close()
    return findings
