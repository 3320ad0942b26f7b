"""Under load, every part of the platform is killed with -9 in turn: nothing is lost, nothing happens twice (I1 to I7 of the promises).

The driver keeps a journal outside the platform; the checker looks from outside when everything is quiet again (tests/faults)."""
import asyncio
import os
import pathlib
import sys
import tempfile
import threading
import time
import unittest

import psycopg2

from support.jisr import PROJECT, settings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import checker  # noqa: E402
import driver  # noqa: E402
import inject  # noqa: E402
import journal as journals  # noqa: E402
import quiet  # noqa: E402

APPLICATIONS = int(os.environ.get("JISR_LOAD_APPLICATIONS", "20000"))
SEED = int(os.environ.get("JISR_LOAD_SEED", "7"))
VICTIMS = ["intake", "eligibility", "training", "notifier", "postgres", "kafka", "intake", "eligibility", "notifier"]
BETWEEN_S = 2


class Killer(threading.Thread):
    """Kills one part after another until it is told to stop; each comes back by its supervisor."""

    def __init__(self, home):
        super().__init__(daemon=True)
        self.instance, self.over, self.kills, self.fault = inject.Instance(home), threading.Event(), [], None

    def run(self):
        try:
            turn = 0
            while not self.over.wait(BETWEEN_S):
                victim = VICTIMS[turn % len(VICTIMS)]
                turn += 1
                if parts := self.instance.parts(victim):
                    part = parts[turn % len(parts)]
                    old = self.instance.pid(part)
                    if self.instance.kill(part):
                        self.kills.append(part)
                        self.instance.wait_new(part, old)
        except Exception as fault:  # reported by the test
            self.fault = fault


def applications_now():
    connection = psycopg2.connect(settings()["JISR_PG"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM intake.application")
        return {row[0] for row in cursor.fetchall()}


class Killed(unittest.TestCase):
    def test_nothing_is_lost_and_nothing_happens_twice_when_any_part_is_killed(self):
        before = applications_now()
        with tempfile.TemporaryDirectory() as folder:
            journal_path = pathlib.Path(folder) / "journal.ndjson"
            killer = Killer(os.environ.get("JISR_HOME", PROJECT / ".jisr"))
            killer.start()
            started = time.monotonic()
            load = asyncio.run(self._drive(journal_path))
            duration = time.monotonic() - started
            killer.over.set()
            killer.join(90)
            self.assertIsNone(killer.fault)
            quiet.wait_quiet(settings()["JISR_PG"], settings()["JISR_KAFKA"], seconds=180)
            findings = checker.check(settings()["JISR_PG"], settings()["JISR_KAFKA"], settings()["JISR_RECEIVER_LOG"], journal_path, before)
            print(f"{load.counts} in {duration:.0f} s ({load.counts['accepted'] / duration:.0f}/s), {len(killer.kills)} kills: {', '.join(killer.kills)}")
        self.assertEqual(load.faults, [])
        self.assertEqual(findings, [])
        self.assertEqual(load.counts["accepted"], APPLICATIONS)
        self.assertGreaterEqual(len(set(killer.kills)), 6, "each part was to be killed at least once")

    async def _drive(self, journal_path):
        journal = journals.Journal(journal_path)
        load = driver.Driver(settings()["JISR_URL"], journal, SEED)
        await load.run(int(time.time()) % 400000, APPLICATIONS, rate=800)
        await journal.close()
        return load
