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

    def test_the_front_door_s_settings_are_those_it_was_opened_with_whatever_the_caller_may_open(self):
        """A shell with more descriptors would write a limit that the running one can't read again."""
        path = pathlib.Path(settings()["JISR_DATA"]) / "haproxy/haproxy.cfg"
        copies = next(str(part["copies"]) for part in json.loads(deploy("status", "--json"))["parts"] if part["part"] == "intake")
        before = path.read_text(encoding="utf-8")
        done = subprocess.run(["bash", "-c", 'ulimit -n 2048 && exec "$0" intake "$1"', str(PROJECT / "deploy/scale"), copies],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(path.read_text(encoding="utf-8"), before)

    def test_the_status_says_how_many_events_are_parked(self):
        def counted():
            told = {part["part"]: part["parked"] for part in json.loads(deploy("status", "--json", check=False))["parts"]}
            self.assertEqual({told[name] for name in told if name not in SERVICES}, {None})
            return {name: told[name] for name in SERVICES} == {name: rows(f"SELECT count(*) FROM {name}.parked")[0][0] for name in SERVICES}
        eventually("as many as are there", counted)
        self.assertRegex(deploy("status", check=False).splitlines()[0], r"\bPARKED\b")

    def test_the_status_of_a_part_that_has_just_died_asks_nothing_of_the_terminal(self):
        pid_file = pathlib.Path(settings()["JISR_HOME"]) / "run/receiver.pid"
        pid = pid_file.read_text(encoding="utf-8")
        pid_file.write_text("4194305\n", encoding="utf-8")  # beyond all that the kernel gives
        try:
            with subprocess.Popen([str(PROJECT / "deploy/status"), "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as status:
                said = json.loads(status.stdout.read())  # its input stays open, as a terminal does
        finally:
            pid_file.write_text(pid, encoding="utf-8")
        self.assertEqual([part["rss_kb"] for part in said["parts"] if part["part"] == "receiver"], [0])

    def test_what_the_platform_keeps_is_read_by_nobody_else(self):
        data = pathlib.Path(settings()["JISR_DATA"])
        for folder in ("pg", "kafka/log", "keys"):
            with self.subTest(folder):
                self.assertEqual((data / folder).stat().st_mode & 0o077, 0)
        for path in (data / "pass").iterdir():
            with self.subTest(path.name):
                self.assertEqual(path.stat().st_mode & 0o077, 0)


if __name__ == "__main__":
    unittest.main()
