"""P7: memory of each service, idle and under load; start → ready."""
import os
import signal
import socket
import subprocess
import threading
import time

import instance as platform
import load
import machine

REACH_MB, REACH_S = 32, 0.3


class Watch(threading.Thread):
    """The most memory that each service has had in use while it ran."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids, self.most_kb, self.ending = pids, {}, threading.Event()

    def run(self):
        while not self.ending.wait(0.05):
            for service, pid in self.pids.items():
                self.most_kb[service] = max(self.most_kb.get(service, 0), machine.rss_kb(pid))

    def end(self):
        self.ending.set()
        self.join()
        return self.most_kb


def is_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def start_to_ready(instance, service):
    """Seconds from starting the program, as the supervisor starts it, to its first 200 at /readyz; it is ended again."""
    port, program = instance.service_port(service) + 1, instance.data / "bin" / f"jisr-{service}"
    script = f'set -a; . "{instance.home}/env.d/{service}-1.env"; exec setpriv --reuid=jisr --regid=jisr --init-groups -- "{program}"'
    with open(instance.home / "log" / f"{service}-start.log", "ab") as log:
        began = time.monotonic()
        process = subprocess.Popen(["bash", "-c", script], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() - began > 30:
                raise SystemExit(f"tests/bench/run: P7: {service} doesn't get ready; see {log.name}")
            time.sleep(0.002)
        seconds = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    process.wait()
    return seconds


def run(instance, report, options):
    report.open("P7", "memory of each service; start → ready")
    instance.rest()
    pids, idle, loaded = {}, {one: [] for one in platform.SERVICES}, {one: [] for one in platform.SERVICES}
    starts = {one: [] for one in platform.SERVICES}
    for service in platform.SERVICES:
        instance.stop(service)
        for _ in range(options.runs):
            starts[service].append(start_to_ready(instance, service))
        instance.start(service)
    for _ in range(options.runs):
        instance.rest()
        pids = {service: pid for service, pid in instance.pids().items() if service in platform.SERVICES}
        for service, pid in pids.items():
            idle[service].append(machine.rss_kb(pid) / 1024)
        watch = Watch(pids)
        watch.start()
        load.submit(instance, instance.url, options.seconds)
        instance.rest()
        for service, kb in watch.end().items():
            loaded[service].append(kb / 1024)
    report.note("under load: 256 connections through the front door as fast as they are answered, until the last event has arrived; started anew before the first run")
    for service in platform.SERVICES:
        report.figure(f"{service}_rss_mb", f"{service}: RSS under load", loaded[service], "MB", ("<=", REACH_MB))
    for service in platform.SERVICES:
        report.figure(f"{service}_idle_mb", f"{service}: RSS at rest", idle[service], "MB")
    for service in platform.SERVICES:
        report.figure(f"{service}_ready_s", f"{service}: start → ready", starts[service], "s", ("<=", REACH_S))
    report.note(f"of {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 20} MB; shared libraries count in each")
