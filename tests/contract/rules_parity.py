#!/usr/bin/python3
"""The rules engine and json-logic-js 2.0.5 give the same results: for a table of cases, and for thousands of generated rules and data.

    rules_parity.py [--engine COMMAND] [--pairs N] [--seed N]

COMMAND reads NDJSON pairs and answers a line each; it is `jisrctl rules apply` of the build (JISR_BUILD, or the newest below .build).
Ends with 77 (skipped) where npm can't bring the reference implementation.
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests/bench/node_modules/json-logic-js"
sys.path.insert(0, str(ROOT / "tests"))
from support import npm  # noqa: E402

SKIPPED = 77


def install_reference():
    why = npm.install(ROOT / "tests/bench")
    if why:
        print(f"SKIPPED: json-logic-js 2.0.5 can't be installed here: {why}")
        sys.exit(SKIPPED)


def find_engine():
    folders = [pathlib.Path(os.environ["JISR_BUILD"])] if "JISR_BUILD" in os.environ else list((ROOT / ".build").glob("*"))
    programs = [folder / "bin/jisrctl" for folder in folders if (folder / "bin/jisrctl").exists()]
    if not programs:
        sys.exit("there is no jisrctl: build it first, or say where with JISR_BUILD or --engine")
    return [str(max(programs, key=lambda program: program.stat().st_mtime)), "rules", "apply"]


def answers(command, lines):
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.splitlines()


# ── Generated pairs ──

NAMES = ["a", "b", "c", "d", "n", "0", "1", "length", "a.b", "l.0", "l.1.n", "s.0", "", "x", "o", "l", "s", "o.a", "current", "accumulator", "é"]
TEXTS = ["", "0", "1", "-1", "10", "9", " 5 ", "1e3", "0x1f", "abc", "a", "b", "1,2", "true", "null", "undefined", "[object Object]", "NaN",
         "Infinity", "-Infinity", "3.14abc", ".5", "5.", "تاونات", "é", "a😀b", "\ud83d", "\ude00", "\ufb01", "\u00a07", "+7", "--7", "1_000"]
NUMBERS = [0, 1, -1, 2, 3, 5, 10, 0.5, -0.0, 1.5, 100, 1e21, 1e-7, 0.1, 0.3, 123456789, 9007199254740993, 5e-324, 1.7976931348623157e308]
STRICT = ["==", "===", "!=", "!==", ">", ">=", "<", "<=", "!!", "!", "+", "-", "*", "/", "%", "min", "max", "in", "cat", "substr", "merge", "log"]
LAZY = ["if", "?:", "and", "or", "map", "filter", "reduce", "all", "none", "some"]
READING = ["var", "missing", "missing_some"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def primitive(self):
        kind = self.random.random()
        if kind < 0.35:
            return self.random.choice(NUMBERS)
        if kind < 0.45:
            return self.random.choice([self.random.uniform(-1e6, 1e6), self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-300, 300),
                                       2.0 ** self.random.randint(-1000, 1000), float(self.random.randint(-10**18, 10**18))])
        if kind < 0.8:
            return self.random.choice(TEXTS)
        return self.random.choice([None, True, False])

    def value(self, depth):
        kind = self.random.random()
        if depth <= 0 or kind < 0.6:
            return self.primitive()
        if kind < 0.8:
            return [self.value(depth - 1) for _ in range(self.random.randint(0, 3))]
        names = self.random.sample(["a", "b", "c", "d", "n", "0", "x", "é", "length"], self.random.choice([0, 2, 2, 3]))
        return {name: self.value(depth - 1) for name in names}

    def data(self):
        kind = self.random.random()
        if kind < 0.1:
            return self.value(2)
        data = {name: self.value(2) for name in self.random.sample(["a", "b", "c", "d", "n", "x", "0", "1", "é"], 5)}
        data["l"] = [self.value(2) for _ in range(self.random.randint(0, 4))]
        data["o"] = {"a": self.value(1), "b": self.value(1)}
        data["s"] = self.random.choice(TEXTS)
        if self.random.random() < 0.05:
            data["r"] = self.rule(2)  # looks like a rule, and is data
        return data

    def operand(self, depth):
        kind = self.random.random()
        if depth <= 0:
            return self.primitive() if kind < 0.5 else {"var": self.random.choice(NAMES)}
        if kind < 0.2:
            return self.primitive()
        if kind < 0.35:
            return [self.operand(depth - 1) for _ in range(self.random.randint(0, 3))]
        if kind < 0.4:
            return {"p": self.primitive(), "q": self.operand(depth - 1)}
        return self.rule(depth - 1)

    def rule(self, depth):
        kind = self.random.random()
        if kind < 0.25 or depth <= 0:
            operation = "var" if self.random.random() < 0.7 else self.random.choice(READING)
        else:
            operation = self.random.choice(STRICT if kind < 0.7 else LAZY)
        if operation == "var":
            path = self.random.choice(NAMES + ["r"]) if self.random.random() < 0.85 else self.operand(depth - 1)
            return {"var": self.random.choice([path, [path], [path, self.operand(depth - 1)]])}
        if operation == "missing_some" and self.random.random() < 0.8:
            return {operation: [self.random.randint(0, 3), self.random.sample(NAMES, 3)]}
        if operation in ("map", "filter", "reduce", "all", "none", "some") and self.random.random() < 0.9:
            scoped = self.random.choice([{"var": "l"}, {"var": ""}, {"var": "o"}, [self.operand(depth - 1), self.operand(0)], self.operand(depth - 1)])
            rest = [self.operand(depth)]
            if operation == "reduce" and self.random.random() < 0.8:
                rest.append(self.operand(0))
            return {operation: [scoped] + rest}
        if self.random.random() < 0.15:
            return {operation: self.operand(depth)}
        if self.random.random() < 0.01:
            operation = self.random.choice(["no_such", "", "a.b", "VAR"])
        return {operation: [self.operand(depth) for _ in range(self.random.choice([0, 1, 2, 2, 2, 3, 4]))]}


# ── Comparing ──

def same(a, b):
    """Equal as JSON: true is not 1, the order of an object's members does not count."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return float(a) == float(b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    return type(a) is type(b) and a == b


def agree(ours, theirs):
    if ours == theirs:
        return True
    mine, reference = json.loads(ours), json.loads(theirs)
    if "error" in mine and "error" in reference:
        unknown = [answer["error"].startswith("Unrecognized operation") for answer in (mine, reference)]
        return unknown[0] == unknown[1]
    return same(mine, reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", help="command to compare with the reference")
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    install_reference()
    engine = shlex.split(options.engine) if options.engine else find_engine()

    cases = json.loads((pathlib.Path(__file__).parent / "rules_cases.json").read_text(encoding="utf-8"))
    labels = [why for why, _, _ in cases]
    pairs = [{"rule": rule, "data": data} for _, rule, data in cases]
    generator = Generator(options.seed)
    for number in range(options.pairs):
        labels.append(f"generated {number} of seed {options.seed}")
        pairs.append({"rule": generator.rule(4), "data": generator.data()})
    # Python writes an infinity as Infinity, which no JSON has: a number past the range says the same.
    lines = [json.dumps(pair).replace(": Infinity", ": 1e999") for pair in pairs]

    ours, theirs = answers(engine, lines), answers(["node", str(pathlib.Path(__file__).parent / "rules_reference.js"), str(REFERENCE)], lines)
    if len(ours) != len(lines) or len(theirs) != len(lines):
        sys.exit(f"{len(lines)} pairs, but {len(ours)} answers of the engine and {len(theirs)} of the reference")
    wrong = 0
    for label, line, mine, reference in zip(labels, lines, ours, theirs):
        if not agree(mine, reference):
            wrong += 1
            if wrong <= 10:
                print(f"DIFFERENT: {label}\n  pair      {line}\n  engine    {mine}\n  reference {reference}")
    values = sum(1 for answer in theirs if not answer.startswith('{"error"'))
    print(f"{len(lines)} pairs ({len(cases)} cases of the table, seed {options.seed}; {values} with a value, the others throw): {wrong} different")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
