"""`jisrctl rescore` says of everybody in the call what it did, or why it did nothing."""
import re
import unittest

from support.jisr import CALL, Client, deploy, eventually, file_application, person, reaches, rows


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

    def test_the_help_says_who_is_left_out(self):
        self.assertIn("who holds a place keeps it", deploy("jisrctl", "rescore", "--help"))


if __name__ == "__main__":
    unittest.main()
