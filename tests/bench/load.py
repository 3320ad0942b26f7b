"""The load generators: wrk for submissions, pgbench for what PostgreSQL does by itself."""
import json
import math
import os
import pathlib
import re
import subprocess

import instance as platform

BENCH = pathlib.Path(__file__).resolve().parent


def submit(platform_instance, url, seconds, connections=256, province=""):
    """New applications as fast as they are answered. A run with any answer but 2xx, or none, is no run."""
    done = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "20s", "-s", str(BENCH / "submit.lua"), url], capture_output=True,
                          text=True, check=False, env=os.environ | {"BENCH_MARK": platform_instance.mark(), "BENCH_PROVINCE": province})
    try:
        result = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"tests/bench/run: wrk ended without its result: {done.stdout}{done.stderr}") from None
    if any(result["errors"].values()):
        raise SystemExit(f"tests/bench/run: not every application was taken: {result['errors']}")
    return result


def fill(platform_instance, count, province=""):
    """At least so many new applications, straight at intake; how many."""
    before = applications(platform_instance)
    while (made := applications(platform_instance) - before) < count:
        submit(platform_instance, platform_instance.service_url("intake"), 2 if count - made > 8000 else 1, 128, province)
    return made


def applications(platform_instance):
    return platform_instance.value("SELECT count(*) FROM intake.application")


TABLES = """
DROP SCHEMA IF EXISTS anchor CASCADE;
CREATE SCHEMA anchor;
CREATE TABLE anchor.application (id uuid PRIMARY KEY, request_key uuid UNIQUE, request_hash uuid NOT NULL, receipt text COLLATE "C" NOT NULL UNIQUE,
    call_id integer NOT NULL, kind text NOT NULL, province text NOT NULL, state text NOT NULL, version bigint NOT NULL, created_at timestamptz NOT NULL,
    women integer NOT NULL, body bytea NOT NULL, history text NOT NULL) WITH (toast_tuple_target = 8160);
ALTER TABLE anchor.application ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE anchor.outbox (id bigint GENERATED ALWAYS AS IDENTITY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), at timestamptz NOT NULL, event_id uuid NOT NULL,
    key uuid NOT NULL, version bigint NOT NULL, type text NOT NULL, data text NOT NULL);
CREATE INDEX ON anchor.outbox (xid, id);
"""
TRANSACTION = """\\set receipt random(1, 9000000000000000)
BEGIN;
INSERT INTO anchor.application VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'R' || :receipt, 1, 'person', 'MA-TAO', 'SUBMITTED', 1, now(), 1,
    decode('{body}', 'hex'), '[{{"state":"SUBMITTED","at":"2026-11-24T08:00:00.000000Z"}}]');
INSERT INTO anchor.outbox (at, event_id, key, version, type, data) VALUES (now(), gen_random_uuid(), gen_random_uuid(), 1, 'ma.jisr.application.submitted.v1', '{data}');
COMMIT;
"""


class Pgbench:
    """One application-like row and one outbox row a transaction, in a scratch database on the platform's own server; rows as long as the platform's."""

    def __init__(self, platform_instance, scratch):
        self.instance, self.script = platform_instance, scratch / "anchor.sql"
        self.body_bytes, self.data_bytes = (int(one) for one in platform_instance.rows(
            "SELECT (SELECT avg(length(body)) FROM (SELECT body FROM intake.application LIMIT 2000) a), (SELECT avg(length(data)) FROM (SELECT data FROM intake.outbox LIMIT 2000) o)")[0])
        self.connecting_s = 10  # taken off the time that pgbench is given; known better after each run
        platform_instance.part("sql", platform.DATABASE, stdin=f"SET ROLE {platform.SCRATCH_ROLE};{TABLES}")
        self.script.write_text(TRANSACTION.format(body=os.urandom(self.body_bytes).hex(), data="x" * self.data_bytes), encoding="ascii")

    def run(self, seconds, clients=256):
        """Transactions a second, without the time it takes to connect (whose end pgbench's own clock doesn't wait for)."""
        folder, whole_s = self.instance.data, seconds + self.connecting_s
        done = subprocess.run(["/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(whole_s), "-f", str(self.script),
                               "-h", str(folder / "run"), "-p", str(self.instance.port + 1), "-U", platform.SCRATCH_ROLE, platform.DATABASE],
                              capture_output=True, text=True, check=False, env=os.environ | {"PGPASSWORD": platform.SCRATCH_ROLE})
        found = re.search(r"^tps = ([0-9.]+) \(without", done.stdout, re.MULTILINE)
        if not found or re.search(r"failed transactions: [1-9]", done.stdout):
            raise SystemExit(f"tests/bench/run: pgbench: {done.stdout}{done.stderr}")
        self.connecting_s = math.ceil(float(re.search(r"initial connection time = ([0-9.]+) ms", done.stdout).group(1)) / 1000)
        return float(found.group(1))
