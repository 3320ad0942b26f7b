"""A short campaign on the instance of tests/run, and proof that the checker would have complained: CI notices when it goes blind."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bugs  # noqa: E402
import campaign  # noqa: E402
import crash_points  # noqa: E402

SEED = int(os.environ.get("JISR_FAULTS_SEED", "5"))
SECONDS = float(os.environ.get("JISR_FAULTS_SECONDS", "20"))  # of rounds; the one that runs then is finished
PLANTED = os.environ.get("JISR_FAULTS_BUGS", "key-not-bound-to-body redirect-is-success poison-dropped").split()


class Campaign(unittest.TestCase):
    def campaign(self, *words):
        return campaign.Campaign(campaign.parse(["--seed", str(SEED), "--rate", "100", "--round-s", "10", *words]))

    def test_1_a_checker_that_is_shown_spoilt_copies_complains(self):
        test = self.campaign()
        self.addCleanup(test.end)
        test.begin()
        self.assertEqual(test.run_selftest(), [])

    def test_2_nothing_is_lost_and_nothing_happens_twice_under_faults(self):
        # A seed of its own: what the first test has sent is there already, and would count as lost.
        test = self.campaign("--minutes", str(SECONDS / 60), "--seed", str(SEED + 1))
        self.assertEqual(test.run(), 0, [result["findings"] for result in test.rounds])

    def test_3_every_planted_bug_still_fits_the_source(self):
        self.assertEqual(bugs.check_table(), [])

    def test_3_the_build_for_campaigns_has_every_crash_point(self):
        programs = bugs.build()
        for name, services, _ in crash_points.CRASH_POINTS:
            for service in services:
                with self.subTest(point=name, service=service):
                    self.assertIn(f"crash-point {name}\0".encode(), (programs / f"jisr-{service}").read_bytes())

    def test_4_planted_bugs_are_caught(self):
        for name in PLANTED:
            with self.subTest(bug=name):
                test = self.campaign("--bug", name)
                test.renew(warm=False)
                self.assertEqual(test.run(), 0, [result["findings"] for result in test.rounds])


if __name__ == "__main__":
    unittest.main()
