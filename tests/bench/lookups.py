"""P6: what a million applications cost those who look for one: status, duplicate check, ranked list, and scoring all of them again."""
import base64
import hashlib
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import time
import urllib.request
import uuid

import figures
import instance as platform
import populate

COUNT = 1000000
CLIENTS = 2  # as many as processors: who looks meets a platform at work, not one that is saturated
SECONDS = 4
REACH_STATUS_MS, REACH_RANKING_MS, REACH_DUPLICATE_MS, REACH_RESCORE_S = 5, 50, 3, 60
PROVINCE = "MA-FES"  # the largest
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RULESET = platform.BENCH.parents[1] / "proto/rulesets/fes-meknes-2026.json"


# ── Who asks ──

def secret_code(key, application):
    """As intake derives it (services/intake/personal/subject.c): 60 bits of a keyed hash of her application's id and the code's number."""
    parts = (application.bytes, bytes(8))
    hashed = hashlib.blake2b(b"".join(len(part).to_bytes(8, "little") + part for part in parts), key=key, digest_size=32).digest()
    bits = int.from_bytes(hashed[:8], "big") >> 4
    return "".join(BASE32[bits >> 5 * place & 31] for place in reversed(range(12)))


class Asker:
    def __init__(self, instance, scratch):
        self.instance, self.paths = instance, scratch / "paths"

    def sample(self, sql, *values):
        connection = self.instance.connect("owner")
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute(sql, values)
            rows = cursor.fetchall()
        connection.close()
        return rows

    def applicants(self, count):
        """(id, Basic credential) of so many, drawn over the whole table."""
        key = bytes.fromhex((self.instance.data / "keys/code.key").read_text().strip())
        rows = self.sample("SELECT id::text, receipt FROM intake.application TABLESAMPLE SYSTEM (5) ORDER BY random() LIMIT %s", count)
        return [(one, receipt, "Basic " + base64.b64encode(f"{receipt}:{secret_code(key, uuid.UUID(one))}".encode()).decode()) for one, receipt in rows]

    def token(self, credential):
        request = urllib.request.Request(f"{self.instance.url}/intake/v1/tokens", method="POST", headers={"Authorization": credential}, data=b"")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return "Bearer " + json.loads(answer.read())["token"]

    def cursors(self, path, authorization):
        """Of the pages of a list, from the second one to its end."""
        while path:
            request = urllib.request.Request(f"{self.instance.url}{path}", headers={"Authorization": authorization})
            with urllib.request.urlopen(request, timeout=10) as answer:
                link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
            path = link and link[1]
            if path:
                yield re.search(r"[?&]cursor=([^&]+)", path)[1]

    def ask(self, url, lines, seconds=SECONDS):
        self.paths.write_text("".join(f"{path}\t{authorization}\n" for path, authorization in lines), encoding="ascii")
        done = subprocess.run(["wrk", "-t", "1", "-c", str(CLIENTS), "-d", f"{seconds}s", "--timeout", "10s", "-s", str(platform.BENCH / "paths.lua"), url], capture_output=True,
                              text=True, check=False, env=os.environ | {"BENCH_PATHS": str(self.paths)})
        try:
            result = json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            raise SystemExit(f"tests/bench/run: wrk ended without its result: {done.stdout}{done.stderr}") from None
        if any(result["errors"].values()):
            raise SystemExit(f"tests/bench/run: not every look-up was answered 200: {result['errors']}")
        return result


# ── What PostgreSQL does by itself ──

TABLES = """
DROP SCHEMA IF EXISTS looked CASCADE; CREATE SCHEMA looked;
CREATE TABLE looked.status AS SELECT md5(n::text)::uuid AS id, n, repeat('x', 900) AS body FROM generate_series(1, {count}) AS n;
ALTER TABLE looked.status ADD PRIMARY KEY (id); CREATE INDEX ON looked.status (n); ANALYZE looked.status;
"""
SCRIPTS = {"key": "\\set n random(1, {count})\nSELECT * FROM looked.status WHERE id = md5(:n::text)::uuid;\n",
           "page": "\\set n random(1, {count})\nSELECT id, n FROM looked.status WHERE n >= :n ORDER BY n LIMIT 51;\n"}


class Pgbench:
    """Rows as wide, found by a primary key, and fifty neighbours of an index: in the scratch database."""

    def __init__(self, instance, scratch, count):
        self.instance, self.scratch, self.count = instance, scratch, count
        instance.part("sql", platform.DATABASE, stdin=f"SET ROLE {platform.SCRATCH_ROLE}; SET statement_timeout = 0; {TABLES.format(count=count)}")

    def p99_ms(self, name, seconds=SECONDS):
        script, log = self.scratch / f"{name}.sql", self.scratch / f"{name}-log"
        script.write_text(SCRIPTS[name].format(count=self.count), encoding="ascii")
        done = subprocess.run(["/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(seconds), "-l", f"--log-prefix={log}",
                               "-f", str(script), "-h", str(self.instance.data / "run"), "-p", str(self.instance.port + 1), "-U", platform.SCRATCH_ROLE, platform.DATABASE],
                              capture_output=True, text=True, check=False, env=os.environ | {"PGPASSWORD": platform.SCRATCH_ROLE})
        took = []
        for path in self.scratch.glob(f"{name}-log.*"):
            took += [int(line.split()[2]) for line in path.read_text().splitlines()]
            path.unlink()
        if done.returncode != 0 or not took:
            raise SystemExit(f"tests/bench/run: pgbench: {done.stdout}{done.stderr}")
        return sorted(took)[len(took) * 99 // 100] / 1000


# ── The figures ──

def latency(report, key, label, found, anchors, reach):
    report.figure(f"{key}_p99_ms", f"p99, {label}", [one["latency_us"]["p99"] / 1000 for one in found], "ms", ("<=", reach))
    report.figure(f"{key}_p50_ms", f"p50, {label}", [one["latency_us"]["p50"] / 1000 for one in found], "ms")
    report.figure(f"{key}_per_s", f"answers/s, {label}", [one["requests"] * 1e6 / one["duration_us"] for one in found], "/s")
    report.figure(f"{key}_anchor_ms", "   pgbench, p99", anchors, "ms")
    report.figure(f"{key}_ratio", "   p99 ÷ pgbench's", [one["latency_us"]["p99"] / 1000 / anchor for one, anchor in zip(found, anchors)], "×")


def ask_in_turn(asker, anchor, name, url, lines, runs):
    found, anchors = [], []
    asker.ask(url, lines, 1)
    for _ in range(runs):
        anchors.append(anchor.p99_ms(name))
        found.append(asker.ask(url, lines))
    return found, anchors


def statuses(instance, report, asker, anchor, runs):
    women = asker.applicants(4000)
    by_receipt = [(f"/intake/v1/receipts/{receipt[:4]}-{receipt[4:8]}-{receipt[8:]}", credential) for _, receipt, credential in women]
    by_id = [(f"/intake/v1/applications/{one}", asker.token(credential)) for one, _, credential in women[:500]]
    latency(report, "status_receipt", "GET /receipts/{n}, receipt and code", *ask_in_turn(asker, anchor, "key", instance.url, by_receipt, runs), REACH_STATUS_MS)
    latency(report, "status_id", "GET /applications/{id}, token", *ask_in_turn(asker, anchor, "key", instance.url, by_id, runs), REACH_STATUS_MS)


def rankings(instance, report, asker, anchor, runs):
    token = "Bearer " + subprocess.run([str(platform.BENCH.parents[1] / "deploy/jisrctl"), "token", "--role", "committee", "--territory", "MA-03", "--ttl", "1h"], capture_output=True,
                                       text=True, check=True, env=os.environ | {"JISR_HOME": str(instance.home)}).stdout.strip()
    ranking = f"/eligibility/v1/calls/{platform.CALL}/ranking?province={PROVINCE}"
    page = f"{ranking}&limit=50"
    deep = [f"{page}&cursor={cursor}" for cursor in asker.cursors(f"{ranking}&limit=200", token)]
    lines = [(page, token)] * max(1, len(deep) // 5) + [(one, token) for one in deep]
    latency(report, "ranking", f"ranked list of {PROVINCE}, 50 of them, anywhere in it", *ask_in_turn(asker, anchor, "page", instance.url, lines, runs), REACH_RANKING_MS)


CLAIM = """PREPARE claim AS INSERT INTO intake.identity AS i (call_id, hash, person_application) VALUES (1, $1::uuid, gen_random_uuid())
           ON CONFLICT (call_id, hash) DO UPDATE SET person_application = coalesce(i.person_application, excluded.person_application) RETURNING person_application, xmax = 0"""


def duplicates(report, asker, instance, runs):
    """The look-up that a submission makes, in its own transaction: known and new numbers in turn."""
    hashes = [row[0] for row in asker.sample("SELECT hash::text FROM intake.identity TABLESAMPLE SYSTEM (2) ORDER BY random() LIMIT 1000")]
    connection = instance.connect("owner")
    connection.autocommit = False
    p99, medians = [], []
    with connection.cursor() as cursor:
        cursor.execute(CLAIM)
        connection.commit()
        for _ in range(runs):
            took = []
            for known in hashes:
                cursor.execute("SELECT 1")  # its transaction has begun
                for one in (known, str(uuid.uuid4())):
                    began = time.monotonic()
                    cursor.execute("EXECUTE claim (%s)", (one,))
                    cursor.fetchone()
                    took.append((time.monotonic() - began) * 1000)
                connection.rollback()
            p99.append(sorted(took)[len(took) * 99 // 100])
            medians.append(statistics.median(took))
    connection.close()
    report.figure("duplicate_p99_ms", "p99, duplicate check of one identity number", p99, "ms", ("<=", REACH_DUPLICATE_MS))
    report.figure("duplicate_p50_ms", "p50, duplicate check", medians, "ms")


def rescore(instance, *words):
    """(seconds, what was looked at, what has changed)"""
    began = time.monotonic()
    done = subprocess.run([str(platform.BENCH.parents[1] / "deploy/jisrctl"), "rescore", "--call", platform.CALL, *words], capture_output=True, text=True, check=False,
                          env=os.environ | {"JISR_HOME": str(instance.home)})
    seconds = time.monotonic() - began
    if done.returncode != 0:
        raise SystemExit(f"tests/bench/run: jisrctl rescore: {done.stdout}{done.stderr}")
    looked_at, changed = (int(one) for one in re.match(r".*?: (\d+) looked at.* (\d+) (?:would change|changed)", done.stdout).groups())
    return seconds, looked_at, changed, done.stdout.strip()


def next_version(scratch, version):
    """The sample ruleset with other points: every score changes, nobody's outcome."""
    ruleset = json.loads(RULESET.read_text(encoding="utf-8"))
    ruleset["version"] = version
    for criterion in ruleset["criteria"]:
        if criterion["kind"] == "weighted":
            for case in criterion["cases"]:
                if isinstance(case.get("points"), (int, float)):
                    case["points"] += 1
    path = pathlib.Path(scratch) / f"ruleset-{version}.json"
    path.write_text(json.dumps(ruleset, ensure_ascii=False), encoding="utf-8")
    return path


def update_rate(instance, decisions):
    """PostgreSQL by itself: one UPDATE of every score in a table of the same rows and indexes, in seconds."""
    connection = instance.connect("owner")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; CREATE TABLE bench.decision (LIKE eligibility.decision INCLUDING ALL);"
                       "INSERT INTO bench.decision SELECT * FROM eligibility.decision")
        began = time.monotonic()
        cursor.execute("UPDATE bench.decision SET version = version + 1, score = score + 1, ruleset_version = ruleset_version + 1 WHERE outcome IS NOT NULL")
        seconds = (time.monotonic() - began) * decisions / max(cursor.rowcount, 1)
        cursor.execute("DROP SCHEMA bench CASCADE")
    connection.close()
    return seconds


def rescoring(instance, report, scratch):
    instance.rest(seconds=900)
    version = 2 + instance.value("SELECT coalesce(max(version), 1) FROM eligibility.ruleset")
    before, meter = instance.server_counts(), instance.meter()
    seconds, looked_at, changed, said = rescore(instance, "--ruleset", str(next_version(scratch, version)))
    cpu, after = meter.end(), instance.server_counts()
    report.note(said)
    report.figure("rescore_s", f"full re-score of {looked_at:,}, {changed:,} changed and told", [seconds], "s", ("<=", REACH_RESCORE_S))
    report.bound("re-score", cpu, {"log MB/s": (after["wal_bytes"] - before["wal_bytes"]) / seconds / 1e6, "commits/s": (after["commits"] - before["commits"]) / seconds})
    anchor = update_rate(instance, changed)
    report.figure("rescore_anchor_s", "   PostgreSQL alone: UPDATE of the same scores", [anchor], "s")
    report.figure("rescore_ratio", "   ÷ PostgreSQL alone", [seconds / anchor], "×")
    seconds, looked_at, changed, said = rescore(instance, "--all", "--dry-run", "--ruleset", str(next_version(scratch, version + 1)))
    report.figure("rescore_dry_s", f"the same, dry run ({looked_at:,} opened and scored)", [seconds], "s")


def run(instance, report, options):
    report.open("P6", f"at {COUNT:,} applications: status, duplicates, ranking, re-score")
    there = instance.value("SELECT count(*) FROM intake.application")
    if there < COUNT:
        instance.rows("UPDATE eligibility.quota SET places = least(places, taken + 1000)", role="owner")
        for line in populate.populate(instance, COUNT - there, seed=instance.marks + 11):
            report.note(line)
    asker, anchor = Asker(instance, options.scratch), Pgbench(instance, options.scratch, COUNT)
    instance.rest()
    report.note(f"{CLIENTS} connections, through the front door, over the whole table; pgbench: as many clients, rows as wide, as many of them")
    statuses(instance, report, asker, anchor, options.runs)
    rankings(instance, report, asker, anchor, options.runs)
    duplicates(report, asker, instance, options.runs)
    rescoring(instance, report, options.scratch)
