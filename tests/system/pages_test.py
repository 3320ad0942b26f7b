"""What holds for every public page: language and direction, 320 px, weight, calm, accessibility (axe-core), and the public figure that moves."""
import re
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support import axe
from support.browser import DESK, FIRST_VIEW_BYTES, LANGUAGES, NARROW, PUBLIC_PAGES, SHIFT_MAX, SHIFTS, Browsing
from support.jisr import Client, file_application, person

# Texts of the map that are wider than their square.
TOO_WIDE = """return [...document.querySelectorAll('#map g')].flatMap((tile) => { const box = tile.querySelector('rect').getBoundingClientRect();
    return [...tile.querySelectorAll('text')].filter((text) => text.getBoundingClientRect().left < box.left || text.getBoundingClientRect().right > box.right).map((text) => text.textContent); })"""


class Pages(Browsing):
    """Opens each public page in each language, and waits until what it fetches is there."""

    def settled(self, page):
        if page == "":
            self.wait.until(lambda _: self.by_id("women").text.strip() not in ("", "—") and self.all("#map svg"))
        if page == "apply":
            self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        self.wait.until(lambda b: b.execute_script("return document.readyState") == "complete")

    def each(self, check):
        for page in PUBLIC_PAGES:
            for language in LANGUAGES:
                with self.subTest(page=page, language=language):
                    self.browser.get_log("browser")
                    self.open(page, language)
                    self.settled(page)
                    check(page, language)


class NarrowPhone(Pages):
    size = NARROW

    def test_nothing_is_wider_than_the_narrowest_phone(self):
        def check(page, language):
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])
            self.assertEqual(self.browser.execute_script(TOO_WIDE), [])
            self.shot(f"narrow-{page or 'index'}-{language}")
        self.each(check)


class EveryPage(Pages):
    def test_each_page_speaks_each_language_in_its_direction_without_errors(self):
        def check(page, language):
            root = self.browser.find_element(By.TAG_NAME, "html")
            self.assertEqual((root.get_attribute("lang"), root.get_attribute("dir")), (language, LANGUAGES[language]))
            self.shot(f"{page or 'index'}-{language}")
            expected = 1 if page == "nowhere" else 0  # its 404 is in the console, as it should be
            self.assertEqual(len(self.severe()), expected)
        self.each(check)

    def test_axe_finds_nothing_wrong_with_any_page_in_any_language(self):
        self.each(lambda page, language: self.assertEqual(axe.violations(self.browser), []))

    def test_nor_in_the_dark(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        try:
            for page in PUBLIC_PAGES:
                self.open(page, "fr")
                self.settled(page)
                self.shot(f"dark-{page or 'index'}-fr")
                self.assertEqual(axe.violations(self.browser), [], page)
        finally:
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_nothing_moves_while_a_page_loads(self):
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, "latency": 120, "downloadThroughput": -1, "uploadThroughput": -1})  # what comes late must not push
        script = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SHIFTS})["identifier"]
        try:
            def check(_page, _language):
                self.browser.execute_async_script("setTimeout(arguments[0], 300)")
                self.assertLessEqual(self.browser.execute_script("return window.__shift"), SHIFT_MAX)
            self.each(check)
        finally:
            self.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
            self.online(True)

    def test_the_first_view_of_each_page_is_light(self):
        for page in PUBLIC_PAGES[:3]:
            with self.subTest(page):
                self.new_phone()
                self.browser.execute_cdp_cmd("Network.clearBrowserCache", {})
                self.open(page)
                self.settled(page)
                weight, requests = self.transferred()
                print(f"          first view of /{page}: {weight} bytes, {requests} requests", flush=True)
                self.assertGreater(weight, 10_000)
                self.assertLessEqual(weight, FIRST_VIEW_BYTES)

    def test_who_wants_no_motion_gets_none(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
        try:
            self.open("")
            self.settled("")
            moving = "return [...document.querySelectorAll('*')].filter((node) => parseFloat(getComputedStyle(node).transitionDuration) > 0 || getComputedStyle(node).animationName !== 'none').length"
            self.assertEqual(self.browser.execute_script(moving), 0)
        finally:
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_without_scripts_she_is_told_where_to_go(self):
        for page in ("apply", "status"):
            text = Client().get(f"/{page}").body.decode()
            self.assertIn("<noscript>", text)
            self.assertNotIn("<!-- part", text)

    def test_all_text_on_a_page_is_a_text_of_the_table(self):
        """No letter between tags of the HTML that isn't there by a data-word, and none in a script outside of the tables."""
        for page in PUBLIC_PAGES:
            text = Client().get(f"/{page}", accept="text/html").body.decode()
            body = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", text, flags=re.S)
            for tag, words in re.findall(r"<(\w+[^>]*)>([^<>]*[^\W\d_][^<>]*)<", body):
                with self.subTest(page=page, words=words):
                    self.assertTrue("data-word" in tag or "data-lang" in tag, f"<{tag}>{words}")


class ByKeyboard(Browsing):
    """No finger, no mouse: Tab, Space, arrows and Enter do."""
    size = DESK

    def test_from_the_first_page_to_the_second_step(self):
        self.open("", "fr")
        self.keys(Keys.TAB)
        self.assertIn("skip", self.focused().get_attribute("class"))
        self.tab_to(lambda node: (node.get_attribute("href") or "").split("?")[0].endswith("/apply")).send_keys(Keys.ENTER)
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        self.tab_to(lambda node: node.get_attribute("name") == "/kind")
        self.tab_to(lambda node: node.get_attribute("name") == "/consents/processing").send_keys(Keys.SPACE)
        self.tab_to("next").send_keys(Keys.ENTER)
        self.wait.until(lambda _: "2" in self.by_id("step").text)
        self.assertEqual(self.focused().get_attribute("id"), "step-title")
        self.tab_to(lambda node: node.get_attribute("name") == "/applicant/name/ar")
        self.keys(Keys.ENTER)  # sends the step: she is told, at the field
        self.assertEqual(self.focused().get_attribute("aria-invalid"), "true")
        self.assertEqual(axe.violations(self.browser), [])


    def test_her_own_page_from_the_code_to_a_question_and_back(self):
        made = file_application(Client(), person()).json()
        self.open("status", "fr")
        self.tab_to("receipt").send_keys(made["receipt_number"])
        self.tab_to("code").send_keys(made["secret_code"], Keys.ENTER)
        self.shown("state")
        self.wait.until(lambda _: self.all("#pick-identity") and self.all("#erase"))
        self.tab_to("withdraw").send_keys(Keys.ENTER)
        self.shown("ask-yes")
        self.keys(Keys.ESCAPE)  # no is the answer, and the focus is where it was
        self.wait.until(lambda _: not self.all("dialog"))
        self.wait.until(lambda _: self.focused().get_attribute("id") == "withdraw")
        self.tab_to("declared-summary").send_keys(Keys.ENTER)
        self.wait.until(lambda _: self.all("#declared .reviewed"))
        self.wait.until(lambda _: self.focused().get_attribute("id") == "declared-summary")  # although what it holds came later
        for name in ("pick-identity", "take-back-processing", "export-page", "erase"):
            self.tab_to(name, limit=12)


class PublicFigure(Browsing):
    def women(self):
        digits = "".join(c for c in self.by_id("women").text if c.isdigit())
        return int(digits) if digits else None

    def test_the_figure_moves_by_itself_while_the_page_is_open(self):
        self.open("", "fr")
        self.wait.until(lambda _: self.women() is not None and "on" in self.by_id("live").get_attribute("class").split())
        before = self.women()
        self.assertEqual(file_application(Client(), person()).status, 201)
        self.wait.until(lambda _: self.women() > before)
        self.shot("index-live-fr")

    def pairs(self, *shown):
        """[name, value] of each of both, read in one go: the figure moves while somebody looks."""
        read = "return arguments[0].map(([each, ...parts]) => [...document.querySelectorAll(each)].map((one) => parts.map((part) => one.querySelector(part).textContent.trim())))"
        return [dict(found) for found in self.browser.execute_script(read, shown)]

    def test_the_map_and_the_tables_tell_the_same_and_no_small_number(self):
        self.open("", "en")
        self.wait.until(lambda _: self.all("#provinces tr"))
        rows, tiles = self.pairs(("#provinces tr", "th", ".value"), ("#map g", ".map-name", ".map-value"))
        self.assertEqual(rows, tiles)
        self.assertEqual(len(rows), 9)
        for value in rows.values():
            self.assertTrue(value == "0" or value == "fewer than 5" or int(value.replace(",", "")) >= 5, value)


if __name__ == "__main__":
    unittest.main()
