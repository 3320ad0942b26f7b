"""P2: evaluations of the sample ruleset a second, with the trace of each criterion; ÷ json-logic-js doing the same on the same facts."""
import json
import pathlib
import subprocess
import sys

import instance as platform
from support import npm

PROJECT = platform.BENCH.parents[1]
RULESET = PROJECT / "proto/rulesets/fes-meknes-2026.json"
REACH = 20


def build(program):
    """As the release preset compiles it."""
    eligibility = PROJECT / "services/eligibility"
    sources = [platform.BENCH / "rules_bench.c", eligibility / "ruleset.c", eligibility / "ruleset_load.c", eligibility / "assessment.c",
               *sorted(path for path in eligibility.glob("rules_*.c") if path.name != "rules_cli.c"), *sorted((PROJECT / "common/base").glob("*.c"))]
    subprocess.run(["cc", "-std=gnu17", "-O3", "-DNDEBUG", "-fno-strict-aliasing", "-fno-omit-frame-pointer", "-D_GNU_SOURCE", "-D_FORTIFY_SOURCE=2",
                    "-fstack-protector-strong", "-I", PROJECT / "common", "-I", PROJECT, "-o", program, *sources, "-lm"], check=True)


def measure(*command):
    return json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)


def run(_instance, report, options):
    report.open("P2", "evaluations of the sample ruleset a second, with trace")
    if why := npm.install(platform.BENCH):
        raise SystemExit(f"tests/bench/run: P2: json-logic-js can't be had here: {why}")
    program, facts = pathlib.Path(options.scratch) / "rules_bench", pathlib.Path(options.scratch) / "facts.ndjson"
    build(program)
    facts.write_bytes(subprocess.run([sys.executable, str(platform.BENCH / "rules_facts.py")], check=True, capture_output=True).stdout)
    ours, theirs = [], []
    for _ in range(options.runs):  # one after the other, so that both meet the same machine
        ours.append(measure(program, RULESET, facts, 2))
        theirs.append(measure("node", platform.BENCH / "rules_bench.js", RULESET, facts, 2))
    if {round(one["mean_score"], 6) for one in ours} != {round(one["mean_score"], 6) for one in theirs}:
        raise SystemExit("tests/bench/run: P2: the two disagree about the scores")
    rate = [one["evaluations_per_s"] for one in ours]
    reference = [one["evaluations_per_s"] for one in theirs]
    report.figure("rate", "evaluations a second, one thread", rate, "/s")
    report.figure("reference", "json-logic-js on Node, the same facts", reference, "/s")
    report.figure("ratio", "÷ json-logic-js", [a / b for a, b in zip(rate, reference)], "", (">=", REACH))
    report.note(f"500 applications, mean score {ours[0]['mean_score']:.2f} in both; one processor each")
