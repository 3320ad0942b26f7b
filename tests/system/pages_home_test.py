"""The first page where several calls are open: each call's own time of answer, its provinces without gaps, and its whole name on the narrowest phone."""
import unittest

from selenium.webdriver.support.ui import Select

from support import axe
from support.browser import NARROW, Browsing
from support.jisr import CALL
from support.own_call import OwnCall

LONG = {"ar": "نداء الساحل الشمالي لتمويل مشاريع النساء المدرة للدخل ومواكبتها", "fr": "Appel de la rive nord pour financer et accompagner les projets des femmes",
        "en": "Call of the northern shore to fund and to accompany the projects of women"}
HEIGHTS = """const height = (selector) => document.querySelector(selector).getBoundingClientRect().height;
    return [height('#map'), document.querySelector('#map').getBoundingClientRect().width, ...[...document.querySelectorAll('#provinces tr')].map((row) => row.getBoundingClientRect().height)]"""


class Home(Browsing):
    size = NARROW

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("home", title=LONG)

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def choose(self, call, provinces):
        Select(self.shown("which-call")).select_by_value(call)
        self.wait.until(lambda _: len(self.all("#provinces tr")) == provinces)

    def test_each_call_tells_its_own_time_of_answer(self):
        times = {"ar": ("داخل 60 يوما", "داخل 30 يوم عمل"), "fr": ("sous 60 jours.", "sous 30 jours ouvrés."), "en": ("within 60 days.", "within 30 working days.")}
        for language, (calendar, working) in times.items():
            with self.subTest(language):
                self.open("", language)
                self.choose(self.call.id, 2)
                self.assertIn(working, self.by_id("free").text.replace("\u00a0", " "))
                self.choose(CALL, 9)
                self.assertIn(calendar, self.by_id("free").text.replace("\u00a0", " "))

    def test_a_call_of_two_provinces_leaves_no_gap(self):
        self.open("", "fr")
        for call, provinces, share in ((CALL, 9, 1), (self.call.id, 2, 100 / 312)):
            with self.subTest(call):
                self.choose(call, provinces)
                high, wide, *rows = self.browser.execute_script(HEIGHTS)
                self.assertAlmostEqual(high / wide, share, delta=0.02)
                self.assertLessEqual(max(rows), 40)
        self.shot("index-two-provinces-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])

    def test_a_long_name_is_read_to_its_end(self):
        """A select has one line."""
        for language in LONG:
            self.open("", language)
            self.choose(CALL, 9)
            self.choose(self.call.id, 2)
            name = self.by_id("whole-name")
            self.assertEqual(name.text.replace("\u00a0", " "), LONG[language])
            self.assertLessEqual(self.browser.execute_script("return arguments[0].scrollWidth - arguments[0].clientWidth", name), 0)
            self.shot(f"index-long-name-{language}")



if __name__ == "__main__":
    unittest.main()
