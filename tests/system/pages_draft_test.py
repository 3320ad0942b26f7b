"""A form that is put off: the service keeps it as a draft, and it goes on on another phone, over whatever network."""
import unittest

from selenium.webdriver.common.by import By

from support.form_page import PROJECT, SITUATION, START, WHERE, FormPage, you
from support.jisr import Client, bearer, rows, staff_token
from support.network import LATE

# The answers to the next change are lost, after the service has made it, as often as the page tries.
LOST = """const send = window.fetch; let tries = 0; window.fetch = async (path, options) => {
    const answer = await send(path, options);
    if (!options?.body || ++tries > 2) return answer;
    window.lost = await answer.json();
    throw new TypeError('lost'); }"""


class Drafts(FormPage):
    def put_off_and_taken_up(self):
        filed = self.put_off()
        self.taken_up(filed)
        return filed

    def taken_up(self, filed):
        self.open("status")
        self.by_id("receipt").send_keys(filed["receipt_number"])
        self.by_id("code").send_keys(filed["secret_code"])
        self.browser.find_element(By.CSS_SELECTOR, "#form button[type=submit]").click()
        self.press("go_on_filling")
        self.shown("next")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))

    def sent(self, filed):
        """The form that the service holds once it is no draft any more."""
        self.assertEqual(self.receipt(), filed)
        (state, id_), = rows("SELECT state, id::text FROM intake.application WHERE receipt = %s", filed["receipt_number"].replace("-", ""))
        self.assertNotEqual(state, "DRAFT")
        return Client().get(f"/intake/v1/applications/{id_}/form", authorization=bearer(staff_token("admin"))).json()

    def finish(self):
        self.press("next")
        self.wait.until(lambda _: self.by_id("receipt-number").is_displayed())

    def test_a_draft_goes_on_on_another_phone(self):
        filed = self.put_off_and_taken_up()
        self.assertTrue(self.browser.find_element(By.NAME, "/consents/processing").is_selected())
        self.step({})
        self.assertEqual(self.browser.find_element(By.NAME, "/applicant/name/ar").get_attribute("value"), "فاطمة العلوي")
        self.step({})
        for answers in (WHERE, PROJECT, SITUATION):
            self.step(answers)
        self.finish()
        self.assertEqual(self.sent(filed)["project"]["title"], PROJECT["/project/title"])

    def test_a_form_of_another_woman_waits_on_the_phone_until_this_one_is_sent(self):
        filed = self.put_off()
        self.begin()
        self.step(START)
        self.fill("/applicant/name/latin", "Khadija Bennani")
        self.taken_up(filed)
        for answers in ({}, {}, WHERE, PROJECT, SITUATION):
            self.step(answers)
        self.finish()
        self.assertEqual(self.sent(filed)["applicant"]["name"]["latin"], you()["/applicant/name/latin"])
        self.press("another")
        self.press("go-on")
        self.assertEqual(self.browser.find_element(By.NAME, "/applicant/name/latin").get_attribute("value"), "Khadija Bennani")

    def test_who_is_faster_than_her_network_meets_no_change_but_her_own(self):
        filed = self.put_off_and_taken_up()
        self.browser.execute_script(LATE)
        for answers in ({}, {}, WHERE, PROJECT, SITUATION):
            self.step(answers)
        self.finish()
        sent = self.sent(filed)
        self.assertEqual((sent["project"]["title"], sent["situation"]["household_size"]), (PROJECT["/project/title"], 6))

    def test_a_save_whose_answer_is_lost_is_neither_a_second_draft_nor_somebody_elses_change(self):
        self.begin()
        self.step(START)
        self.step(you())
        self.browser.execute_script(LOST)
        self.press("later")
        self.wait.until(lambda _: self.by_id("saved").text and self.by_id("later").is_enabled())
        self.step(WHERE)
        self.press("later")
        filed = self.receipt()
        self.assertEqual(len(self.same_form(filed["receipt_number"].replace("-", ""))), 1)
        self.press("go-on")
        self.browser.execute_script(LOST)
        for answers in (PROJECT, SITUATION):
            self.step(answers)
        self.finish()
        sent = self.sent(filed)
        self.assertEqual((sent["applicant"]["address"]["province"], sent["project"]["title"]), ("MA-TAO", PROJECT["/project/title"]))

    def test_what_is_sent_while_a_save_has_no_answer_is_that_draft(self):
        self.begin()
        for answers in (START, you(), WHERE, PROJECT):
            self.step(answers)
        self.browser.execute_script(LOST)
        self.press("later")
        self.wait.until(lambda _: self.by_id("saved").text and self.by_id("later").is_enabled())
        lost = self.browser.execute_script("return window.lost")
        self.step(SITUATION)
        self.finish()
        self.sent({name: lost[name] for name in ("receipt_number", "secret_code")})


if __name__ == "__main__":
    unittest.main()
