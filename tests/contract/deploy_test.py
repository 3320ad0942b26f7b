"""The commands of deploy/ in a fresh clone: help needs neither a build nor a platform, and what can't be is refused before anything is made. The samples for
other machines name what is there."""
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

    def run_it(self, *words, **settings):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JISR_")} | settings
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

    def test_a_number_is_what_it_looks_like(self):
        """In the shell's arithmetic 010 is 8, and 08 none."""
        for words, why in ((("scale", "eligibility", "08"), "a number from 1 to 10"), (("scale", "eligibility", "03"), "a number from 1 to 10"),
                           (("scale", "eligibility", "11"), "a number from 1 to 10"), (("up", "--copies", "intake=010"), "a number from 1 to 10"),
                           (("up", "--port", "08080"), "a number from 1024 to 65400"), (("up", "--port", "010000"), "a number from 1024 to 65400"),
                           (("status", "--json", "now"), "one option"), (("down", "--wipe", "now"), "one option")):
            with self.subTest(words):
                done = self.run_it(*words)
                self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (1, "", 1), done.stderr)
                self.assertIn(why, done.stderr)

    def test_a_folder_that_holds_somebody_elses_things_is_not_taken(self):
        """deploy/down --wipe would remove them."""
        with tempfile.TemporaryDirectory() as folder:
            thesis = pathlib.Path(folder) / "thesis.tex"
            thesis.write_text("years of work", encoding="utf-8")
            before = pathlib.Path(folder).stat()
            for setting in ("JISR_HOME", "JISR_DATA"):
                with self.subTest(setting):
                    done = self.run_it("up", "--empty", **{setting: folder})
                    self.assertEqual((done.returncode, done.stdout), (1, ""))
                    self.assertIn(f"deploy/up: {setting}={folder} holds what is not ours (thesis.tex)", done.stderr)
                    after = pathlib.Path(folder).stat()
                    self.assertEqual((os.listdir(folder), after.st_mode, after.st_uid), (["thesis.tex"], before.st_mode, before.st_uid))

    def test_a_data_folder_whose_name_breaks_the_settings_of_a_part_is_refused(self):
        for data, why in (("/var/lib/jisr/a|b", "a sed expression"), ("/var/lib/jisr/it's", "PostgreSQL's quotes"), ("/var/lib/jisr/" + "a" * 80, "a socket's path")):
            with self.subTest(why):
                done = self.run_it("up", "--empty", JISR_DATA=data)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(f"deploy/up: JISR_DATA={data}", done.stderr)


class Samples(unittest.TestCase):
    def test_alerts_name_figures_that_the_services_have(self):
        sources = "".join(path.read_text(encoding="utf-8") for folder in ("common", "services") for path in (PROJECT / folder).rglob("*.c"))
        there = set(re.findall(r'metric_(?:gauge|counter|histogram_s)\("(\w+)"', sources))
        named = [name for path in (PROJECT / "deploy/prometheus").glob("*.yaml") for rule in re.findall(r"expr: (.*)", path.read_text(encoding="utf-8"))
                 for name in re.findall(r"\b[a-z]+_\w+", rule)]
        self.assertGreaterEqual(len(named), 2)
        self.assertEqual(set(named) - there, set())

    def test_systemd_knows_every_word_of_the_unit(self):
        """What it doesn't know it passes over with a warning."""
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "jisr@.service"
            unit.write_text((PROJECT / "deploy/systemd/jisr@.service").read_text(encoding="utf-8").replace("/usr/lib/jisr/jisr-%i", shutil.which("true")), encoding="utf-8")
            done = subprocess.run(["systemd-analyze", "verify", f"{folder}/jisr@intake.service"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual([line for line in done.stderr.splitlines() if "jisr@" in line], [])


if __name__ == "__main__":
    unittest.main()
