"""What stands in the way of the parts of an instance while a campaign lasts: a proxy before PostgreSQL for the services, one before Kafka for everybody."""
import os
import pathlib
import signal
import subprocess

from confluent_kafka.admin import AdminClient

from inject import SERVICES

# Part → its port and its proxy's, from the instance's first one.
PORTS = {"postgres": (1, 7), "kafka": (2, 8)}
PROXY = pathlib.Path(__file__).with_name("proxy.py")
KAFKA_ANSWERS_S = 60


class Proxies:
    def __init__(self, instance, seed):
        """Starts them and sends all through them, copies of services that are started later included (deploy/lib/services.sh)."""
        self.instance = instance
        self.first_port = int(instance.settings()["JISR_PORT"])
        self.processes = [self._start(part, seed) for part in PORTS]
        self._advertise(proxied=True)
        self._point_services()
        instance.restart_services()

    def _port(self, part, proxied):
        return self.first_port + PORTS[part][proxied]

    def _start(self, part, seed):
        self.mode(part, "pass")
        return subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "/usr/bin/python3", str(PROXY), "--listen", str(self._port(part, True)),
                                 "--target", str(self._port(part, False)), "--mode-file", str(self._mode_file(part)), "--seed", str(seed)])

    def _mode_file(self, part):
        return self.instance.home / f"proxy-mode-{part}"

    def mode(self, part, mode):
        new = self._mode_file(part).with_suffix(".new")
        new.write_text(mode, encoding="utf-8")
        os.replace(new, self._mode_file(part))

    def pass_all(self):
        for part in PORTS:
            self.mode(part, "pass")

    # ── PostgreSQL: the services are told its address ──

    def _override(self, service):
        return self.instance.home / f"overrides-{service}.env"

    def _environments(self, service):
        return (self.instance.home / "env.d").glob(f"{service}-*.env")

    def _point_services(self):
        data = self.instance.settings()["JISR_DATA"]
        for service in SERVICES:
            line = f"JISR_PG='host=127.0.0.1 port={self._port('postgres', True)} dbname=jisr user=jisr_{service} passfile={data}/pass/{service}'\n"
            self._override(service).write_text(line, encoding="utf-8")
            for path in self._environments(service):
                path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")

    def _leave_services(self):
        for service in SERVICES:
            line = self._override(service).read_text(encoding="utf-8") if self._override(service).exists() else ""
            self._override(service).unlink(missing_ok=True)
            for path in self._environments(service):
                path.write_text(path.read_text(encoding="utf-8").removesuffix(line), encoding="utf-8")

    # ── Kafka: it tells its clients itself where it is to be found ──

    def _advertise(self, proxied):
        path = pathlib.Path(self.instance.settings()["JISR_DATA"]) / "kafka" / "server.properties"
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("advertised.listeners=")]
        path.write_text("\n".join([*lines, f"advertised.listeners=PLAINTEXT://127.0.0.1:{self._port('kafka', proxied)}", ""]), encoding="utf-8")
        old = self.instance.pid("kafka")
        self.instance.kill("kafka", signal.SIGTERM)
        self.instance.wait_new("kafka", old)
        AdminClient({"bootstrap.servers": self.instance.settings()["JISR_KAFKA"], "log_level": 0}).list_topics(timeout=KAFKA_ANSWERS_S)

    # ── The end ──

    def kill(self):
        """The instance is taken away with all that knows of them."""
        for process in self.processes:
            process.terminate()
            process.wait()

    def stop(self):
        """Everybody goes straight to everybody again."""
        self._leave_services()
        self._advertise(proxied=False)
        self.instance.restart_services()
        self.kill()
