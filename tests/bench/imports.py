"""Lines a second of an import. See tests/bench/import."""
import argparse
import os
import pathlib
import statistics
import subprocess
import time

from support import women_csv
from support.jisr import Client, rows, settings, staff_token

PART = pathlib.Path(__file__).parents[1] / "support/part"
OTHERS = ("eligibility", "training", "notifier")
REACH = 5000


def memory_mb():
    pid = (pathlib.Path(settings()["JISR_HOME"]) / "run/intake-1.pid").read_text().strip()
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return max(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def measure(client, token, data, peak):
    """(lines a second, the import): by the database's clock, from the last byte of the file to the end."""
    made = women_csv.bring(client, token, data)
    while True:
        found = women_csv.look(client, token, made)
        peak.append(memory_mb())
        if found["state"] not in ("UPLOADING", "WAITING", "RUNNING"):
            break
        time.sleep(0.2)
    ((seconds,),) = rows("SELECT extract(epoch FROM finished_at - uploaded_at)::float8 FROM intake.import WHERE id = %s", found["id"])
    return found["lines"] / seconds, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    client, token = Client(), staff_token("agent", "MA-03")
    if options.alone:
        subprocess.run([str(PART), "stop", *OTHERS], check=True)
    fresh, again, peak = [], [], []
    try:
        for run in range(options.runs):
            data = women_csv.text(women_csv.woman(f"bench-{time.time_ns()}-{n}") for n in range(options.lines)).encode()
            rate, found = measure(client, token, data, peak)
            assert found["taken"] == options.lines, found
            fresh.append(rate)
            rate, found = measure(client, token, data, peak)
            assert found["known"] == options.lines, found
            again.append(rate)
            print(f"run {run + 1}: {fresh[-1]:.0f} lines/s ({len(data) / 1e6:.1f} MB); the same file again {again[-1]:.0f} lines/s", flush=True)
    finally:
        if options.alone:
            subprocess.run([str(PART), "start", *OTHERS], check=True)
    for name, rates in (("taken", fresh), ("known", again)):
        print(f"{name}: {min(rates):.0f} / {statistics.median(rates):.0f} / {max(rates):.0f} lines/s (min / median / max of {len(rates)})")
    print(f"intake's memory: {max(peak):.0f} MB at most; load average {os.getloadavg()[0]:.1f}; reach {REACH} lines/s: {'yes' if statistics.median(fresh) >= REACH else 'no'}")


if __name__ == "__main__":
    main()
