"""Morocco's clock is written down twice, for the services and for the pages: both say the same, whatever a browser or a machine has as zone data."""
import base64
import json
import re
import subprocess
import unittest

from support.proto import PROJECT

SERVICES = (PROJECT / "common/base/casablanca.c").read_text(encoding="utf-8")
PAGES = PROJECT / "services/intake/web/clock.js"
FIRST_YEAR = "2020"
DATE = r"\{(\d+), (\d+), (\d+)\}"


def day(year, month, date):
    return f"{year}-{int(month):02}-{int(date):02}"


def spans_of_the_services():
    return [(day(*found[:3]), day(*found[3:])) for found in re.findall(rf"\{{{DATE}, {DATE}\}}", SERVICES)]


def shown(*moments):
    """What the pages show for moments, by the module itself."""
    module = "data:text/javascript;base64," + base64.b64encode(PAGES.read_bytes()).decode()  # Debian's node takes a file named .js for a script of the old kind
    script = f"import {{ wall, unwall }} from {json.dumps(module)};" \
             f"console.log(JSON.stringify({json.dumps(moments)}.map((at) => [wall(at).toISOString().slice(0, 16), new Date(unwall(wall(at).toISOString().slice(0, 16))).toISOString()])));"
    done = subprocess.run(["node", "--input-type=module", "--eval", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


class Clock(unittest.TestCase):
    def test_both_tables_have_the_same_spans(self):
        script = PAGES.read_text(encoding="utf-8")
        wanted = [span for span in spans_of_the_services() if span[0] >= FIRST_YEAR]
        self.assertTrue(wanted)
        self.assertEqual(re.findall(r'\["(\d{4}-\d\d-\d\d)", "(\d{4}-\d\d-\d\d)"\]', script), wanted)
        good = day(*re.search(rf"UTC_FOR_GOOD = {DATE}", SERVICES).groups())
        self.assertIn("switch_at(UTC_FOR_GOOD, 1)", SERVICES)
        self.assertIn(f'UTC_FOR_GOOD = Date.parse("{good}T01:00Z")', script)

    def test_a_page_shows_the_hour_of_the_law(self):
        for at, clock, why in (("2026-06-01T12:00:00.000Z", "2026-06-01T13:00", "UTC+1 until September 2026"),
                               ("2026-03-01T12:00:00.000Z", "2026-03-01T12:00", "but in Ramadan"),
                               ("2026-09-20T00:59:00.000Z", "2026-09-20T01:59", "the last minute of UTC+1"),
                               ("2026-09-20T01:00:00.000Z", "2026-09-20T01:00", "UTC from then on"),
                               ("2026-11-30T07:17:00.000Z", "2026-11-30T07:17", "in winter"),
                               ("2027-07-01T23:30:00.000Z", "2027-07-01T23:30", "and in summer")):
            with self.subTest(why):
                self.assertEqual(shown(at)[0][0], clock)

    def test_an_hour_typed_is_the_hour_that_is_shown_again(self):
        """But for the hour that is there twice: 01:00 to 02:00 on 20 September 2026."""
        moments = ["2026-01-10T22:30:00.000Z", "2026-03-01T12:00:00.000Z", "2026-06-30T22:59:00.000Z", "2026-11-30T23:00:00.000Z", "2027-12-31T23:00:00.000Z"]
        self.assertEqual([back for _, back in shown(*moments)], moments)

    def test_no_page_asks_the_browser_for_morocco_s_clock(self):
        for script in sorted(PAGES.parent.rglob("*.js")):
            self.assertNotIn("Africa/Casablanca", script.read_text(encoding="utf-8"), script.name)


if __name__ == "__main__":
    unittest.main()
