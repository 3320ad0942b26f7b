"""The reader roles of eligibility, training and notifier, as which staff read there: what they may, and that what is a woman's is under row-level security."""
import unittest

from support.grants import ALL, RIGHTS, SCHEMAS
from support.migrated import Migrated

# All that a reader may.
MAY = {
    "jisr_eligibility_reader": {("eligibility", "decision", "SELECT"), ("eligibility", "call", "SELECT"), ("eligibility", "audit", "INSERT")},
    "jisr_training_reader": {("training", "enrolment", "SELECT"), ("training", "session", "SELECT"), ("training", "audit", "INSERT")},
    "jisr_notifier_reader": {("notifier", "partner", "SELECT")},
}
OF_NO_WOMAN = {"call", "session", "partner"}
# What a reader tries, and is refused.
TRIES = [
    ("jisr_eligibility_reader", "UPDATE eligibility.decision SET score = 100"),
    ("jisr_eligibility_reader", "SELECT FROM eligibility.audit"),
    ("jisr_eligibility_reader", "SELECT vault.facts_keys('{}')"),
    ("jisr_eligibility_reader", "SELECT eligibility.forget_assessments('{}')"),
    ("jisr_training_reader", "UPDATE training.enrolment SET state = 'CANCELLED'"),
    ("jisr_training_reader", "SELECT FROM training.departure"),
    ("jisr_training_reader", "SELECT FROM training.audit"),
    ("jisr_notifier_reader", "SELECT api_key_hash FROM notifier.partner"),
    ("jisr_notifier_reader", "UPDATE notifier.partner SET enabled = false"),
    ("jisr_notifier_reader", "SELECT FROM notifier.referral"),
    ("jisr_notifier_reader", "SELECT FROM notifier.application"),
    ("jisr_notifier_reader", "SELECT FROM notifier.delivery"),
    ("jisr_notifier_reader", "SELECT FROM notifier.endpoint"),
    ("jisr_notifier_reader", "SELECT vault.partner_contact_key(gen_random_uuid(), 'x')"),
]
FILL = [
    """INSERT INTO eligibility.decision (application_id, version, state, application_version, revision, call, kind, region, province, changed_at)
       VALUES (gen_random_uuid(), 1, 'CLOSED', 1, 1, 'c', 'person', 'MA-03', 'MA-TAO', now())""",
    """INSERT INTO training.enrolment (id, application, call, kind, region, province, state, version, queued_at, changed_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), 'c', 'person', 'MA-03', 'MA-TAO', 'WAITLISTED', 1, now(), now())""",
]
TABLES = {"jisr_eligibility_reader": "eligibility.decision", "jisr_training_reader": "training.enrolment"}
# What a transaction names, whether it sees the row, and why.
SEES = [
    (None, 0, "nothing was named"),
    ("", 0, "as it is once another transaction of the session had named something"),
    ("{}", 0, "no territory"),
    ("{MA-FES,MA-11}", 0, "others"),
    ("{MA-FES,MA-TAO}", 1, "its province"),
    ("{MA-03}", 1, "its region"),
    ("{*}", 1, "everywhere"),
]


class Readers(Migrated):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.connection.cursor() as cursor:
            for insert in FILL:
                cursor.execute(insert)

    def test_a_reader_may_what_its_reads_need_and_nothing_else(self):
        for role, may in MAY.items():
            with self.subTest(role):
                self.assertEqual(set(self.ask(RIGHTS, [role], ALL, list(SCHEMAS))), {(role, *each) for each in may})
        for role, sql in TRIES:
            self.refused(role, sql)

    def test_what_is_a_womans_is_under_row_security(self):
        for role, may in MAY.items():
            found = self.ask("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = ANY (%s) AND NOT c.relrowsecurity",
                             role.split("_")[1], [table for _, table, privilege in may if privilege == "SELECT"])
            self.assertEqual({table for table, in found} - OF_NO_WOMAN, set(), role)

    def test_a_transaction_sees_what_is_of_the_territories_that_it_names(self):
        for role, table in TABLES.items():
            with self.database.connect() as session, session.cursor() as cursor:
                for territories, count, why in SEES:
                    with self.subTest(why, table=table):
                        cursor.execute("BEGIN; SELECT set_config('role', %s, true)", [role])
                        if territories is not None:
                            cursor.execute("SELECT set_config('jisr.territories', %s, true)", [territories])
                        cursor.execute(f"SELECT count(*) FROM {table}")
                        self.assertEqual(cursor.fetchone()[0], count)
                        cursor.execute("COMMIT")

    def test_the_service_itself_sees_all(self):
        for role, table in TABLES.items():
            self.assertEqual(self.run_as(role.removesuffix("_reader"), f"SELECT count(*) FROM {table}"), [(1,)])


if __name__ == "__main__":
    unittest.main()
