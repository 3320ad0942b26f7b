"""The commands of deploy/ in a fresh clone: help needs neither a build nor a platform, and what can't be is refused before anything is made."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.proto import PROJECT

COMMANDS = ("down", "jisrctl", "scale", "status", "up")


class FreshClone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clone = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "clone"
        for folder in ("deploy", "services/jisrctl"):
            shutil.copytree(PROJECT / folder, cls.clone / folder)

    def run_it(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JISR_")}
        return subprocess.run([str(self.clone / "deploy" / words[0]), *words[1:]], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def test_each_command_has_help(self):
        for command in COMMANDS:
            with self.subTest(command):
                done = self.run_it(command, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(f"deploy/{command}", done.stdout)

    def test_jisrctl_says_what_it_can_do_before_it_is_built(self):
        table = (PROJECT / "services/jisrctl/main.c").read_text(encoding="utf-8")
        names = {name.lower() for name in re.findall(r"&COMMAND_(\w+)", table)}
        told = self.run_it("jisrctl", "--help").stdout
        self.assertGreater(len(names), 10)
        for name in names:
            with self.subTest(name):
                self.assertRegex(told, rf"(?m)^  {name}\b.* \w+")
                done = self.run_it("jisrctl", name, "--help")
                self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 2), done)
        self.assertEqual(self.run_it("jisrctl", "nonsense", "--help").returncode, 1)

    def test_an_address_that_this_machine_does_not_have_is_refused_before_anything_is_made(self):
        for address, why in (("203.0.113.7", "kept for documents: nobody has it"), ("1.2.3", "no address"), ("127.0.0.256", "no byte"), ("010.0.0.1", "octal, or not?"),
                             ("localhost", "a name"), ("", "nothing")):
            with self.subTest(why):
                done = self.run_it("up", "--empty", "--bind", address)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(f"deploy/up: --bind {address}: this machine has no such IPv4 address; it has ", done.stderr)
                self.assertIn("127.0.0.1", done.stderr)
        self.assertEqual(sorted(path.name for path in self.clone.iterdir()), ["deploy", "services"])


if __name__ == "__main__":
    unittest.main()
