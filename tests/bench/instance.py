"""The bench's own instance of the platform: its parts, its database, and when it has come to rest."""
import base64
import hashlib
import hmac
import os
import pathlib
import re
import shlex
import subprocess
import time
import urllib.request

import psycopg2

import machine

BENCH = pathlib.Path(__file__).resolve().parent
SERVICES = ("intake", "eligibility", "training", "notifier")
APPLICATIONS, DECISIONS = "jisr.application.v1", "jisr.decision.v1"
CALL = "fes-meknes-2026"
# Its places are raised before the first application: whoever applies there is shortlisted and referred, in any number.
ROOMY_PROVINCE = "MA-MOU"
DATABASE, SCRATCH_ROLE = "bench", "bench"  # scratch, on the same server


def quick_verifier(password):
    """A SCRAM verifier (RFC 5803) of one iteration: 256 clients of a scratch database connect without seconds of hashing."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return "SCRAM-SHA-256$1:{}${}:{}".format(*(base64.b64encode(one).decode() for one in (salt, client, server)))


class Instance:
    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.settings = dict(word.split("=", 1) for word in shlex.split((self.home / "env").read_text(encoding="utf-8")))
        self.port = int(self.settings["JISR_PORT"])
        self.data = pathlib.Path(self.settings["JISR_DATA"])
        self.kafka = self.settings["JISR_KAFKA"]
        self.url = self.settings["JISR_URL"]
        self.marks = 0

    def service_port(self, service):
        return self.port + 10 + 20 * SERVICES.index(service)

    def service_url(self, service):
        return f"http://127.0.0.1:{self.service_port(service)}"

    def free_port(self):
        """In the instance's block, unused by it: for the bench's receiver."""
        return self.port + 6

    def mark(self):
        """A number for the keys of one run, different from all before."""
        self.marks += 1
        return str(self.marks)

    # ── Parts ──

    def part(self, *words, stdin=None):
        done = subprocess.run([str(BENCH.parent / "support" / "part"), *words], input=stdin, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"tests/support/part {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *services):
        self.part("start", *services)

    def stop(self, *services):
        self.part("stop", *services)

    def pids(self):
        """The running parts: name → process id."""
        found = {}
        for path in sorted((self.home / "run").glob("*.pid")):
            try:
                pid = int(path.read_text())
                os.kill(pid, 0)
                found[path.stem.removesuffix("-1")] = pid
            except (OSError, ValueError):
                continue
        return found

    def meter(self, **others):
        pids = self.pids() | others
        return machine.Meter(pids, threads_of=pids.get("intake"))

    def metric(self, service, name):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.service_port(service) + 1}/metrics", timeout=2) as answer:
                text = answer.read().decode()
        except OSError:
            return None
        values = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        return sum(float(value) for value in values) if values else None

    # ── Database ──

    def connect(self, role="check", database="jisr"):
        passfile = self.settings["JISR_PG"].split("passfile=")[1] if role == "check" else str(self.data / "pass" / role)
        found = psycopg2.connect(host=str(self.data / "run"), port=self.port + 1, dbname=database, user=f"jisr_{role}", passfile=passfile)
        found.autocommit = True
        return found

    def rows(self, sql, *values, role="check", database="jisr"):
        connection = self.connect(role, database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, sql, *values, **named):
        return self.rows(sql, *values, **named)[0][0]

    def server_counts(self):
        """Of the whole server, from its start on: bytes of log, its flushes, committed transactions of the platform and of the scratch database."""
        row = self.rows("""SELECT pg_current_wal_insert_lsn() - '0/0', wal_sync, wal_fpi,
                                  (SELECT xact_commit FROM pg_stat_database WHERE datname = 'jisr'),
                                  coalesce((SELECT xact_commit FROM pg_stat_database WHERE datname = %s), 0) FROM pg_stat_wal""", DATABASE)[0]
        return dict(zip(("wal_bytes", "flushes", "page_images", "commits", "scratch_commits"), (float(one) for one in row)))

    # ── Rest ──

    def outbox_pending(self, services=SERVICES):
        parts = [f"SELECT count(*) AS n FROM {one}.outbox o, {one}.relay_cursor c WHERE o.xid >= c.low AND NOT (o.xid < c.high AND o.id <= c.last_id)" for one in services]
        return int(self.value(f"SELECT sum(n) FROM ({' UNION ALL '.join(parts)}) AS pending"))

    def events_arrived(self):
        if self.outbox_pending():
            return False
        return not any(self.metric(service, "feed_lag") for service in self.pids() if service in SERVICES)

    def webhooks_arrived(self):
        return not self.value("SELECT count(*) FROM notifier.delivery d JOIN notifier.endpoint e ON e.id = d.endpoint AND e.state = 'ENABLED' WHERE d.state = 'PENDING'")

    def rest(self, webhooks=True, seconds=300):
        """Until every outbox, topic and webhook queue is empty, twice in a row: an event that is handled makes others."""
        deadline, calm = time.monotonic() + seconds, 0
        while calm < 2:
            calm = calm + 1 if self.events_arrived() and (not webhooks or self.webhooks_arrived()) else 0
            if time.monotonic() > deadline:
                raise SystemExit(f"tests/bench/run: events are still on their way after {seconds} s")
            time.sleep(0.3)

    def prepare(self):
        """Room for 256 clients of pgbench beside the services, a scratch database, and places in the roomy province."""
        self.part("sql", stdin=f"""ALTER SYSTEM SET max_connections = 400;
                                   CREATE ROLE {SCRATCH_ROLE} LOGIN PASSWORD '{quick_verifier(SCRATCH_ROLE)}';
                                   CREATE DATABASE {DATABASE} OWNER {SCRATCH_ROLE};""")
        self.rows("UPDATE eligibility.quota SET places = 100000000 WHERE call = %s AND province = %s", CALL, ROOMY_PROVINCE, role="owner")
        self.part("restart-postgres")
        self.rest()
