"""Row-level security by territory: what staff read at intake runs as jisr_intake_reader, and the database shows it the files of the territories that the
transaction names, whatever a handler has forgotten."""
import unittest
import uuid

from support.migrated import Migrated
from support.statements import READS_OF_STAFF, statements

READER = "jisr_intake_reader"
CALLS = {1: "MA-03", 2: "MA-11"}
# Province and call; a draft may have no province yet, and belongs to the region of its call.
FILES = {"fes": ("MA-FES", 1), "fes too": ("MA-FES", 1), "taounate": ("MA-TAO", 1), "draft": ("", 1), "laayoune": ("MA-LAA", 2)}
PAIRS = [("fes", "fes too"), ("fes", "taounate"), ("laayoune", "taounate")]
OF_A_FILE = {"application": "id", "application_revision": "application_id", "document": "application_id", "consent_change": "application_id", "audit": "subject"}
# Not under row security: what everybody may see, and ids with their days (whose they are, `application` says).
OPEN_TABLES = ["awaiting", "awaiting_swept", "call"]
NO_FILE = uuid.UUID(int=0)
# What a transaction names, the files that it sees, and why.
SEES = [
    (None, set(), "nothing was named"),
    ("", set(), "as it is once another transaction of the session had named something"),
    ("{}", set(), "no territory"),
    ("{MA-XXX}", set(), "one that has no file"),
    ("{MA-FES}", {"fes", "fes too"}, "a province"),
    ("{MA-TAO,MA-LAA}", {"taounate", "laayoune"}, "provinces of two regions"),
    ("{MA-03}", {"fes", "fes too", "taounate", "draft"}, "a region: that of the call"),
    ("{*}", set(FILES), "everywhere"),
]

FILL = """
    INSERT INTO intake.region VALUES ('MA-03', '{}'), ('MA-11', '{}');
    INSERT INTO intake.call (id, slug, title, region, state, opens_at, closes_at, kinds, consents)
    SELECT n, 'call-' || n, '{}', CASE n WHEN 1 THEN 'MA-03' ELSE 'MA-11' END, 'OPEN', now(), now() + interval '1 day', '[]', '[]' FROM generate_series(1, 2) AS n"""
FILE = """
    INSERT INTO intake.application (id, request_hash, receipt, call_id, kind, province, state, version, revision, created_at, submitted_at, women, referral_consent,
                                    language, warnings, body, history)
    VALUES (%(id)s, %(id)s, %(id)s, %(call)s, 'person', %(province)s, 'SUBMITTED', 1, 1, now(), now(), 1, false, 'ar', 0, '', '[]');
    INSERT INTO intake.application_revision VALUES (%(id)s, 1, now(), '');
    INSERT INTO intake.document (id, application_id, type, page, state, size, created_at, changed_at) VALUES (%(id)s, %(id)s, 'x', 1, 'READY', 1, now(), now());
    INSERT INTO intake.consent_change VALUES (%(id)s, now(), 'x', '1', 'GIVEN', 'ar', 'agent');
    INSERT INTO intake.audit (at, subject, actor, action) VALUES (now(), %(id)s, 'agent:x', 'read')"""
PAIR = """
    INSERT INTO intake.duplicate (id, application_id, other_id, about, level, score, parts, found_at)
    VALUES (gen_random_uuid(), %s, %s, 'woman', 'LIKELY', 1, '{}', now())"""


class Territories(Migrated):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = {name: str(uuid.uuid4()) for name in FILES}
        cls.names = {id: name for name, id in cls.ids.items()}
        with cls.connection.cursor() as cursor:
            cursor.execute(FILL)
            for name, (province, call) in FILES.items():
                cursor.execute(FILE, {"id": cls.ids[name], "call": call, "province": province})
            for one, other in PAIRS:
                cursor.execute(PAIR, [cls.ids[one], cls.ids[other]])
            cursor.execute("INSERT INTO intake.audit (at, subject, actor, action) VALUES (now(), %s, 'auditor:x', 'read-register')", [str(NO_FILE)])

    def setUp(self):
        self.session = self.database.connect()
        self.addCleanup(self.session.close)

    def read(self, territories, sql):
        """The rows that one transaction of staff sees, as access_read opens it."""
        with self.session.cursor() as cursor:
            cursor.execute("BEGIN; SET search_path = intake; SELECT set_config('role', %s, true)", [READER])
            if territories is not None:
                cursor.execute("SELECT set_config('jisr.territories', %s, true)", [territories])
            cursor.execute(sql)
            found = cursor.fetchall()
            cursor.execute("COMMIT")
            return found

    def files(self, territories, sql):
        return sorted(self.names.get(id, "no file") for id, *_ in self.read(territories, sql))

    def test_a_transaction_sees_the_files_that_it_names_and_what_hangs_on_them(self):
        for territories, files, why in SEES:
            for table, column in OF_A_FILE.items():
                with self.subTest(why, table=table):
                    register = ["no file"] if table == "audit" and territories == "{*}" else []
                    self.assertEqual(self.files(territories, f"SELECT {column}::text FROM {table}"), sorted([*files, *register]))

    def test_a_pair_is_seen_by_whoever_sees_both_files(self):
        for territories, files, why in SEES:
            with self.subTest(why):
                found = self.read(territories, "SELECT application_id::text, other_id::text FROM duplicate")
                self.assertEqual(sorted((self.names[one], self.names[other]) for one, other in found), [pair for pair in PAIRS if files.issuperset(pair)])

    def test_what_one_transaction_named_the_next_does_not_see(self):
        everything = "SELECT id::text FROM application"
        self.assertEqual(self.files("{MA-FES}", everything), ["fes", "fes too"])
        self.assertEqual(self.files(None, everything), [])

    def test_a_list_that_forgets_the_territory_shows_no_other(self):
        newest = dict(statements("intake"))["listing.newest"]
        forgotten = ["NULL"] * 9 + ["50", "false"]
        with self.session.cursor() as cursor:
            cursor.execute(f"SET search_path = intake; SET ROLE jisr_intake; PREPARE newest AS {newest}")
            cursor.execute(f"EXECUTE newest ({', '.join(forgotten)})")  # planned for the service, which sees all
            self.assertEqual(cursor.rowcount, len(FILES))
        self.assertEqual(self.files("{MA-FES}", f"EXECUTE newest ({', '.join(forgotten)})"), ["fes", "fes too"])
        self.assertEqual(self.files("{MA-TAO}", f"EXECUTE newest ({', '.join(forgotten)})"), ["taounate"])
        with self.session.cursor() as cursor:
            cursor.execute(f"EXECUTE newest ({', '.join(forgotten)})")
            self.assertEqual(cursor.rowcount, len(FILES))

    def test_what_lies_elsewhere_is_told_from_what_is_not_there(self):
        for id, filed in ((self.ids["taounate"], True), (str(uuid.uuid4()), False)):
            self.assertEqual(self.read("{MA-FES}", f"SELECT is_filed('{id}', NULL), is_filed(NULL, '{id}')"), [(filed, filed)])

    def test_the_reader_may_read_and_note_that_it_read(self):
        found = self.ask("""SELECT c.relname, p.privilege FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
                            WHERE c.relnamespace = ANY (ARRAY['intake', 'vault', 'eligibility', 'training', 'notifier', 'jisr']::regnamespace[])
                              AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege(%s, c.oid, p.privilege)""", READER)
        self.assertEqual(set(found), {(table, "SELECT") for table in (*OF_A_FILE, "duplicate", *OPEN_TABLES)} | {("audit", "INSERT")})
        self.refused(READER, "UPDATE intake.audit SET actor = ''")
        self.refused(READER, "SELECT vault.erase(gen_random_uuid())")
        self.run_as(READER, "INSERT INTO intake.audit (at, subject, actor, action) VALUES (now(), %s, 'agent:x', 'read-x')", str(NO_FILE))

    def test_what_the_reader_may_read_is_under_row_security(self):
        found = self.ask("""SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'intake'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                            AND has_table_privilege(%s, c.oid, 'SELECT') AND NOT c.relrowsecurity""", READER)
        self.assertEqual(sorted(table for table, in found), OPEN_TABLES)

    def test_the_reads_of_staff_are_statements_of_intake(self):
        self.assertLessEqual(READS_OF_STAFF["intake"], {name for name, _ in statements("intake")})

    def test_the_service_itself_sees_all(self):
        for table, column in OF_A_FILE.items():
            found = self.run_as("jisr_intake", f"SELECT {column}::text FROM intake.{table} WHERE {column} <> %s", str(NO_FILE))
            self.assertEqual(sorted(self.names[id] for id, in found), sorted(FILES), table)


if __name__ == "__main__":
    unittest.main()
