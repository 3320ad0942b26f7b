"""The desk without a mouse: what can have the focus, in the order in which it is read, and a dialog that keeps the focus until it is answered."""
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from support.desk import Desk

# Numbers what can have the focus in a part of the page, in the order of the document: of a group of radio buttons one.
NUMBER = """const usable = 'a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';
    for (const node of document.querySelectorAll('[data-place]')) delete node.dataset.place;
    const seen = [...document.querySelector(arguments[0]).querySelectorAll(usable)].filter((node) => node.getClientRects().length > 0 && !node.closest('details:not([open]) > :not(summary)'));
    const radios = new Set();
    return seen.filter(({ type, name }) => type !== 'radio' || (!radios.has(name) && radios.add(name)))
      .map((node, place) => { node.dataset.place = place; return node.id || node.name || node.textContent.trim().slice(0, 30); });"""
FOCUS = """const node = document.activeElement, style = getComputedStyle(node), label = node.labels?.[0] && getComputedStyle(node.labels[0]);
    return [node.dataset.place === undefined ? null : Number(node.dataset.place), [style, label].some((each) => each && each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0)];"""
PARTS_OF_A_MOMENT = 6  # a field of day and hour is left part by part
OUTSIDE = "return document.activeElement !== document.body && !document.activeElement.closest('dialog[open]')"


class Keyboard(Desk):
    def numbered(self, part):
        return self.browser.execute_script(NUMBER, part)

    def place(self):
        """Which of the numbered has the focus, and whether that can be seen."""
        return self.browser.execute_script(FOCUS)

    def focused_id(self):
        return self.focused().get_attribute("id")

    def enter(self, name):
        self.tab_to(name, limit=120).send_keys(Keys.ENTER)

    def write(self, text):
        """In place of what the field holds."""
        self.focused().send_keys(Keys.CONTROL, "a")
        self.focused().send_keys(text)

    def back(self):
        ActionChains(self.browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()

    def all_in_order(self, names):
        """From before the first of them, by Tab."""
        for place, name in enumerate(names):
            self.keys(Keys.TAB)
            for _ in range(PARTS_OF_A_MOMENT):
                if place and self.place()[0] == place - 1:
                    self.keys(Keys.TAB)
            self.assertEqual(self.place(), [place, True], f"{place} of {len(names)}: {name}")

    def opens_and_keeps(self, name):
        """A dialog by its button: its first field has the focus, Tab leads through all of it and never out, Escape gives the focus back; and it is open again."""
        self.enter(name)
        self.shown("ask-yes")
        names = self.numbered("dialog[open]")
        self.assertEqual(self.place()[0], 0, names)
        self.back()
        self.keys(Keys.TAB)
        self.assertFalse(self.browser.execute_script(OUTSIDE))
        self.wait.until(lambda _: self.at(0))
        for place, each in list(enumerate(names))[1:]:
            self.keys(Keys.TAB)
            self.assertEqual(self.place(), [place, True], f"{place} of {len(names)}: {each}")
        for _ in names:
            self.keys(Keys.TAB)
            self.assertFalse(self.browser.execute_script(OUTSIDE))
        self.keys(Keys.ESCAPE)
        self.wait.until(lambda _: not self.all("dialog"))
        self.assertEqual(self.focused_id(), name)
        self.keys(Keys.ENTER)
        self.shown("ask-yes")

    def at(self, place):
        """The focus comes there, by way of the browser's own controls where Tab leads to them."""
        if self.place()[0] is None:
            self.keys(Keys.TAB)
        return self.place()[0] == place
