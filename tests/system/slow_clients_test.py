"""Slow and dripping clients at the front door: good ones hardly notice, and no service's memory grows.

JISR_SLOW_CONNECTIONS (3,000; tests/bench/slow_clients: 10,000) and JISR_SLOW_SECONDS (5) make it larger."""
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import time
import unittest
import urllib.parse

from support.drip import Drip
from support.jisr import CROWDED, new_key, person, settings

CONNECTIONS = int(os.environ.get("JISR_SLOW_CONNECTIONS", "3000"))
SECONDS = int(os.environ.get("JISR_SLOW_SECONDS", "5"))
GOOD = "127.0.0.2"  # the good ones come from another network than the slow ones
SLOWEST_MS = 1500
GROWTH_MB = 48  # a thousand connections take 12 kB each, and what a busy service keeps for its next request
MODES = [  # slowhttptest's four, and what they do
    ("headers", ["-H", "-i", "1"], "/intake/v1/calls", "never ends its headers"),
    ("body", ["-B", "-i", "1", "-s", "8192", "-t", "POST", "-f", "application/json"], "/intake/v1/applications", "never ends its body"),
    ("read", ["-X", "-w", "1", "-y", "1", "-n", "1", "-z", "1", "-k", "3"], "/", "never reads the answer"),
    ("range", ["-R", "-a", "1", "-b", "3000"], "/", "asks for thousands of ranges"),
]


def door():
    parts = urllib.parse.urlsplit(settings()["JISR_URL"])
    return parts.hostname, parts.port


def service_memory_mb():
    """Resident memory of the four services and of the door."""
    sizes = {}
    for path in (pathlib.Path(settings()["JISR_HOME"]) / "run").glob("*.pid"):
        try:
            status = pathlib.Path(f"/proc/{int(path.read_text())}/status").read_text(encoding="ascii", errors="replace")
            sizes[path.stem] = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
        except (OSError, ValueError, AttributeError):
            continue
    return {name: size for name, size in sizes.items() if name.endswith("-1")}


class Good:
    """A client of its own connection: an application and the list of calls, in turn."""

    def __init__(self):
        self.took_ms, self.statuses = [], []

    def ask(self):
        host, port = door()
        began = time.monotonic()
        connection = http.client.HTTPConnection(host, port, timeout=20, source_address=(GOOD, 0))
        try:
            if len(self.took_ms) % 2:
                connection.request("GET", "/intake/v1/calls")
            else:
                connection.request("POST", "/intake/v1/applications", json.dumps(person(applicant__address=CROWDED)).encode(), {"content-type": "application/json", "idempotency-key": new_key()})
            answer = connection.getresponse()
            answer.read()
            self.statuses.append(answer.status)
        finally:
            connection.close()
        self.took_ms.append((time.monotonic() - began) * 1000)

    def during(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.ask()
            time.sleep(0.02)
        return self

    def line(self):
        ordered = sorted(self.took_ms)
        return f"{len(ordered)} answers, median {statistics.median(ordered):.1f} ms, p99 {ordered[len(ordered) * 99 // 100]:.1f} ms, slowest {ordered[-1]:.1f} ms"


class SlowClients(unittest.TestCase):
    def judge(self, what, good, before):
        grown = {name: size - before.get(name, size) for name, size in service_memory_mb().items()}
        print(f"          {what}: {good.line()}; memory +{max(grown.values()):.1f} MB at most", flush=True)
        self.assertTrue(all(status in (200, 201) for status in good.statuses), f"{what}: {good.statuses}")
        self.assertLess(sorted(good.took_ms)[len(good.took_ms) * 95 // 100], SLOWEST_MS, what)
        self.assertLess(max(grown.values()), GROWTH_MB, f"{what}: {grown}")

    def test_good_clients_are_answered_beside_slow_headers_bodies_reads_and_ranges(self):
        program = shutil.which("slowhttptest")
        if not program:
            self.skipTest("slowhttptest isn't installed (deploy/packages)")
        host, port = door()
        print(f"          alone: {Good().during(1).line()}", flush=True)
        for name, words, path, why in MODES:
            with self.subTest(name, why=why):
                before = service_memory_mb()
                attack = subprocess.Popen([program, *words, "-c", str(min(CONNECTIONS, 1000)), "-r", "1000", "-l", str(SECONDS), "-p", "3", "-u", f"http://{host}:{port}{path}"],
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(1)
                good = Good().during(SECONDS - 1.5)
                attack.terminate()
                attack.wait(timeout=10)
                self.judge(f"slow {name}", good, before)

    def test_good_clients_are_answered_beside_thousands_of_dripping_connections(self):
        before = service_memory_mb()
        with Drip(*door(), CONNECTIONS) as drip:
            time.sleep(2 + CONNECTIONS / 4000)
            open_now = len(drip.sockets)
            good = Good().during(SECONDS)
        print(f"          {open_now:,} connections dripping, {drip.cut:,} cut", flush=True)
        self.assertGreater(open_now + drip.cut, CONNECTIONS // 2)
        self.judge("dripping", good, before)


if __name__ == "__main__":
    unittest.main()
