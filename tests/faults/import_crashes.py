#!/usr/bin/env python3
"""import_crashes.py: files of women, and intake ended at each named point between a chunk's applications and its report.

JISR_HOME=… /usr/bin/python3 tests/faults/import_crashes.py, as root, beside a running trial platform (deploy/up --empty; the women stay there). Builds the programs with the named crash points, puts intake's in
place of the release's, and its own again at the end. The last line is `N passed, N failed, N skipped`."""
import contextlib
import os
import pathlib
import random
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import bugs  # noqa: E402
import crash_points  # noqa: E402
from inject import Instance  # noqa: E402
from support.jisr import Client, eventually, rows, settings, staff_token  # noqa: E402
from support.women_csv import bring, look, report, text, woman  # noqa: E402

LINES, BAD_EVERY = 2000, 40
PASSAGES = (1, 3)


@contextlib.contextmanager
def crashing(instance, part, lines):
    """The part with the crash build and these lines in its environment; at the end as it was."""
    installed = pathlib.Path(settings()["JISR_DATA"]) / "bin" / "jisr-intake"
    kept = installed.with_suffix(".kept")

    def put(program):
        new = installed.with_suffix(".new")
        shutil.copy2(program, new)
        os.replace(new, installed)
    shutil.copy2(installed, kept)
    put(bugs.FOLDER / "build" / "bin" / "jisr-intake")
    try:
        with instance.environment(part, lines):
            old = instance.pid(part)
            instance.kill(part)
            instance.wait_new(part, old)
        yield
    finally:
        put(kept)
        kept.unlink()
        old = instance.pid(part)
        instance.kill(part)
        instance.wait_new(part, old)


def answering(client, agent, made):
    try:
        return look(client, agent, made)
    except (OSError, AssertionError):
        client.close()
        return None


def once(name, passage, made, done, agent):
    """What is wrong: each good line is one application, told once, whatever was cut in two."""
    told = report(Client(), agent, made)
    good = LINES - LINES // BAD_EVERY
    ids = [line["application"] for line in told if line["application"]]
    counted = rows("SELECT count(*), count(DISTINCT aggregate_id) FROM intake.outbox WHERE version = 1 AND aggregate_id = ANY (%s::uuid[])", ids)[0]
    checks = {"its end": (done["state"], done["taken"], done["refused"], done["known"]) == ("DONE", good, LINES - good, 0), "a row a line": [line["line"] for line in told] == list(range(2, LINES + 2)),
              "an application a line": len(set(ids)) == good, "an event an application": counted == (good, good)}
    return [f"{name}:{passage}: {what}: {done}" for what, holds in checks.items() if not holds]


def try_point(instance, part, name, passage):
    client, agent = Client(), staff_token("agent", "MA-03")
    lines = [woman(f"{name}-{passage}-{random.random()}") for _ in range(LINES)]
    for number in range(0, LINES, BAD_EVERY):
        lines[number][3] = "??"
    log = instance.home / "log" / f"{part}.log"
    crashes = lambda: log.read_text(encoding="utf-8", errors="replace").count(f'"event":"crash-point","name":"{name}"')
    before = crashes()
    with crashing(instance, part, f"JISR_CRASH_AT={name}:{passage}\n"):
        eventually("intake", lambda: client_is_there(client), 30)
        made = bring(client, agent, text(lines).encode())
        eventually("the crash", lambda: crashes() > before, 30)
        done = eventually("the import's end", lambda: (now := answering(client, agent, made)) and now["state"] == "DONE" and now, 90)
    eventually("intake", lambda: client_is_there(client), 30)
    return once(name, passage, made, done, agent)


def client_is_there(client):
    try:
        return client.get("/intake/v1/calls").status == 200
    except OSError:
        client.close()
        return False


def main():
    instance = Instance(os.environ["JISR_HOME"])
    bugs.build()
    (part,) = instance.parts("intake-")
    passed = failed = 0
    for name, _, what in crash_points.CRASH_POINTS:
        for passage in PASSAGES if name.startswith(crash_points.OF_FILES) else ():
            began, wrong = time.monotonic(), try_point(instance, part, name, passage)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            print(f"{'FAILED' if wrong else 'ok':8}{name}:{passage} ({time.monotonic() - began:.1f} s)  {what}", *wrong, sep="\n  ", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
