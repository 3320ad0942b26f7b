#!/usr/bin/python3
"""The driver behind tests/bench/run, which has started the instance of JISR_HOME and says what the words mean."""
import argparse
import contextlib
import importlib
import os
import pathlib
import resource
import sys
import time

import figures
import instance as platform
import machine
import profiling

BENCHES = {"P1": "submissions", "P2": "rules", "P3": "assessment", "P4": "webhooks", "P5": "latency", "P7": "footprint", "P8": "overload", "P6": "lookups"}


def words():
    parser = argparse.ArgumentParser()
    parser.add_argument("benches", nargs="*", metavar="P1")
    parser.add_argument("--json")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--events", type=int, default=40000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    options.benches = options.benches or list(BENCHES)
    options.scratch = pathlib.Path(os.environ["JISR_HOME"]).resolve() / "bench"
    options.scratch.mkdir(exist_ok=True)
    return options


def main():
    options, began = words(), time.monotonic()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 16384), hard), hard))
    instance, report = platform.Instance(os.environ["JISR_HOME"]), figures.Report()
    lines = machine.description()
    report.content["machine"] = lines
    report.content["commit"] = machine.first_line("git", "-C", str(platform.BENCH), "describe", "--always", "--dirty")
    report.say("\n" + "\n".join(lines) + f"\nJisr {report.content['commit']}, release build; load average {os.getloadavg()[0]:.1f} before the first run; numbers are min / median / max")
    instance.prepare()
    for name in options.benches:
        with profiling.Profile(report, options.scratch, name) if options.profile else contextlib.nullcontext():
            importlib.import_module(BENCHES[name]).run(instance, report, options)
        if options.json:
            report.save(options.json)
    report.say(f"\n{len(options.benches)} benches in {time.monotonic() - began:.0f} s." + ("" if not report.misses else " Not reached:"))
    for miss in report.misses:
        report.say(f"   {miss}")


if __name__ == "__main__":
    sys.exit(main())
