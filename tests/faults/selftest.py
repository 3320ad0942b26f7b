#!/usr/bin/env python3
"""Can the checker fail? Spoils what it reads, one thing at a time, and demands that the right invariant complains.

The platform itself is left alone: rows are spoilt in a transaction that only the checker sees and that is taken back; journal, webhooks and Kafka's
records are copies. Needs a running instance (JISR_HOME) that is quiet and holds some applications of the journal given."""
import copy
import json
import pathlib
import tempfile

import checker
import kafka_log

# (what is spoilt, the invariant that has to complain, SQL)
ROWS = [
    ("an application is lost", "I1", "DELETE FROM intake.application WHERE id = (SELECT id FROM intake.application ORDER BY id LIMIT 1)"),
    ("a woman has nearly another's receipt", "I1", """UPDATE intake.application a
        SET receipt = CASE left(b.receipt, 1) WHEN 'X' THEN 'Y' ELSE 'X' END || substr(b.receipt, 2) FROM intake.application b
        WHERE a.id = (SELECT min(id::text)::uuid FROM intake.application) AND b.id = (SELECT max(id::text)::uuid FROM intake.application)"""),
    ("a withdrawal is forgotten", "I1", "UPDATE intake.application SET state = 'WAITLISTED' WHERE id = (SELECT id FROM intake.application WHERE state = 'WITHDRAWN' LIMIT 1)"),
    ("an outbox row is gone", "I2", "DELETE FROM intake.outbox WHERE id = (SELECT min(id) FROM intake.outbox)"),
    ("a version is there twice", "I2", "UPDATE eligibility.outbox SET version = 1 WHERE id = (SELECT min(id) FROM eligibility.outbox WHERE version = 2)"),
    ("a state without its event", "I2", "UPDATE intake.application SET version = version + 1 WHERE id = (SELECT id FROM intake.application ORDER BY id LIMIT 1)"),
    ("a decision that intake never heard", "I3", "UPDATE intake.application SET state = 'ELIGIBLE' WHERE id = (SELECT id FROM intake.application WHERE state = 'SHORTLISTED' LIMIT 1)"),
    ("a woman counted twice", "I3", """INSERT INTO intake.stat_delta (call_id, kind, province, state, applications, women, distinct_women)
        VALUES (1, 'person', 'MA-FES', 'SUBMITTED', 1, 1, 1)"""),
    ("an enrolment is lost", "I3", "DELETE FROM training.enrolment WHERE id = (SELECT id FROM training.enrolment WHERE state <> 'CANCELLED' ORDER BY id LIMIT 1)"),
    ("a woman is enrolled where she does not live", "I3", "UPDATE training.enrolment SET province = 'MA-XXX' WHERE id = (SELECT id FROM training.enrolment WHERE state <> 'CANCELLED' ORDER BY id LIMIT 1)"),
    ("a referral outlives the place that it was made for", "I3", """UPDATE notifier.referral SET application = (SELECT application_id FROM eligibility.decision WHERE state <> 'SHORTLISTED' LIMIT 1)
        WHERE id = (SELECT id FROM notifier.referral WHERE state = 'OFFERED' ORDER BY id LIMIT 1)"""),
    ("a quota's count is wrong", "I4", "UPDATE eligibility.quota SET taken = taken - 1 WHERE taken > 0"),
    ("a place's number is missing", "I4", "DELETE FROM eligibility.placement WHERE sequence = 1"),
    ("a score is not the form's", "I4", "UPDATE eligibility.decision SET score = score + 1 WHERE application_id = (SELECT application_id FROM eligibility.decision WHERE score IS NOT NULL LIMIT 1)"),
    ("a seat is counted that nobody has", "I4", "UPDATE training.session SET enrolled = enrolled - 1 WHERE enrolled > 0"),
    ("an inbox row is gone", "I5", "DELETE FROM eligibility.inbox WHERE event_id = (SELECT event_id FROM eligibility.inbox ORDER BY event_id LIMIT 1)"),
    ("a record that nobody has read", "I5", "DELETE FROM training.consumer_offset WHERE next_offset > 0 AND topic = 'jisr.decision.v1'"),
    ("a good event is parked", "I5", """INSERT INTO notifier.parked (kind, reason, topic, partition, "offset", data) VALUES ('POISON', 'planted', 'jisr.decision.v1', 0, 0, '')"""),
    ("a referral is missing", "I6", "UPDATE notifier.referral SET state = 'REVOKED' WHERE id = (SELECT id FROM notifier.referral WHERE state <> 'REVOKED' ORDER BY id LIMIT 1)"),
    ("a delivery that was given up", "I6", """UPDATE notifier.delivery SET state = 'DEAD', last_failure = 'planted' WHERE event_id = (SELECT event_id FROM notifier.delivery ORDER BY seq LIMIT 1)"""),
    ("an audit row is changed", "I7", "UPDATE intake.audit SET actor = 'nobody' WHERE id = (SELECT min(id) FROM intake.audit)"),
    ("an audit row is gone", "I7", "DELETE FROM notifier.audit WHERE id = (SELECT max(id) FROM notifier.audit WHERE event_id IS NOT NULL)"),
    ("a head of the chain is changed", "I7", "UPDATE training.audit_chain SET head = sha256(head) WHERE block = (SELECT min(block) FROM training.audit_chain)"),
    ("a name in an event", "I8", """UPDATE intake.outbox SET data = replace(data, '"kind"', '"name":"Kanarya El Alaoui","kind"') WHERE id = (SELECT min(id) FROM intake.outbox)"""),
    ("a phone in an audit row", "I8", "UPDATE notifier.audit SET detail = 'called +212655123456' WHERE id = (SELECT min(id) FROM notifier.audit)"),
]


def _another_id(lines):
    line = next(line for line in lines if line["what"] == "answer" and line["status"] == 201)
    line["id"] = line["id"][:-1] + ("0" if line["id"][-1] != "0" else "1")


def _forget_a_woman(lines):
    key = next(line["key"] for line in lines if line["what"] == "answer" and line["status"] == 201)
    lines[:] = [line for line in lines if line["key"] != key]


def _another_answer(lines):
    first = next(line for line in lines if line["what"] == "answer" and line["status"] == 201)
    lines.append(first | {"content": "0" * 64})


def _lose_a_webhook(lines):
    id_ = lines[0]["id"]
    lines[:] = [line for line in lines if line["id"] != id_]


def _forge_a_webhook(lines):
    lines[0]["verified"] = False


def _rename_a_webhook(lines):
    lines.append(lines[0] | {"id": "01900000-0000-7000-8000-000000000000"})


def _lose_a_record(records):
    del records[next(place for place, record in enumerate(records) if record.topic == "jisr.application.v1")]


def _swap_two_records(records):
    places = [place for place, record in enumerate(records) if record.topic == "jisr.decision.v1" and record.version <= 2]
    first = records[places[0]]
    other = next(place for place in places if records[place].aggregate == first.aggregate and records[place].version != first.version)
    records[places[0]], records[other] = records[other], first


def _invent_a_record(records):
    invented = copy.copy(records[0])
    invented.id = "01900000-0000-7000-8000-000000000001"
    records.append(invented)


def _tell_a_record(records):
    records[0].value = records[0].value + b' "cnie": "QZ 12345678" '


# (what is spoilt, the invariant, which copy, how)
COPIES = [
    ("an application has another id than was answered", "I1", "journal", _another_id),
    ("an application that nobody sent", "I1", "journal", _forget_a_woman),
    ("one key, two answers", "I1", "journal", _another_answer),
    ("a webhook never arrived", "I6", "webhooks", _lose_a_webhook),
    ("a webhook is not signed", "I6", "webhooks", _forge_a_webhook),
    ("a webhook that nobody sent", "I6", "webhooks", _rename_a_webhook),
    ("a record is missing in Kafka", "I2", "records", _lose_a_record),
    ("two records in the wrong order", "I2", "records", _swap_two_records),
    ("a record that is in no outbox", "I2", "records", _invent_a_record),
    ("an identity number in a record", "I8", "records", _tell_a_record),
]


class _Logs:
    """An instance of which only the logs are there."""

    def __init__(self, home):
        self.home = home

    def parts(self, _):
        return []


class SelfTest:
    def __init__(self, instance, journal, before, poison, heads):
        self.instance, self.journal, self.before, self.poison, self.heads = instance, journal, before, poison, heads
        settings = instance.settings()
        self.pg, self.webhooks = settings["JISR_PG"], settings["JISR_RECEIVER_LOG"]
        self.records = kafka_log.read_all(settings["JISR_KAFKA"])
        self.folder, self.spoiler = tempfile.TemporaryDirectory(), None

    def check(self, invariant, pg=None, journal=None, webhooks=None, records=None, instance=None):
        """Only the one that has to complain is asked: what the others find is no help to it."""
        return checker.check(pg or self.pg, None, webhooks or self.webhooks, journal or self.journal, self.before, self.poison, copy.deepcopy(self.heads),
                             instance, records or self.records, [invariant])

    def spoil_rows(self, invariant, sql):
        try:
            with self.spoiler.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger and no key of another table comes between
                cursor.execute(sql)
                if cursor.rowcount == 0:
                    return ["there was nothing to spoil"]
            return self.check(invariant, pg=self.spoiler)
        finally:
            self.spoiler.rollback()

    def spoil_copy(self, invariant, which, how):
        if which == "records":
            records = [copy.copy(record) for record in self.records]
            how(records)
            return self.check(invariant, records=records)
        origin = self.journal if which == "journal" else self.webhooks
        lines = [json.loads(line) for line in open(origin, encoding="utf-8")]
        how(lines)
        spoilt = pathlib.Path(self.folder.name) / "spoilt.ndjson"
        spoilt.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return self.check(invariant, **{which: spoilt})

    def spoil_log(self, invariant):
        log = pathlib.Path(self.folder.name) / "log"
        log.mkdir(exist_ok=True)
        (log / "intake-1.log").write_text('{"event":"planted","phone":"06551234 56"}\n{"event":"planted","phone":"0655123456"}\n', encoding="utf-8")
        return self.check(invariant, instance=_Logs(self.folder.name))

    def run(self):
        """Sentences about what went unnoticed; empty when the checker sees everything."""
        wrong = []
        self.spoiler = self.instance.superuser_connection()
        self.spoiler.set_session(isolation_level="REPEATABLE READ")
        try:
            cases = [(what, invariant, lambda invariant, sql=sql: self.spoil_rows(invariant, sql)) for what, invariant, sql in ROWS]
            cases += [(what, invariant, lambda invariant, which=which, how=how: self.spoil_copy(invariant, which, how)) for what, invariant, which, how in COPIES]
            cases.append(("a phone in a log", "I8", self.spoil_log))
            for what, invariant, spoil in cases:
                findings = spoil(invariant)
                if not any(finding.startswith(invariant + ":") for finding in findings):
                    wrong.append(f"{what}: {invariant} does not complain; findings: {findings}")
        finally:
            self.spoiler.close()
            self.folder.cleanup()
        return wrong
