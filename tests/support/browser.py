"""Chromium as the pages' tests drive it: a phone, its network on and off, what is on the screen, and pictures of it."""
import base64
import os
import pathlib
import re
import shutil
import unittest

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from support.jisr import CALL, settings

PHONE, NARROW, DESK = (360, 740), (320, 640), (1280, 900)
PUBLIC_PAGES = ["", "apply", "status", "nowhere"]
LANGUAGES = {"ar": "rtl", "fr": "ltr", "en": "ltr"}
FIRST_VIEW_BYTES = 100_000
SHIFT_MAX = 0.02
# Adds up what moves without her having touched anything.
SHIFTS = """window.__shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value; })
    .observe({type: 'layout-shift', buffered: true})"""
SHOTS = os.environ.get("JISR_SCREENSHOTS")  # a folder to keep pictures in


# In a profile that chromedriver makes: in another one it finds no page of this browser.
def start(size):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium-headless-shell")
    for argument in ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": size[0], "height": size[1], "pixelRatio": 2.0, "mobile": size is not DESK}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class Browsing(unittest.TestCase):
    """A browser of its own for each class of tests: another class is another telephone."""
    size = PHONE

    @classmethod
    def setUpClass(cls):
        cls.browser = start(cls.size)
        cls.browser.set_page_load_timeout(30)
        cls.browser.set_script_timeout(30)
        cls.wait = WebDriverWait(cls.browser, 15, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def open(self, page, language="ar"):
        """For the sample call: another file's tests may have one of their own open at the same time."""
        self.browser.get(f"{settings()['JISR_URL']}/{page}?lang={language}&call={CALL}")

    def new_phone(self):
        """Nothing of the tests before is on this one."""
        self.online(True)
        self.open("status")
        self.browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": settings()["JISR_URL"], "storageTypes": "all"})
        self.browser.execute_script("sessionStorage.clear()")
        self.browser.get("about:blank")
        self.browser.get_log("browser")  # what was under way when its store was emptied

    def online(self, there):
        """The telephone's network; of the page's service worker as well."""
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": not there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def shot(self, name):
        if SHOTS:
            picture = self.browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            (pathlib.Path(SHOTS) / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def by_id(self, name):
        return self.browser.find_element(By.ID, name)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def shown(self, name):
        """Waits until it is on the screen."""
        return self.wait.until(lambda _: next((found for found in self.browser.find_elements(By.ID, name) if found.is_displayed()), None))

    def press(self, name):
        button = self.wait.until(lambda _: next((found for found in self.browser.find_elements(By.ID, name) if found.is_displayed() and found.is_enabled()), None))
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def fill(self, pointer, text):
        if pointer.endswith("birth_date"):
            for part, value in zip(("year", "month", "day"), text.split("-")):
                self.browser.find_element(By.NAME, f"{pointer}/{part}").send_keys(value)
            return
        field = self.browser.find_element(By.NAME, pointer)
        if field.tag_name == "select":
            Select(field).select_by_value(text)
        elif field.get_attribute("type") in ("checkbox", "radio"):
            self.browser.execute_script("arguments[0].click()", field)
        else:
            field.clear()
            field.send_keys(text)

    def fill_all(self, answers):
        for pointer, text in answers.items():
            self.fill(pointer, text)

    # ── By keyboard ──

    def keys(self, *keys):
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()  # to the page, not to an element: a file field takes keys for a path

    def focused(self):
        return self.browser.switch_to.active_element

    def tab_to(self, condition, limit=40):
        """The element that Tab has led to; `condition`: of an element, or its id."""
        for _ in range(limit):
            self.keys(Keys.TAB)
            there = self.focused()
            if condition(there) if callable(condition) else there.get_attribute("id") == condition:
                self.assertNotEqual(there.value_of_css_property("outline-style"), "none", "where the focus is can be seen")
                return there
        raise AssertionError("not reached by the keyboard")

    def dark(self, wanted=True):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}] if wanted else []})

    def transferred(self):
        """Bytes that the page has fetched so far, and in how many requests."""
        sizes = self.browser.execute_script("return performance.getEntries().filter((entry) => 'transferSize' in entry).map(({transferSize}) => transferSize)")
        return sum(sizes), len(sizes)

    def raw_keys(self):
        """Words of the texts' tables that stand where a text should."""
        return re.findall(r"\b[a-z]+(?:_[A-Za-z0-9]+)+\b", self.browser.find_element(By.TAG_NAME, "body").text)

    def severe(self):
        """What the console complained about since it was last asked."""
        return [entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
