"""The staff's pages, as the tests open them: signed in by a link, one view at a time."""
from support import axe
from support.browser import Browsing
from support.jisr import settings, staff_token


class Desk(Browsing):
    def sign_in(self, role, *territories, language="fr", view="list", subject=None):
        self.browser.get("about:blank")
        self.browser.get(f"{settings()['JISR_URL']}/staff?lang={language}#token={staff_token(role, *territories, subject=subject)}")
        self.shown("sign-out")
        self.go(view)

    def go(self, view):
        self.browser.execute_script("location.hash = arguments[0]", f"#/{view}")
        self.wait.until(lambda _: self.all(f"#view[data-view='#/{view}']:not([aria-busy]) h2"))

    def receipts(self):
        return [link.text for link in self.all("#rows th a")]

    def fine(self, picture):
        """What is on the screen: nobody is shut out of it, all of it is in words, and it fits."""
        self.shot(picture)
        self.assertEqual(axe.violations(self.browser), [])
        self.assertEqual(self.raw_keys(), [])
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), self.size[0])
