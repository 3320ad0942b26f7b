"""The staff's pages: signing in by a printed link, the lists, one file and what a role may do with it, a woman registered by an agent."""
import re
import unittest

from support import axe
from support.browser import DESK, FIRST_VIEW_BYTES, LANGUAGES, NARROW, PHONE, SHIFT_MAX, SHIFTS
from support.desk import Desk
from support.jisr import Client, basic, file_application, identity_number, person, reaches, rows, settings, staff_token, state_of

VIEWS = {"agent": ["list", "new", "mine", "due"], "reviewer": ["list", "doubles", "due"], "admin": ["list", "new", "due", "doubles", "calls", "retention"]}

# How many lines the views take, whether the open one is seen whole, the smallest of them in px, and whether the page is pushed by them.
ROW = """const row = document.querySelector('#views ul'), links = [...row.querySelectorAll('a')].map((one) => one.getBoundingClientRect()), here = row.querySelector('[aria-current]').getBoundingClientRect();
    return [new Set(links.map(({top}) => Math.round(top))).size, here.left >= 0 && here.right <= innerWidth, Math.min(...links.map(({height}) => height)), document.documentElement.scrollWidth]"""
HEAD_MOST = 250  # px of the narrowest phone before the view itself begins


class StaffDesk(Desk):
    size = DESK

    def test_the_link_signs_in_and_leaves_no_token_in_the_address(self):
        self.sign_in("agent", "MA-03")
        self.assertNotIn("token", self.browser.current_url)
        self.assertIn("MA-03", self.by_id("views").text)
        self.press("sign-out")
        self.wait.until(lambda _: self.all("#view h2") and not self.by_id("views").is_displayed())
        self.assertIsNone(self.browser.execute_script("return sessionStorage.getItem('jisr-token')"))

    def test_each_view_in_each_language_is_accessible(self):
        reaches(Client(), file_application(Client(), person()).json(), "SHORTLISTED")
        for role, views in (("admin", VIEWS["admin"]), ("agent", ["mine"])):
            for language in LANGUAGES:
                self.sign_in(role, "MA-03", language=language)
                for view in views:
                    with self.subTest(role=role, view=view, language=language):
                        self.go(view)
                        self.shot(f"staff-{role}-{view}-{language}")
                        self.assertEqual(axe.violations(self.browser), [])
                        self.assertEqual(self.raw_keys(), [])
                        self.assertFalse(self.by_id("summary").is_displayed(), self.by_id("summary").text)

    def test_each_view_is_light_and_nothing_moves_while_it_comes(self):
        made = file_application(Client(), person()).json()
        self.new_phone()
        self.browser.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": True})  # the first visit of all
        for role, views in (("agent", VIEWS["agent"]), ("admin", ["doubles", "calls", "call/fes-meknes-2026", f"file/{made['id']}"])):
            signed_in = f"sessionStorage.setItem('jisr-token', '{staff_token(role, 'MA-03')}'); {SHIFTS}"
            script = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": signed_in})["identifier"]
            for view in views:
                with self.subTest(role=role, view=view):
                    self.browser.get("about:blank")
                    self.browser.execute_cdp_cmd("Network.clearBrowserCache", {})
                    self.browser.get(f"{settings()['JISR_URL']}/staff?lang=fr#/{view}")
                    self.wait.until(lambda _: self.all("#view h2"))
                    self.browser.execute_async_script("setTimeout(arguments[0], 500)")
                    weight, requests = self.transferred()
                    print(f"          first view of the desk's {view.split('/')[0]}: {weight} bytes, {requests} requests", flush=True)
                    self.assertGreater(weight, 10_000)
                    self.assertLessEqual(weight, FIRST_VIEW_BYTES)
                    self.assertLessEqual(self.browser.execute_script("return window.__shift"), SHIFT_MAX)
            self.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
        self.browser.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": False})

    def test_an_agent_finds_a_file_by_its_receipt_and_pages_through_the_list(self):
        client = Client()
        made = [file_application(client, person()).json() for _ in range(3)]
        self.sign_in("agent", "MA-03")
        self.by_id("ask-q").send_keys(made[0]["receipt_number"])
        self.press("search")
        self.wait.until(lambda _: self.receipts() == [made[0]["receipt_number"]])
        self.all("#rows th a")[0].click()
        self.shown("her-form")
        self.assertIn(made[0]["receipt_number"], self.by_id("view").text)
        self.shot("staff-file-fr")
        self.assertEqual(axe.violations(self.browser), [])
        read = rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'read-form'", made[0]["id"])
        self.assertEqual(read, [(1,)])

    def test_what_can_not_be_searched_for_leaves_no_other_list_below_its_refusal(self):
        file_application(Client(), person())
        self.sign_in("agent", "MA-03")
        self.wait.until(lambda _: self.receipts())
        self.by_id("ask-q").send_keys("BAD")
        self.press("search")
        self.shown("summary")
        self.assertEqual((self.receipts(), self.by_id("ask-q").get_attribute("value")), ([], "BAD"))
        self.go("due")
        self.wait.until(lambda _: self.receipts())
        self.assertEqual((self.by_id("summary").is_displayed(), self.by_id("ask-q").get_attribute("value")), (False, ""))

    def test_an_agent_of_another_region_sees_nothing_of_it(self):
        made = file_application(Client(), person()).json()
        self.sign_in("agent", "MA-11")
        self.assertEqual(self.receipts(), [])
        self.go(f"file/{made['id']}")
        self.shown("summary")
        self.assertNotIn(made["receipt_number"], self.by_id("view").text)

    def test_a_reviewer_lets_a_possible_double_go_on(self):
        client, number = Client(), identity_number()
        file_application(client, person(applicant__identity__number=number))
        made = file_application(client, person(applicant__identity__number=number)).json()
        reaches(client, made, "DUPLICATE_REVIEW")
        self.sign_in("reviewer", "MA-03")
        self.go(f"file/{made['id']}")
        self.press("not_same")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") != "DUPLICATE_REVIEW")
        self.assertNotEqual(state_of(client, made)["state"], "DUPLICATE_REVIEW")

    def test_an_agent_registers_a_woman_and_her_code_follows_the_file(self):
        self.sign_in("agent", "MA-03", view="new")
        self.press("register")
        self.assertTrue(self.all("[aria-invalid]"))
        number = identity_number()
        self.fill_all({"/assistance/place": "Sefrou", "/consents/processing": "", "/applicant/name/latin": "Naima Tazi", "/applicant/name/ar": "نعيمة التازي", "/applicant/identity/number": number, "/applicant/birth_date": "1988-02-03",
                       "/applicant/phone": "0661000001", "/applicant/address/province": "MA-SEF", "/applicant/address/commune": "Sefrou", "/applicant/address/milieu": "urban",
                       "/project/title": "Couture", "/project/sector": "crafts", "/project/stage": "idea", "/project/requested_centimes": "20000", "/project/own_contribution_centimes": "0",
                       "/project/jobs": "1", "/situation/household_size": "3", "/situation/monthly_income_centimes": "1500"})
        self.press("register")
        filed = {"receipt_number": self.shown("receipt-number").text, "secret_code": self.by_id("secret-code").text}
        self.shot("staff-registered-fr")
        found = Client().get(f"/intake/v1/receipts/{filed['receipt_number']}", authorization=basic(filed))
        self.assertEqual(found.status, 200)
        self.go("mine")
        self.wait.until(lambda _: filed["receipt_number"] in self.receipts())


class StaffPhone(Desk):
    size = NARROW

    def test_the_desk_fits_the_narrowest_phone(self):
        file_application(Client(), person())
        for role, views in VIEWS.items():
            self.sign_in(role, "MA-03", language="ar")
            for view in views:
                with self.subTest(role=role, view=view):
                    self.go(view)
                    self.shot(f"staff-narrow-{role}-{view}-ar")
                    self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), NARROW[0])

    def test_the_views_are_one_row_and_the_open_one_is_seen(self):
        script = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SHIFTS})["identifier"]
        try:
            for language in LANGUAGES:
                self.sign_in("admin", language=language)
                names = [link.get_attribute("href").split("/")[-1] for link in self.all("#views li a")]
                self.assertGreater(len(names), 5)
                for view in names:
                    with self.subTest(language=language, view=view):
                        self.go(view)
                        lines, seen, least, width = self.browser.execute_script(ROW)
                        self.assertEqual((lines, seen, width), (1, True, self.size[0]))
                        self.assertGreaterEqual(least, 44)
                        self.assertLessEqual(self.by_id("view").rect["y"], HEAD_MOST)
                        self.shot(f"staff-row-{self.size[0]}-{view}-{language}")
                self.browser.refresh()  # the last of them is far along the row
                self.wait.until(lambda _: self.all("#view:not([aria-busy]) h2"))
                self.browser.execute_async_script("setTimeout(arguments[0], 300)")
                self.assertLessEqual(self.browser.execute_script("return window.__shift"), SHIFT_MAX)
        finally:
            self.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})

    def test_nobody_signed_in_sees_the_sign_in_and_nothing_else(self):
        self.open("staff", "fr")
        self.wait.until(lambda _: self.all("#view h2"))
        self.assertFalse(self.by_id("views").is_displayed())
        self.assertRegex(self.by_id("view").text, re.compile("connect", re.I))
        self.assertEqual(axe.violations(self.browser), [])


class StaffWiderPhone(Desk):
    size = PHONE
    test_the_views_are_one_row_and_the_open_one_is_seen = StaffPhone.test_the_views_are_one_row_and_the_open_one_is_seen


if __name__ == "__main__":
    unittest.main()
