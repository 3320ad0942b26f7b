"""Planted bugs: each is a change of the source, made in a copy of it and built there, so that no release can hold one. The campaign has to catch each
and to name the invariant. A change whose old text is not found exactly once is an error: the table then no longer fits the source.

COMMIT_HERE ends the transaction in the middle, waits, and begins another one: what follows is no longer together with what came before."""
import pathlib
import shutil
import subprocess

import inject

PROJECT = inject.PROJECT
FOLDER = PROJECT / ".build" / "planted"
BUILT = ["common", "services", "proto", "tests/bench/generate"]  # what a build without tests takes in
PROGRAMS = ["jisr-intake", "jisr-eligibility", "jisr-training", "jisr-notifier"]

MIDDLE_SQL = "\n-- name: planted_commit\nCOMMIT\n\n-- name: planted_wait\nSELECT pg_sleep(0.2)\n\n-- name: planted_begin\nBEGIN\n"


def commit_here(catalog, db="db"):
    steps = " && ".join(f"(err = db_run({db}, &{catalog}_PLANTED_{what}, NULL, {{arena}}, NULL)) == ERR_OK" for what in ("COMMIT", "WAIT", "BEGIN"))
    return steps


class Bug:
    def __init__(self, name, invariants, faults, why, *edits):
        self.name, self.invariants, self.faults, self.why, self.edits = name, invariants, faults, why, edits


STORE_SQL_END = "-- ── Retention: Idempotency-Keys are kept 30 days; some thousand at a time ──\n"
INBOX_SQL_END = "-- name: unpark\n"

BUGS = [
    Bug("answer-before-commit", ["I1"], ["terminate-backend", "kill-postmaster", "postgres-immediate"],
        "201 is sent whatever became of the transaction",
        ("services/intake/store/store_submit.c", "        if (err != ERR_OK)\n            item->outcome = err;\n        if (err != ERR_OK || item->settled)",
         "        if (item->settled)")),
    Bug("key-outside-transaction", ["I1"], ["kill-service"],
        "the idempotency key is not always stored with the row that it made",
        ("services/intake/store/store.sql", "SELECT n.id, n.request_key, n.request_hash, n.receipt",
         "SELECT n.id, CASE WHEN random() < 0.5 THEN n.request_key END, n.request_hash, n.receipt")),
    Bug("key-not-bound-to-body", ["I1"], ["kill-service"],
        "the same key with another body gets the first one's answer",
        ("services/intake/store/store_submit.c", "item->outcome = id_compare(item->stored.hash, item->request_hash) == 0 ? ERR_OK : ERR_KEY_REUSED;", "item->outcome = ERR_OK;")),
    Bug("outbox-read-by-id", ["I2", "I5"], ["kill-service"],
        "the relay reads past transactions that still run, as `WHERE id > last` does",
        ("common/relay/relay.sql", "pg_snapshot_xmin(pg_current_snapshot())) AS high)", "pg_snapshot_xmax(pg_current_snapshot())) AS high)")),
    Bug("effect-before-cause", ["I2"], ["kill-partner"],
        "an outbox row counts as no later than its own transaction's number, though it builds on a change by a higher one",
        ("common/db/outbox.sql", "SELECT (SELECT outbox_xid()),", "SELECT pg_current_xact_id(),"),
        # On a quick machine too few milliseconds lie between a transaction's number and its locks.
        ("common/relay/feed_batch.c", '    CRASH_POINT("feed-after-offset");\n', '    CRASH_POINT("feed-after-offset");\n    clock_sleep_us(clock_wall_us() % 60000);\n')),
    Bug("outbox-outside-transaction", ["I2", "I3"], ["terminate-backend", "kill-postmaster"],
        "the application is committed, its event in a transaction of its own",
        ("services/intake/store/store.sql", STORE_SQL_END, MIDDLE_SQL.lstrip("\n") + "\n" + STORE_SQL_END),
        ("services/intake/store/store_submit_parts.c", "    if (err == ERR_OK && outbox.count > 0)\n",
         "    if (err == ERR_OK && " + commit_here("STORE").format(arena="arena") + " && outbox.count > 0)\n")),
    Bug("published-before-report", ["I2", "I5"], ["kill-kafka", "kill-all-copies", "kill-service"],
        "a row counts as published once it is handed to the client library",
        ("common/relay/relay_flight.c", ".reports_left = reports}", ".reports_left = reports ? 0 : 0}"),
        ("common/relay/relay_pump.c", "    entry->reports_left--;\n", "    (void)entry;\n")),
    Bug("offset-before-effects", ["I5", "I3"], ["terminate-backend", "kill-service", "kill-postmaster"],
        "the offset is committed before the effects of its events",
        ("common/db/inbox.sql", INBOX_SQL_END, MIDDLE_SQL.lstrip("\n") + "\n" + INBOX_SQL_END),
        ("common/db/inbox.c", "    enum err err = ask_to_advance(db, arena, entry, &advanced);\n",
         "    enum err err = ask_to_advance(db, arena, entry, &advanced);\n    if (err || !(" + commit_here("INBOX").format(arena="arena") + "))\n        return err;\n")),
    Bug("no-inbox", ["I3", "I2", "I4"], ["duplicates"],
        "an event that is delivered twice has its effects twice (and versions are no help)",
        ("common/db/inbox.c", "        entry->is_new[i] = false;\n", "        entry->is_new[i] = true;\n"),
        ("services/eligibility/events.c", "|| file->event->version <= file->former.application_version);", "|| file->event->version < file->former.application_version);")),
    Bug("no-fencing", ["I5", "I3", "I4"], ["sleeper"],
        "a consumer that has lost its partitions goes on writing their offsets",
        ("common/db/inbox.sql", "AND o.partition = w.partition AND o.epoch = w.epoch", "AND o.partition = w.partition")),
    Bug("quota-without-lock", ["I4", "I3", "I5"], ["kill-service"],
        "two copies count the places of one quota at the same time",
        ("services/eligibility/store.sql", "ORDER BY q.call, q.province\nFOR UPDATE OF q\n", "ORDER BY q.call, q.province\n")),
    Bug("waiting-list-by-insertion", ["I4"], ["kill-partner"],
        "a place that comes free goes to who came first, not to who is ahead",
        ("services/eligibility/store.sql", "              ORDER BY d.score DESC, d.submitted_at, d.application_id\n              LIMIT w.free) AS d",
         "              ORDER BY d.submitted_at, d.application_id\n              LIMIT w.free) AS d")),
    Bug("new-webhook-id-on-retry", ["I6"], ["partner"],
        "a webhook that is sent again has another id: the receiver takes it for news",
        ("services/notifier/flight.c", "    struct str id = id_text(flight->arena, flight->event_id),",
         "    struct id other = flight->event_id;\n    if (flight->attempts > 0)\n        random_bytes(other.bytes, sizeof(other.bytes));\n    struct str id = id_text(flight->arena, other),")),
    Bug("redirect-is-success", ["I6"], ["partner"],
        "3xx counts as receipt",
        ("services/notifier/delivery.c", '{300, 399, DELIVERY_LATER, false, "redirected",', '{300, 399, DELIVERY_DONE, false, "redirected",')),
    Bug("retry-gives-up", ["I6"], ["partner"],
        "a partner that fails is not asked again",
        ("services/notifier/delivery.c", '{500, 599, DELIVERY_LATER, false, "failed",', '{500, 599, DELIVERY_DEAD, false, "failed",')),
    Bug("poison-dropped", ["I5"], ["poison"],
        "what can't be processed is passed over",
        ("common/relay/feed_batch.c", "        if (verdict == VERDICT_DONE)\n            continue;\n        enum parked_kind",
         "        if (verdict == VERDICT_DONE || verdict == VERDICT_PARK)\n            continue;\n        enum parked_kind")),
    Bug("audit-outside-transaction", ["I7"], ["terminate-backend", "kill-service"],
        "some changes leave no audit row",
        ("common/db/outbox.c", "    enum err err = append_audit(outbox, db); /*", "    enum err err = outbox->count % 3 == 1 ? ERR_OK : append_audit(outbox, db); /*")),
    Bug("seats-without-lock", ["I3", "I4", "I5"], ["kill-partner"],
        "two copies count the free seats of one province, then both give the last one away, and the sum is cut to fit",
        ("services/training/store.sql", "ORDER BY d.call, d.province\nFOR UPDATE\n", "ORDER BY d.call, d.province\n"),
        ("services/training/store.sql", "SET enrolled = s.enrolled + n.seats FROM", "SET enrolled = least(s.capacity, s.enrolled + n.seats) FROM pg_sleep(0.1),")),
    Bug("late-event-wins", ["I3", "I6"], ["old-news"],
        "an old version overwrites what came after it",
        ("services/notifier/store.sql", "\nWHERE a.version < excluded.version\n", "\n")),
    Bug("amended-away-and-seated", ["I3"], ["kill-service"],
        "who loses her place by an amended form keeps her seat and her referrals",
        ("services/training/events.c", '{EVENT_DECISION_ASSESSED, "INELIGIBLE", EFFECT_LEAVE,', '{EVENT_DECISION_ASSESSED, "NEVER", EFFECT_LEAVE,'),
        ("services/notifier/events.c", "    {EVENT_DECISION_ASSESSED, places_lost,", '    {"ma.jisr.decision.never.v1", places_lost,')),
    Bug("consent-at-creation-only", ["I3", "I6"], ["kill-service"],
        "a referral outlives the consent that it was made under",
        ("services/notifier/events.c", "    if (withdrawn || !application->referral_consent) {\n", "    if (false && withdrawn) {\n")),
    Bug("sigterm-drops-requests", ["SIGTERM"], ["term-service"],
        "a copy that is told to stop closes the connections whose answers wait for a commit",
        ("common/app/app.c", "        clock_sleep_us(atomic_load(&failed) ? 0 : app->drain_wait_ms * 1000);\n", ""),
        ("common/http/server.c", "    if (!wait_for_zero(&server->exchanges, deadline_us))\n", "    if (deadline_us < 0)\n"),
        ("common/http/server.c", "    wait_for_zero(&server->exchanges, clock_monotonic_us() + ANSWERS_LEAVE_US);\n", "")),
    Bug("statistics-twice", ["I3"], ["kill-service"],
        "a batch that is done again counts its women again",
        ("services/intake/store/store_submit_parts.c", "            cell.applications = 1;\n", "            cell.applications = items[i]->id.bytes[15] == 7 ? 2 : 1;\n")),
    Bug("name-in-the-log", ["I8"], ["kill-service"],
        "the body of a request gets into the log",
        ("services/intake/application/submission.c", "    http_park(request);\n    if (!batch_put(intake->batch, item))",
         '    http_park(request);\n    log_line(LOG_INFO, "planted", LOG_STR("body", request->body));\n    if (!batch_put(intake->batch, item))')),
]
BY_NAME = {bug.name: bug for bug in BUGS}


def _files(root):
    """By name, below BUILT."""
    return {str(path.relative_to(root)) for folder in BUILT for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts} | {"CMakeLists.txt"}


def _copy(source):
    """Only what differs is written, so that only that is built again; what is no longer there is built no longer."""
    sources = _files(PROJECT)
    for name in _files(source) - sources:
        (source / name).unlink()
    for name in sources:
        origin, copy = PROJECT / name, source / name
        content = origin.read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            shutil.copymode(origin, copy)
    (source / "tests").mkdir(exist_ok=True)
    (source / "tests" / "CMakeLists.txt").touch()


def _edit(source, bug):
    for name, old, new in bug.edits:
        path = source / name
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"tests/faults/run: bug {bug.name} no longer fits {name}: its text is there {text.count(old)} times")
        path.write_text(text.replace(old, new), encoding="utf-8")


def check_table():
    """Every edit still fits the source."""
    wrong = []
    for bug in BUGS:
        for name, old, _ in bug.edits:
            count = (PROJECT / name).read_text(encoding="utf-8").count(old)
            if count != 1:
                wrong.append(f"{bug.name}: {name} holds its text {count} times")
    return wrong


def build(*planted):
    """The programs with these bugs, or as they are; both with the named crash points: the folder that holds them. One folder for all, so that a bug costs what
    it changes."""
    source, output = FOLDER / "src", FOLDER / "build"
    source.mkdir(parents=True, exist_ok=True)
    _copy(source)
    for bug in planted:
        _edit(source, bug)
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DJISR_TESTS=OFF", "-DJISR_CRASH_POINTS=ON"]
    for words in (["cmake", "-G", "Ninja", "-S", str(source), "-B", str(output), *options], ["cmake", "--build", str(output)]):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"tests/faults/run: building {' '.join(bug.name for bug in planted) or 'the crash points'}: {(done.stdout + done.stderr)[-3000:]}")
    return output / "bin"


def install(instance, folder):
    """Replaces the programs of the instance; a service has them from its next start on."""
    programs = pathlib.Path(instance.settings()["JISR_DATA"]) / "bin"
    for name in PROGRAMS:
        shutil.copy(folder / name, programs / f"{name}.new")
        (programs / f"{name}.new").chmod(0o755)
        (programs / f"{name}.new").rename(programs / name)
