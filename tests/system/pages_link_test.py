"""The pages over a link that loses answers, or brings them late: nothing is done twice, nothing is shown in a place that was left, nothing that was written is lost."""
import json
import pathlib
import tempfile
import unittest
import uuid

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from support.browser import DESK
from support.desk import Desk
from support.documents import png
from support.form_page import PROJECT, SITUATION, START, WHERE, FormPage, you
from support.jisr import basic, bearer, file_application, person, rows, staff_token, state_of
from support.network import Network
from support.own_call import CALLS, OwnCall
from support.own_page import OwnPage
from support.women_csv import text, woman


class Lists(Desk, Network):
    size = DESK

    def view(self):
        return self.by_id("view").get_attribute("data-view"), self.all("#view h2")[0].text

    def test_a_view_that_was_left_draws_nothing_any_more(self):
        self.sign_in("admin", view="calls")
        calls = self.all("#view h2")[0].text
        self.hold("GET", "/imports")
        self.browser.execute_script("location.hash = '#/imports'")
        self.held()
        self.go("calls")
        self.let_go()
        self.assertEqual(self.view(), ("#/calls", calls))

    def test_the_newest_question_is_the_one_that_is_answered(self):
        self.sign_in("admin")
        self.hold("GET", "kind=cooperative")
        Select(self.by_id("ask-kind")).select_by_value("cooperative")
        self.press("search")
        self.held()
        Select(self.by_id("ask-kind")).select_by_value("person")
        self.press("search")
        self.wait.until(lambda _: self.all("#rows > *") and not self.all("#rows[aria-busy]"))
        there = self.by_id("rows").text
        self.browser.execute_script("document.querySelector('#rows').firstElementChild.id = 'newest'")
        self.let_go()
        self.assertTrue(self.all("#newest"))
        self.assertEqual(self.by_id("rows").text, there)


class Files(Desk, Network):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("link", assessed=False)
        cls.client = cls.call.client

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def form(self, made):
        return self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=basic(made)).json()

    def test_an_amendment_without_an_answer_is_nobody_elses_change(self):
        made = self.call.filed()
        self.sign_in("agent", "XA-01")
        self.go(f"file/{made['id']}")
        self.press("amend_for_her")
        self.shown("send-changes")
        self.fill_all({"/assistance/channel": "phone", "/assistance/place": "Alfa", "/project/title": "Tapis"})
        self.lose("PUT", "/applications/")
        self.press("send-changes")
        self.shown("summary")
        self.fill("/project/title", "Savon")
        self.press("send-changes")
        self.shown("state")
        self.assertEqual(self.form(made)["project"]["title"], "Savon")

    def test_an_import_that_is_sent_twice_is_one(self):
        agent = f"agent-{uuid.uuid4().hex[:8]}"
        path = pathlib.Path(tempfile.mkdtemp()) / "femmes.csv"
        path.write_text(text([woman(f"LINK-{uuid.uuid4().hex[:6]}")]), encoding="utf-8")
        self.sign_in("agent", "MA-03", view="imports", subject=agent)
        if self.all("#import-call"):
            Select(self.by_id("import-call")).select_by_value("fes-meknes-2026")
        self.by_id("import-file").send_keys(str(path))
        self.lose("POST", "/imports")
        self.press("import-send")
        self.shown("summary")
        ActionChains(self.browser).double_click(self.by_id("import-send")).perform()
        self.shown("import-state")
        self.assertEqual(rows("SELECT count(*) FROM intake.import WHERE created_by = %s", agent), [(1,)])

    def test_a_woman_who_is_registered_over_a_bad_link_has_her_receipt(self):
        self.sign_in("agent", "MA-TAO", language="fr", view="new")
        if self.all("#new-call"):
            Select(self.by_id("new-call")).select_by_value("fes-meknes-2026")
        number = you()
        self.fill_all({"/assistance/place": "Ghafsai", **START, **number, **WHERE, **PROJECT, **SITUATION})
        self.lose("POST", "/applications")
        self.press("register")
        self.shown("summary")
        self.fill("/project/title", "Savon")
        self.press("register")
        receipt = self.shown("receipt-number").text
        self.assertTrue(self.by_id("written-since").is_displayed())
        code = self.by_id("secret-code").text
        self.assertEqual(len(rows("SELECT 1 FROM intake.application WHERE receipt = %s", receipt.replace("-", ""))), 1)
        # Another language, another view: her code, which is told only once, is still there.
        self.browser.find_element(By.CSS_SELECTOR, "[data-lang=en]").click()
        self.wait.until(lambda _: self.all("#secret-code") and not self.all("#view[aria-busy]"))
        self.go("list")
        self.go("new")
        self.assertEqual((self.shown("receipt-number").text, self.by_id("secret-code").text), (receipt, code))

    def test_a_calls_draft_keeps_what_was_written_while_its_answers_were_lost(self):
        id_ = f"link-{uuid.uuid4().hex[:8]}"
        admin = bearer(staff_token("admin"))
        made = self.client.post(CALLS, {"id": id_, "region": {"code": "XA-01"}}, authorization=admin)
        self.assertEqual(made.status, 201, made)
        self.sign_in("admin", view="calls")
        self.go(f"call/{id_}")
        value = lambda name: self.browser.find_element(By.NAME, name).get_attribute("value")
        for times in (1, 4):
            with self.subTest(times):
                self.browser.execute_script("document.querySelector('#toasts').replaceChildren()")
                self.fill("/title/fr", f"Essai {times}")
                self.lose("PUT", "/draft", times)
                self.press("save-call")
                self.wait.until(lambda _: self.browser.execute_script("return window.tries >= arguments[0]", times) and (self.all("#toasts *") or self.by_id("summary").is_displayed()))
                self.assertNotIn("entre-temps", self.by_id("toasts").text)
                self.fill("/title/en", f"Trial {times}")
                self.press("save-call")
                self.wait.until(lambda _: self.client.get(f"{CALLS}/{id_}/draft", authorization=admin).json()["document"]["title"].get("en") == f"Trial {times}")
                self.assertEqual((value("/title/fr"), value("/title/en")), (f"Essai {times}", f"Trial {times}"))

    def test_what_is_written_while_a_draft_is_saved_stays(self):
        id_ = f"link-{uuid.uuid4().hex[:8]}"
        made = self.client.post(CALLS, {"id": id_, "region": {"code": "XA-01"}}, authorization=bearer(staff_token("admin")))
        self.assertEqual(made.status, 201, made)
        self.sign_in("admin", view="calls")
        self.go(f"call/{id_}")
        self.fill("/title/fr", "Essai")
        self.hold("PUT", "/draft")
        self.press("save-call")
        self.held()
        self.fill("/title/en", "Trial")
        self.let_go()
        self.assertEqual(self.browser.find_element(By.NAME, "/title/en").get_attribute("value"), "Trial")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("name"), "/title/en")

    def test_a_run_is_of_the_call_that_it_was_asked_for(self):
        self.sign_in("admin", view="retention")
        self.hold("POST", "/retention/not-retained/run")
        self.press("run-not-retained")
        self.held()
        choice = Select(self.by_id("retention-call"))
        choice.select_by_value(self.call.id)
        self.let_go()
        self.assertEqual((self.all("dialog"), self.by_id("told-not-retained").text), ([], ""))


class HerPage(OwnPage, Network):
    def test_nothing_of_her_comes_back_after_she_has_left(self):
        made = self.filed("SHORTLISTED")
        self.look(made)
        self.hold("GET", "/receipts/")
        self.held()  # the page looks again by itself
        self.press("sign-off")
        self.let_go()
        self.assertFalse(self.by_id("file").is_displayed())
        self.assertEqual(self.by_id("file").text, "")

    def test_what_was_done_without_an_answer_is_no_change_of_somebody_else(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.lose("POST", "/withdrawal", 1)
        self.press("withdraw")
        self.press("ask-yes")
        self.wait.until(lambda _: self.by_id("state").get_attribute("data-state") == "WITHDRAWN")
        self.assertIn("retir", self.shown("toasts").text)

    def test_what_is_missing_of_her_page_comes_when_the_network_is_back(self):
        made = self.filed("SHORTLISTED")
        self.open("status")
        self.lose("GET", "/calls/", 1)
        self.sign_in(made)
        self.shown("state")
        self.wait.until(lambda _: all(self.all(f"#{name} h2, #{name} summary") for name in ("declared", "documents", "my-data")))

    def test_what_she_mends_stays_until_it_is_taken(self):
        made = self.filed("SHORTLISTED")
        self.look(made, "fr")
        self.press("mend")
        self.shown("mend-commune").send_keys("Ghafsai")
        self.by_id("mend-phone").send_keys("12")
        self.press("ask-yes")
        self.wait.until(lambda _: self.all("dialog [role=alert]"))
        self.assertEqual(self.by_id("mend-commune").get_attribute("value"), "Ghafsai")
        self.by_id("mend-phone").clear()
        self.press("ask-yes")
        self.wait.until(lambda _: not self.all("dialog"))
        form = lambda: self.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=basic(made)).json()
        self.wait.until(lambda _: form()["applicant"]["address"]["commune"] == "Ghafsai")

    def pick(self, data):
        path = pathlib.Path(tempfile.mkdtemp()) / "page.png"
        path.write_bytes(data)
        self.wait.until(lambda _: self.all("#pick-identity"))
        self.by_id("pick-identity").send_keys(str(path))

    def test_pages_that_wait_for_their_turn_have_each_a_place_of_its_own(self):
        made = file_application(self.client, person()).json()
        self.look(made)
        self.browser.execute_script("""const send = window.fetch; window.fetch = async (path, options = {}) => {
            if (options.method === 'POST' && String(path).endsWith('/documents')) await new Promise((go) => setTimeout(go, 800));
            return send(path, options); }""")
        for shade in range(4):
            self.pick(png(pixel=bytes((shade, shade, shade))))
        self.wait.until(lambda _: [row.get_attribute("data-state") for row in self.all("#documents .page-row")] == ["READY"] * 4)
        self.assertEqual(rows("SELECT page FROM intake.document WHERE application_id = %s ORDER BY page", made["id"]), [(1,), (2,), (3,), (4,)])


class HerForm(FormPage, Network):
    def test_a_double_tap_sends_nothing_that_she_has_not_read(self):
        self.begin()
        for answers in (START, you(), WHERE, PROJECT):
            self.step(answers)
        self.fill_all(SITUATION)
        before = self.by_id("step").text
        ActionChains(self.browser).double_click(self.by_id("next")).perform()
        self.wait.until(lambda _: self.by_id("step").text != before)
        self.assertTrue(self.by_id("fields").text)
        self.press("next")
        self.receipt()

    def test_a_form_that_could_not_be_fetched_opens_at_the_next_try(self):
        made = json.dumps(self.put_off())
        self.open("status")
        self.browser.execute_script("sessionStorage.setItem('jisr-open', arguments[0])", made)
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/intake/v1/receipts/*"]})
        self.open("apply")
        self.shown("load-again")
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
        self.press("load-again")
        self.wait.until(lambda _: self.all("[name='/consents/processing']"))
        self.step({})
        self.assertEqual(self.browser.find_element(By.NAME, "/applicant/name/latin").get_attribute("value"), "Fatima El Alaoui")


if __name__ == "__main__":
    unittest.main()
