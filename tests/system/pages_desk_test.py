"""The staff's work: three women registered from one phone, a signed paper, the documents of a file, two files told apart or merged."""
import random
import unittest

from selenium.webdriver.support.ui import Select

from support import axe
from support.browser import DESK, LANGUAGES, NARROW
from support.desk import Desk
from support.documents import kept_document, pdf, png
from support.jisr import Client, basic, bearer, eventually, file_application, identity_number, person, reaches, rows, staff_token, state_of

WOMAN = {"/assistance/place": "Ghafsai", "/consents/processing": "", "/consents/partner-referral": "", "/applicant/name/latin": "Naima Tazi", "/applicant/name/ar": "نعيمة التازي", "/applicant/birth_date": "1988-02-03",
         "/applicant/phone": "٠٦٦١٠٠٠٠٠١", "/applicant/address/province": "MA-TAO", "/applicant/address/commune": "Ghafsai", "/applicant/address/milieu": "rural",
         "/project/title": "Couture", "/project/sector": "crafts", "/project/stage": "idea", "/project/requested_centimes": "20000", "/project/own_contribution_centimes": "0",
         "/project/jobs": "1", "/situation/household_size": "3", "/situation/monthly_income_centimes": "1500"}
NAMES = [("نعيمة التازي", "Naima Tazi"), ("زينب برادة", "Zineb Berrada"), ("هدى الكتاني", "Houda Kettani")]


class AgentsPhone(Desk):
    size = NARROW

    def register(self, name, **more):
        self.shown("register")
        birth = f"{random.randrange(1965, 2000)}-{random.randrange(1, 13)}-{random.randrange(1, 29)}"
        answers = WOMAN | {"/applicant/name/ar": name[0], "/applicant/name/latin": name[1], "/applicant/identity/number": identity_number(), "/applicant/birth_date": birth} | more
        self.fill_all(answers)
        self.press("register")
        return {"receipt_number": self.shown("receipt-number").text, "secret_code": self.by_id("secret-code").text}

    def test_three_women_from_one_phone_and_one_confirms(self):
        client = Client()
        self.sign_in("agent", "MA-TAO", language="ar", view="new")
        filed = []
        for place, name in enumerate(NAMES):
            filed.append(self.register(name))
            if place == 0:
                self.shot("desk-registered-ar")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
            if place < 2:
                self.press("another-woman")
                self.wait.until(lambda _: self.all("[name='/assistance/place']"))
                self.assertEqual(self.all("[name='/assistance/place']")[0].get_attribute("value"), "Ghafsai")  # where she sits stays
                self.assertEqual(self.all("[name='/applicant/name/latin']")[0].get_attribute("value"), "")  # of the woman before, nothing
        for one in filed:
            one["id"] = client.get(f"/intake/v1/receipts/{one['receipt_number']}", authorization=basic(one)).json()["id"]
            self.assertTrue(state_of(client, one)["confirmation"]["needed"])
        # She has her receipt and code, and a phone of her own.
        self.new_phone()
        self.open("status")
        for name, value in (("receipt", filed[0]["receipt_number"]), ("code", filed[0]["secret_code"])):
            self.by_id(name).send_keys(value)
        self.all("#form button[type=submit]")[0].click()
        self.press("confirm")
        self.wait.until(lambda _: not self.all("#confirm"))
        self.assertEqual([state_of(client, one)["confirmation"]["needed"] for one in filed], [False, True, True])
        # The second one signs a paper at the centre.
        self.sign_in("agent", "MA-TAO", language="fr")
        self.go(f"file/{filed[1]['id']}")
        self.press("confirm_paper")
        self.shown("paper").send_keys("EN-TAO-0042")
        self.shot("desk-paper-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.press("ask-yes")
        self.wait.until(lambda _: "EN-TAO-0042" in self.by_id("view").text)
        self.assertEqual(state_of(client, filed[1])["confirmation"]["how"], "paper")
        # What still waits is found.
        self.go("list")
        self.press("more-filters")
        self.fill_filter("ask-confirmation", "waiting")
        self.wait.until(lambda _: filed[2]["receipt_number"] in self.receipts() and filed[1]["receipt_number"] not in self.receipts())
        self.shot("desk-waiting-fr")

    def fill_filter(self, name, value):
        Select(self.shown(name)).select_by_value(value)
        self.press("search")

    def test_what_is_missing_is_named_at_the_top_and_at_its_field(self):
        self.sign_in("agent", "MA-TAO", language="fr", view="new")
        self.press("register")
        links = self.all("#new-summary .link")
        self.assertGreater(len(links), 10)
        self.shot("desk-new-missing-fr")
        self.assertEqual(axe.violations(self.browser), [])
        wanted = next(link for link in links if "Commune" in link.text and "lieu" not in link.text)
        self.browser.execute_script("arguments[0].click()", wanted)
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("name"), "/applicant/address/commune")


class Reviewer(Desk):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = Client()

    def double(self):
        """Two files of one number; the second one waits."""
        body = person()
        first = file_application(self.client, body).json()
        body["applicant"]["phone"] = "0661999999"
        body["project"]["title"] = "Tapis"
        second = file_application(self.client, body).json()
        reaches(self.client, second, "DUPLICATE_REVIEW")
        path = f"/intake/v1/applications/{first['id']}/duplicates/{second['id']}"
        eventually("the pair", lambda: self.client.get(path, authorization=bearer(staff_token("reviewer", "MA-03"))).status == 200, 240.0)  # behind what the load and the files have left to be searched
        return first, second

    def state(self, made):
        return state_of(self.client, made)["state"]

    def test_a_double_is_seen_side_by_side_merged_and_taken_back(self):
        first, second = self.double()
        self.sign_in("reviewer", "MA-03", view="doubles")
        link = lambda: next((one for one in self.all("#rows .pair-link") if first["receipt_number"] in one.text and second["receipt_number"] in one.text), None)
        self.wait.until(lambda _: link())
        self.shot("desk-doubles-fr")
        self.assertEqual(axe.violations(self.browser), [])
        self.browser.execute_script("arguments[0].click()", link())
        self.wait.until(lambda _: self.all(".compare"))
        self.shot("desk-pair-fr")
        self.assertEqual(axe.violations(self.browser), [])
        text = self.by_id("view").text
        self.assertIn("Tapis", text)
        self.assertIn("+60", text)
        self.press("same")
        self.assertIn(second["receipt_number"], self.all("dialog")[0].text)
        self.press("ask-yes")
        self.shown("undo_merge")
        self.assertEqual((self.state(second), self.state(first) != "MERGED"), ("MERGED", True))
        self.press("undo_merge")
        self.press("ask-yes")
        self.shown("not_same")
        self.assertEqual(self.state(second), "DUPLICATE_REVIEW")
        self.press("not_same")
        self.press("ask-yes")
        self.shown("judged")
        reaches(self.client, second, "SCREENING", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED")
        read = rows("SELECT count(*) FROM intake.audit WHERE action = 'read-compare' AND subject = %s", second["id"])
        self.assertGreaterEqual(read[0][0], 1)

    def test_the_comparison_in_each_language(self):
        first, second = self.double()
        for language in LANGUAGES:
            with self.subTest(language):
                self.sign_in("reviewer", "MA-03", language=language)
                self.browser.execute_script("location.hash = arguments[0]", f"#/pair/{first['id']}/{second['id']}")
                self.wait.until(lambda _: self.all(".compare"))
                self.shot(f"desk-pair-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertFalse(self.by_id("summary").is_displayed())

    def test_the_desk_in_the_dark(self):
        first, second = self.double()
        self.dark()
        try:
            for language in ("fr", "ar"):
                self.sign_in("reviewer", "MA-03", language=language)
                for view, there in (("list", "#rows"), ("doubles", "#rows"), (f"pair/{first['id']}/{second['id']}", ".compare"), (f"file/{second['id']}", "#her-form")):
                    with self.subTest(language=language, view=view):
                        self.go(view)
                        self.wait.until(lambda _, there=there: self.all(there))
                        self.shot(f"desk-dark-{view.split('/')[0]}-{language}")
                        self.assertEqual(axe.violations(self.browser), [])
        finally:
            self.dark(False)

    def test_a_file_shows_its_documents_and_its_doubles(self):
        first, second = self.double()
        kept_document(self.client, second, png())
        kept_document(self.client, second, pdf(), page=2)
        for language in LANGUAGES:
            with self.subTest(language):
                self.sign_in("reviewer", "MA-03", language=language)
                self.go(f"file/{second['id']}")
                self.wait.until(lambda _: self.all("#papers .thumb img"))
                self.assertIn(first["receipt_number"], self.by_id("pairs").text)
                self.assertEqual(self.all("#papers input[type=file]"), [])  # a reviewer looks, and does not add
                self.shot(f"desk-file-{language}")
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
        self.all("#papers [id^=look-]")[0].click()
        self.wait.until(lambda _: self.all("dialog img.whole"))
        self.shot("desk-viewer-en")
        read = rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'read-document' AND actor LIKE 'reviewer:%%'", second["id"])
        self.assertGreaterEqual(read[0][0], 1)


class ReviewersPhone(Reviewer):
    """The same work on the narrowest phone: nothing is wider than it."""
    size = NARROW

    def shot(self, name):
        super().shot(f"narrow-{name}")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0], name)


if __name__ == "__main__":
    unittest.main()
