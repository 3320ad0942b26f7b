"""P1: applications a second, each answered 201 after its commit."""
import figures
import instance as platform
import load

CONNECTIONS = 256
REACH = 2.5


def measured(instance, run):
    """What `run` returns, the processors it took by part, threads of intake, and what PostgreSQL did a second."""
    before, meter = instance.server_counts(), instance.meter()
    began = meter.began[0]
    result = run()
    cpu = meter.end()
    after = instance.server_counts()
    seconds = meter.look()[0] - began
    return result, cpu, meter.threads, {name: (after[name] - before[name]) / seconds for name in before}


class Way:
    """One way of sending: its rates, ratios and what bounded them."""

    def __init__(self, label, url):
        self.label, self.url = label, url
        self.rates, self.ratios, self.latencies, self.cpus, self.threads, self.counts = [], [], [], [], [], []

    def run(self, instance, seconds, anchor):
        result, cpu, threads, counts = measured(instance, lambda: load.submit(instance, self.url, seconds, CONNECTIONS))
        rate = result["requests"] * 1e6 / result["duration_us"]
        self.rates.append(rate)
        self.ratios.append(rate / anchor)
        self.latencies.append(result["latency_us"]["p99"] / 1000)
        self.cpus.append(cpu)
        self.threads.append(threads)
        self.counts.append(counts)
        return result["requests"]

    def show(self, report, key, reach=None):
        report.figure(f"{key}_per_s", f"applications/s {self.label}", self.rates, "/s")
        report.figure(f"{key}_ratio", f"÷ pgbench {self.label}", self.ratios, "×", reach)
        report.figure(f"{key}_p99_ms", f"p99 of the answer {self.label}", self.latencies, "ms")
        counts, threads = figures.mean_of(self.counts), figures.mean_of(self.threads)
        rate = sum(self.rates) / len(self.rates)
        report.bound(self.label, figures.mean_of(self.cpus), {
            "commits/s": counts["commits"], "applications a commit": rate / max(counts["commits"], 1), "log flushes/s": counts["flushes"], "log MB/s": counts["wal_bytes"] / 1e6,
            "log bytes an application": counts["wal_bytes"] / rate, "page images/s": counts["page_images"]})
        report.note("intake's threads, in processors: " + ", ".join(f"{name} {value:.2f}" for name, value in sorted(threads.items(), key=lambda item: -item[1]) if value >= 0.005))


def rounds(instance, anchor, ways, runs, seconds):
    """Anchor and ways in turn, `runs` times; every run begins with a platform at rest. Returns the anchor's rates and how many were answered."""
    rates, cpus, counts, answered = [], [], [], 0
    for _ in range(runs):
        instance.rest()
        rate, cpu, _, count = measured(instance, lambda: anchor.run(seconds))
        rates.append(rate)
        cpus.append(cpu)
        counts.append(count)
        for way in ways:
            instance.rest()
            answered += way.run(instance, seconds, rate)
    return rates, figures.mean_of(cpus), figures.mean_of(counts), answered


def show_anchor(report, key, label, found):
    rates, cpu, counts, _ = found
    report.figure(f"{key}_per_s", f"pgbench, transactions/s, {label}", rates, "/s")
    report.bound(f"pgbench {label}", cpu, {"commits/s": counts["scratch_commits"], "log flushes/s": counts["flushes"], "log MB/s": counts["wal_bytes"] / 1e6})


def run(instance, report, options):
    report.open("P1", f"durable, validated applications a second, {CONNECTIONS} connections")
    load.submit(instance, instance.url, 3, CONNECTIONS)  # both warm
    anchor = load.Pgbench(instance, options.scratch)
    anchor.run(2, CONNECTIONS)
    report.note(f"bodies of the sample programme's mix (one cooperative of seven in 31), {anchor.body_bytes} bytes sealed, event {anchor.data_bytes} bytes; pgbench writes rows as long")
    stored, answered = load.applications(instance), 0
    live = [Way("at intake's port", instance.service_url("intake")), Way("through HAProxy", instance.url)]
    found = rounds(instance, anchor, live, options.runs, options.seconds)
    answered += found[3]
    report.note("relay, the other services' consumers and the sample partner run beside it, as in real life:")
    show_anchor(report, "pgbench", "as in real life", found)
    live[0].show(report, "direct", (">=", REACH))
    live[1].show(report, "door")
    others = [service for service in platform.SERVICES if service != "intake"]
    instance.rest()
    instance.stop(*others)
    try:
        alone = Way("at intake's port, other services stopped", instance.service_url("intake"))
        found = rounds(instance, anchor, [alone], options.runs, options.seconds)
        answered += found[3]
        report.note("the other three services stopped, intake's relay at work:")
        show_anchor(report, "pgbench_alone", "other services stopped", found)
        alone.show(report, "alone")
    finally:
        instance.start(*others)
    stored = load.applications(instance) - stored
    runs = options.runs * 3
    if not answered <= stored <= answered + runs * CONNECTIONS:
        raise SystemExit(f"tests/bench/run: P1: {answered} answers 201, {stored} applications stored")
    report.note(f"{answered:,} answers 201, {stored:,} applications stored (wrk cuts off up to {CONNECTIONS} at the end of each of {runs} runs)")
    instance.rest()
