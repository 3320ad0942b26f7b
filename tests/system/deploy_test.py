"""What deploy/ says of a running platform, and what it refuses to do to one."""
import json
import pathlib
import subprocess
import unittest

from support.jisr import PROJECT, deploy, eventually, rows, settings

SERVICES = ("intake", "eligibility", "training", "notifier")


class RunningPlatform(unittest.TestCase):
    def test_a_front_door_that_is_open_is_not_moved_elsewhere(self):
        """It would go on where it is, and every later start would fail."""
        home = pathlib.Path(settings()["JISR_HOME"])
        before = (home / "instance").read_bytes()
        for address, words in (("203.0.113.7", "this machine has no such IPv4 address"), ("127.0.0.2", "the front door listens on 127.0.0.1; stop the platform")):
            with self.subTest(address):
                done = subprocess.run([str(PROJECT / "deploy/up"), "--empty", "--bind", address], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(words, done.stderr)
        self.assertEqual((home / "instance").read_bytes(), before)

    def test_the_status_says_how_many_events_are_parked(self):
        def counted():
            told = {part["part"]: part["parked"] for part in json.loads(deploy("status", "--json", check=False))["parts"]}
            self.assertEqual({told[name] for name in told if name not in SERVICES}, {None})
            return {name: told[name] for name in SERVICES} == {name: rows(f"SELECT count(*) FROM {name}.parked")[0][0] for name in SERVICES}
        eventually("as many as are there", counted)
        self.assertRegex(deploy("status", check=False).splitlines()[0], r"\bPARKED\b")


if __name__ == "__main__":
    unittest.main()
