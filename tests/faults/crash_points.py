"""The named crash points of a build with -DJISR_CRASH_POINTS=ON, and the fault that uses them: a copy is started anew with one point armed, dies there
by its own hand, and is started once more without it. tests/architecture/crash_points_test.py holds this table against the sources and a release."""
import os
import signal
import time

from inject import SERVICES

ARMED_S = 6       # a point that nobody comes by in this time is disarmed again
MOST_PASSAGES = 40
OF_FILES = "import-"  # a campaign sends women one by one; import_crashes.py sends files
SLEEP_S = 9       # past the session's time-out: another copy has its partitions, and has gone on

# (name, services that come by, what is cut in two there)
CRASH_POINTS = [
    ("submit-before-commit", ["intake"], "a batch of submissions is written, nothing committed: nobody was answered"),
    ("submit-after-commit", ["intake"], "committed, nobody answered: the same key finds its row"),
    ("submit-answered", ["intake"], "some of a batch are answered, the others not"),
    ("change-after-commit", ["intake"], "a withdrawal is committed, its answer is not sent"),
    ("import-stored", ["intake"], "the applications of a file's chunk are committed, its report is not: by the keys of its lines the next copy finds them"),
    ("import-before-commit", ["intake"], "the report of a chunk is written and not committed"),
    ("import-after-commit", ["intake"], "the report is committed: the next chunk begins after it"),
    ("commit-sent", SERVICES, "COMMIT is on its way: whoever comes next finds out what became of it"),
    ("feed-before-offset", SERVICES, "records are read, nothing is written"),
    ("feed-after-offset", SERVICES, "the offset is moved in a transaction that has no effects yet"),
    ("feed-before-commit", SERVICES, "offset, inbox, effects and outbox are written and not committed"),
    ("feed-after-commit", SERVICES, "all is committed, Kafka's own offset is not"),
    ("relay-before-produce", SERVICES, "a row is read from the outbox and not yet sent"),
    ("relay-after-produce", SERVICES, "a record is in the client's queue: it may or may not reach the broker"),
    ("relay-report", SERVICES, "the broker has the record, the cursor does not know: it is sent twice"),
    ("relay-cursor-before-commit", SERVICES, "the cursor is moved and not committed"),
    ("relay-cursor-after-commit", SERVICES, "the cursor is committed, the window in memory is gone"),
    ("webhook-before-send", ["notifier"], "claimed and signed, never sent: the lease runs out"),
    ("webhook-sent", ["notifier"], "sent, its answer unknown: sent again under the same id"),
    ("webhook-answered", ["notifier"], "the partner has it, nobody wrote that down"),
    ("recorder-before-commit", ["notifier"], "results are written and not committed"),
    ("recorder-after-commit", ["notifier"], "results are committed, the place in flight is not free yet"),
]


def crash_at_point(context, dice):
    name, services, _ = dice.choice([point for point in CRASH_POINTS if not point[0].startswith(OF_FILES)])
    part = f"{dice.choice(services)}-{dice.randint(1, 2)}"
    passages = dice.choice([1, 2, dice.randint(3, MOST_PASSAGES)])
    old, log = context.instance.pid(part), context.instance.home / "log" / f"{part}.log"
    if old is None:
        return
    seen = log.stat().st_size
    with context.instance.environment(part, f"JISR_CRASH_AT={name}:{passages}\n"):
        context.instance.kill(part)
        armed = context.instance.wait_new(part, old)
    until = time.monotonic() + ARMED_S
    while time.monotonic() < until and context.instance.pid(part) == armed:
        time.sleep(0.1)
    if context.instance.pid(part) == armed:
        context.instance.kill(part)  # nobody came by: it must not go off later, between two rounds
        context.count(part.split("-")[0])
    with open(log, "rb") as file:
        file.seek(seen)
        if f'"event":"crash-point","name":"{name}"'.encode() in file.read():
            context.count(part.split("-")[0])
            context.count(f"at {name}")


def _state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def freeze_with_a_batch(context, dice):
    """A copy sleeps with records in hand and their offset not yet written: when it wakes, nothing of that may count."""
    part = f"{dice.choice(SERVICES)}-{dice.randint(1, 2)}"
    passages, old = dice.randint(3, MOST_PASSAGES), context.instance.pid(part)
    if old is None:
        return
    with context.instance.environment(part, f"JISR_FREEZE_AT=feed-before-offset:{passages}\n"):
        context.instance.kill(part)
        armed = context.instance.wait_new(part, old)
    until = time.monotonic() + ARMED_S
    while time.monotonic() < until and _state(armed) not in ("T", None):
        time.sleep(0.1)
    if _state(armed) == "T":
        time.sleep(SLEEP_S)
        context.count("frozen with a batch")
        os.kill(armed, signal.SIGCONT)
    else:
        context.instance.kill(part)  # nobody came by: it must not fall asleep later, between two rounds
        context.count(part.split("-")[0])
