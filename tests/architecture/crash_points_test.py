"""Named crash points are for fault campaigns alone: what is released has none, and the campaign's table names all that the sources have."""
import pathlib
import re
import subprocess
import sys
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests" / "faults"))
import crash_points  # noqa: E402

CAMPAIGN = PROJECT / ".build" / "planted" / "build" / "bin"  # what tests/faults/run builds
PROGRAMS = sorted(path for path in (PROJECT / ".build" / "release" / "bin").glob("jisr*") if path.is_file())


def in_sources():
    """Name → services whose programs hold it; a point in common/ is in all four."""
    found = {}
    for path in [*(PROJECT / "common").rglob("*.c"), *(PROJECT / "services").rglob("*.c")]:
        for name in re.findall(r'CRASH_POINT\("([a-z-]+)"\)', path.read_text(encoding="utf-8")):
            house, part = path.relative_to(PROJECT).parts[:2]
            found.setdefault(name, set()).update([part] if house == "services" else crash_points.SERVICES)
    return found


class CrashPoints(unittest.TestCase):
    def test_a_release_has_none(self):
        self.assertTrue(PROGRAMS, "no release build: tests/run architecture makes one")
        for path in PROGRAMS:
            with self.subTest(program=path.name):
                content = path.read_bytes()
                self.assertNotIn(b"crash-point", content)
                self.assertNotIn(b"JISR_CRASH_AT", content)
                symbols = subprocess.run(["nm", str(path)], capture_output=True, text=True, check=False).stdout
                self.assertNotIn("crash_point", symbols)

    def test_the_build_of_a_campaign_has_all_of_them(self):
        table, programs = pathlib.Path(crash_points.__file__), {service: CAMPAIGN / f"jisr-{service}" for service in crash_points.SERVICES}
        if not all(program.is_file() and program.stat().st_mtime >= table.stat().st_mtime for program in programs.values()):
            self.skipTest("no campaign has been run since the table was changed; tests/faults/campaign_test.py looks at what it builds")
        for service, program in programs.items():
            content = program.read_bytes()
            for name, services, _ in crash_points.CRASH_POINTS:
                with self.subTest(service=service, point=name):
                    self.assertEqual(f"crash-point {name}\0".encode() in content, service in services)

    def test_the_campaign_knows_all_of_them(self):
        self.assertEqual({name: sorted(services) for name, services, _ in crash_points.CRASH_POINTS},
                         {name: sorted(services) for name, services in in_sources().items()})


if __name__ == "__main__":
    unittest.main()
