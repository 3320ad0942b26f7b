"""The front door's limits, as somebody meets them who is not this machine itself: a door of its own with the same rules, for which nobody is exempt."""
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from support.jisr import PROJECT, eventually, free_port, settings

LIMIT = 300


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port, folder = free_port(), tempfile.mkdtemp()
        rules = next(pathlib.Path(settings()["JISR_DATA"]).rglob("haproxy.cfg")).read_text(encoding="utf-8")
        rules = re.sub(r"(?m)^    bind .*$", lambda line: f"    bind 127.0.0.1:{cls.port}" if settings()["JISR_PORT"] in line.group() else f"    bind 127.0.0.1:{free_port()}", rules)
        rules = re.sub(r"(?m)^    (user|group|stats socket) .*$", "", rules).replace("acl loopback src 127.0.0.0/8 ::1", "acl loopback src 203.0.113.1")
        path = pathlib.Path(folder) / "haproxy.cfg"
        path.write_text(rules, encoding="utf-8")
        cls.door = subprocess.Popen(["haproxy", "-f", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=PROJECT)
        eventually("the door", lambda: cls.get()[0] == 200)

    @classmethod
    def tearDownClass(cls):
        cls.door.terminate()
        cls.door.wait(10)

    @classmethod
    def get(cls, **fields):
        """(status, headers, body); 0 where nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=5)
        try:
            connection.request("GET", "/intake/v1/calls", headers=fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    @staticmethod
    def left(headers):
        return {name: int(left) for name, left in re.findall(r'"(\w+)";r=(\d+);t=10', ", ".join(headers.get_all("ratelimit", [])))}

    def test_what_is_left_is_told_and_past_it_a_credential_or_a_network_has_to_wait(self):
        status, headers, _ = self.get(authorization="Basic d29tYW46Y29kZQ==")
        self.assertEqual(headers["ratelimit-policy"], '"network";q=300;w=10, "credential";q=300;w=10')
        first = self.left(headers)
        self.assertEqual(first["credential"], LIMIT - 1, status)
        _, headers, _ = self.get()
        self.assertEqual(set(self.left(headers)), {"network"})
        self.assertLess(self.left(headers)["network"], first["network"])
        for _ in range(2 * LIMIT):
            status, headers, body = self.get(authorization="Basic d29tYW46Y29kZQ==")
            if status == 429:
                break
        self.assertEqual((status, headers["content-type"], json.loads(body)["status"]), (429, "application/problem+json", 429))
        self.assertEqual((headers["retry-after"], set(self.left(headers).values())), ("10", {0}))


if __name__ == "__main__":
    unittest.main()
