#!/usr/bin/env python3
"""sum_results.py FOLDER: adds up what tests/run left there and prints `N passed, N failed, N skipped`. Exit status 1 when any failed.

*.xml is ctest's JUnit: a cmocka program counts its own tests, any other program is one. *.json is {"passed","failed","skipped"} of run_file.py.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree


def of_program(case):
    """(passed, failed, skipped) of one program that ctest ran."""
    output = case.findtext("system-out") or ""
    counts = [sum(map(int, re.findall(rf"\[  {word} *\] (\d+) test\(s\)", output))) for word in ("PASSED", "FAILED", "SKIPPED")]
    status = case.get("status")
    if status == "fail" and counts[1] == 0:
        counts[1] = 1  # it crashed, ran out of time, or a sanitizer spoke up after its tests
    if sum(counts) == 0:
        counts = [int(status == "run"), int(status == "fail"), int(status not in ("run", "fail"))]
    return counts


def main():
    totals = [0, 0, 0]
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if path.suffix == ".xml":
            for case in tree.parse(path).iter("testcase"):
                totals = [a + b for a, b in zip(totals, of_program(case))]
        elif path.suffix == ".json":
            row = json.loads(path.read_text(encoding="utf-8"))
            totals = [a + row[name] for a, name in zip(totals, ("passed", "failed", "skipped"))]
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or totals[0] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
