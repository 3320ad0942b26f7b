"""The queue of what is nearly due (services/intake/application/awaiting.sql): who is taken in by a sweep, and that staff find old and young files in one order."""
import datetime
import random
import threading
import unittest
import uuid

from support.migrated import Migrated
from support.statements import SESSION, statements

NOW = datetime.datetime(2026, 11, 30, 10, tzinfo=datetime.timezone.utc)
AWAIT = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW"]
ENDED = ["DRAFT", "SHORTLISTED", "INELIGIBLE", "WITHDRAWN"]
FILL = """
    INSERT INTO intake.region VALUES ('MA-03', '{}');
    INSERT INTO intake.call (id, slug, title, region, state, opens_at, closes_at, kinds, consents) VALUES (1, 'call', '{}', 'MA-03', 'OPEN', now(), now() + interval '1 day', '[]', '[]')"""
FILE = """
    INSERT INTO intake.application (id, request_hash, receipt, call_id, kind, province, state, version, revision, created_at, submitted_at, answer_due_at, women,
                                    referral_consent, language, warnings, body, history)
    VALUES (%(id)s, %(id)s, %(id)s, 1, 'person', %(province)s, %(state)s, 1, 1, now(), now(), %(due_at)s, 1, false, 'ar', 0, '', '[]')"""


def id_at(at, tail=None):
    """A UUIDv7 (RFC 9562 §5.7) of that moment."""
    bits = random.getrandbits(74) if tail is None else tail
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1)


def array(values):
    return "{" + ",".join(str(value) for value in values) + "}"


def ways_to(plan, table):
    """From the plan's head down to each scan of the table."""
    if plan.get("Relation Name") == table:
        yield [plan]
    for part in plan.get("Plans", []):
        for way in ways_to(part, table):
            yield [plan, *way]


def minutes_ago(minutes):
    return NOW - datetime.timedelta(minutes=minutes)


class Awaiting(Migrated):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.texts = {name: text for name, text in statements("intake") if name.startswith("awaiting.") or name == "listing.due"}
        cls.ask_nothing(FILL)

    @classmethod
    def ask_nothing(cls, sql, values=None):
        with cls.connection.cursor() as cursor:
            cursor.execute(sql, values)

    def setUp(self):
        self.ask_nothing("DELETE FROM intake.application; DELETE FROM intake.awaiting; UPDATE intake.awaiting_swept SET up_to = %s", [str(uuid.UUID(int=0))])

    def file(self, age_min, state="SUBMITTED", due_in_days=60, province="MA-TAO"):
        id = str(id_at(minutes_ago(age_min)))
        due_at = None if state == "DRAFT" else NOW + datetime.timedelta(days=due_in_days)
        self.ask_nothing(FILE, {"id": id, "province": province, "state": state, "due_at": due_at})
        return id

    def execute(self, name, values, territories=None):
        """The statement's rows; its $n are the values in order. With territories: as staff read."""
        with self.database.connect() as session, session.cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL search_path = intake")
            if territories:
                cursor.execute("SELECT set_config('role', 'jisr_intake_reader', true), set_config('jisr.territories', %s, true)", [territories])
            cursor.execute(f"PREPARE it AS {self.texts[name]}")
            cursor.execute(f"EXECUTE it ({', '.join(['%s'] * len(values))})", [array(value) if isinstance(value, list) else value for value in values])
            rows = cursor.fetchall() if cursor.description else []
            cursor.execute("COMMIT")
            return rows

    def sweep(self, chunk=1000, age_min=10):
        return self.execute("awaiting.sweep", [str(id_at(minutes_ago(age_min), 0)), AWAIT, chunk])

    def kept(self):
        return {id for id, in self.ask("SELECT application_id::text FROM intake.awaiting")}

    def test_a_sweep_takes_in_who_has_waited_for_ten_minutes_and_nobody_else(self):
        waiting = {self.file(11, state) for state in AWAIT}
        for state in ENDED:
            self.file(12, state)
        self.file(9)
        self.assertEqual(self.sweep(), [(len(AWAIT) + len(ENDED),)])
        self.assertEqual(self.kept(), waiting)

    def test_a_sweep_in_chunks_passes_nobody_over_and_takes_nobody_twice(self):
        waiting = {self.file(60 - minute) for minute in range(45)}
        found = [self.sweep(chunk=10)[0][0] for _ in range(6)]
        self.assertEqual(found, [10, 10, 10, 10, 5, 0])
        self.assertEqual(self.kept(), waiting)

    def test_a_clock_that_is_put_back_takes_nothing_back(self):
        self.file(11)
        self.sweep()
        before = self.ask("SELECT up_to FROM intake.awaiting_swept")
        self.assertEqual(self.sweep(age_min=60), [(0,)])
        self.assertEqual(self.ask("SELECT up_to FROM intake.awaiting_swept"), before)

    def test_a_decision_that_is_being_written_is_waited_for(self):
        decided, other = self.file(20), self.file(19)
        with self.database.connect() as decision, decision.cursor() as cursor:
            cursor.execute("BEGIN; UPDATE intake.application SET state = 'SHORTLISTED' WHERE id = %s", [decided])
            sweep = threading.Thread(target=self.sweep)
            sweep.start()
            while not self.ask("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"):
                self.assertTrue(sweep.is_alive(), "it waited for nothing")
            cursor.execute("COMMIT")
            sweep.join()
        self.assertEqual(self.kept(), {other})

    def test_while_one_copy_sweeps_another_does_nothing(self):
        self.file(20)
        with self.database.connect() as copy, copy.cursor() as cursor:
            cursor.execute("BEGIN; SELECT FROM intake.awaiting_swept FOR UPDATE")
            self.assertEqual(self.sweep(), [])
            cursor.execute("COMMIT")
        self.assertEqual(self.kept(), set())

    def pages(self, limit, territories="{*}", province=None, due_before=None):
        """Ids, page by page as the route asks for them: one more than it shows."""
        shown, after = [], (None, None)
        while True:
            rows = self.execute("listing.due", [None if territories == "{*}" else [territories.strip("{}")], None, province, None, None, None, None, due_before, after[1],
                                                limit + 1, False, AWAIT, after[0]], territories)
            shown += [row[0] for row in rows[:limit]]
            if len(rows) <= limit:
                return shown
            after = (rows[limit - 1][8], rows[limit - 1][0])

    def test_staff_find_swept_and_young_files_in_one_order_by_their_day(self):
        files = {}
        for n in range(120):
            state, province = random.Random(n).choice(AWAIT + ENDED), random.Random(n).choice(["MA-TAO", "MA-FES"])
            days = random.Random(n).randrange(1, 9)
            files[self.file(n / 5, state, days, province)] = (state, province, days)
        self.sweep()
        self.assertTrue(0 < len(self.kept()) < sum(state in AWAIT for state, *_ in files.values()), "some are swept, some are young")
        expected = [id for _, id in sorted((days, id) for id, (state, _, days) in files.items() if state in AWAIT)]
        self.assertEqual(self.pages(7), expected)
        self.assertEqual(self.pages(7, "{MA-FES}"), [id for id in expected if files[id][1] == "MA-FES"])
        self.assertEqual(self.pages(7, province="MA-TAO"), [id for id in expected if files[id][1] == "MA-TAO"])
        self.assertEqual(self.pages(7, due_before=NOW + datetime.timedelta(days=4)), [id for id in expected if files[id][2] < 4])

    def test_a_page_reads_the_queue_in_its_order_however_it_was_planned(self):
        """Planned once a session, on an empty queue: what is sorted there would be all of it a year later."""
        with self.database.connect("jisr_intake_reader") as session, session.cursor() as cursor:
            cursor.execute(f"{SESSION}; SET search_path = intake; PREPARE it AS {self.texts['listing.due']}")
            cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE it ({', '.join(['NULL'] * 13)})")
            plan = cursor.fetchone()[0][0]["Plan"]
        ways = list(ways_to(plan, "awaiting"))
        self.assertEqual([way[-1]["Index Name"] for way in ways], ["awaiting_due"])
        self.assertIn("Merge Append", [step["Node Type"] for step in ways[0]])
        self.assertNotIn("Sort", [step["Node Type"] for step in ways[0]])

    def test_who_was_decided_since_is_not_listed_and_who_waits_again_is(self):
        decided, again = self.file(20), self.file(20, "INELIGIBLE")
        self.sweep()
        self.ask_nothing("UPDATE intake.application SET state = 'SHORTLISTED' WHERE id = %s", [decided])
        self.execute("awaiting.follow", [[again], [NOW]])
        self.ask_nothing("UPDATE intake.application SET state = 'IN_REVIEW' WHERE id = %s", [again])
        self.assertEqual(self.pages(7), [again])
        self.execute("awaiting.forget", [[decided, again]])
        self.assertEqual(self.kept(), set())


if __name__ == "__main__":
    unittest.main()
