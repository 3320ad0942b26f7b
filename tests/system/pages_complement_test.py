"""A woman is asked for what is missing: her page names each thing, each name leads to its place, and what she sends is what was asked for. A cooperative's members."""
import pathlib
import tempfile
import unittest

from support import axe
from support.browser import LANGUAGES, NARROW
from support.documents import kept_document, png
from support.jisr import bearer, staff_token, state_of
from support.own_call import OwnCall
from support.own_page import OwnPage

TEXT = {"ar": "المرجو تصحيح الهاتف.", "fr": "Merci de corriger le numéro.", "en": "Please correct the number."}


class Complement(OwnPage):
    size = NARROW

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("complement", assessed=False, members_min=2)

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def asked_for(self, *fields):
        made = self.call.filed()
        answer = self.client.post(f"/intake/v1/applications/{made['id']}/information-request", {"fields": fields, "text": TEXT}, authorization=bearer(staff_token("reviewer", "XA-01")))
        self.assertEqual((answer.status, answer.json()["complement"]["fields"]), (200, list(fields)), answer)
        return made

    def follow(self, pointer):
        self.wait.until(lambda _: self.all(f"#file [data-asked='{pointer}']"))[0].click()

    def focused(self, name):
        self.wait.until(lambda _: name in (self.browser.switch_to.active_element.get_attribute("id"), self.browser.switch_to.active_element.get_attribute("name")))

    def test_each_thing_is_named_and_leads_to_its_place(self):
        made = self.asked_for("/applicant/phone", "/documents/identity")
        names = {"ar": ["الهاتف", "نسخة من جواز السفر"], "fr": ["Téléphone", "Copie du passeport"], "en": ["Telephone", "Copy of the passport"]}
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(made, language)
                self.wait.until(lambda _: len(self.all("#file [data-asked]")) == 2)
                self.assertEqual([link.text for link in self.all("#file [data-asked]")], names[language])
                self.assertIn(TEXT[language], self.by_id("complement").text)
                self.shot(f"status-asked-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertLessEqual(self.width(), NARROW[0])
        self.look(made, "fr")
        self.follow("/documents/identity")
        self.focused("pick-identity")
        self.follow("/applicant/phone")
        self.focused("/applicant/phone")
        self.shot("apply-asked-fr")
        self.assertEqual([link.text for link in self.all("#asked [data-asked]")], ["Téléphone"])
        self.assertEqual(axe.violations(self.browser), [])
        self.fill("/applicant/phone", "0677889900")
        for _ in range(4):
            before = self.by_id("step").text
            self.press("next")
            self.wait.until(lambda _, before=before: self.by_id("step").text != before)
        self.press("next")
        self.wait.until(lambda _: self.by_id("done").is_displayed())
        seen = state_of(self.client, made)
        self.assertEqual((seen["state"], seen["revision"], seen["complement"]["due_at"]), ("SUBMITTED", 2, None))

    def test_where_only_a_document_is_asked_for_it_is_all_that_she_sends(self):
        made = self.asked_for("/documents/identity")
        self.look(made)
        self.wait.until(lambda _: self.all("#file [data-asked]"))
        self.press("complete")
        self.wait.until(lambda _: "نسخة من جواز السفر" in "".join(toast.text for toast in self.all(".toast.warn")))  # that first
        self.focused("pick-identity")
        self.assertEqual(state_of(self.client, made)["state"], "INFO_REQUESTED")
        with tempfile.TemporaryDirectory() as folder:
            photo = pathlib.Path(folder) / "passport.png"
            photo.write_bytes(png())
            self.by_id("pick-identity").send_keys(str(photo))
            self.wait.until(lambda _: self.all("#documents .page-row[data-state=READY]"))
        self.press("complete")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "SUBMITTED")
        self.assertEqual(self.all("#file [data-asked]"), [])
        self.shot("status-complement-sent-ar")

    def test_a_document_that_is_there_already_is_enough(self):
        made = self.asked_for("/documents/identity")
        kept_document(self.client, made, png())
        self.look(made, "fr")
        self.wait.until(lambda _: self.all("#documents .page-row[data-state=READY]") and self.all("#file [data-asked]"))
        self.press("complete")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "SUBMITTED")

    def test_her_page_names_the_members_of_the_cooperative(self):
        other = self.call.form()
        made = self.call.filed(self.call.cooperative(other))
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(made, language)
                self.wait.until(lambda _: len(self.all("#members tbody tr")) == 2)
                self.assertIn(other["applicant"]["name"]["ar"], self.by_id("members").text)
                self.shot(f"status-members-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertLessEqual(self.width(), NARROW[0])


if __name__ == "__main__":
    unittest.main()
