"""Staff sign in at an OpenID provider: a copy of intake that trusts one, the provider itself, and a browser between the two."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import urllib.request
import uuid

from selenium.webdriver.common.by import By

from support.browser import DESK, Browsing
from support.jisr import Client, bearer, eventually, free_port, settings, staff_token
from support.oidc import CLIENT, Issuer
from support.own_call import CALLS


class SignIn(Browsing):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port, admin = free_port(), free_port()
        cls.url = f"http://127.0.0.1:{cls.port}"
        cls.issuer = Issuer(f"{cls.url}/staff").start()
        home = pathlib.Path(settings()["JISR_HOME"])
        lines = (home / "env.d/intake-1.env").read_text(encoding="utf-8").splitlines()
        env = dict(line.split("=", 1) for line in lines if "=" in line)
        env = {name: subprocess.run(["bash", "-c", f"printf %s {value}"], capture_output=True, text=True, check=True).stdout for name, value in env.items()}
        cls.keys = pathlib.Path(tempfile.mkdtemp())
        shutil.copytree(env["JISR_KEYS"], cls.keys / "keys")
        (cls.keys / "keys/staff-jwks.json").write_text(json.dumps({"keys": [cls.issuer.jwk()]}), encoding="utf-8")
        env |= {"JISR_HTTP_PORT": str(cls.port), "JISR_ADMIN_PORT": str(admin), "JISR_KEYS": str(cls.keys / "keys"), "JISR_OIDC_ISSUER": cls.issuer.url, "JISR_OIDC_CLIENT": CLIENT,
                "JISR_DRAIN_WAIT_MS": "0"}
        cls.intake = subprocess.Popen([f"{settings()['JISR_DATA']}/bin/jisr-intake"], env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually("the copy of intake", lambda: cls.ready(admin))

    @staticmethod
    def ready(port):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).status == 200
        except OSError:
            return False

    @classmethod
    def tearDownClass(cls):
        cls.intake.terminate()
        cls.intake.wait(30)
        cls.issuer.stop()
        shutil.rmtree(cls.keys, ignore_errors=True)
        super().tearDownClass()

    def setUp(self):
        self.issuer.spoil, self.issuer.role, self.issuer.territories = None, "agent", ["MA-03"]
        self.browser.get(f"{self.url}/status")
        self.browser.execute_script("sessionStorage.clear()")

    def sign_in(self):
        self.browser.get(f"{self.url}/staff?lang=fr")
        self.press("sign-in")
        self.press("allow")  # the issuer's own page
        self.wait.until(lambda b: b.current_url.startswith(self.url))

    def test_code_and_proof_give_a_token_and_the_address_keeps_nothing(self):
        self.sign_in()
        self.shown("sign-out")
        self.assertIn("f.alaoui", self.by_id("views").text)
        self.assertNotIn("code=", self.browser.current_url)
        self.wait.until(lambda _: self.all("#rows table") or self.all("#rows .note"))
        self.assertEqual(self.issuer.refused, [])

    def test_a_session_that_ends_while_something_is_written_goes_on_after_a_sign_in_aside(self):
        draft = f"aside-{uuid.uuid4().hex[:8]}"
        made = Client().post(CALLS, {"id": draft, "region": {"code": "XA-01"}}, authorization=bearer(staff_token("admin")))
        self.assertEqual(made.status, 201, made)
        self.issuer.role, self.issuer.territories = "admin", []
        self.sign_in()
        self.shown("sign-out")
        self.browser.execute_script("location.hash = arguments[0]", f"#/call/{draft}")
        self.shown("save-call")
        self.browser.execute_script("sessionStorage.setItem('jisr-token', arguments[0])", self.issuer.token(exp=1))
        self.fill("/title/fr", "Nouveau")
        self.press("save-call")
        desk = self.browser.current_window_handle
        self.press("sign-in")
        self.wait.until(lambda b: len(b.window_handles) == 2)
        self.browser.switch_to.window(next(handle for handle in self.browser.window_handles if handle != desk))
        self.press("allow")
        self.wait.until(lambda b: b.window_handles == [desk])  # that window is closed again
        self.browser.switch_to.window(desk)
        self.wait.until(lambda _: not self.by_id("summary").is_displayed())
        self.press("save-call")
        stored = lambda: Client().get(f"{CALLS}/{draft}/draft", authorization=bearer(staff_token("admin"))).json()["document"].get("title")
        self.wait.until(lambda _: stored() == {"fr": "Nouveau"})

    def test_an_answer_to_another_request_is_refused(self):
        self.issuer.spoil = "state"
        self.sign_in()
        self.shown("summary")
        self.assertFalse(self.all("#sign-out"))
        self.assertIsNone(self.browser.execute_script("return sessionStorage.getItem('jisr-token')"))

    def test_a_discovery_document_of_another_issuer_is_refused(self):
        self.issuer.spoil = "issuer"
        self.browser.get(f"{self.url}/staff?lang=fr")
        self.press("sign-in")
        self.shown("summary")
        self.assertTrue(self.browser.current_url.startswith(self.url))

    def test_the_services_take_the_issuers_tokens_for_staff_only(self):
        client = Client(self.url)
        cases = [
            ("an agent's", self.issuer.token(), 200),
            ("one of no role", self.issuer.token(role="queen"), 401),
            ("an applicant's, which this issuer does not give", self.issuer.token(role="applicant", application="01910000-0000-7000-8000-000000000001"), 401),
            ("one of another issuer by the same key", self.issuer.token(iss="https://elsewhere.example"), 401),
            ("one in our own name by the same key", self.issuer.token(iss="jisr"), 401),
            ("an applicant's in our own name", self.issuer.token(iss="jisr", role="applicant", application="01910000-0000-7000-8000-000000000001"), 401),
            ("one that is over", self.issuer.token(exp=1), 401),
            ("one for somebody else", self.issuer.token(aud="another"), 401),
            ("our own, still", staff_token("agent", "MA-03"), 200),
        ]
        for why, token, status in cases:
            with self.subTest(why):
                self.assertEqual(client.get("/intake/v1/applications", authorization=bearer(token)).status, status)
        self.assertEqual(Client().get("/intake/v1/applications", authorization=bearer(self.issuer.token())).status, 401, "who does not trust it does not take them")

    def test_pages_may_speak_to_the_issuer_and_to_nobody_else(self):
        policy = Client(self.url).get("/staff").headers["content-security-policy"]
        self.assertIn(f"connect-src 'self' {self.issuer.url};", policy)
        self.assertIn("connect-src 'self';", Client().get("/staff").headers["content-security-policy"])
        self.assertEqual(Client(self.url).get("/intake/v1/sign-in").json(), {"issuer": self.issuer.url, "client_id": CLIENT})
        self.assertEqual(self.browser.find_elements(By.ID, "sign-out"), [])


if __name__ == "__main__":
    unittest.main()
