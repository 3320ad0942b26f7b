"""Her data on her own page: consents taken back, who has read what, a copy to keep, an erasure that is asked for twice and proved; and her word on what an agent entered."""
import json
import pathlib
import tempfile
import unittest

from selenium.webdriver.common.by import By

from support import axe
from support.browser import FIRST_VIEW_BYTES, LANGUAGES, NARROW
from support.documents import kept_document
from support.jisr import basic, bearer, eventually, file_application, person, reaches, rows, staff_token, state_of
from support.own_page import OwnPage


class MyData(OwnPage):
    size = NARROW

    def setUp(self):
        super().setUp()
        self.downloads = tempfile.TemporaryDirectory()
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": self.downloads.name})

    def tearDown(self):
        self.downloads.cleanup()

    def downloaded(self):
        """The newest file that the page has given her."""
        def whole():
            names = [path for path in pathlib.Path(self.downloads.name).iterdir() if not path.name.endswith(".crdownload")]
            return max(names, key=lambda path: path.stat().st_mtime) if names else None
        return eventually("a download", whole)

    def consent(self, purpose):
        return self.browser.find_element(By.CSS_SELECTOR, f"[data-purpose='{purpose}']").get_attribute("data-state")

    def test_she_takes_a_consent_back_and_the_file_goes_on(self):
        made = self.filed("SHORTLISTED")
        self.look(made)
        self.wait.until(lambda _: self.consent("partner-referral") == "GIVEN")
        self.press("take-back-partner-referral")
        self.shown("ask-yes")
        self.shot("mydata-take-back-ar")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("ask-yes")
        self.wait.until(lambda _: self.consent("partner-referral") == "WITHDRAWN")
        self.assertEqual((self.consent("processing"), self.by_id("state").get_attribute("data-state")), ("GIVEN", "SHORTLISTED"))

    def test_without_the_consent_to_be_processed_the_file_is_withdrawn(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("take-back-processing")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "WITHDRAWN")
        self.wait.until(lambda _: self.consent("processing") == "WITHDRAWN")
        self.assertEqual(self.all("#take-back-processing, #oppose, #mend"), [])

    def test_she_objects_keeps_her_file_and_takes_it_back(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("oppose")
        self.shown("ask-yes")
        self.shot("mydata-oppose-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("ask-yes")
        self.shown("oppose-undo")
        self.assertTrue(state_of(self.client, made)["restriction"])
        self.assertEqual(self.by_id("state").get_attribute("data-state"), "SHORTLISTED")
        self.press("oppose-undo")
        self.press("ask-yes")
        self.shown("oppose")
        self.assertIsNone(state_of(self.client, made)["restriction"])

    def test_she_puts_a_mistake_right_even_with_a_place(self):
        made = self.filed("SHORTLISTED")
        self.look(made)
        self.press("mend")
        self.shown("mend-phone").send_keys("12")
        self.shot("mydata-mend-ar")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("ask-yes")
        self.wait.until(lambda _: self.all(".toast.warn") and self.all("dialog [role=alert]"))  # no Moroccan number; what she has written stays
        self.assertEqual(axe.violations(self.browser), [])
        self.by_id("mend-phone").clear()
        self.by_id("mend-phone").send_keys("٠٦٦١٩٨٧٦٥٤")
        self.press("ask-yes")
        self.wait.until(lambda _: not self.all("dialog"))
        form = eventually("the new number", lambda: (found := self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=self.basic(made)).json())["applicant"]["phone"] not in ("", None)
                          and "654" in found["applicant"]["phone"].translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")) and found)
        self.assertEqual(form["applicant"]["address"]["commune"], "Ghafsai")

    def test_she_sees_who_has_read_what_and_keeps_a_copy(self):
        made = self.filed("SHORTLISTED")
        self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=bearer(staff_token("agent", "MA-03")))
        self.look(made, "fr")
        self.press("reads-summary")
        self.wait.until(lambda _: "Agent" in self.by_id("reads").text)
        self.assertIn("déclaré", self.by_id("reads").text)
        self.shot("mydata-reads-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.assertLessEqual(self.width(), NARROW[0])
        self.press("export-json")
        kept = json.loads(self.downloaded().read_text(encoding="utf-8"))
        self.assertEqual(kept["application"]["receipt_number"], made["receipt_number"])
        self.assertIn("name", kept["form"]["applicant"])
        self.press("export-page")
        page = eventually("a page to read", lambda: next(pathlib.Path(self.downloads.name).glob("*.html"), None))
        self.assertIn(made["receipt_number"], page.read_text(encoding="utf-8"))

    def test_the_receipt_is_a_pdf_on_her_phone(self):
        self.look(self.filed("SHORTLISTED"))
        self.press("receipt_pdf")
        self.assertTrue(self.downloaded().read_bytes().startswith(b"%PDF-"))

    def test_an_erasure_needs_two_words_and_is_proved(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("erase")
        self.assertFalse(self.shown("ask-yes").is_enabled())
        self.shot("mydata-erase-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.browser.find_element(By.CSS_SELECTOR, "dialog .button").click()
        self.assertEqual(state_of(self.client, made)["state"], "SHORTLISTED")
        self.press("erase")
        self.shown("erase-understood").click()
        self.press("ask-yes")
        self.shown("erased")
        self.shot("mydata-erased-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.assertEqual(rows("SELECT facts_key, contact_key FROM vault.subject WHERE id = %s", made["id"]), [(None, None)])
        self.press("save-proof")
        proof = json.loads(self.downloaded().read_text(encoding="utf-8"))
        self.assertIn(proof["audit_hash"], self.by_id("erased").text)
        self.look(made)  # another day: the proof is still there, and nothing else of her
        self.shown("erased")
        self.assertEqual(self.all("#export-json"), [])
        self.wait.until(lambda _: not self.all("#receipt_pdf"), "a receipt that can no longer be printed is offered")
        self.assertEqual(self.client.get(f"/intake/v1/applications/{made['id']}/receipt.pdf", accept="*/*", authorization=basic(made)).status, 410)

    def test_in_each_language(self):
        made = self.filed("SHORTLISTED")
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(made, language)
                self.wait.until(lambda _: self.all("#export-json"))
                self.press("declared-summary")
                self.wait.until(lambda _: self.all("#declared .reviewed"))
                self.shot(f"mydata-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertEqual(self.small_targets(), [])
                self.assertLessEqual(self.width(), NARROW[0])
                self.assertEqual(self.severe(), [])

    def test_in_the_dark(self):
        made = self.filed("SHORTLISTED")
        kept_document(self.client, made, b"no photo")
        self.dark()
        try:
            self.look(made, "fr")
            self.wait.until(lambda _: self.all("#export-json") and self.all("#documents .REFUSED"))
            self.assertEqual(axe.violations(self.browser), [])
            self.press("erase")
            self.shown("ask-yes")
            self.shot("mydata-dark-fr")
            self.assertEqual(axe.violations(self.browser), [])
        finally:
            self.dark(False)

    def test_her_page_is_light_even_with_all_that_is_below_it(self):
        made = self.filed("SHORTLISTED")
        self.browser.execute_cdp_cmd("Network.clearBrowserCache", {})
        self.look(made)
        weight, requests = self.transferred()
        print(f"          her own page, signed in: {weight} bytes, {requests} requests", flush=True)
        self.assertLessEqual(weight, FIRST_VIEW_BYTES)

    def test_a_shared_phone_forgets_her_when_she_closes_her_file(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("sign-off")
        self.shown("receipt")
        self.assertNotIn(made["receipt_number"], self.browser.page_source)
        self.assertEqual(self.by_id("code").get_attribute("value"), "")

    def test_she_reads_what_an_agent_entered_and_confirms_it(self):
        agent = bearer(staff_token("agent", "MA-TAO"))
        made = file_application(self.client, person() | {"assistance": {"channel": "office", "place": "Ghafsai"}}, authorization=agent).json()
        reaches(self.client, made, "SHORTLISTED")
        self.look(made)
        self.wait.until(lambda _: self.all("#declared .reviewed"))  # open by itself: she reads before she confirms
        self.wait.until(lambda _: len(self.all("[data-purpose][data-confirmed='false']")) == 2)
        self.assertEqual(self.all("#take-back-processing, #take-back-partner-referral"), [], "what does not count yet can't be taken back")
        self.assertIn("تؤكديها", self.by_id("my-data").text)
        self.shot("status-confirm-ar")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("confirm")
        self.wait.until(lambda _: not self.all("#confirm"))
        self.wait.until(lambda _: len(self.all("[data-purpose][data-confirmed='true']")) == 2)
        self.assertEqual(state_of(self.client, made)["confirmation"]["how"], "code")


if __name__ == "__main__":
    unittest.main()
