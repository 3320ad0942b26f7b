"""Applications by the million: made by jisr-generate, written by COPY. See tests/bench/populate."""
import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import instance as platform

PROJECT = platform.BENCH.parents[1]
PROGRAM = PROJECT / ".build/release/bin/jisr-generate"
SLICE = 50000  # the first one takes all places that are free
EVENT = "at, event_id, key, aggregate_id, version, type, data"
AUDIT = "at, subject, event_id, version, actor, action"
# File of a slice → the columns it holds, in the order of generate.c.
COLUMNS = {
    "intake.application": "id, request_key, request_hash, receipt, call_id, kind, province, state, version, revision, created_at, submitted_at, answer_due_at, women,"
                          " referral_consent, language, warnings, body, history, decision, decision_version",
    "intake.stat_delta": "call_id, kind, province, state, day, applications, women, distinct_women, profile",
    "intake.outbox": EVENT,
    "intake.audit": AUDIT,
    "vault.subject": "id, facts_key, contact_key, referral_consent, enrolled_at",
    "eligibility.decision": "application_id, version, state, application_version, revision, call, kind, region, province, submitted_at, changed_at, outcome, score, ruleset,"
                            " ruleset_version, criteria, snapshot, assessed_at",
    "eligibility.outbox": EVENT,
    "eligibility.audit": AUDIT,
    "notifier.application": "id, version, call, kind, region, province, referral_consent, withdrawn, contact",
}
CLAIM = """INSERT INTO intake.identity (call_id, hash, person_application, member_application)
           SELECT c.call_id, c.hash, CASE a.kind WHEN 'person' THEN a.id END, CASE a.kind WHEN 'cooperative' THEN a.id END
           FROM claim c JOIN intake.application a ON a.id = c.application"""
CALM = ("VACUUM (ANALYZE) intake.application", "VACUUM (ANALYZE) intake.identity", "VACUUM (ANALYZE) eligibility.decision", "VACUUM (ANALYZE) vault.subject",
        "VACUUM (ANALYZE) notifier.application", "ANALYZE intake.outbox", "ANALYZE eligibility.outbox", "CHECKPOINT")


def build():
    subprocess.run(["cmake", "--build", str(PROJECT / ".build/release"), "--target", "jisr-generate"], check=True, capture_output=True)


class Load:
    def __init__(self, instance, count, seed, jobs):
        self.instance, self.count, self.seed, self.jobs = instance, count, seed, jobs
        self.until = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="populate-", dir=instance.home))

    def generate(self, first, places):
        """The slice's folder."""
        folder = self.folder / str(first)
        folder.mkdir()
        words = [PROGRAM, self.seed, first, min(SLICE, self.count - first), self.count, self.until.isoformat().replace("+00:00", "Z"), self.instance.data / "keys", folder]
        subprocess.run([str(word) for word in words + [f"{province}={left}" for province, left in places.items()]], check=True)
        return folder

    def session(self):
        connection = self.instance.connect("owner")
        connection.autocommit = False
        cursor = connection.cursor()
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET search_path = pg_catalog")
        return connection, cursor

    @staticmethod
    def copy(cursor, table, path, columns):
        with path.open("rb") as file:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)", file, size=1 << 20)

    def write(self, folder):
        connection, cursor = self.session()
        for name, columns in COLUMNS.items():
            self.copy(cursor, name, folder / name, columns)
        cursor.execute("CREATE TEMP TABLE claim (call_id integer, hash uuid, application uuid) ON COMMIT DROP")
        self.copy(cursor, "claim", folder / "intake.identity", "call_id, hash, application")
        cursor.execute(CLAIM)
        connection.commit()
        connection.close()

    def slice(self, first, places=None):
        folder = self.generate(first, places or {})
        self.write(folder)
        for name in (*COLUMNS, "intake.identity"):
            (folder / name).unlink()

    def rows(self, sql, *values):
        connection, cursor = self.session()
        cursor.execute(sql, values)
        found = cursor.fetchall() if cursor.description else []
        connection.commit()
        connection.close()
        return found

    def seal(self, schema):
        """The audit rows enter the chain, a block a transaction that wrote some, as the relay would have done."""
        rows = self.rows(f"SELECT DISTINCT a.xid::text::bigint FROM {schema}.audit a, {schema}.relay_cursor c WHERE a.xid >= c.high ORDER BY 1")
        for (xid,) in rows:
            self.rows(f"SET LOCAL search_path = {schema}, pg_catalog; SELECT audit_seal(%s::text::xid8, %s::text::xid8)", xid, xid + 1)

    def publish_as_past(self):
        """What is there now counts as carried to Kafka, and gone from there by its retention. The sweep of the files that wait begins anew: it had passed their days."""
        self.rows("UPDATE intake.awaiting_swept SET up_to = '00000000-0000-0000-0000-000000000000'")
        for schema in ("intake", "eligibility"):
            self.seal(schema)
            self.rows(f"UPDATE {schema}.relay_cursor SET low = pg_snapshot_xmin(pg_current_snapshot()), high = pg_snapshot_xmin(pg_current_snapshot()), last_id = 0, changed_at = now()")

    def free_places(self):
        return {province: left for province, left in self.rows("SELECT province, places - taken FROM eligibility.quota WHERE call = %s AND places > taken", platform.CALL)}

    def run(self):
        places = self.free_places()
        self.slice(0, places)
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.slice, range(SLICE, self.count, SLICE)))
        self.rows("""UPDATE eligibility.quota q SET waiting = (SELECT count(*) FROM eligibility.decision d
                     WHERE d.call = q.call AND d.province = q.province AND d.state = 'WAITLISTED') WHERE q.call = %s""", platform.CALL)
        self.publish_as_past()
        connection, cursor = self.session()
        self.copy(cursor, "intake.outbox", self.folder / "0" / "live.outbox", EVENT)
        self.copy(cursor, "intake.audit", self.folder / "0" / "live.audit", AUDIT)
        connection.commit()
        connection.close()
        for statement in CALM:
            self.instance.part("sql", "jisr", stdin=f"SET statement_timeout = 0; {statement};")
        return sum(places.values())


# What must be so afterwards: a query that counts what is not.
FAULTS = {
    "an application without its keys in the vault": "SELECT count(*) FROM intake.application a LEFT JOIN vault.subject s USING (id) WHERE s.contact_key IS NULL",
    "an application whose events don't count up to its version": """SELECT count(*) FROM (SELECT aggregate_id, count(*) AS events, max(version) AS version FROM intake.outbox GROUP BY 1) o
        RIGHT JOIN intake.application a ON a.id = o.aggregate_id WHERE o.events IS DISTINCT FROM a.version OR o.version IS DISTINCT FROM a.version""",
    "a decision whose events don't count up to its version": """SELECT count(*) FROM (SELECT aggregate_id, count(*) AS events FROM eligibility.outbox GROUP BY 1) o
        RIGHT JOIN eligibility.decision d ON d.application_id = o.aggregate_id WHERE o.events IS DISTINCT FROM d.version""",
    "an audit row too many or too few": "SELECT abs((SELECT count(*) FROM intake.audit WHERE event_id IS NOT NULL) - (SELECT count(*) FROM intake.outbox))",
    "an application whose state is not its decision's": """SELECT count(*) FROM intake.application a LEFT JOIN eligibility.decision d ON d.application_id = a.id
        WHERE a.state NOT IN ('DUPLICATE_REVIEW', 'DRAFT', 'WITHDRAWN', 'MERGED') AND a.state IS DISTINCT FROM d.state""",
    "a quota that doesn't count its places or its waiting list": """SELECT count(*) FROM eligibility.quota q, LATERAL (SELECT count(*) FILTER (WHERE state = 'SHORTLISTED') AS taken,
        count(*) FILTER (WHERE state = 'WAITLISTED') AS waiting FROM eligibility.decision d WHERE d.call = q.call AND d.province = q.province) AS found
        WHERE q.taken <> found.taken OR q.waiting <> found.waiting OR q.taken > q.places""",
    "a province where women wait while places are free": "SELECT count(*) FROM eligibility.quota WHERE waiting > 0 AND taken < places",
    "a woman counted twice or not at all": """SELECT abs((SELECT coalesce(sum(distinct_women), 0) FROM (SELECT distinct_women FROM intake.stat UNION ALL SELECT distinct_women FROM intake.stat_delta) s)
        - (SELECT count(*) FROM intake.identity))""",
    "a cell of the statistics that is not its applications": """SELECT count(*) FROM
        (SELECT call_id, kind, province, state, sum(applications) AS n, sum(women) AS w FROM (SELECT call_id, kind, province, state, applications, women FROM intake.stat
            UNION ALL SELECT call_id, kind, province, state, applications, women FROM intake.stat_delta) s GROUP BY 1, 2, 3, 4 HAVING sum(applications) <> 0) s
        FULL JOIN (SELECT call_id, kind, province, state, count(*) AS n, sum(women) AS w FROM intake.application WHERE state <> 'DRAFT' GROUP BY 1, 2, 3, 4) a USING (call_id, kind, province, state)
        WHERE s.n IS DISTINCT FROM a.n OR s.w IS DISTINCT FROM a.w""",
    "a kind of a province whose groups are not its women": """SELECT count(*) FROM
        (SELECT call_id, kind, province, sum(women) AS w FROM (SELECT call_id, kind, province, women FROM intake.stat_profile
            UNION ALL SELECT call_id, kind, province, unnest(profile::int4[]) FROM intake.stat_delta) s GROUP BY 1, 2, 3 HAVING sum(women) <> 0) s
        FULL JOIN (SELECT call_id, kind, province, sum(women) AS w FROM intake.application WHERE state <> 'DRAFT' GROUP BY 1, 2, 3) a USING (call_id, kind, province)
        WHERE s.w IS DISTINCT FROM a.w""",
}


def faults(instance):
    """What the rows say against the figures, and the public headline against both."""
    connection = instance.connect("owner")
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for what, sql in FAULTS.items():
            cursor.execute(sql)
            number = cursor.fetchone()[0]
            if number:
                found.append(f"{number:,} × {what}")
        cursor.execute("SELECT count(*), sum(women) FROM intake.application WHERE state <> 'DRAFT'")
        applications, women = cursor.fetchone()
    connection.close()
    with urllib.request.urlopen(f"{instance.url}/intake/v1/statistics?call={platform.CALL}", timeout=10) as answer:
        shown = json.loads(answer.read())
    if (shown["applications"], shown["women"]) != (applications, women):
        found.append(f"the headline says {shown['applications']:,} applications and {shown['women']:,} women, the rows {applications:,} and {women:,}")
    return found, applications, women


def populate(instance, count, seed=1, jobs=2):
    """Lines for the report."""
    began = time.monotonic()
    build()
    instance.rest()
    instance.stop(*platform.SERVICES)
    load = Load(instance, count, seed, jobs)
    try:
        live = load.run()
    finally:
        shutil.rmtree(load.folder, ignore_errors=True)
        instance.start(*platform.SERVICES)
    loaded = time.monotonic()
    instance.rest()
    settled = time.monotonic()
    time.sleep(1.5)  # the headline lags by a second at most
    wrong, applications, women = faults(instance)
    if wrong:
        raise SystemExit("tests/bench/populate: the figures don't agree:\n  " + "\n  ".join(wrong))
    return [f"{applications:,} applications, {women:,} registrations: made and loaded in {loaded - began:.0f} s, {live:,} places given by the platform in {settled - loaded:.0f} s,"
            f" figures held against the rows in {time.monotonic() - settled:.0f} s"]


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/populate")
    parser.add_argument("--count", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for line in populate(platform.Instance(os.environ["JISR_HOME"]), options.count, options.seed, options.jobs):
        print(line)


if __name__ == "__main__":
    main()
