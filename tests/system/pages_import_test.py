"""The desk's imports: an agent checks a file, sees what is wrong with it, and registers its women."""
import pathlib
import tempfile
import unittest
import uuid

from support import axe
from support.browser import DESK, LANGUAGES, NARROW
from support.desk import Desk
from support.jisr import Client, rows, staff_token
from support.women_csv import HEADER, report, text, woman


def file_of(lines):
    path = pathlib.Path(tempfile.mkdtemp()) / "femmes-taounate.csv"
    path.write_text(text(lines), encoding="utf-8")
    return path


def without_phone(line):
    line[HEADER.index("téléphone")] = ""
    return line


class ImportDesk(Desk):
    size = DESK

    def ended(self, state="DONE"):
        self.wait.until(lambda _: self.by_id("import-state").get_attribute("data-state") == state)

    def test_a_file_is_checked_then_its_women_are_registered(self):
        path = file_of([woman("PAGE-1"), without_phone(woman("PAGE-2")), woman("PAGE-3")])
        agent = f"agent-{uuid.uuid4().hex[:8]}"
        registered = lambda: rows("SELECT count(*) FROM intake.application WHERE created_by = %s", agent)[0][0]
        self.sign_in("agent", "MA-03", view="imports", subject=agent)
        self.press("import-send")
        self.assertTrue(self.all("#send-import .summary")[0].text)
        self.by_id("import-file").send_keys(str(path))
        self.assertEqual(self.by_id("import-name").text, path.name)
        self.press("import-send")
        self.shown("import-state")
        self.ended()
        self.assertEqual(registered(), 0)
        self.assertIn("applicant.phone", self.by_id("view").text)
        self.shot("staff-import-checked-fr")
        self.assertEqual(axe.violations(self.browser), [])
        checked = self.browser.current_url
        self.press("import-now")
        self.wait.until(lambda _: self.browser.current_url != checked)
        self.shown("import-state")
        self.ended()
        self.shown("import-codes")
        made = {"id": self.browser.current_url.rsplit("/", 1)[-1]}
        told = report(Client(), staff_token("agent", "MA-03", subject=agent), made)
        self.assertEqual([line["outcome"] for line in told], ["TAKEN", "REFUSED", "TAKEN"])
        self.assertEqual(registered(), 2)
        self.go("imports")
        self.wait.until(lambda _: self.all(f"#view a[href='#/imports/{made['id']}']"))

    def test_a_file_that_is_refused_says_why(self):
        path = pathlib.Path(tempfile.mkdtemp()) / "autre.csv"
        path.write_text("nom;couleur\r\nFatima;vert\r\n", encoding="utf-8")
        self.sign_in("agent", "MA-03", view="imports")
        self.by_id("import-file").send_keys(str(path))
        self.press("import-send")
        self.shown("import-state")
        self.ended("REFUSED")
        self.assertTrue(self.all("#view ul li"))
        self.assertNotIn("couleur", self.by_id("view").text)

    def test_the_view_in_each_language_is_accessible(self):
        for language in LANGUAGES:
            with self.subTest(language):
                self.sign_in("admin", "MA-03", language=language, view="imports")
                self.all("#view summary")[0].click()
                self.shot(f"staff-imports-{language}")
                self.assertEqual(axe.violations(self.browser), [])


class ImportPhone(Desk):
    size = NARROW

    def test_it_fits_the_narrowest_phone(self):
        self.sign_in("agent", "MA-03", language="ar", view="imports")
        self.all("#view summary")[0].click()
        self.shot("staff-narrow-imports-ar")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])

if __name__ == "__main__":
    unittest.main()
