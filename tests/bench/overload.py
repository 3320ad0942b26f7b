"""P8: five times more applications than can be taken, open loop: what is still taken, how long that takes, and how the rest is refused."""
import json
import pathlib
import statistics
import subprocess
import time

import figures
import instance as platform
import load
import machine

CONNECTIONS = 2000
TIMES = 5
REACH_GOODPUT, REACH_LATENCY = 0.9, 2


class Flood:
    def __init__(self, instance, scratch):
        self.instance, self.program = instance, scratch / "flood"
        subprocess.run(["cc", "-O2", "-std=gnu17", "-D_GNU_SOURCE", "-o", str(self.program), str(pathlib.Path(__file__).with_name("flood.c"))], check=True)

    def run(self, rate, seconds):
        done = subprocess.run([str(self.program), str(self.instance.port), f"{rate:.0f}", str(seconds), str(CONNECTIONS), self.instance.mark()], capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        if found["accepted"]["count"] == 0:
            raise SystemExit(f"tests/bench/run: P8: nothing was accepted: {done.stdout}")
        return found


def measured(instance, flood, rate, seconds):
    instance.rest(webhooks=False)
    meter = instance.meter()
    found = flood.run(rate, seconds)
    found["cpu"] = meter.end()
    found["rss_mb"] = machine.rss_kb(instance.pids()["intake"]) / 1024
    return found


def run(instance, report, options):
    report.open("P8", f"{TIMES} times more applications than can be taken, open loop, through the front door")
    flood = Flood(instance, options.scratch)
    load.submit(instance, instance.url, 2)
    peaks, half, over = [], [], []
    for _ in range(options.runs):
        instance.rest(webhooks=False)
        result = load.submit(instance, instance.url, options.seconds)
        peaks.append(result["requests"] * 1e6 / result["duration_us"])
        half.append(measured(instance, flood, peaks[-1] / 2, options.seconds))
        over.append(measured(instance, flood, peaks[-1] * TIMES, options.seconds))
    refused, sloppy = sum(one["refused"]["count"] for one in over), sum(one["sloppy"]["count"] + one["other"]["count"] + one["lost"] + one["unanswered"] for one in over)
    report.note(f"{statistics.median(one['sent'] / options.seconds for one in over):,.0f} requests/s sent over {CONNECTIONS:,} connections at most; {refused:,} refused with 503, Retry-After and"
                f" a problem document, {sloppy:,} otherwise or not at all")
    report.figure("peak_per_s", "peak: 256 connections that wait for their answer", peaks, "/s")
    report.figure("goodput_per_s", f"taken at {TIMES} times that", [one["goodput"] for one in over], "/s")
    report.figure("goodput_ratio", "   ÷ peak", [one["goodput"] / peak for one, peak in zip(over, peaks)], "×", (">=", REACH_GOODPUT))
    report.figure("half_p99_ms", "p99 of the taken at half the peak", [one["accepted"]["p99_ms"] for one in half], "ms")
    report.figure("over_p99_ms", f"p99 of the taken at {TIMES} times the peak", [one["accepted"]["p99_ms"] for one in over], "ms")
    report.figure("latency_ratio", "   ÷ at half", [one["accepted"]["p99_ms"] / calm["accepted"]["p99_ms"] for one, calm in zip(over, half)], "×", ("<=", REACH_LATENCY))
    report.figure("refusal_p99_ms", "p99 of a refusal, from the intended sending", [one["refused"].get("p99_ms", 0.0) for one in over], "ms")
    report.figure("half_rss_mb", "intake's memory after half load", [one["rss_mb"] for one in half], "MB")
    report.figure("over_rss_mb", "intake's memory after the overload", [one["rss_mb"] for one in over], "MB")
    report.bound("half", figures.mean_of([one["cpu"] for one in half]), {})
    report.bound("overload", figures.mean_of([one["cpu"] for one in over]), {})
    if sloppy:
        report.misses.append(f"P8: {sloppy:,} requests were refused without Retry-After or a problem document, or got no answer")
    time.sleep(1)
    instance.rest(webhooks=False)
