"""The partner of the webhook benches: tests/bench/sink.c, registered through the platform's own API for the roomy province."""
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

import instance as platform

TYPE = "ma.jisr.referral.offered.v1"


def call(method, url, body=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=10) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise SystemExit(f"tests/bench/run: {method} {url}: {error.code} {error.read(500).decode('utf-8', 'replace')}") from None


class Receiver:
    """Runs from open() to close(); its endpoint is off afterwards. The sample partner's is off for good from open() on: one receiver, one webhook a woman."""

    def __init__(self, instance, scratch):
        self.instance, self.program, self.log, self.secrets = instance, scratch / "sink", scratch / "sink.log", scratch / "secrets"
        self.url = f"http://127.0.0.1:{instance.free_port()}"
        self.read_to = 0
        self.process = None

    def open(self):
        source = pathlib.Path(__file__).with_name("sink.c")
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", "-o", str(self.program), str(source), "-lsodium"], check=True)
        self.register()
        self.process = subprocess.Popen([str(self.program), str(self.instance.free_port()), str(self.log), str(self.secrets)])
        while True:
            try:
                self.counts()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("tests/bench/run: the bench's receiver doesn't start") from None
                time.sleep(0.02)

    def register(self):
        """A partner and its endpoint."""
        token = subprocess.run([str(platform.BENCH.parents[1] / "deploy" / "jisrctl"), "token", "--role", "admin"], capture_output=True, text=True, check=True).stdout.strip()
        partner = call("POST", f"{self.instance.url}/notifier/v1/partners", {"name": {"ar": "قياس", "fr": "Mesure", "en": "Bench"}}, token)
        wanted = {"url": f"{self.url}/webhook", "event_types": [TYPE], "territories": [platform.ROOMY_PROVINCE]}
        self.instance.rest()
        self.disable_endpoints()
        endpoint = call("POST", f"{self.instance.url}/notifier/v1/endpoints", wanted, partner["api_key"])
        self.secrets.write_text(endpoint["secret"].removeprefix("whsec_") + "\n", encoding="ascii")

    def disable_endpoints(self):
        """The notifier reads at its start which are there."""
        self.instance.stop("notifier")
        self.instance.rows("UPDATE notifier.endpoint SET state = 'DISABLED', disabled_reason = NULL, disabled_at = now()", role="owner")
        self.instance.start("notifier")

    def secret(self):
        return self.secrets.read_text(encoding="ascii").strip()

    def counts(self):
        with urllib.request.urlopen(self.url, timeout=5) as answer:
            return json.load(answer)

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def new_lines(self):
        """What came since this was last asked: [(seconds since 1970, webhook-id, application, verified)]."""
        with open(self.log, "rb") as file:
            file.seek(self.read_to)
            content = file.read()
        content = content[:content.rfind(b"\n") + 1]
        self.read_to += len(content)
        lines = (line.split(" ") for line in content.decode("ascii", "replace").splitlines())
        return [(int(at) / 1e6, message, subject, verified == "1") for at, message, subject, verified in lines]

    def close(self):
        if self.process:
            self.resume()
            self.process.terminate()
            self.process.wait()
            self.process = None
            self.disable_endpoints()
