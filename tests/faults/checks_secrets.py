"""I8: what a woman has said of herself is readable nowhere: not in a log, an event, a webhook, a metric, an outbox or audit row."""
import pathlib
import re
import urllib.request

import people

PATTERNS = [(what, re.compile(pattern)) for what, pattern in people.CANARIES]
SERVICES = ["intake", "eligibility", "training", "notifier"]
LINE_BYTES = 1 << 20
TOGETHER, SEPARATOR = 1000, b"\n\0\n"


def found(blob):
    """Which canary sings in these bytes; None when none does."""
    return next((what for what, pattern in PATTERNS if pattern.search(blob)), None)


def _logs(instance):
    for path in sorted(pathlib.Path(instance.home, "log").glob("*.log*")):
        with open(path, "rb") as log:
            while blob := log.readlines(LINE_BYTES):
                yield f"log {path.name}", b"".join(blob)


def _metrics(instance):
    for service in SERVICES:
        for part in instance.parts(f"{service}-"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{instance.admin_port(part)}/metrics", timeout=5) as answer:
                    yield f"metrics of {part}", answer.read()
            except OSError:
                continue


def _rows(platform):
    for service in SERVICES:
        for row in platform.outbox[service]:
            yield f"outbox of {service}", row[6].encode()
        for (text,) in platform.rows(f"SELECT concat_ws('|', actor, action, detail) FROM {service}.audit"):
            yield f"audit of {service}", text.encode()


def _batches(place):
    """Small ones together, as long as they are no more than a large one."""
    batch, size = [], 0
    for where, blob in place:
        batch.append((where, blob))
        size += len(blob)
        if len(batch) == TOGETHER or size >= LINE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _singing(places):
    """(where, what) of each that is readable. Many are searched at once, and one by one only where something is found."""
    for place in places:
        for batch in _batches(place):
            if found(SEPARATOR.join(blob for _, blob in batch)):
                yield from ((where, what) for where, blob in batch if (what := found(blob)))


def i8_no_canary(platform, findings):
    """Planted names, phones and identity numbers are in nothing that others may read."""
    places = [_rows(platform), ((f"record of {r.topic}", b"|".join([r.key.encode(), *(f"{k}={v}".encode() for k, v in r.headers.items()), r.value or b""])) for r in platform.records),
              (("a webhook", line["body"].encode()) for line in platform.receiver)]
    if platform.instance is not None:
        places += [_logs(platform.instance), _metrics(platform.instance)]
    seen = set()
    for where, what in _singing(places):
        if (what, where) not in seen:
            seen.add((what, where))
            findings.append(f"I8: {what} is readable in {where}")
