"""jisrctl's words and options: what it doesn't know it names, and says what there is, before it asks anything of a platform."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from support.proto import PROJECT

PROGRAM = pathlib.Path(os.environ.get("JISR_BUILD", PROJECT / ".build/dev")) / "bin/jisrctl"
SERVICES = ["intake", "eligibility", "training", "notifier"]
TOPICS = re.findall(r'#define TOPIC_\w+ "(jisr\.[\w.]+)"', (PROJECT / "proto/topics.h").read_text(encoding="utf-8"))
# The words, what the error has to name, and why that is one.
REFUSED = [
    (["parked", "--service", "foo"], ["foo", *SERVICES], "no such service: nothing would have been looked at"),
    (["parked", "--service", "foo", "--all"], ["foo", *SERVICES], "or tried again"),
    (["parked", "--kind", "FOO"], ["FOO", "POISON", "HELD"], "no such kind: the list would be empty"),
    (["parked", "--kind", "held"], ["held", "POISON", "HELD"], "they are written as they are shown"),
    (["parked", "--service", "intake", "seven"], ["seven"], "no id"),
    (["parked", "--service", "intake", "--all", "7"], ["--all"], "this one, or all?"),
    (["parked", "--all", "--limit", "5"], ["--limit"], "it would try again more than that"),
    (["replay", "jisr.aplication.v1"], TOPICS, "no such topic"),
    (["token", "--role", "boss"], ["reviewer"], "no such role"),
    (["token", "--role", "admin", "--subject", "a\nadmin:b"], ["--subject"], "two lines in a log"),
    (["token", "--role", "admin", "--subject", "a\rb"], ["--subject"], "a line written over"),
    (["token", "--role", "admin", "--subject", "a\tb"], ["--subject"], "another column"),
    (["token", "--role", "admin", "--subject", "a\x1b[2Jb"], ["--subject"], "clears the screen of who reads it"),
    (["token", "--role", "admin", "--subject", "a\u0085b"], ["--subject"], "a line break as well"),
    (["token", "--role", "admin", "--subject", "a\u202eb"], ["--subject"], "reads the other way round"),
    (["token", "--role", "admin", "--subject", b"a\xffb"], ["--subject"], "no text"),
    (["token", "--role", "admin", "--subject", " "], ["--subject"], "nobody"),
    (["token", "--role", "admin", "--subject", "a" * 201], ["--subject"], "no name"),
]


class Jisrctl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = cls.enterClassContext(tempfile.TemporaryDirectory())

    def run_it(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JISR_")} | {"JISR_KEYS": self.keys}
        return subprocess.run([str(PROGRAM), *words], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def test_what_is_not_known_is_an_error_that_names_what_is(self):
        self.assertEqual(self.run_it("keys").returncode, 0)
        self.assertGreater(len(TOPICS), 4)
        for words, named, why in REFUSED:
            with self.subTest(why, words=words):
                done = self.run_it(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                for name in named:
                    self.assertIn(name, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_a_subject_of_one_line_in_any_script_is_a_name(self):
        self.assertEqual(self.run_it("keys").returncode, 0)
        for subject in ("agent:17", "فاطمة الزهراء", "Zoé d'Azrou"):
            done = self.run_it("token", "--role", "agent", "--subject", subject)
            self.assertEqual((done.returncode, done.stdout.count(".")), (0, 2), done)


if __name__ == "__main__":
    unittest.main()
