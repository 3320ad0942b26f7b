"""What a campaign is told, and what it can be told: options, faults, planted bugs."""
import argparse
import time

import bugs
import faults


def show_list():
    print("Faults:")
    for fault in faults.FAULTS:
        print(f"  {fault.name:20} {fault.why}")
    print("Planted bugs:")
    for bug in bugs.BUGS:
        print(f"  {bug.name:28} {' '.join(bug.invariants):8} {bug.why}")


def fault_names(text):
    names = text.split(",")
    if unknown := sorted(set(names) - set(faults.BY_NAME)):
        raise argparse.ArgumentTypeError(f"no fault {' '.join(unknown)}; --list names them")
    return names


def bug_groups(text):
    """What is planted into one build each: a list of lists."""
    if text == "all":
        return [[bug] for bug in bugs.BUGS]
    names = text.split("+")
    if unknown := sorted(set(names) - set(bugs.BY_NAME)):
        raise argparse.ArgumentTypeError(f"no bug {' '.join(unknown)}; --list names them")
    return [[bugs.BY_NAME[name] for name in names]]


def parse(words):
    parser = argparse.ArgumentParser(description="One fault campaign on the instance of JISR_HOME; tests/faults/run says more.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", type=fault_names, default=[])
    parser.add_argument("--bug", type=bug_groups, default=[])
    parser.add_argument("--selftest", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check-options", action="store_true")
    parser.add_argument("--rate", type=int, default=250)
    parser.add_argument("--round-s", type=float, default=15)
    parser.add_argument("--pace", type=float, default=1)
    parser.add_argument("--go-on", action="store_true")
    options = parser.parse_args(words)
    if not 0.1 <= options.pace <= 10:
        parser.error("--pace is from 0.1 to 10")
    if options.seed is None:
        options.seed = int(time.time()) % 100_000
    return options
