"""A short campaign on a platform that no other test has used, and proof that the checker would have complained: CI notices when it goes blind."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bugs  # noqa: E402
import campaign  # noqa: E402
import crash_points  # noqa: E402

SEED = int(os.environ.get("JISR_FAULTS_SEED", "5"))
PLANTED = ["key-not-bound-to-body", "redirect-is-success", "poison-dropped"]  # each is caught by another invariant, so that one build can hold all three


class Campaign(unittest.TestCase):
    def campaign(self, place, *words):
        """Each has a seed of its own: what an earlier one has sent is there already, and would count as lost."""
        test = campaign.Campaign(campaign.parse(["--seed", str(SEED + place), "--rate", "50", "--round-s", "9", "--minutes", "0.1", *words]))
        self.addCleanup(test.end)
        return test

    def test_1_a_checker_that_is_shown_spoilt_copies_complains(self):
        test = self.campaign(0)
        test.begin()
        self.assertEqual(test.run_selftest(), [])

    def test_2_nothing_is_lost_and_nothing_happens_twice_under_faults(self):
        test = self.campaign(1)
        self.assertEqual(test.run(), 0, [result["findings"] for result in test.rounds])

    def test_3_the_build_for_campaigns_has_every_crash_point(self):
        programs = bugs.build()
        for name, services, _ in crash_points.CRASH_POINTS:
            for service in services:
                with self.subTest(point=name, service=service):
                    self.assertIn(f"crash-point {name}\0".encode(), (programs / f"jisr-{service}").read_bytes())

    def test_4_planted_bugs_are_caught(self):
        test = self.campaign(2, "--bug", "+".join(PLANTED))
        self.assertEqual(test.run(), 0, [result["findings"] for result in test.rounds])

    def test_5_every_planted_bug_still_fits_the_source(self):
        self.assertEqual(bugs.check_table(), [])


if __name__ == "__main__":
    unittest.main()
