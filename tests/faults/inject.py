"""Faults on a running instance of deploy/up: what to kill is read from the instance's own pid files; its supervisor starts it again."""
import os
import pathlib
import signal
import time


class Instance:
    def __init__(self, home):
        self.run = pathlib.Path(home) / "run"

    def pid(self, part):
        """The process id of a part ("intake-0", "postgres", "kafka"), or None while it is down."""
        try:
            pid = int((self.run / f"{part}.pid").read_text())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def parts(self, prefix):
        """The running parts of that name, copies included."""
        names = sorted(path.stem for path in self.run.glob(f"{prefix}*.pid"))
        return [name for name in names if self.pid(name)]

    def kill(self, part, sig=signal.SIGKILL):
        pid = self.pid(part)
        if pid is None:
            return False
        os.kill(pid, sig)
        return True

    def wait_new(self, part, old, seconds=60):
        """Until the supervisor has started the part again."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid = self.pid(part)
            if pid and pid != old:
                return pid
            time.sleep(0.05)
        raise RuntimeError(f"{part} was not started again within {seconds} s")
