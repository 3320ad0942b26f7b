"""P4: webhooks a second to one quick receiver, each verified by it."""
import base64
import hashlib
import hmac
import json
import re
import subprocess
import time

import figures
import instance as platform
import load
from receiver import Receiver

REACH = 8000
GIVE_UP_AFTER_S = 180


def pending(instance):
    return instance.value("SELECT count(*) FROM notifier.delivery WHERE state = 'PENDING'")


def pile_up(instance, receiver, wanted):
    """Referrals whose webhooks wait: the receiver is asleep until all of them are there. The ids of the webhooks."""
    receiver.pause()
    load.fill(instance, wanted, platform.ROOMY_PROVINCE)
    instance.rest(webhooks=False)
    return {row[0] for row in instance.rows("SELECT d.event_id::text FROM notifier.delivery d JOIN notifier.endpoint e ON e.id = d.endpoint AND e.state = 'ENABLED' WHERE d.state = 'PENDING'")}


def drain(receiver, expected):
    """Wakes the receiver; deliveries a second from its first to its last webhook, each of the expected ids, each verified; and how many came again."""
    receiver.new_lines()
    receiver.resume()
    deadline, lines = time.monotonic() + GIVE_UP_AFTER_S, []
    while not expected <= {line[1] for line in lines if line[3]}:
        lines += receiver.new_lines()
        if time.monotonic() > deadline:
            raise SystemExit(f"tests/bench/run: P4: {len(lines)} of {len(expected)} webhooks after {GIVE_UP_AFTER_S} s")
        time.sleep(0.05)
    unverified = sum(not line[3] for line in lines)
    if unverified:
        raise SystemExit(f"tests/bench/run: P4: {unverified} webhooks weren't verified")
    first = {}
    for line in lines:
        first.setdefault(line[1], line[0])
    times = sorted(first.values())
    return (len(times) - 1) / (times[-1] - times[0]), len(lines) - len(first)


def anchor_script(receiver, scratch, body):
    """A signed webhook for wrk, so that the receiver does the same work."""
    message, timestamp = "msg_anchor", str(int(time.time()))
    signed = hmac.new(base64.b64decode(receiver.secret()), f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    script = scratch / "anchor.lua"
    script.write_text('wrk.method = "POST"\nwrk.path = "/webhook"\n' + f"wrk.body = {json.dumps(body.decode())}\n" + "".join(
        f'wrk.headers["{name}"] = "{value}"\n' for name, value in {"content-type": "application/cloudevents+json", "webhook-id": message, "webhook-timestamp": timestamp,
                                                                    "webhook-signature": "v1," + base64.b64encode(signed).decode()}.items()), encoding="ascii")
    return script


def anchor(receiver, script, seconds):
    done = subprocess.run(["wrk", "-t", "1", "-c", "64", "-d", f"{seconds}s", "-s", str(script), receiver.url], capture_output=True, text=True, check=False)
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if not found or "Non-2xx" in done.stdout:
        raise SystemExit(f"tests/bench/run: P4: the receiver doesn't take wrk's webhooks: {done.stdout}{done.stderr}")
    return float(found.group(1))


def run(instance, report, options):
    report.open("P4", f"webhooks a second to one receiver, {options.events // 2:,} pending a run")
    # While the receiver sleeps, the first ones must not run into the time limit of a POST, or the circuit would be open when it wakes.
    (instance.home / "overrides-notifier.env").write_text("JISR_WEBHOOK_TIMEOUT_MS=60000\nJISR_WEBHOOK_LEASE_MS=300000\n", encoding="ascii")
    receiver = Receiver(instance, options.scratch)
    rates, ratios, anchors, cpus, counts = [], [], [], [], []
    try:
        receiver.open()
        load.fill(instance, 500, platform.ROOMY_PROVINCE)
        instance.rest()
        body = instance.value("SELECT body FROM notifier.message LIMIT 1").encode()
        repeats = 0
        for _ in range(options.runs):
            anchors.append(anchor(receiver, anchor_script(receiver, options.scratch, body), 3))
            instance.rest()
            expected = pile_up(instance, receiver, options.events // 2)
            before, meter = instance.server_counts(), instance.meter(sink=receiver.process.pid)
            rate, again = drain(receiver, expected)
            seconds = meter.look()[0] - meter.began[0]
            after = instance.server_counts()
            cpus.append(meter.end())
            counts.append({name: (after[name] - before[name]) / seconds for name in before})
            rates.append(rate)
            ratios.append(rate / anchors[-1])
            repeats += again
            instance.rest()
    finally:
        (instance.home / "overrides-notifier.env").unlink()
        receiver.close()
    report.note(f"bodies of {len(body)} bytes; receiver: tests/bench/sink.c, one thread, verifies HMAC-SHA256 by libsodium; {repeats} sent more than once")
    report.figure("deliveries_per_s", "verified webhooks/s", rates, "/s", (">=", REACH))
    report.figure("anchor_per_s", "wrk posting one of them to the same receiver", anchors, "/s")
    report.figure("ratio", "÷ wrk", ratios, "×")
    mean = figures.mean_of(counts)
    report.bound("deliveries", figures.mean_of(cpus), {"commits/s": mean["commits"], "log flushes/s": mean["flushes"], "log MB/s": mean["wal_bytes"] / 1e6})
