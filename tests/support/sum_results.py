#!/usr/bin/env python3
"""sum_results.py FOLDER: adds up what tests/run left there, tells again what failed, since that lies far above by now, and prints
`N passed, N failed, N skipped`. Exit status 1 when any failed.

*.xml is ctest's JUnit: a cmocka program counts its own tests, any other program is one. *.json is {"passed","failed","skipped"} of run_file.py, with
{"wrong": {test: why}}.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

LINES_TOLD = 12


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


def tell(name, why=""):
    print(f"  FAILED  {name}")
    for line in why.strip().splitlines()[-LINES_TOLD:]:
        print(f"          {line}")


def main():
    totals = [0, 0, 0]
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if path.suffix == ".xml":
            for case in tree.parse(path).iter("testcase"):
                counts = of_program(case)
                totals = [a + b for a, b in zip(totals, counts)]
                if counts[1]:
                    told = re.findall(r"^\[ +(?:ERROR|FAILED) +\].*|^\[ +LINE +\].*|^==\d+==ERROR.*", case.findtext("system-out") or "", re.M)
                    tell(case.get("name"), "\n".join(told))
        elif path.suffix == ".json":
            row = json.loads(path.read_text(encoding="utf-8"))
            totals = [a + row[name] for a, name in zip(totals, ("passed", "failed", "skipped"))]
            if row["failed"] and not row.get("wrong"):
                tell(row["name"], "it broke off")
            for test, why in row.get("wrong", {}).items():
                tell(test, why)
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or totals[0] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
