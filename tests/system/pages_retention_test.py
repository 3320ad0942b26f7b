"""Retention on the desk: what is kept for how long and why, a length changed, what a run would destroy, and the run; an auditor reads."""
import unittest

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from support.browser import DESK, LANGUAGES, NARROW
from support.desk import Desk
from support.jisr import basic, bearer, reaches, rows, staff_token
from support.keyboard import Keyboard
from support.own_call import OwnCall

CLASS = "not-retained"
DAYS = 730


class Retention(Keyboard):
    size = DESK

    @classmethod
    def setUpClass(cls):
        """A call of its own, closed once three files in it are refused; one of them is held."""
        super().setUpClass()
        cls.call = OwnCall("retention-pages")
        cls.client = cls.call.client
        cls.files = [cls.call.filed(cls.call.form(applicant__birth_date="2015-01-01")) for _ in range(3)]
        for filed in cls.files:
            reaches(cls.client, filed, "INELIGIBLE")
        held = cls.client.post(f"/intake/v1/applications/{cls.files[1]['id']}/hold", {"reason": "Recours"}, authorization=cls.call.admin)
        assert held.status == 200, held
        cls.call.close()

    @classmethod
    def tearDownClass(cls):
        cls.usual_length()
        super().tearDownClass()

    @classmethod
    def usual_length(cls):
        cls.client.post(f"/intake/v1/retention/{CLASS}/length", {"days": DAYS, "reason": "Essai"}, authorization=cls.call.admin)

    def classes(self):
        return [f"class-{item['class']}" for item in self.client.get("/intake/v1/retention", authorization=self.call.admin).json()["items"]]

    def shown_classes(self):
        return [section.get_attribute("id") for section in self.all("#view section.reviewed")]

    def days(self):
        return self.by_id(f"class-{CLASS}").get_attribute("data-days")

    def told(self, *figures):
        self.wait.until(lambda _: [int(word) for word in self.by_id(f"told-{CLASS}").text.replace(".", " ").split() if word.isdigit()] == list(figures))

    def readable(self):
        return [self.client.get(f"/intake/v1/applications/{filed['id']}/form", authorization=basic(filed)).status for filed in self.files]

    def test_a_keyboard_is_enough_for_all_of_it(self):
        self.sign_in("admin", view="retention")
        self.tab_to("retention-call")
        calls = len(self.all("#retention-call option"))
        for _ in range(calls):
            if self.focused().get_attribute("value") == self.call.id:
                break
            self.keys(Keys.ARROW_DOWN)  # the view is drawn anew for each, and the focus stays
            self.assertEqual(self.focused_id(), "retention-call")
        self.assertEqual(self.focused().get_attribute("value"), self.call.id)
        self.enter(f"count-{CLASS}")
        self.told(0, 0)
        self.assertEqual(self.focused_id(), f"count-{CLASS}")
        self.keys(Keys.TAB)
        self.assertEqual(self.focused_id(), f"length-{CLASS}")
        self.opens_and_keeps(f"length-{CLASS}")
        self.assertEqual(self.focused_id(), "length-days")
        self.write("0")
        self.keys(Keys.TAB)
        self.write("Essai")
        self.enter("ask-yes")
        self.wait.until(lambda _: self.days() == "0")
        self.assertEqual(self.focused_id(), f"length-{CLASS}")
        self.opens_and_keeps(f"run-{CLASS}")
        self.assertEqual(self.focused_id(), "retention-understood")
        self.keys(Keys.SPACE)
        self.assertTrue(self.by_id("ask-yes").is_enabled())
        self.keys(Keys.ESCAPE)  # not today
        self.wait.until(lambda _: self.focused_id() == f"run-{CLASS}")
        self.assertEqual(self.readable(), [200] * 3)
        self.usual_length()

    def test_a_length_is_changed_what_is_due_is_counted_and_destroyed(self):
        self.sign_in("admin", view="retention")
        Select(self.by_id("retention-call")).select_by_value(self.call.id)
        self.press(f"count-{CLASS}")
        self.told(0, 0)
        self.press(f"length-{CLASS}")
        self.assertEqual(self.shown("length-days").get_attribute("value"), str(DAYS))
        self.assertFalse(self.by_id("ask-yes").is_enabled())  # not without a reason
        self.fine("retention-length-fr")
        self.by_id("length-days").clear()
        self.by_id("length-days").send_keys("٠")
        self.by_id("length-reason").send_keys("Essai")
        self.press("ask-yes")
        self.wait.until(lambda _: self.days() == "0")
        self.assertTrue(rows("SELECT 1 FROM intake.audit WHERE action = 'set-retention' AND detail::jsonb ->> 'reason' = 'Essai'"))
        self.press(f"count-{CLASS}")
        self.told(2, 1)
        self.assertEqual(self.readable(), [200] * 3)
        self.press(f"run-{CLASS}")
        self.assertFalse(self.shown("ask-yes").is_enabled())  # it is final: that has to be said
        self.fine("retention-run-fr")
        self.browser.execute_script("arguments[0].click()", self.by_id("retention-understood"))
        self.press("ask-yes")
        self.told(2, 1, 0)
        self.assertEqual(self.focused_id(), f"run-{CLASS}")
        self.assertEqual(self.readable(), [410, 200, 410])
        self.fine("retention-done-fr")

    def test_the_view_in_each_language(self):
        for language in LANGUAGES:
            with self.subTest(language):
                self.sign_in("admin", language=language, view="retention")
                self.assertEqual(self.shown_classes(), self.classes())
                self.fine(f"retention-{language}")

    def test_who_may_not_change_anything_reads(self):
        for role, territories in (("auditor", ()), ("admin", ("MA-03",))):
            with self.subTest(role):
                self.sign_in(role, *territories, view="retention")
                self.assertEqual(self.shown_classes(), self.classes())
                self.assertEqual(self.all("#view .reviewed button"), [])
        self.assertEqual(self.client.post(f"/intake/v1/retention/{CLASS}/run", {"dry_run": True}, authorization=bearer(staff_token("admin", "MA-03"))).status, 403)


class RetentionPhone(Desk):
    size = NARROW

    def test_it_fits_the_narrowest_phone(self):
        self.sign_in("admin", language="ar", view="retention")
        self.shot("retention-narrow-ar")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])


if __name__ == "__main__":
    unittest.main()
