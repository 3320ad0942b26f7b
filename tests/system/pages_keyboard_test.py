"""The desk by keyboard alone: in each view Tab reaches all that can be used, in the order in which it is read, and where the focus is can be seen."""
import unittest

from selenium.webdriver.common.keys import Keys

from support.browser import DESK
from support.desk import Desk
from support.own_call import OwnCall

# Numbers what can have the focus below the heading, in the order of the document: of a group of radio buttons one.
NUMBER = """const usable = 'a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';
    const seen = [...document.querySelectorAll('main :is(' + usable + ')')].filter((node) => node.getClientRects().length > 0 && !node.closest('details:not([open]) > :not(summary)'));
    const radios = new Set();
    return seen.filter(({ type, name }) => type !== 'radio' || (!radios.has(name) && radios.add(name)))
      .map((node, place) => { node.dataset.place = place; return node.id || node.name || node.textContent.trim().slice(0, 30); });"""
FOCUS = """const node = document.activeElement, style = getComputedStyle(node), label = node.labels?.[0] && getComputedStyle(node.labels[0]);
    return [node.dataset.place === undefined ? null : Number(node.dataset.place), [style, label].some((each) => each && each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0)];"""
PARTS_OF_A_MOMENT = 6  # a field of day and hour is left part by part
VIEWS = [  # view, role; {file}: an application's id, {call}: its call's
    ("list", "reviewer"), ("new", "agent"), ("imports", "agent"), ("doubles", "reviewer"), ("retention", "admin"), ("call/{call}", "admin"), ("file/{file}", "agent"),
]
DIALOGS = [("ask_complement", "reviewer"), ("check_register", "agent"), ("hold", "admin"), ("withdraw", "agent")]


class DeskByKeyboard(Desk):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("keyboard", ruleset="nobody-knows-it")
        cls.file = cls.call.filed()

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def open_view(self, view, role):
        self.sign_in(role, *(("XA-01",) if role != "admin" else ()))
        self.go(view.format(file=self.file["id"], call=self.call.id))

    def test_all_of_a_view_is_reached_in_its_order(self):
        for view, role in VIEWS:
            with self.subTest(view, role=role):
                self.open_view(view, role)
                names = self.browser.execute_script(NUMBER)
                self.assertGreater(len(names), 3)
                self.browser.execute_script("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); document.querySelector('main h1').tabIndex = -1; document.querySelector('main h1').focus()")
                for place, name in enumerate(names):
                    self.keys(Keys.TAB)
                    for _ in range(PARTS_OF_A_MOMENT):
                        if place and self.browser.execute_script(FOCUS)[0] == place - 1:
                            self.keys(Keys.TAB)
                    self.assertEqual(self.browser.execute_script(FOCUS), [place, True], f"{place} of {len(names)}: {name}")

    def test_a_question_is_answered_or_left_and_the_focus_goes_back(self):
        for action, role in DIALOGS:
            with self.subTest(action):
                self.open_view("file/{file}", role)
                self.tab_to(action, limit=60).send_keys(Keys.ENTER)
                self.shown("ask-yes")
                self.assertTrue(self.browser.execute_script("return document.querySelector('dialog').contains(document.activeElement)"))
                self.tab_to(lambda node: node.text == "Annuler")
                self.keys(Keys.ENTER)
                self.wait.until(lambda _: not self.all("dialog"))
                self.assertEqual(self.focused().get_attribute("id"), action)


if __name__ == "__main__":
    unittest.main()
