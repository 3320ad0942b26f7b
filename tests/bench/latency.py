"""P5: POST sent → partner's webhook received, open loop: each is sent at its time whatever became of those before, and counted from that time."""
import asyncio
import json
import os
import random
import time
import urllib.parse

import figures
import instance as platform
from receiver import Receiver

RATE, CALM_RATE = 300, 30
REACH_P50_MS, REACH_P99_MS = 20, 60
WAIT_FOR_LAST_S = 30


# Women differ: were all called alike and born on one day, each would be compared with all the others as her likely double.
GIVEN = [("فاطمة الزهراء", "Fatima Zahra"), ("خديجة", "Khadija"), ("مريم", "Maryam"), ("نجاة", "Najat"), ("حليمة", "Halima"), ("سعيدة", "Saida"), ("زينب", "Zineb"),
         ("رشيدة", "Rachida"), ("لطيفة", "Latifa"), ("نعيمة", "Naima"), ("سميرة", "Samira"), ("حنان", "Hanane"), ("إلهام", "Ilham"), ("بشرى", "Bouchra")]
FAMILY = [("العلوي", "El Alaoui"), ("بناني", "Bennani"), ("التازي", "Tazi"), ("الإدريسي", "El Idrissi"), ("برادة", "Berrada"), ("الزياني", "Ziani"),
          ("الوزاني", "Ouazzani"), ("الفاسي", "El Fassi"), ("المرابط", "El Mourabit"), ("الصنهاجي", "Sanhaji"), ("الحسني", "El Hassani")]


def application():
    given, family = random.choice(GIVEN), random.choice(FAMILY)
    number = f"{random.choice('ABCDEFGHJK')}{random.choice('ABCDEFGHJK')}{random.randrange(10**8):08}"
    return json.dumps({
        "call": platform.CALL, "kind": "person",
        "applicant": {"name": {"ar": f"{given[0]} {family[0]}", "latin": f"{given[1]} {family[1]}"}, "identity": {"type": "cnie", "number": number},
                      "birth_date": f"{random.randint(1968, 2003)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
                      "phone": f"06{random.randrange(10**8):08}", "address": {"province": platform.ROOMY_PROVINCE, "commune": "Skhinate", "milieu": "rural"}},
        "project": {"title": "Huile d'olive", "sector": "agrifood", "stage": "idea", "requested_centimes": 4500000, "own_contribution_centimes": 300000, "jobs": 2},
        "situation": {"household_size": 6, "monthly_income_centimes": 180000, "head_of_household": True, "disability": False, "rsu_index": 9.12,
                      "auto_entrepreneur_number": None},
        "consents": [{"purpose": purpose, "version": "2026-1", "given": True, "language": "ar"} for purpose in ("processing", "partner-referral")]}, ensure_ascii=False).encode()


class Sender:
    """Keep-alive connections to the front door, as many as are needed at once."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.idle, self.sent_at, self.answered_ms, self.failed = [], {}, [], 0

    async def post(self, at, body):
        """One application at its time (seconds since 1970)."""
        await asyncio.sleep(max(0.0, at - time.time()))
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
        key = os.urandom(12).hex()
        writer.write(f'POST /intake/v1/applications HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\nIdempotency-Key: "{key}"\r\n'
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        answer = await reader.readexactly(length)
        self.answered_ms.append((time.time() - at) * 1000)
        if head.split(b" ", 2)[1] == b"201":
            self.sent_at[json.loads(answer)["id"]] = at
        else:
            self.failed += 1
        self.idle.append((reader, writer))

    async def all(self, rate, seconds):
        bodies = [application() for _ in range(int(rate * seconds))]
        began = time.time() + 0.2
        await asyncio.gather(*(self.post(began + number / rate, body) for number, body in enumerate(bodies)))
        for _, writer in self.idle:
            writer.close()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def one_run(instance, receiver, rate, seconds):
    """Milliseconds of each: from intended sending to the webhook; and to the answer of the POST."""
    receiver.new_lines()
    sender = Sender(instance.url)
    asyncio.run(sender.all(rate, seconds))
    received, deadline = {}, time.monotonic() + WAIT_FOR_LAST_S
    while len(received) < len(sender.sent_at) and time.monotonic() < deadline:
        for at, _, subject, verified in receiver.new_lines():
            if verified:
                received.setdefault(subject, at)
        time.sleep(0.05)
    missing = [one for one in sender.sent_at if one not in received]
    if missing or sender.failed:
        raise SystemExit(f"tests/bench/run: P5: {sender.failed} POSTs weren't answered 201, {len(missing)} webhooks hadn't come {WAIT_FOR_LAST_S} s later")
    return [(received[one] - at) * 1000 for one, at in sender.sent_at.items()], sender.answered_ms


def run(instance, report, options):
    report.open("P5", f"POST sent → webhook received, {RATE}/s, open loop, through the front door")
    receiver = Receiver(instance, options.scratch)
    p50, p99, most, answers, calm50, ratios, cpus, counts = [], [], [], [], [], [], [], []
    try:
        receiver.open()
        one_run(instance, receiver, RATE, 2)
        for _ in range(options.runs):
            instance.rest()
            calm, _ = one_run(instance, receiver, CALM_RATE, 3)
            calm50.append(percentile(calm, 0.5))
            instance.rest()
            before, meter = instance.server_counts(), instance.meter(sink=receiver.process.pid)
            found, answered = one_run(instance, receiver, RATE, options.seconds)
            seconds = meter.look()[0] - meter.began[0]
            after = instance.server_counts()
            cpus.append(meter.end())
            counts.append({name: (after[name] - before[name]) / seconds for name in before})
            p50.append(percentile(found, 0.5))
            p99.append(percentile(found, 0.99))
            most.append(max(found))
            answers.append(percentile(answered, 0.99))
            ratios.append(p50[-1] / calm50[-1])
    finally:
        receiver.close()
    report.note(f"{int(RATE * options.seconds):,} applications a run: intake → Kafka → eligibility → Kafka → notifier → webhook, each verified by its receiver")
    report.figure("p50_ms", "p50", p50, "ms", ("<=", REACH_P50_MS))
    report.figure("p99_ms", "p99", p99, "ms", ("<=", REACH_P99_MS))
    report.figure("max_ms", "the slowest", most, "ms")
    report.figure("answer_p99_ms", "p99 of the POST's own answer", answers, "ms")
    report.figure("calm_p50_ms", f"p50 at {CALM_RATE}/s", calm50, "ms")
    report.figure("ratio", f"p50 ÷ p50 at {CALM_RATE}/s", ratios, "×")
    mean = figures.mean_of(counts)
    report.bound(f"{RATE}/s", figures.mean_of(cpus), {"commits/s": mean["commits"], "log flushes/s": mean["flushes"], "log MB/s": mean["wal_bytes"] / 1e6})
