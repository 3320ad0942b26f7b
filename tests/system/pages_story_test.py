"""The whole way of one woman on a small phone, in Arabic: the network is lost half-way and comes back; receipt, a photo of her card, a mistyped number mended, and in the end she withdraws."""
import pathlib
import tempfile
import unittest

from selenium.webdriver.common.by import By

from support.documents import png
from support.jisr import eventually, file_application, identity_number, person, reaches, rows
from support.own_page import OwnPage

STEPS = [
    {"/consents/processing": "", "/consents/partner-referral": ""},
    {"/applicant/name/ar": "فاطمة العلوي", "/applicant/name/latin": "Fatima El Alaoui", "/applicant/birth_date": "١٩٩١-٤-١٢", "/applicant/phone": "٠٦٦١٢٣٤٥٦٧"},
    {"/applicant/address/province": "MA-TAO", "/applicant/address/commune": "غفساي", "/applicant/address/milieu": "rural"},
    {"/project/title": "زيت الزيتون بغفساي", "/project/sector": "agrifood", "/project/stage": "idea", "/project/requested_centimes": "٤٥٠٠٠", "/project/own_contribution_centimes": "3000", "/project/jobs": "2"},
    {"/situation/household_size": "6", "/situation/monthly_income_centimes": "1800", "/situation/rsu_index": "٩٫١٢"},
]


class Story(OwnPage):
    def setUp(self):
        super().setUp()
        self.folder = tempfile.TemporaryDirectory()
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": self.folder.name})

    def tearDown(self):
        self.online(True)
        self.folder.cleanup()

    def step(self, answers):
        before = self.by_id("step").text
        self.fill_all(answers)
        self.press("next")
        self.wait.until(lambda _: self.by_id("step").text != before)

    def test_from_the_first_letter_to_the_withdrawal(self):
        taken = person()
        file_application(self.client, taken)
        taken = taken["applicant"]["identity"]["number"]  # another woman's: she mistypes hers
        self.open("apply")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        self.wait.until(lambda b: b.execute_script("return navigator.serviceWorker.controller !== null"))
        self.step(STEPS[0])
        self.step(STEPS[1] | {"/applicant/identity/number": taken})
        self.online(False)  # half-way
        for answers in STEPS[2:]:
            self.step(answers)
        self.press("next")
        self.shown("try-now")
        self.open("apply")  # she closes it, and comes back later
        self.wait.until(lambda _: "1" in self.by_id("waiting").text)
        self.online(True)
        self.browser.execute_script("dispatchEvent(new Event('online'))")
        self.wait.until(lambda _: not self.by_id("waiting").text)
        self.open("apply")
        made = {"receipt_number": self.shown("receipt-number").text, "secret_code": self.by_id("secret-code").text}
        self.press("receipt_pdf")
        pdf = eventually("her receipt", lambda: list(pathlib.Path(self.folder.name).glob("*.pdf")), 20.0)[0]
        self.assertTrue(pdf.read_bytes().startswith(b"%PDF-"))
        found = rows("SELECT id FROM intake.application WHERE receipt = %s", made["receipt_number"].replace("-", ""))
        self.assertEqual(len(found), 1)
        made["id"] = found[0][0]
        reaches(self.client, made, "DUPLICATE_REVIEW")
        # Her page: what to do now says to check the number. A photo of her card, then the number mended.
        self.look(made)
        self.assertIn("رقم بطاقتك", self.by_id("do").text)
        photo = pathlib.Path(self.folder.name) / "card.png"
        photo.write_bytes(png())
        self.wait.until(lambda _: self.all("#pick-identity"))
        self.by_id("pick-identity").send_keys(str(photo))
        self.wait.until(lambda _: self.all("#documents .page-row[data-state=READY]"))
        self.press("amend")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        self.step({})
        self.step({"/applicant/identity/number": identity_number()})
        for _ in range(3):
            self.step({})
        self.press("next")
        self.wait.until(lambda _: self.by_id("done").is_displayed())
        reaches(self.client, made, "SHORTLISTED", "WAITLISTED")
        self.assertEqual(rows("SELECT revision FROM intake.application WHERE id = %s", made["id"]), [(2,)])
        # And in the end she withdraws.
        self.look(made)
        self.press("withdraw")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "WITHDRAWN")
        self.assertEqual(self.browser.find_elements(By.CSS_SELECTOR, "#amend, #withdraw"), [])


if __name__ == "__main__":
    unittest.main()
