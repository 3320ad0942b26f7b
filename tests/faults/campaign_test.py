"""A short campaign on a platform that no other test has used, and proof that the checker would have complained: CI notices when it goes blind."""
import concurrent.futures
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bugs  # noqa: E402
import campaign  # noqa: E402
import crash_points  # noqa: E402
import inject  # noqa: E402

SEED = int(os.environ.get("JISR_FAULTS_SEED", "5"))
PLANTED = [bugs.BY_NAME[name] for name in ("key-not-bound-to-body", "redirect-is-success", "poison-dropped")]  # each is caught by another invariant, so that one build can hold all three


class Campaign(unittest.TestCase):
    """One campaign on one platform: its steps build on one another, in the order of their names."""

    @classmethod
    def setUpClass(cls):
        programs = bugs.build()
        cls.points = {service: (programs / f"jisr-{service}").read_bytes() for service in inject.SERVICES}
        cls.campaign = campaign.Campaign(campaign.parse(["--seed", str(SEED), "--rate", "50", "--round-s", "8"]))
        cls.addClassCleanup(cls.campaign.end)
        cls.campaign.begin()  # the programs are installed: the folder is free for the next build
        beside = concurrent.futures.ThreadPoolExecutor(1)
        cls.addClassCleanup(beside.shutdown)
        cls.planted = beside.submit(bugs.build, *PLANTED)

    def test_1_the_build_for_campaigns_has_every_crash_point(self):
        for name, services, _ in crash_points.CRASH_POINTS:
            for service in services:
                with self.subTest(point=name, service=service):
                    self.assertIn(f"crash-point {name}\0".encode(), self.points[service])

    def test_2_a_checker_that_is_shown_spoilt_copies_complains(self):
        self.assertEqual(self.campaign.run_selftest(), [])

    def test_3_nothing_is_lost_and_nothing_happens_twice_under_faults(self):
        result = self.campaign.one_round(1)
        if result["findings"]:
            self.campaign.keep(result)
        self.assertEqual(result["findings"], [])

    def test_4_planted_bugs_are_caught(self):
        caught = self.campaign.hunt(PLANTED, self.planted.result())
        self.assertEqual([one["bug"] for one in caught if not one["caught"]], [])

    def test_5_every_planted_bug_still_fits_the_source(self):
        self.assertEqual(bugs.check_table(), [])


if __name__ == "__main__":
    unittest.main()
