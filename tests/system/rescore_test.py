"""`jisrctl rescore` says of everybody in the call what it did, or why it did nothing."""
import json
import re
import tempfile
import unittest

from support.jisr import CALL, Client, deploy, eventually, file_application, person, reaches, rows
from support.proto import PROTO


class Rescore(unittest.TestCase):
    def test_everybody_of_the_call_is_looked_at_or_told_to_be_left_out(self):
        client = Client()
        filed = file_application(client, person()).json()
        reaches(client, filed, "SHORTLISTED")

        def told():
            said = deploy("jisrctl", "rescore", "--call", CALL, "--all", "--dry-run")
            looked_at, with_place, held, closed = (int(re.search(rf"(\d+) {words}", said)[1]) for words in (
                "looked at", "who hold a place", "whose file waits as a double or is merged", "whose file is closed"))
            self.assertGreater(with_place, 0, said)
            total = rows("SELECT count(*) FROM eligibility.decision WHERE call = %s AND (outcome IS NOT NULL OR state NOT IN ('ELIGIBLE', 'INELIGIBLE', 'WAITLISTED'))", CALL)[0][0]
            return looked_at + with_place + held + closed == total
        eventually("a count of all of them", told)

    def test_a_ruleset_that_the_call_does_not_go_by_is_refused(self):
        ruleset = json.loads((PROTO / "rulesets" / "fes-meknes-2026.json").read_text(encoding="utf-8")) | {"id": "another-2026"}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(ruleset, file)
            file.flush()
            with self.assertRaisesRegex(AssertionError, f"another-2026, and {CALL} goes by fes-meknes-2026", msg="not: 0 changed"):
                deploy("jisrctl", "rescore", "--call", CALL, "--ruleset", file.name)
        self.assertEqual(rows("SELECT 1 FROM eligibility.ruleset WHERE id = 'another-2026'"), [], "nor kept")

    def test_the_help_says_who_is_left_out(self):
        self.assertIn("who holds a place keeps it", deploy("jisrctl", "rescore", "--help"))


if __name__ == "__main__":
    unittest.main()
