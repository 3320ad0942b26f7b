"""--profile: where the processors were while a bench ran, by program and function, from perf (package linux-perf); by program alone where perf isn't allowed."""
import pathlib
import signal
import subprocess

import machine

LINES = 25


class Profile:
    """A table of the whole machine between entering and leaving."""

    def __init__(self, report, scratch, name):
        self.report, self.data = report, pathlib.Path(scratch) / f"{name}.perf"

    def __enter__(self):
        self.before = machine.processes()
        try:
            self.process = subprocess.Popen(["perf", "record", "-q", "-F", "199", "-a", "-o", str(self.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError:
            self.process = None
        return self

    def __exit__(self, *_):
        for line in (self.by_function() or self.by_program())[:LINES]:
            self.report.note(line)

    def by_function(self):
        if not self.process:
            return []
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
        done = subprocess.run(["perf", "report", "-i", str(self.data), "--stdio", "--no-children", "--sort", "comm,dso,symbol", "--percent-limit", "0.5"], capture_output=True, text=True, check=False)
        self.data.unlink(missing_ok=True)
        rows = [line.rstrip()[:150] for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
        return ["processors by program, library and function (perf, the whole machine):", *rows] if done.returncode == 0 and rows else []

    def by_program(self):
        """Seconds of those that run still; what has ended is in its parent's."""
        after, sums = machine.processes(), {}
        for pid, (_, own, _) in after.items():
            used = own - self.before.get(pid, (0, 0.0, 0.0))[1]
            try:
                name = pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            except OSError:
                continue
            sums[name] = sums.get(name, 0.0) + used
        ordered = sorted(sums.items(), key=lambda item: -item[1])
        return ["processor seconds by program (perf can't be used here):", *(f"{seconds:8.2f} {name}" for name, seconds in ordered if seconds >= 0.05)]
