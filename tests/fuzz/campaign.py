#!/usr/bin/env python3
"""Runs fuzz targets that are built. Started by tests/fuzz/run, which builds them and says more."""
import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import seeds

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS, FOUND, WORK = PROJECT / ".build" / "fuzz" / "fuzz", PROJECT / "tests" / "fuzz" / "found", PROJECT / ".test" / "fuzz"
BYTES_MAX = {"csv": 40000}  # a record may have 32,768; elsewhere 4,096 are enough for all that there is
SLOW = {"file": 6, "page": 3, "import": 2, "call": 2}  # so many times fewer inputs, where they are counted
SECONDS_AN_INPUT_MAX = 25
TELLING = re.compile(r"not so:|ERROR: (?!libFuzzer: deadly signal)|runtime error:|^\s+#\d+ .*/(?:common|services|tests/fuzz)/")
LINES_TOLD = 12


def target_name(text):
    if text not in seeds.SEEDS:
        raise argparse.ArgumentTypeError(f"no target {text} (--list names them)")
    return text


def positive(text):
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return number


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"tests/fuzz/run: {message}; see --help\n")


def parse(words):
    parser = Parser(add_help=False)
    parser.add_argument("targets", nargs="*", type=target_name)
    parser.add_argument("--seconds", type=positive)
    parser.add_argument("--inputs", type=positive)
    parser.add_argument("--seed", type=positive, default=int(time.time()) % 100_000 + 1)
    parser.add_argument("--jobs", type=positive, default=os.cpu_count())
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check-options", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args(words)
    if options.seconds and options.inputs:
        parser.error("--seconds or --inputs, not both")
    if not options.seconds and not options.inputs:
        options.seconds = 60
    options.targets = options.targets or sorted(seeds.SEEDS)
    return options


def first_comment(target):
    source = (PROJECT / "tests" / "fuzz" / f"{target}_fuzz.c").read_text(encoding="utf-8")
    text = " ".join(line.strip(" /*") for line in source.split("*/", 1)[0].splitlines())
    return re.split(r"(?<=[.;]) ", text.strip(), maxsplit=1)[0].rstrip(";")


def prepare(target, fresh):
    """What is given whole, folders of inputs (the first takes what is new), and the dictionary."""
    corpus, seeded, large = WORK / ("fresh" if fresh else "corpus") / target, WORK / "seeds" / target, WORK / "large" / target
    for folder in (seeded, large, *([corpus] if fresh else [])):
        shutil.rmtree(folder, ignore_errors=True)
    words = seeds.write(target, seeded, large)
    for folder in (corpus, WORK / "crash"):
        folder.mkdir(parents=True, exist_ok=True)
    dictionary = WORK / "seeds" / f"{target}.dict"
    dictionary.write_text(words, encoding="utf-8")
    found = FOUND / target
    whole = sorted(found.glob("*")) + sorted(large.iterdir())
    return whole, [corpus, seeded, *([found] if found.is_dir() else [])], dictionary if words else None


@functools.cache
def at_fixed_addresses():
    """What libFuzzer derives depends on where the program lies. A machine that leaves no choice gives other inputs each time; that is all."""
    fixed = ["setarch", "-R"]
    return fixed if subprocess.run([*fixed, "true"], capture_output=True, check=False).returncode == 0 else []


def commands(target, options):
    """What once failed and what is large, each once; then what is derived from all the others."""
    whole, folders, dictionary = prepare(target, options.fresh)
    always = [*at_fixed_addresses(), PROGRAMS / target, f"-timeout={SECONDS_AN_INPUT_MAX}", "-reload=0", f"-artifact_prefix={WORK / 'crash'}/{target}-"]
    length = [f"-max_total_time={options.seconds}"] if options.seconds else [f"-runs={options.inputs // SLOW.get(target, 1)}"]
    named = [f"-dict={dictionary}"] if dictionary else []
    return ([[*always, *whole]] if whole else []) + [[*always, *length, *named, f"-seed={options.seed}", f"-max_len={BYTES_MAX.get(target, 4096)}", *folders]]


def why(target, output):
    told = [line.strip() for line in output.splitlines() if TELLING.search(line)][:LINES_TOLD]
    inputs = re.findall(r"(?:Running:|Test unit written to) (\S+)", output)
    if inputs:
        path = pathlib.Path(inputs[-1]).relative_to(PROJECT)
        told.append(f"again: .build/fuzz/fuzz/{target} {path}; once mended, keep the input in tests/fuzz/found/{target}/")
    return "\n".join(told) or output[-600:]


def watched(words, log):
    """(exit status, seconds of a processor): the machine may have other things to do."""
    with log.open("w", encoding="utf-8") as out, subprocess.Popen(words, stdout=out, stderr=out, cwd=PROJECT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def run(target, options):
    """(line, why it failed or None)"""
    log = WORK / f"{target}.log"
    for words in commands(target, options):
        status, seconds = watched(words, log)
        if status:
            break
    output = log.read_text(encoding="utf-8", errors="replace")
    last = re.findall(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)", output, re.M)
    places = re.search(r"\((\d+) PCs\)", output)
    inputs, covered, _, kept = last[-1] if last else ("0", "0", "0", "0")
    line = (f"{int(inputs):>11,} inputs, {int(inputs) / max(seconds, 0.01):>8,.0f} a processor's second; {int(covered):>6,} of {int(places[1]) if places else 0:>6,} places,"
            f" {int(kept):>6,} kept")
    return line, why(target, output) if status else None


def main():
    options = parse(sys.argv[1:])
    if options.check_options:
        return 0
    if options.list:
        for target in sorted(seeds.SEEDS):
            print(f"  {target:19} {first_comment(target)}")
        return 0
    wrong = {}
    print(f"seed {options.seed}: {len(options.targets)} targets, {options.jobs} at a time", flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run, target, options): target for target in options.targets}
        for future in concurrent.futures.as_completed(running):
            target, (line, fault) = running[future], future.result()
            print(f"  {'FAILED' if fault else 'ok':6} {target:19} {line}", flush=True)
            if fault:
                wrong[f"fuzz {target}"] = fault
                print("          " + fault.replace("\n", "\n          "), flush=True)
    counts = {"name": "fuzz", "passed": len(options.targets) - len(wrong), "failed": len(wrong), "skipped": 0, "wrong": wrong}
    if options.json:
        options.json.write_text(json.dumps(counts), encoding="utf-8")
    print(f"{counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
