#!/usr/bin/env python3
"""run_file.py TEST.py RESULT.json: runs one file of unittest tests, a line a test, and counts them one by one."""
import importlib.util
import json
import pathlib
import sys
import time
import unittest


class Lines(unittest.TestResult):
    """A line a test as it ends; what went wrong right below it."""

    def __init__(self):
        super().__init__()
        self.passed, self.began_at = 0, 0.0

    def startTest(self, test):
        super().startTest(test)
        self.began_at = time.monotonic()

    def line(self, word, test, why=""):
        print(f"  {word:7} {test.id().split('.', 1)[-1]} ({time.monotonic() - self.began_at:.2f} s){why}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("FAILED", test, "\n" + self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.line("FAILED", test, "\n" + self.errors[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line("skipped", test, f": {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.line("FAILED", subtest, "\n" + (self.failures + self.errors)[-1][1])


def main():
    path = pathlib.Path(sys.argv[1])
    counts = {"name": path.stem, "passed": 0, "failed": 1, "skipped": 0}
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        result = Lines()
        unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
        wrong = {test.id(): why for test, why in result.failures + result.errors}
        counts.update(passed=result.passed, failed=len(wrong), skipped=len(result.skipped), wrong=wrong)
        if not result.testsRun and not wrong and not result.skipped:
            counts.update(failed=1, wrong={path.name: "there is no test in it"})
    finally:
        pathlib.Path(sys.argv[2]).write_text(json.dumps(counts), encoding="utf-8")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
