"""jisrctl demo that is interrupted, before a front door of the test's own that holds its answers."""
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import unittest

from support.proto import PROJECT

PROGRAM = pathlib.Path(os.environ.get("JISR_BUILD", PROJECT / ".build/dev")) / "bin/jisrctl"


class FrontDoor:
    """Takes applications and counts them; the first `holds` answers wait until it is open."""

    def __init__(self, holds):
        self.keys, self.posts, self.lock, self.open, self.full = set(), 0, threading.Lock(), threading.Event(), threading.Event()
        door = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, what):
                body = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                counted = {name: len(door.keys) for name in ("women", "auto_entrepreneurs", "applications")}
                self.answer(200, counted | {"cooperative_members": 0, "cooperatives": 0})

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                with door.lock:
                    door.keys.add(self.headers["Idempotency-Key"])
                    door.posts += 1
                    if door.posts == holds:
                        door.full.set()
                door.open.wait()
                self.answer(201, {"id": self.headers["Idempotency-Key"]})

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.open.set()
        self.server.shutdown()
        self.server.server_close()


def signal_is_pending(pid):
    """Sent, and not taken yet."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return any(int(mask, 16) & 1 << signal.SIGINT - 1 for mask in re.findall(r"(?:Sig|Shd)Pnd:\s*(\w+)", status))


class Demo(unittest.TestCase):
    def test_a_demo_that_is_interrupted_starts_no_more_waits_and_says_what_it_has_sent(self):
        with FrontDoor(holds=4) as door:
            words = [str(PROGRAM), "demo", "--persons", "500", "--members", "0", "--seed", "7", "--connections", "4", "--json"]
            with subprocess.Popen(words, env=os.environ | {"JISR_URL": door.url}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
                self.addCleanup(demo.kill)
                self.assertTrue(door.full.wait(60), "four are under way")
                demo.send_signal(signal.SIGINT)
                while demo.poll() is None and signal_is_pending(demo.pid):
                    pass
                door.open.set()
                told, said = demo.communicate(timeout=60)
        self.assertEqual(demo.returncode, 130, said)
        summary = json.loads(told)
        self.assertEqual((summary["accepted"], summary["wrong"], summary["refused"]), (len(door.keys), 0, 0))
        self.assertEqual(len(door.keys), 4, "those that were under way, and no other")
        self.assertEqual(summary["sent"], door.posts)
        self.assertIn("stopped after 4 of 505 applications", said)


if __name__ == "__main__":
    unittest.main()
