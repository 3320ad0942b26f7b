"""The form of the apply page, filled in as a woman with a cheap phone does."""
import random

from support import axe
from support.browser import Browsing
from support.jisr import identity_number, rows

START = {"/consents/processing": "", "/consents/partner-referral": ""}
WHERE = {"/applicant/address/province": "MA-TAO", "/applicant/address/commune": "غفساي", "/applicant/address/milieu": "rural"}
PROJECT = {"/project/title": "زيت الزيتون بغفساي", "/project/sector": "agrifood", "/project/stage": "idea", "/project/requested_centimes": "٤٥٠٠٠",
           "/project/own_contribution_centimes": "3000", "/project/jobs": "2"}
SITUATION = {"/situation/household_size": "6", "/situation/monthly_income_centimes": "1800", "/situation/rsu_index": "9,12", "/situation/head_of_household": ""}


def you(number=None):
    return {"/applicant/name/ar": "فاطمة العلوي", "/applicant/name/latin": "Fatima El Alaoui", "/applicant/identity/number": number or identity_number(),
            "/applicant/birth_date": "١٩٩١-٤-١٢", "/applicant/phone": "٠٦ ٦١ ٢٣ " + f"{random.randrange(10**4):04}"}


class FormPage(Browsing):
    def setUp(self):
        self.new_phone()

    def begin(self, language="ar"):
        self.open("apply", language)
        self.shown("next")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))

    def step(self, answers, picture=None):
        before = self.by_id("step").text
        self.fill_all(answers)
        if picture:
            self.shot(picture)
            self.assertEqual(axe.violations(self.browser), [], picture)
        self.press("next")
        self.wait.until(lambda _: self.by_id("step").text != before)

    def up_to_review(self, number=None, picture=False):
        for place, answers in enumerate((START, you(number), WHERE, PROJECT, SITUATION)):
            self.step(answers, f"apply-step-{place + 1}-ar" if picture else None)

    def put_off(self):
        """A draft of the first two steps, and another phone in her hand: its numbers."""
        self.begin()
        self.step(START)
        self.step(you())
        self.press("later")
        filed = self.receipt()
        self.shot("apply-draft-ar")
        self.new_phone()
        return filed

    def receipt(self):
        return {"receipt_number": self.shown("receipt-number").text, "secret_code": self.by_id("secret-code").text}

    def same_form(self, receipt):
        """Receipt and time of every application of the form that got this receipt, told by its fingerprint: other women apply meanwhile."""
        return rows("SELECT receipt, created_at FROM intake.application WHERE request_hash = (SELECT request_hash FROM intake.application WHERE receipt = %s)", receipt)
