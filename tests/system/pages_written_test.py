"""What staff have written stays while the page is drawn anew: in another language, by another sign-in, over what others have saved meanwhile."""
import pathlib
import tempfile
import unittest
import uuid

from selenium.webdriver.common.by import By

from support.browser import DESK
from support.desk import Desk
from support.documents import png
from support.jisr import Client, bearer, file_application, person, settings, staff_token
from support.network import Network
from support.own_call import CALLS

OVER = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJrZWVwZXIiLCJyb2xlIjoiYWRtaW4iLCJleHAiOjF9.x"  # of 1970


class Written(Desk):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.admin = Client(), bearer(staff_token("admin"))

    def setUp(self):
        self.call_id = f"written-{uuid.uuid4().hex[:8]}"
        made = self.client.post(CALLS, {"id": self.call_id, "region": {"code": "XA-01"}, "title": {"fr": "Ancien"}, "members_min": 3}, authorization=self.admin)
        self.assertEqual(made.status, 201, made)
        self.sign_in("admin", view="calls", subject="keeper")
        self.go(f"call/{self.call_id}")

    def draft(self):
        return self.client.get(f"{CALLS}/{self.call_id}/draft", authorization=self.admin).json()

    def value(self, name):
        return self.browser.find_element(By.NAME, name).get_attribute("value")

    def session_ends(self):
        self.browser.execute_script("sessionStorage.setItem('jisr-token', arguments[0])", OVER)
        self.fill("/title/fr", "Nouveau")
        self.press("save-call")
        self.wait.until(lambda _: "session a pris fin" in self.by_id("summary").text and "lien de connexion" in self.by_id("summary").text)
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "summary")
        self.assertEqual(self.value("/title/fr"), "Nouveau")

    def by_a_link_elsewhere(self, subject):
        desk = self.browser.current_window_handle
        self.browser.switch_to.new_window("tab")
        self.browser.get(f"{settings()['JISR_URL']}/staff?lang=fr#token={staff_token('admin', subject=subject)}")
        self.shown("sign-out")
        self.browser.close()
        self.browser.switch_to.window(desk)

    def test_who_signs_in_again_goes_on_with_it(self):
        self.session_ends()
        self.fine("session-over-fr")
        self.by_a_link_elsewhere("keeper")
        self.wait.until(lambda _: not self.by_id("summary").is_displayed())
        self.assertEqual(self.value("/title/fr"), "Nouveau")
        self.press("save-call")
        self.wait.until(lambda _: self.draft()["document"]["title"] == {"fr": "Nouveau"})

    def test_somebody_else_does_not_find_it(self):
        self.session_ends()
        self.by_a_link_elsewhere("another")
        self.wait.until(lambda _: "another" in self.by_id("views").text)
        self.wait.until(lambda _: self.all("#call-form"))
        self.assertEqual(self.value("/title/fr"), "Ancien")

    def test_another_language_draws_it_anew_as_it_is(self):
        self.fill("/title/fr", "Nouveau")
        for language, words in (("en", "Save"), ("ar", "حفظ"), ("fr", "Enregistrer")):
            with self.subTest(language):
                self.browser.find_element(By.CSS_SELECTOR, f"[data-lang='{language}']").click()
                self.wait.until(lambda _: words in self.by_id("save-call").text)
                self.assertEqual(self.value("/title/fr"), "Nouveau")

    def test_what_others_have_saved_is_taken_over_and_what_is_written_stays(self):
        self.browser.execute_script("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        self.fill("/title/fr", "Le mien")
        self.fill("/title/en", "Mine")
        self.fill("/members_min", "5")
        before = self.draft()
        theirs = before["document"] | {"title": {"fr": "Le leur"}, "ruleset": "fes-meknes-2026", "region": {"code": "XA-02"}}
        saved = self.client.call("PUT", f"{CALLS}/{self.call_id}/draft", theirs, {"if-match": f'"{before["version"]}"', "authorization": self.admin})
        self.assertEqual(saved.status, 200, saved)
        self.press("save-call")
        told = self.shown("meanwhile").text
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "meanwhile")
        self.fine("call-meanwhile-fr")
        self.assertEqual([line.endswith("le vôtre reste") for line in told.splitlines()[1:]], [True, False, False], told)
        self.assertEqual([self.value(name) for name in ("/title/fr", "/title/en", "/members_min", "/ruleset", "/region/code")], ["Le mien", "Mine", "5", "fes-meknes-2026", "XA-02"])
        self.assertEqual(self.draft()["document"]["title"], {"fr": "Le leur"}, "nothing is saved before it is looked at")
        self.press("save-call")
        self.wait.until(lambda _: self.draft()["document"]["title"] == {"fr": "Le mien", "en": "Mine"})
        self.assertEqual([self.draft()["document"][name] for name in ("members_min", "ruleset", "region")], [5, "fes-meknes-2026", {"code": "XA-02"}])
        self.assertEqual(self.all("#meanwhile"), [])


class Sending(Desk, Network):
    size = DESK

    def test_a_photo_on_its_way_goes_on_when_the_file_is_drawn_anew(self):
        made = file_application(Client(), person()).json()
        self.sign_in("agent", view=f"file/{made['id']}")
        page = pathlib.Path(tempfile.mkdtemp()) / "page.png"
        page.write_bytes(png())
        self.hold("POST", "/documents")
        self.by_id("pick-identity").send_keys(str(page))
        self.held()
        self.browser.find_element(By.CSS_SELECTOR, "[data-lang='en']").click()
        self.wait.until(lambda _: "History" in self.by_id("view").text)
        self.let_go()
        self.wait.until(lambda _: [row.get_attribute("data-state") for row in self.all("#papers .page-row")] == ["READY"])


if __name__ == "__main__":
    unittest.main()
