"""The pages in a real browser, as a woman with a phone sees them: she applies in Arabic, follows her file, and the public figure moves."""
import base64
import os
import pathlib
import shutil
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from support.jisr import Client, file_application, identity_number, person, settings

PHONE = (360, 740)
PAGES = ["", "apply", "status"]
LANGUAGES = {"ar": "rtl", "fr": "ltr", "en": "ltr"}
SHOTS = os.environ.get("JISR_SCREENSHOTS")  # a folder to keep pictures in


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": PHONE[0], "height": PHONE[1], "pixelRatio": 2.0}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.mkdtemp()
        cls.browser = browser(cls.profile)
        cls.wait = WebDriverWait(cls.browser, 15)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        shutil.rmtree(cls.profile, ignore_errors=True)

    def open(self, page, language="ar"):
        self.browser.get(f"{settings()['JISR_URL']}/{page}?lang={language}")

    def shot(self, name):
        if SHOTS:
            picture = self.browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            (pathlib.Path(SHOTS) / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def by_id(self, name):
        return self.browser.find_element(By.ID, name)

    def fill(self, pointer, text):
        field = self.browser.find_element(By.NAME, pointer)
        if field.tag_name == "select":
            Select(field).select_by_value(text)
        elif field.get_attribute("type") == "date":
            self.browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, text)
        else:
            field.send_keys(text)

    def next(self):
        button = self.by_id("next")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def women(self):
        digits = "".join(c for c in self.by_id("women").text if c.isdigit())
        return int(digits) if digits else None

    def test_each_page_speaks_each_language_in_its_direction_without_errors(self):
        for page in PAGES:
            for language, direction in LANGUAGES.items():
                with self.subTest(page=page, language=language):
                    self.open(page, language)
                    root = self.browser.find_element(By.TAG_NAME, "html")
                    self.assertEqual((root.get_attribute("lang"), root.get_attribute("dir")), (language, direction))
                    self.wait.until(lambda b: b.execute_script("return document.readyState") == "complete")
                    width = self.browser.execute_script("return document.documentElement.scrollWidth")
                    self.assertLessEqual(width, PHONE[0], "nothing is wider than the phone")
                    self.shot(f"{page or 'index'}-{language}")
        faults = [entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        self.assertEqual(faults, [])

    def test_a_woman_applies_in_arabic_and_sees_her_status_and_the_figure_move(self):
        self.open("")
        self.wait.until(lambda _: self.women() is not None)
        before = self.women()
        receipt, code = self.apply()
        self.open("status")
        self.by_id("receipt").send_keys(receipt)
        self.by_id("code").send_keys(code)
        self.browser.find_element(By.CSS_SELECTOR, "#form button[type=submit]").click()
        self.wait.until(lambda _: self.by_id("file").is_displayed())
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "SHORTLISTED")
        self.assertIn("انتقاء", self.by_id("state").text)
        self.assertTrue(self.browser.find_elements(By.CSS_SELECTOR, ".training"))
        self.shot("status-shortlisted-ar")
        self.open("")
        self.wait.until(lambda _: self.women() is not None and self.women() > before)

    def apply(self):
        self.open("apply")
        self.wait.until(lambda _: self.by_id("next").is_displayed())
        self.next()  # nothing filled in: she is told, and stays
        self.assertTrue(self.browser.find_elements(By.CSS_SELECTOR, "[aria-invalid]"))
        for pointer, text in {"/applicant/name/ar": "فاطمة العلوي", "/applicant/name/latin": "Fatima El Alaoui", "/applicant/identity/number": identity_number(),
                              "/applicant/birth_date": "1991-04-12", "/applicant/phone": "٠٦ ٦١ ٢٣ ٤٥ ٦٧"}.items():
            self.fill(pointer, text)
        self.next()
        for pointer, text in {"/applicant/address/province": "MA-TAO", "/applicant/address/commune": "غفساي", "/applicant/address/milieu": "rural"}.items():
            self.fill(pointer, text)
        self.next()
        for pointer, text in {"/project/title": "زيت الزيتون", "/project/sector": "agrifood", "/project/stage": "idea", "/project/requested_centimes": "45000",
                              "/project/own_contribution_centimes": "3000", "/project/jobs": "2"}.items():
            self.fill(pointer, text)
        self.next()
        for pointer, text in {"/situation/household_size": "6", "/situation/monthly_income_centimes": "1800", "/situation/rsu_index": "9.12"}.items():
            self.fill(pointer, text)
        self.browser.find_element(By.NAME, "/situation/head_of_household").click()
        self.next()
        for box in self.browser.find_elements(By.CSS_SELECTOR, "#fields input[type=checkbox]"):
            self.browser.execute_script("arguments[0].click()", box)
        self.shot("apply-consents-ar")
        self.next()
        self.wait.until(lambda _: self.by_id("done").is_displayed())
        self.shot("apply-receipt-ar")
        return self.by_id("receipt-number").text, self.by_id("secret-code").text

    def test_the_figure_moves_by_itself_while_the_page_is_open(self):
        self.open("", "fr")
        self.wait.until(lambda _: self.women() is not None and "on" in self.by_id("live").get_attribute("class").split())
        before = self.women()
        self.assertEqual(file_application(Client(), person()).status, 201)
        self.wait.until(lambda _: self.women() > before)
        self.shot("index-live-fr")

    def test_a_wrong_code_is_told_in_plain_words(self):
        filed = file_application(Client(), person()).json()
        self.open("status", "fr")
        self.by_id("receipt").send_keys(filed["receipt_number"])
        self.by_id("code").send_keys("0000-0000-0000")
        self.browser.find_element(By.CSS_SELECTOR, "#form button[type=submit]").click()
        self.wait.until(lambda _: self.by_id("summary").is_displayed())
        self.assertIn("incorrect", self.by_id("summary").text)
        self.browser.get_log("browser")  # the 401 is in the console, as it should be: not a fault of the page

    def test_the_first_view_is_light(self):
        client, total = Client(), 0
        for path in ("/", "/jisr.css", "/index.js", "/words.js", "/page.js", "/icon.svg"):
            answer = client.get(path, **{"accept-encoding": "gzip"})
            self.assertEqual(answer.status, 200, path)
            total += len(answer.body)
        self.assertLessEqual(total, 60_000)
