"""Faults on a running instance of deploy/up: what to kill is read from the instance's own pid files; its supervisor starts it again."""
import contextlib
import json
import os
import pathlib
import pwd
import shlex
import signal
import subprocess
import threading
import time

import psycopg2

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ["intake", "eligibility", "training", "notifier"]


class Instance:
    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.run = self.home / "run"
        self.changing = threading.Lock()  # of the parts' environments

    def settings(self):
        """What deploy/up wrote: JISR_URL, JISR_KAFKA, JISR_PG, JISR_RECEIVER_LOG, JISR_DATA, JISR_PORT."""
        words = shlex.split((self.home / "env").read_text(encoding="utf-8"))
        return dict(word.split("=", 1) for word in words)

    def _pid(self, name):
        try:
            pid = int((self.run / name).read_text())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def pid(self, part):
        """The process id of a part ("intake-1", "postgres", "kafka"), or None while it is down."""
        return self._pid(f"{part}.pid")

    def supervisor(self, part):
        return self._pid(f"{part}.supervisor")

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

    @contextlib.contextmanager
    def environment(self, part, lines):
        """A part that is started within has these lines in its environment as well; it keeps them until it is started again."""
        path = self.home / "env.d" / f"{part}.env"
        with self.changing:
            if path.exists():
                path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
        try:
            yield
        finally:
            with self.changing:
                if path.exists():
                    path.write_text(path.read_text(encoding="utf-8").replace(lines, ""), encoding="utf-8")

    # ── Ports, as deploy/lib/ports.sh gives them ──

    def admin_port(self, part):
        service, _, copy = part.rpartition("-")
        return int(self.settings()["JISR_PORT"]) + 10 + 20 * SERVICES.index(service) + 2 * (int(copy) - 1) + 1

    # ── Commands ──

    def deploy(self, *words, seconds=120):
        """A command of deploy/ on this instance: (exit status, output)."""
        done = subprocess.run([str(PROJECT / "deploy" / words[0]), *words[1:]], capture_output=True, text=True, timeout=seconds, check=False,
                              env=os.environ | {"JISR_HOME": str(self.home)})
        return done.returncode, done.stdout + done.stderr

    def superuser(self, sql, seconds=90):
        """SQL as the cluster's superuser, who may do what no role of the platform may; the output."""
        settings = self.settings()
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                 "-h", f"{settings['JISR_DATA']}/run", "-p", str(int(settings["JISR_PORT"]) + 1), "-d", "jisr"]
        done = subprocess.run(words, input=sql, capture_output=True, text=True, timeout=seconds, check=False, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def superuser_connection(self):
        """The same as a connection; whoever asks closes it. The server goes by who we are at this moment."""
        settings, postgres = self.settings(), pwd.getpwnam("postgres")
        os.setegid(postgres.pw_gid)
        os.seteuid(postgres.pw_uid)
        try:
            return psycopg2.connect(host=f"{settings['JISR_DATA']}/run", port=int(settings["JISR_PORT"]) + 1, dbname="jisr", user="postgres")
        finally:
            os.seteuid(0)
            os.setegid(0)

    def dump(self, path):
        settings = self.settings()
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "pg_dump", "--format=custom", "-h", f"{settings['JISR_DATA']}/run",
                 "-p", str(int(settings["JISR_PORT"]) + 1), "-d", "jisr"]
        with open(path, "wb") as file:
            subprocess.run(words, stdout=file, stderr=subprocess.PIPE, check=False, cwd="/")

    # ── The services ──

    def restart_services(self):
        parts = [part for service in SERVICES for part in self.parts(f"{service}-")]
        old = {part: self.pid(part) for part in parts}
        for part in parts:
            self.kill(part, signal.SIGTERM)
        for part in parts:
            self.wait_new(part, old[part])

    # ── The sample partner's receiver ──

    def receiver_behaves(self, rows):
        """How the receiver answers from now on (deploy/receiver/receiver.py --behaviours); no rows: as a good partner does."""
        path = pathlib.Path(self.settings()["JISR_DATA"]) / "receiver" / "behaviours.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(rows), encoding="utf-8")
        new.chmod(0o644)
        os.replace(new, path)
