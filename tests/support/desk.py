"""The staff's pages, as the tests open them: signed in by a link, one view at a time."""
from support.browser import Browsing
from support.jisr import settings, staff_token


class Desk(Browsing):
    def sign_in(self, role, *territories, language="fr", view="list"):
        self.browser.get("about:blank")
        self.browser.get(f"{settings()['JISR_URL']}/staff?lang={language}#token={staff_token(role, *territories)}")
        self.shown("sign-out")
        self.go(view)

    def go(self, view):
        self.browser.execute_script("location.hash = arguments[0]", f"#/{view}")
        self.wait.until(lambda _: self.all(f"#views a[href='#/{view}'][aria-current]") or view.startswith("file/"))
        self.wait.until(lambda _: self.all("#view h2"))
        self.browser.execute_async_script("setTimeout(arguments[0], 300)")

    def receipts(self):
        return [link.text for link in self.all("#rows th a")]
