"""An administrator writes a call by its form, reads what is wrong at each field, publishes it, and women answer the question that it adds; then it is closed."""
import unittest
import uuid

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from support import axe
from support.browser import DESK, LANGUAGES, NARROW
from support.desk import Desk
from support.jisr import CALL, Client, bearer, eventually, rows, settings, staff_token

ID = f"pages-{uuid.uuid4().hex[:8]}"
TEXTS = {"ar": "نص بالعربية", "fr": "Texte", "en": "Text"}


def texts(pointer):
    return {f"{pointer}/{language}": text for language, text in TEXTS.items()}


class Editor(Desk):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = Client()
        cls.admin = bearer(staff_token("admin"))

    @classmethod
    def tearDownClass(cls):
        """One call is open again, as the other tests expect."""
        cls.client.post(f"/intake/v1/calls/{ID}/closing", authorization=cls.admin)
        eventually("it to be closed", lambda: (answer := cls.client.get(f"/intake/v1/calls/{ID}")).status == 404 or answer.json()["state"] == "CLOSED")
        super().tearDownClass()

    def write(self, values):
        """Fields by their pointers; true and a list of kinds are ticked."""
        for pointer, value in values.items():
            boxes = self.browser.find_elements(By.NAME, pointer)
            if isinstance(value, list):
                for box in boxes:
                    if (box.get_attribute("value") in value) != box.is_selected():
                        self.browser.execute_script("arguments[0].click()", box)
            elif boxes[0].tag_name == "select":
                Select(boxes[0]).select_by_value(value)
            elif boxes[0].get_attribute("type") == "datetime-local":
                self.browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", boxes[0], value)
            elif boxes[0].get_attribute("type") == "checkbox":
                self.browser.execute_script("arguments[0].click()", boxes[0])
            else:
                boxes[0].clear()
                boxes[0].send_keys(value)

    def open_sections(self):
        self.browser.execute_script("for (const one of document.querySelectorAll('#call-form > details')) one.open = true")

    def problems(self):
        return {link.get_attribute("data-at"): link.text for link in self.all("#problems .link")}

    def save(self, problems):
        self.press("save-call")
        self.wait.until(lambda _: (len(self.problems()) > 0) == problems and self.all(".toast"))

    def test_a_call_from_its_first_letter_to_its_end(self):
        self.sign_in("admin", language="fr", view="calls")
        self.press("new-call-open")
        self.shown("new-call-id").send_keys(ID)
        self.by_id("new-call-region").send_keys("ma-05")
        self.press("draft-call")
        self.shown("save-call")
        named = self.problems()
        self.assertEqual([named[pointer] for pointer in ("/provinces", "/title/ar", "/clock/answer_days", "/region/name/fr")],
                         ["Quotas", "Appel · Titre · Texte en arabe", "Délais légaux · Jours pour répondre", "Appel · Nom · Texte en français"])
        self.shot("calls-new-fr")
        self.assertEqual(axe.violations(self.browser), [])
        # A matter in the summary leads to its field, in whatever section it is.
        self.all("#problems [data-at='/clock/answer_days']")[0].click()
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("name"), "/clock/answer_days")
        self.open_sections()
        self.write(texts("/title") | texts("/region/name") | {"/opens_at": "2026-01-01T08:30", "/closes_at": "2027-12-31T23:00", "/kinds": ["person"], "/clock/answer_days": "٦٠", "/clock/complement_days": "30",
                                                              "/clock/draft_days": "30", "/clock/counting": "calendar", "/shortlisting": "committee", "/ruleset": "fes-meknes-2026"})
        for name in ("provinces", "documents", "consents", "fields"):
            self.press(f"adde-{name}")
        self.write({"/provinces/0/code": "MA-KHE", "/provinces/0/places": "12"} | texts("/provinces/0/name") | {"/documents/0/id": "identity", "/documents/0/kinds": ["person"]} | texts("/documents/0/title")
                   | {"/consents/0/purpose": "processing", "/consents/0/version": "k-1", "/consents/0/required": True} | texts("/consents/0/text") | {"/fields/0/id": "goats", "/fields/0/type": "integer"})
        self.write({"/fields/0/min": "0", "/fields/0/max": "400", "/fields/0/required": True} | texts("/fields/0/label"))
        self.save(problems=True)
        named = self.problems()
        self.assertEqual({pointer.rsplit("/", 1)[0] for pointer in named}, {"/documents/0/why"})  # nothing is asked for without its reason
        self.assertEqual(named["/documents/0/why/ar"], "Document 1 · identity · Pourquoi · Texte en arabe")
        wrong = self.browser.find_element(By.NAME, "/documents/0/why/ar")
        self.assertEqual(wrong.get_attribute("aria-invalid"), "true")
        self.shot("calls-problem-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.open_sections()
        self.write(texts("/documents/0/why"))
        self.save(problems=False)
        self.press("publish")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("call-state").get_attribute("data-state") == "OPEN")
        self.shot("calls-published-fr")
        shown = eventually("the call at the front door", lambda: (answer := self.client.get(f"/intake/v1/calls/{ID}")).status == 200 and answer.json())
        self.assertEqual((shown["opens_at"][:16], shown["quotas"][0]["places"], shown["fields"][0]["id"], shown["clock"]["answer_days"]), ("2026-01-01T07:30", 12, "goats", 60))
        self.the_first_page_has_the_figures_of_either()
        self.she_answers_what_it_asks()
        self.sign_in("admin", language="fr")
        self.go_to_call(ID)
        self.press("close-call")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("call-state").get_attribute("data-state") == "CLOSED")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "call-state")  # the button is gone

    def the_first_page_has_the_figures_of_either(self):
        """Two calls are open: neither hides the other's figures."""
        self.browser.get(f"{settings()['JISR_URL']}/?lang=fr")
        choice = Select(self.shown("which-call"))
        self.assertLessEqual({CALL, ID}, {option.get_attribute("value") for option in choice.options})
        for call in (ID, CALL):
            choice.select_by_value(call)
            provinces = len(self.client.get(f"/intake/v1/calls/{call}").json()["quotas"])
            self.wait.until(lambda _, provinces=provinces: len(self.all("#provinces tr")) == provinces)
            women = int("".join(c for c in self.by_id("women").text if c.isdigit()))
            self.assertEqual(women, 0) if call == ID else self.assertGreaterEqual(women, 0)
            self.assertTrue(self.by_id("apply-link").get_attribute("href").endswith(f"/apply?call={call}"))
        self.shot("index-which-call-fr")
        self.assertEqual(axe.violations(self.browser), [])

    def she_answers_what_it_asks(self):
        """Two calls are open: she says for which, and finds the question that this one adds."""
        self.new_phone()
        self.browser.get(f"{settings()['JISR_URL']}/apply?lang=fr&call={ID}")
        self.wait.until(lambda _: self.all("[name='/call']"))
        self.assertTrue(self.browser.find_element(By.CSS_SELECTOR, f"[name='/call'][value='{ID}']").is_selected())
        self.shot("apply-which-call-fr")
        self.assertEqual(axe.violations(self.browser), [])
        person = {"/applicant/name/ar": "سعاد الأطلسي", "/applicant/name/latin": "Souad Atlassi", "/applicant/identity/type": "passport", "/applicant/identity/number": "PA77881", "/applicant/birth_date": "1985-02-11",
                  "/applicant/phone": "0661020304"}
        for answers in ({"/consents/processing": ""}, person, {"/applicant/address/province": "MA-KHE", "/applicant/address/commune": "Khénifra", "/applicant/address/milieu": "rural"},
                        {"/project/title": "Chèvres", "/project/sector": "livestock", "/project/stage": "idea", "/project/requested_centimes": "9000", "/project/own_contribution_centimes": "0", "/project/jobs": "1"},
                        {"/situation/household_size": "4", "/situation/monthly_income_centimes": "900"}):
            before = self.by_id("step").text
            self.fill_all(answers)
            self.press("next")
            self.wait.until(lambda _: self.by_id("step").text != before)
        self.press("next")
        self.assertTrue(self.all("[name='/extra/goats'][aria-invalid]"))
        self.shot("apply-extra-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.fill("/extra/goats", "١٢")
        self.press("next")
        self.wait.until(lambda _: "Texte" in self.by_id("fields").text)
        self.press("next")
        receipt = self.shown("receipt-number").text.replace("-", "")
        self.assertEqual(rows("SELECT c.slug FROM intake.application a JOIN intake.call c ON c.id = a.call_id WHERE a.receipt = %s", receipt), [(ID,)])

    def go_to_call(self, name):
        self.browser.execute_script("location.hash = arguments[0]", f"#/call/{name}")
        self.wait.until(lambda _: self.all("#call-form"))

    def test_the_sample_call_in_each_language(self):
        for language in LANGUAGES:
            with self.subTest(language):
                self.sign_in("admin", language=language)
                self.go_to_call("fes-meknes-2026")
                self.open_sections()
                self.shot(f"calls-editor-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertEqual(self.problems(), {})
        self.sign_in("auditor", language="fr")
        self.go_to_call("fes-meknes-2026")
        self.assertEqual(self.all("#save-call"), [])  # an auditor reads
        self.assertFalse(self.browser.find_element(By.NAME, "/title/fr").is_enabled())


class NarrowEditor(Desk):
    size = NARROW

    def test_the_editor_fits_the_narrowest_phone(self):
        self.sign_in("admin", language="ar")
        self.browser.execute_script("location.hash = '#/call/fes-meknes-2026'")
        self.wait.until(lambda _: self.all("#call-form"))
        self.browser.execute_script("for (const one of document.querySelectorAll('#call-form > details')) one.open = true")
        self.shot("calls-narrow-ar")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])
        self.assertEqual(axe.violations(self.browser), [])


if __name__ == "__main__":
    unittest.main()
