"""A woman's own page, as the tests open it."""
from selenium.webdriver.common.by import By

from support.browser import Browsing
from support.jisr import Client, basic, file_application, person, reaches

# What a finger should hit and could miss: smaller than 44 px either way. Links in running text and radio or check boxes with their label are counted by their label.
SMALL = """return [...document.querySelectorAll('main button, main .button, main select, main summary')].filter((one) => one.checkVisibility?.({checkVisibilityCSS: true}) && one.getClientRects().length)
    .filter((one) => { const {width, height} = one.getBoundingClientRect(); return height < 43.5 || width < 43.5; }).map((one) => one.id || one.textContent)"""


class OwnPage(Browsing):
    basic = staticmethod(basic)

    def setUp(self):
        self.client = Client()
        self.new_phone()

    def filed(self, state, **changes):
        made = file_application(self.client, person(**changes)).json()
        reaches(self.client, made, state)
        return made

    def sign_in(self, made):
        for name, value in (("receipt", made["receipt_number"]), ("code", made["secret_code"])):
            self.by_id(name).clear()
            self.by_id(name).send_keys(value.lower())
        self.browser.find_element(By.CSS_SELECTOR, "#form button[type=submit]").click()

    def look(self, made, language="ar"):
        """Her page, with everything on it that is fetched."""
        self.open("status", language)
        self.sign_in(made)
        self.shown("state")
        self.wait.until(lambda _: all(self.all(f"#{name} h2, #{name} summary") for name in ("declared", "documents", "my-data")))

    def width(self):
        return self.browser.execute_script("return document.documentElement.scrollWidth")

    def small_targets(self):
        return self.browser.execute_script(SMALL)
