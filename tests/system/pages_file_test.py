"""What staff do with one file on the desk: ask for what is missing by name, amend it at her wish, note a legal hold and what a register said; a cooperative's members."""
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from support.browser import DESK, LANGUAGES, NARROW
from support.desk import Desk
from support.jisr import basic, eventually, file_application, person, reaches, state_of
from support.own_call import OwnCall


class OwnFiles(Desk):
    """Files of a call that eligibility can not assess: they stay SUBMITTED, where a complement may be asked for and the form be amended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("file", assessed=False, members_min=2)
        cls.client = cls.call.client

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def open_file(self, made, role, language="fr"):
        self.sign_in(role, *(("XA-01",) if role != "admin" else ()), language=language)
        self.go(f"file/{made['id']}")

    def close_dialog(self):
        self.browser.find_element(By.CSS_SELECTOR, "dialog .button").click()
        self.wait.until(lambda _: not self.all("dialog"))


class FileDesk(OwnFiles):
    size = DESK

    def tick(self, pointer):
        self.browser.execute_script("arguments[0].click()", self.browser.find_element(By.CSS_SELECTOR, f"dialog [name='{pointer}']"))

    def test_what_is_missing_is_asked_for_by_name(self):
        made = self.call.filed()
        for language in LANGUAGES:
            with self.subTest(language):
                self.open_file(made, "reviewer", language)
                self.press("ask_complement")
                self.assertFalse(self.shown("ask-yes").is_enabled())  # nothing is asked for yet
                for pointer in ("/applicant/phone", "/documents/identity"):
                    self.tick(pointer)
                self.fine(f"file-complement-{language}")
                self.close_dialog()
        self.press("ask_complement")
        for pointer in ("/applicant/phone", "/applicant/address/commune", "/documents/identity"):
            self.tick(pointer)
        self.tick("/applicant/address/commune")  # not that one after all
        arabic, french = (self.by_id(f"complement-{code}").get_attribute("value") for code in ("ar", "fr"))
        self.assertIn("الهاتف", arabic)
        self.assertIn("Téléphone, Copie du passeport", french)
        self.assertNotIn("Commune", french)
        self.by_id("complement-fr").send_keys(" Merci.")
        self.tick("/project/title")  # somebody has written: the sentence is theirs
        self.assertTrue(self.by_id("complement-fr").get_attribute("value").endswith("Copie du passeport. Merci."))
        self.assertNotEqual(self.by_id("complement-ar").get_attribute("value"), arabic)
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "INFO_REQUESTED")
        asked = state_of(self.client, made)["complement"]
        self.assertEqual(asked["fields"], ["/applicant/phone", "/documents/identity", "/project/title"])
        self.assertTrue(asked["text"]["fr"].endswith("Merci."))
        self.assertIn("Copy of the passport", self.by_id("view").text)
        self.assertEqual(self.all("#ask_complement"), [])  # once only

    def test_a_hold_is_set_with_its_reason_and_lifted_with_another(self):
        made = self.call.filed()
        for language in LANGUAGES:
            with self.subTest(language):
                self.open_file(made, "admin", language)
                self.press("hold")
                self.assertFalse(self.shown("ask-yes").is_enabled())
                self.fine(f"file-hold-{language}")
                self.close_dialog()
        self.press("hold")
        self.shown("mark-reason").send_keys("Instruction en cours")
        self.press("ask-yes")
        self.shown("release_hold")
        self.assertIn("Instruction en cours", self.by_id("view").text)
        self.fine("file-held-en")
        erased = self.client.post(f"/intake/v1/applications/{made['id']}/erasure", {}, authorization=basic(made))
        self.assertEqual(erased.status, 422, erased)
        self.press("release_hold")
        self.shown("mark-reason").send_keys("Classée")
        self.press("ask-yes")
        self.shown("hold")
        self.assertIsNone(state_of(self.client, made)["hold"])
        self.open_file(made, "reviewer")
        self.assertEqual(self.all("#hold, #release_hold"), [])  # an administrator's alone

    def test_what_a_register_says_is_noted(self):
        made = self.call.filed()
        for language in LANGUAGES:
            with self.subTest(language):
                self.open_file(made, "agent", language)
                self.press("check_register")
                self.assertEqual(Select(self.shown("check-register")).first_selected_option.get_attribute("value"), "auto-entrepreneurs")
                self.assertFalse(self.by_id("ask-yes").is_enabled())
                self.fine(f"file-register-{language}")
                self.close_dialog()
        for register, result in (("auto-entrepreneurs", "NOT_FOUND"), ("ice", "DIFFERS")):
            self.press("check_register")
            Select(self.shown("check-register")).select_by_value(register)
            Select(self.by_id("check-result")).select_by_value(result)
            self.by_id("check-note").send_keys("vu en ligne")
            self.press("ask-yes")
            eventually("the check", lambda register=register: register in [check["register"] for check in state_of(self.client, made)["register_checks"]])
            self.wait.until(lambda _, register=register: self.all("#checks tbody tr") and not self.all("dialog"))
        self.wait.until(lambda _: len(self.all("#checks tbody tr")) == 2)
        self.assertIn("found, but different", self.by_id("checks").text)
        self.fine("file-checked-en")

    def amended_by_her(self, made, **changes):
        """She herself, elsewhere, at the same time."""
        path = f"/intake/v1/applications/{made['id']}"
        form = self.client.get(f"{path}/form", authorization=basic(made)).json()
        form.pop("assistance", None)
        for way, value in changes.items():
            *there, last = way.split("__")
            place = form
            for name in there:
                place = place[name]
            place[last] = value
        answer = self.client.call("PUT", path, form, {"if-match": f'"{state_of(self.client, made)["version"]}"', "authorization": basic(made)})
        self.assertEqual(answer.status, 200, answer)

    def test_an_agent_amends_at_her_wish_and_takes_over_what_she_changed_meanwhile(self):
        made = self.call.filed()
        self.open_file(made, "agent")
        self.press("amend_for_her")
        self.shown("send-changes")
        value = lambda pointer: self.browser.find_element(By.NAME, pointer).get_attribute("value")
        self.assertEqual((value("/project/title"), value("/applicant/address/commune")), ("Huile d'olive de Ghafsai", "Alfa"))
        self.fine("file-amend-fr")
        self.fill_all({"/assistance/channel": "phone", "/assistance/place": "Alfa", "/project/title": "Tapis", "/project/jobs": "3"})
        self.amended_by_her(made, applicant__address__commune="Bêta", project__title="Savon")
        self.press("send-changes")
        told = self.shown("meanwhile").text
        self.assertIn("Bêta", told)
        self.assertIn("Savon", told)  # both wrote it: hers is told, the agent's stays
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "meanwhile")
        self.fine("file-amend-meanwhile-fr")
        self.assertEqual((value("/project/title"), value("/applicant/address/commune"), value("/project/jobs")), ("Tapis", "Bêta", "3"))
        self.press("send-changes")
        self.shown("state")
        form = self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=basic(made)).json()
        self.assertEqual((form["project"]["title"], form["applicant"]["address"]["commune"], form["project"]["jobs"], form["assistance"]["channel"]), ("Tapis", "Bêta", 3, "phone"))
        self.assertEqual(state_of(self.client, made)["revision"], 3)

    def test_another_language_draws_an_amendment_anew_as_it_is(self):
        self.open_file(self.call.filed(), "agent")
        self.press("amend_for_her")
        self.shown("send-changes")
        self.fill("/project/title", "Tapis")
        self.browser.find_element(By.CSS_SELECTOR, "[data-lang='en']").click()
        self.wait.until(lambda _: self.by_id("send-changes").text == "Send the changes")
        self.assertEqual(self.browser.find_element(By.NAME, "/project/title").get_attribute("value"), "Tapis")

    def test_the_form_of_an_amendment_in_each_language(self):
        made = self.call.filed()
        for language in LANGUAGES:
            with self.subTest(language):
                self.open_file(made, "agent", language)
                self.press("amend_for_her")
                self.shown("send-changes")
                self.fill("/applicant/phone", "12")
                self.press("send-changes")
                self.assertEqual(self.browser.switch_to.active_element.get_attribute("name"), "/assistance/channel")  # who amends for her says how they met
                self.fine(f"file-amend-wrong-{language}")

    def test_a_place_that_is_hers_is_not_amended_away(self):
        made = file_application(self.client, person()).json()
        reaches(self.client, made, "SHORTLISTED")
        self.sign_in("agent", "MA-TAO")
        self.go(f"file/{made['id']}")
        self.assertEqual(self.all("#amend_for_her"), [])


class FilePhone(OwnFiles):
    size = NARROW

    def test_the_dialogs_and_the_form_fit_the_narrowest_phone(self):
        made = self.call.filed()
        self.open_file(made, "admin", "ar")
        for button in ("ask_complement", "hold", "check_register"):
            self.press(button)
            self.shown("ask-yes")
            self.fine(f"file-narrow-{button}-ar")
            self.close_dialog()
        self.press("amend_for_her")
        self.shown("send-changes")
        self.fine("file-narrow-amend-ar")


class Members(OwnFiles):
    size = DESK

    def test_who_joined_and_who_left_is_seen_and_an_agent_takes_one_out(self):
        stays, leaves = self.call.form(), self.call.form()
        made = self.call.filed(self.call.cooperative(leaves, stays))
        self.open_file(made, "agent")
        self.wait.until(lambda _: len(self.all("#members tbody tr")) == 3)
        self.press("amend_for_her")
        self.press("remove-member-1")
        self.assertEqual(self.browser.find_element(By.NAME, "/cooperative/members/1/name/latin").get_attribute("value"), stays["applicant"]["name"]["latin"])
        self.assertEqual(self.all("[name='/cooperative/members/2/name/latin']"), [])
        self.fill_all({"/assistance/channel": "office", "/assistance/place": "Alfa"})
        self.press("send-changes")
        self.wait.until(lambda _: "Partie le" in self.by_id("members").text if self.all("#members") else False)
        form = self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=basic(made)).json()
        self.assertEqual([member["role"] for member in form["cooperative"]["members"]], ["president", "treasurer"])  # nobody's role is lost by it
        for language in LANGUAGES:
            with self.subTest(language):
                self.open_file(made, "reviewer", language)
                lines = [row.text for row in self.all("#members tbody tr")]
                self.assertEqual(len(lines), 3)
                self.assertIn(leaves["applicant"]["name"]["ar"], lines[-1])  # who has left is told last
                self.fine(f"file-members-{language}")


if __name__ == "__main__":
    unittest.main()
