"""The form, as a woman with a cheap phone fills it in: step by step, in Arabic, with a network that comes and goes."""
import unittest

from selenium.webdriver.common.by import By

from support import axe
from support.form_page import PROJECT, START, WHERE, FormPage, you
from support.jisr import Client, bearer, eventually, identity_number, rows, staff_token


class Applying(FormPage):
    def test_she_applies_in_arabic_with_arabic_numerals_and_gets_her_receipt(self):
        self.begin()
        self.up_to_review(picture=True)
        review = self.by_id("fields").text
        self.assertIn("فاطمة العلوي", review)
        self.assertIn("12/4/1991", review)  # in the digits of all pages, in the order in which they were typed
        self.assertIn("06 61 23 ", review)
        self.shot("apply-review-ar")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("next")
        filed = self.receipt()
        self.shot("apply-receipt-ar")
        self.assertEqual(axe.violations(self.browser), [])
        form = rows("SELECT state FROM intake.application WHERE receipt = %s", filed["receipt_number"].replace("-", ""))
        self.assertEqual(len(form), 1)
        answer = Client().get(f"/intake/v1/receipts/{filed['receipt_number']}", authorization=bearer(staff_token("admin"))).json()
        sent = Client().get(f"/intake/v1/applications/{answer['id']}/form", authorization=bearer(staff_token("admin"))).json()
        self.assertEqual((sent["applicant"]["birth_date"], sent["project"]["requested_centimes"], sent["situation"]["rsu_index"]), ("1991-04-12", 4500000, 9.12))
        self.assertEqual(self.severe(), [])

    def test_what_is_missing_or_wrong_is_told_at_its_field_before_anything_is_sent(self):
        self.begin("fr")
        self.press("next")
        self.assertTrue(self.all("[name='/consents/processing'][aria-invalid]"))
        self.step(START)
        self.fill_all(you("123"))
        self.press("next")
        wrong = self.browser.find_element(By.NAME, "/applicant/identity/number")
        self.assertEqual(wrong.get_attribute("aria-invalid"), "true")
        told = self.by_id(wrong.get_attribute("aria-describedby").split()[-1]).text
        self.assertIn("lettres", told)
        self.assertEqual(self.browser.switch_to.active_element, wrong)

    def test_what_the_service_refuses_leads_to_the_step_and_field(self):
        self.begin("fr")
        self.up_to_review(number="CD12345")
        self.browser.execute_script("""const send = window.fetch; window.fetch = (path, options) => send(path, options?.body
            ? {...options, body: options.body.replace('"sector":"agrifood"', '"sector":"AGRIFOOD!"')} : options)""")
        self.press("next")
        self.wait.until(lambda _: self.all("[name='/project/sector'][aria-invalid]"))
        self.assertIn("4", self.by_id("step").text)

    def test_without_a_network_it_is_kept_and_sent_once_when_it_is_back(self):
        self.begin()
        self.up_to_review()
        self.wait.until(lambda b: b.execute_script("return navigator.serviceWorker.controller !== null"))
        self.online(False)
        self.press("next")
        self.shown("try-now")
        self.shot("apply-waiting-ar")
        self.open("apply")  # the page opens all the same: the service worker has it
        self.wait.until(lambda _: "1" in self.by_id("waiting").text)
        back_at = rows("SELECT clock_timestamp()")[0][0]
        self.online(True)
        self.browser.execute_script("dispatchEvent(new Event('online'))")
        self.wait.until(lambda _: not self.by_id("waiting").text)
        self.open("apply")  # nobody looked when it went: the receipt is still there
        receipt = self.receipt()["receipt_number"].replace("-", "")
        (found, created_at), = self.same_form(receipt)
        self.assertEqual(found, receipt)
        self.assertGreater(created_at, back_at)

    def test_an_answer_that_is_lost_on_the_way_is_asked_for_again_and_makes_no_second_application(self):
        self.begin()
        self.up_to_review()
        self.browser.execute_script("""const send = window.fetch; let lost = 0; window.fetch = async (path, options) => {
            const answer = await send(path, options); if (options?.method === 'POST' && lost++ < 2) throw new TypeError('lost'); return answer; }""")
        self.press("next")
        receipt = self.receipt()["receipt_number"].replace("-", "")
        self.assertEqual([found for found, _ in self.same_form(receipt)], [receipt])

    def test_a_reload_keeps_what_was_filled_in_and_another_woman_may_start_anew(self):
        self.begin()
        self.step(START)
        self.fill("/applicant/name/latin", "Khadija")
        eventually("the form to be kept", lambda: self.browser.execute_async_script("""const done = arguments[0]; const asked = indexedDB.open('jisr', 1);
            asked.onsuccess = () => { const got = asked.result.transaction('kept').objectStore('kept').getAllKeys(); got.onsuccess = () => done(got.result.length); }"""))
        self.browser.refresh()
        self.wait.until(lambda _: self.all("[name='/applicant/name/latin']"))
        self.assertEqual(self.browser.find_element(By.NAME, "/applicant/name/latin").get_attribute("value"), "Khadija")
        self.browser.execute_script("sessionStorage.clear()")  # another tab, another day, perhaps another woman
        self.browser.refresh()
        self.shown("anew")
        self.assertNotIn("Khadija", self.browser.page_source)
        self.shot("apply-found-ar")
        self.press("anew")
        self.press("ask-yes")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))

    def test_nothing_readable_of_her_stays_on_the_phone(self):
        self.begin()
        self.step(START)
        self.step(you("CD7654321"))
        dump = self.browser.execute_async_script("""const done = arguments[0]; const asked = indexedDB.open('jisr', 1);
            asked.onsuccess = () => { const got = asked.result.transaction('kept').objectStore('kept').getAll(); got.onsuccess = () =>
              done([got.result.length, got.result.map(({data}) => new TextDecoder('latin1').decode(data)).join(), JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})]); }""")
        self.assertGreaterEqual(dump[0], 1)
        for text in dump[1:]:
            self.assertNotIn("7654321", text)
            self.assertNotIn("Alaoui", text)

    def test_a_cooperative_applies_with_its_members(self):
        self.begin("fr")
        self.browser.find_elements(By.NAME, "/kind")[1].click()
        for answers in (START, you(), WHERE, PROJECT):
            self.step(answers)
        self.fill_all({"/cooperative/name/ar": "تعاونية الزيتون", "/cooperative/name/latin": "Coopérative Zitoun", "/cooperative/ice": "٠٠١٥٦١١٩١٠٠٠٠٦٦"})
        self.press("add-member")
        base = "/cooperative/members/1"
        self.step({f"{base}/name/ar": "نعيمة التازي", f"{base}/name/latin": "Naima Tazi", f"{base}/identity/number": identity_number(), f"{base}/birth_date": "1988-05-01"}, "apply-cooperative-fr")
        self.press("next")
        receipt = self.receipt()["receipt_number"].replace("-", "")
        self.assertEqual(rows("SELECT kind, women FROM intake.application WHERE receipt = %s", receipt), [("cooperative", 2)])


if __name__ == "__main__":
    unittest.main()
