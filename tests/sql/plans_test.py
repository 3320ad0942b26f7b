"""No statement reads a table or an index from end to end, however empty it was when the statement was planned: each is planned once a session, and what
looked free on the first morning (the index of a queue in which nothing waits) must not be the way a year later."""
import json
import re
import unittest

import psycopg2

from support.migrated import Database
from support.statements import READS_OF_STAFF, SESSION, statements

SERVICES = ["intake", "eligibility", "training", "notifier"]
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}

# What may be read whole, and why: a table or index, or one in one statement.
WHOLE = {
    "relay_cursor": "one row",
    "duplicate_cursor": "one row",
    "awaiting_swept": "one row",
    "retention_class": "a table that people read",
    "call_draft": "drafts of calls: dozens",
    "stat": "cells of all calls, hundreds: a read is their sum",
    "stat_day": "the same by day",
    "stat_profile": "the same by milieu and age band",
    "stat_delta": "what came in the last half second: folded and gone",
    "endpoint": "whoever may be told; a copy keeps them in memory",
    "store.list_calls call": "all calls but drafts, once in two seconds",
    "relay.seal audit_chain": "the last block: one row from the index's end",
    "feed.count_parked parked_key": "counted up to a bound, once a second",
    "inbox.released parked": "some of what is parked, once a batch while something is; jisrctl parked shows it",
    "store.find_closing partner": "partners, hundreds, once a minute",
    "arrears": "what is on its way back to endpoints that were gone: nothing, mostly",
    "store.measure_queue delivery_queue": "the head of each queue, up to a bound, once a second",
    "expiry.late application": "the drafts, oldest first, once a minute",
    "retention.count_uploads document_unfinished": "a run that an operator starts",
    "retention.remove_uploads document_unfinished": "the same",
    "retention.count_imports import": "files that staff have sent, some a day: a run that an operator starts",
    "retention.remove_imports import": "the same",
}


def parts(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from parts(part)


def whole_scans(plan):
    """The tables of which all is read. A partition counts as its table; an index is read in part when a condition leads into it."""
    for part in parts(plan):
        stops_at_the_first = part.get("Parent Relationship") == "InitPlan" and "Filter" not in part  # EXISTS (SELECT FROM …)
        if part["Node Type"] in SCANS and "Index Cond" not in part and not stops_at_the_first:
            yield part.get("Relation Name") or part["Index Name"]


class Plans(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        done = cls.database.migrate()
        assert done.returncode == 0, done.stdout + done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.database.drop()

    def plan(self, cursor, text):
        """The generic plan; None: the statement has none (BEGIN, SET)."""
        parameters = max((int(number) for number in re.findall(r"\$(\d+)", text)), default=0)
        try:
            cursor.execute(f"PREPARE it AS {text}")
        except psycopg2.errors.SyntaxError:
            return None
        cursor.execute("EXPLAIN (FORMAT JSON) EXECUTE it" + (f"({', '.join(['NULL'] * parameters)})" if parameters else ""))
        plan = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE it")
        return (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]

    def plans(self, service, role=None):
        """(file.name, plan) of each."""
        connection = self.database.connect(role)
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute(f"{SESSION}; SET search_path = {service}")
            for name, text in statements(service):
                if role is None or name in READS_OF_STAFF[service]:
                    yield name, self.plan(cursor, text)

    def test_every_statement_goes_by_a_condition(self):
        planned, found = 0, set()
        for service in SERVICES:
            for name, plan in self.plans(service):
                planned += plan is not None
                found.update((name, table) for table in whole_scans(plan or {"Node Type": "none"}))
        self.assertGreater(planned, 150)
        self.assertEqual([f"{name} reads all of {table}" for name, table in sorted(found) if not {table, f"{name} {table}"} & set(WHOLE)], [])
        self.assertEqual(set(WHOLE) - {key for name, table in found for key in (table, f"{name} {table}")}, set(), "nothing reads these whole any more")

    def test_under_row_security_the_ways_are_the_same(self):
        """A condition that might show what a policy hides is no way into an index, and a policy that costs too much would have the plan begin elsewhere."""
        for service, reads in READS_OF_STAFF.items():
            plans = dict(self.plans(service, f"jisr_{service}_reader"))
            self.assertEqual(set(plans), reads)
            self.assertEqual([f"{name} reads all of {table}" for name, plan in sorted(plans.items()) for table in whole_scans(plan)], [])


if __name__ == "__main__":
    unittest.main()
