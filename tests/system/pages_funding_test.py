"""What staff note after the committee's yes: the payment, the accompaniment and what came of it; each by keyboard alone as well."""
import unittest

from selenium.webdriver.common.keys import Keys

from support.browser import DESK, LANGUAGES, NARROW
from support.committee import approve
from support.desk import Desk
from support.jisr import Client, file_application, person, reaches, state_of, today

TODAY = today()
DAY = TODAY.strftime("%d-%m-%Y").split("-")


class Funding(Desk):
    size = DESK
    client = Client()

    def open_file(self, made, role, language="fr"):
        self.sign_in(role, "MA-03", language=language)
        self.go(f"file/{made['id']}")

    def is_now(self, state):
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == state)

    def write(self, *texts):
        """Into the field that has the focus and those that Tab leads to."""
        for place, text in enumerate(texts):
            if place:
                self.keys(Keys.TAB)
            self.focused().send_keys(text)

    def errors(self):
        return {error.get_attribute("id"): error.text for error in self.all("dialog .error")}

    def approved(self):
        made = file_application(self.client, person()).json()
        reaches(self.client, made, "SHORTLISTED")
        approve(made)
        reaches(self.client, made, "APPROVED")
        return made

    def looked_at(self, made, role, action, languages=LANGUAGES):
        for language in languages:
            with self.subTest(action, language=language):
                self.open_file(made, role, language)
                self.press(action)
                self.shown("ask-yes")
                self.fine(f"file-{action}-{language}-{self.size[0]}")
                self.keys(Keys.ESCAPE)
                self.wait.until(lambda _: not self.all("dialog"))
                self.assertEqual(self.focused().get_attribute("id"), action)  # back where it was


class FundingDesk(Funding):
    def test_from_the_payment_to_what_came_of_it(self):
        made = self.approved()
        self.open_file(made, "agent")
        self.assertEqual(self.all("#pay"), [])  # who accompanies does not pay
        self.looked_at(made, "committee", "pay")

        self.open_file(made, "committee")
        self.tab_to("pay", limit=60).send_keys(Keys.ENTER)
        self.tab_to("ask-yes").send_keys(Keys.ENTER)  # nothing is filled in
        self.wait.until(lambda _: len(self.errors()) == 3)
        self.assertEqual(self.focused().get_attribute("name"), "/amount_centimes")
        self.write("٤٥٠٠١", *DAY, "OP-2026-0117")
        self.tab_to("ask-yes").send_keys(Keys.ENTER)
        self.wait.until(lambda _: list(self.errors()) == ["f-amount_centimes-error"])  # above what she asked for: the service says so
        self.assertEqual(self.focused().get_attribute("value"), "٤٥٠٠١")
        self.focused().send_keys(Keys.CONTROL, "a")
        self.write("40 000,50")
        self.tab_to("ask-yes").send_keys(Keys.ENTER)
        self.is_now("FUNDED")
        self.assertEqual(state_of(self.client, made)["funding"], {"amount_centimes": 4_000_050, "paid_on": str(TODAY), "reference": "OP-2026-0117"})
        self.assertIn("40 000,50 DH", self.by_id("view").text.replace("\u00a0", " "))

        self.looked_at(made, "agent", "begin_follow_up")
        self.tab_to("begin_follow_up", limit=60).send_keys(Keys.ENTER)
        self.shown("ask-yes")
        self.write("ADS Taounate", *DAY)
        self.tab_to("ask-yes").send_keys(Keys.ENTER)
        self.is_now("FOLLOW_UP")
        self.looked_at(made, "agent", "end_follow_up")
        self.tab_to("end_follow_up", limit=60).send_keys(Keys.ENTER)
        self.shown("ask-yes")
        self.write("h", *DAY)  # has a job
        self.tab_to("ask-yes").send_keys(Keys.ENTER)
        self.is_now("CLOSED")
        followed = state_of(self.client, made)["follow_up"]
        self.assertEqual(followed, {"began_on": str(TODAY), "by": "ADS Taounate", "ended_on": str(TODAY), "outcome": "EMPLOYED"})
        self.assertIn("has a job", self.by_id("view").text)
        self.fine("file-closed-en")


class FundingPhone(Funding):
    size = NARROW

    def test_the_dialog_fits_the_narrowest_phone(self):
        self.looked_at(self.approved(), "committee", "pay", ["ar", "fr"])


if __name__ == "__main__":
    unittest.main()
