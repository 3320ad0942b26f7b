"""A woman looks after her file: where it is, what to do now, her seat, an amendment, a withdrawal, reasons of a refusal."""
import unittest

from selenium.webdriver.common.by import By

from support import axe
from support.browser import LANGUAGES
from support.committee import approve
from support.jisr import bearer, file_application, person, reaches, rows, staff_token, state_of, today
from support.own_page import OwnPage


class Status(OwnPage):
    def test_a_shortlisted_woman_sees_her_seat_and_what_to_do_now(self):
        made = self.filed("SHORTLISTED")
        self.look(made)
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "SHORTLISTED" and self.all(".training"))
        self.assertIn("انتقاء", self.by_id("state").text)
        self.assertIn("التكوين", self.by_id("do").text)
        self.assertGreaterEqual(len(self.all(".timeline li")), 3)
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(made, language)
                self.shot(f"status-shortlisted-{language}")
                self.assertEqual(axe.violations(self.browser), [])

    def test_a_financed_woman_reads_what_was_paid_and_who_accompanies_her(self):
        made, committee = self.filed("SHORTLISTED"), bearer(staff_token("committee", "MA-03"))
        approve(made)
        version = reaches(self.client, made, "APPROVED")["version"]
        path, day = f"/intake/v1/applications/{made['id']}", str(today())
        paid = self.client.post(f"{path}/payment", {"amount_centimes": 4_000_000, "paid_on": day, "reference": "OP-7"}, authorization=committee, if_match=f'"{version}"')
        self.assertEqual(paid.status, 200, paid)
        self.look(made)
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "FUNDED")
        self.assertIn("40 000 درهم", self.by_id("file").text)
        self.assertEqual(self.all("#withdraw"), [])
        begun = self.client.post(f"{path}/follow-up", {"began_on": day, "by": "ADS Taounate"}, authorization=committee)
        self.assertEqual(begun.status, 200, begun)
        self.wait.until(lambda _: "ADS Taounate" in self.by_id("file").text)  # the page looks by itself
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(made, language)
                self.wait.until(lambda _: self.all(".funding"))
                self.shot(f"status-follow-up-{language}")
                self.assertEqual(axe.violations(self.browser), [])

    def test_a_refused_woman_reads_the_reasons_and_how_to_appeal(self):
        self.look(self.filed("INELIGIBLE", applicant__birth_date="2015-01-01"), "fr")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "INELIGIBLE")
        self.shot("status-ineligible-fr")
        text = self.by_id("file").text
        self.assertIn("Motifs", text)
        self.assertIn("recours", text)

    def test_a_wrong_code_is_told_in_plain_words_and_shows_nothing(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("sign-off")
        self.sign_in(made | {"secret_code": "0000-0000-0000"})
        self.shown("summary")
        self.assertIn("incorrect", self.by_id("summary").text)
        self.assertFalse(self.by_id("file").is_displayed())
        self.shot("status-wrong-fr")

    def test_she_withdraws_after_being_asked_and_only_then(self):
        made = self.filed("SHORTLISTED")
        self.look(made)
        self.press("withdraw")
        self.shown("ask-yes")
        self.shot("status-withdraw-ar")
        self.assertEqual(axe.violations(self.browser), [])
        self.browser.find_element(By.CSS_SELECTOR, "dialog .button").click()
        self.assertEqual(state_of(self.client, made)["state"], "SHORTLISTED")
        self.press("withdraw")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "WITHDRAWN")
        self.assertEqual(state_of(self.client, made)["state"], "WITHDRAWN")
        self.assertEqual(self.all("#withdraw"), [])

    def test_she_amends_and_the_new_form_is_what_counts(self):
        first = self.filed("SHORTLISTED")
        body = person()
        file_application(self.client, body)  # the same number twice: the second file waits and may be amended
        made = file_application(self.client, body | {"project": body["project"] | {"title": "Avant"}}).json()
        reaches(self.client, made, "DUPLICATE_REVIEW")
        self.assertNotEqual(first["id"], made["id"])
        self.look(made, "fr")
        self.press("amend")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        for _ in range(3):
            self.press("next")
        self.wait.until(lambda _: self.all("[name='/project/title']"))
        self.fill("/project/title", "Huile d'argan")
        for _ in range(2):
            self.press("next")
        self.wait.until(lambda _: "Huile d'argan" in self.by_id("fields").text)
        self.press("next")
        self.wait.until(lambda _: self.by_id("done").is_displayed())
        self.shot("apply-amended-fr")
        self.assertEqual(rows("SELECT revision FROM intake.application WHERE id = %s", made["id"]), [(2,)])


if __name__ == "__main__":
    unittest.main()
