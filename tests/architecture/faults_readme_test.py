"""tests/faults/README.md names the faults, crash points and planted bugs that a campaign has: the same rows, in the same order; and each bug can still be
planted in the source as it is."""
import pathlib
import re
import sys
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests" / "faults"))
import bugs  # noqa: E402
import crash_points  # noqa: E402
import faults  # noqa: E402

README = (PROJECT / "tests" / "faults" / "README.md").read_text(encoding="utf-8")


def rows(heading):
    """First and last cells of the table below that heading."""
    part = re.split(r"^#+ ", README.split(heading + "\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", part, re.MULTILINE)


class Readme(unittest.TestCase):
    def test_it_names_every_fault(self):
        self.assertEqual(rows("## Faults"), [(fault.name, fault.why) for fault in faults.FAULTS])

    def test_it_names_every_crash_point(self):
        self.assertEqual(rows("### Crash points"), [(name, why) for name, _, why in crash_points.CRASH_POINTS])

    def test_it_names_every_planted_bug(self):
        self.assertEqual(rows("## Planted bugs"), [(bug.name, bug.why) for bug in bugs.BUGS])

    def test_every_bug_fits_the_source(self):
        self.assertEqual(bugs.check_table(), [])


if __name__ == "__main__":
    unittest.main()
