"""The desk by keyboard alone: in each view Tab reaches all that can be used, in the order in which it is read, where the focus is can be seen, and each dialog keeps it until it is answered.
The work itself, from a view to what is kept: after each step the focus is where the next one begins."""
import unittest
import uuid

from selenium.webdriver.common.keys import Keys

from support.browser import DESK
from support.jisr import basic, bearer, eventually, reaches, staff_token, state_of
from support.keyboard import Keyboard
from support.own_call import OwnCall

TERRITORY, PAGE = "XA-01", 50
VIEWS = [  # view, role; {file} and {other}: two files that may be one woman's, {call}: their call
    ("list", "reviewer"), ("new", "agent"), ("imports", "agent"), ("mine", "agent"), ("due", "reviewer"), ("doubles", "reviewer"), ("pair/{file}/{other}", "reviewer"), ("retention", "admin"), ("calls", "admin"),
    ("call/{call}", "admin"), ("file/{file}", "agent"), ("amend/{file}", "agent"),
]
DIALOGS = [  # view, button, role
    ("file/{file}", "ask_complement", "reviewer"), ("file/{file}", "check_register", "agent"), ("file/{file}", "hold", "admin"), ("file/{held}", "release_hold", "admin"), ("file/{file}", "withdraw", "agent"),
    ("pair/{file}/{other}", "same", "reviewer"), ("pair/{file}/{other}", "not_same", "reviewer"), ("retention", "length-not-retained", "admin"), ("call/{call}", "publish", "admin"), ("call/{call}", "close-call", "admin"),
]
FROM_THE_TITLE = "document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); document.querySelector('main h1').tabIndex = -1; document.querySelector('main h1').focus()"


class DeskByKeyboard(Keyboard):
    size = DESK

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = OwnCall("keyboard", assessed=False)
        held = cls.call.filed()
        file, other = cls.pair()
        kept = cls.call.client.post(f"/intake/v1/applications/{held['id']}/hold", {"reason": "Recours"}, authorization=cls.call.admin)
        assert kept.status == 200, kept
        cls.names = {"file": file["id"], "other": other["id"], "held": held["id"], "call": cls.call.id}

    @classmethod
    def pair(cls):
        """Two files of one number, found by the search."""
        form = cls.call.form()
        first, second = cls.call.filed(form), cls.call.filed(form | {"project": form["project"] | {"title": "Tapis"}})
        reaches(cls.call.client, second, "DUPLICATE_REVIEW")
        path = f"/intake/v1/applications/{first['id']}/duplicates/{second['id']}"
        eventually("the pair", lambda: cls.call.client.get(path, authorization=bearer(staff_token("reviewer", TERRITORY))).status == 200, 240.0)  # behind what others have left to be searched
        return first, second

    @classmethod
    def tearDownClass(cls):
        cls.call.close()
        super().tearDownClass()

    def open_view(self, view, role, **named):
        self.sign_in(role, *((TERRITORY,) if role != "admin" else ()), **named)
        self.go(view.format(**self.names))

    def test_all_of_a_view_is_reached_in_its_order(self):
        for view, role in VIEWS:
            with self.subTest(view, role=role):
                self.open_view(view, role)
                names = self.numbered("main")
                self.assertGreater(len(names), 3)
                self.browser.execute_script(FROM_THE_TITLE)
                self.all_in_order(names)

    def test_a_question_keeps_the_focus_is_left_and_gives_it_back(self):
        for view, action, role in DIALOGS:
            with self.subTest(action):
                self.open_view(view, role)
                self.opens_and_keeps(action)
                self.tab_to(lambda node: node.text == "Annuler")
                self.keys(Keys.ENTER)
                self.wait.until(lambda _: not self.all("dialog"))
                self.assertEqual(self.focused_id(), action)

    def test_to_the_content_leads_there_and_leaves_the_view_open(self):
        self.open_view("retention", "admin")
        self.browser.execute_script("document.activeElement.blur(); getSelection().removeAllRanges(); document.querySelector('.skip').focus()")
        self.keys(Keys.ENTER)
        self.assertEqual(self.focused_id(), "view")
        self.assertTrue(self.browser.current_url.endswith("#/retention"))
        self.keys(Keys.TAB)
        self.assertEqual(self.focused_id(), "retention-call")

    # ── The work ──

    def comes_to(self, view):
        """By a link or a button; its heading is read first, its first action is the next Tab."""
        self.wait.until(lambda _: self.all(f"#view[data-view='#/{view}']:not([aria-busy]) h2"))
        self.wait.until(lambda _: self.focused_id() == "view")

    def test_a_hold_is_set_and_lifted(self):
        made = self.call.filed()
        self.open_view(f"file/{made['id']}", "admin")
        for action, other, reason in (("hold", "release_hold", "Instruction en cours"), ("release_hold", "hold", "Classée")):
            self.opens_and_keeps(action)
            self.assertEqual(self.focused_id(), "mark-reason")
            self.focused().send_keys(reason)
            self.enter("ask-yes")
            self.shown(other)
            self.wait.until(lambda _: self.focused_id() == "view")  # the button is gone: from the file's beginning on
        self.assertIsNone(state_of(self.call.client, made)["hold"])

    def test_a_call_is_begun_its_parts_come_and_go_and_it_is_found_again(self):
        name = f"keys-{uuid.uuid4().hex[:8]}"
        self.open_view("calls", "admin")
        self.enter("new-call-open")
        self.keys(Keys.TAB)
        self.assertEqual(self.focused_id(), "new-call-id")
        self.write(name)
        self.keys(Keys.TAB)
        self.write("ma-05")
        self.keys(Keys.TAB, Keys.ENTER)
        self.comes_to(f"call/{name}")
        self.enter("section-quotas")
        self.keys(Keys.TAB, Keys.ENTER)
        self.assertEqual(self.focused_id(), "e-provinces-0-code")  # what was added is written in at once
        self.write("MA-KHE")
        self.tab_to(lambda node: node.text == "Retirer")
        self.keys(Keys.ENTER)
        self.assertEqual((self.focused_id(), self.all("#e-provinces-0-code")), ("adde-provinces", []))
        self.enter("save-call")
        self.wait.until(lambda _: self.focused_id() == "problems")
        self.keys(Keys.TAB)
        pointer = self.focused().get_attribute("data-at")
        self.keys(Keys.ENTER)
        self.assertTrue(self.focused().get_attribute("name").startswith(pointer), pointer)  # what is wrong leads to its field
        self.open_view("calls", "admin")
        self.tab_to(lambda node: node.text == name, limit=300)
        self.keys(Keys.ENTER)
        self.comes_to(f"call/{name}")

    def test_her_own_files_are_found_by_the_receipt(self):
        agent = f"keys-{uuid.uuid4().hex[:8]}"
        assisted = self.call.form() | {"assistance": {"channel": "office", "place": "Alfa"}}
        made = [self.call.filed(assisted | {"applicant": self.call.form()["applicant"]}, authorization=bearer(staff_token("agent", TERRITORY, subject=agent))) for _ in range(2)]
        self.open_view("mine", "agent", subject=agent)
        self.assertEqual(set(self.receipts()), {one["receipt_number"] for one in made})
        self.tab_to("ask-q")
        self.write(made[0]["receipt_number"])
        self.keys(Keys.ENTER)
        self.wait.until(lambda _: self.receipts() == [made[0]["receipt_number"]])
        self.assertEqual(self.focused_id(), "ask-q")
        self.enter("clear")
        self.wait.until(lambda _: len(self.receipts()) == 2)
        self.assertEqual(self.focused_id(), "clear")
        self.tab_to(lambda node: node.text == made[1]["receipt_number"])
        self.keys(Keys.ENTER)
        self.comes_to(f"file/{made[1]['id']}")

    def test_what_is_nearly_due_is_paged_through(self):
        for _ in range(PAGE + 1):
            self.call.filed()
        self.open_view("due", "reviewer")
        first = self.receipts()
        self.assertEqual(len(first), PAGE)
        self.enter("next-page")
        self.wait.until(lambda _: self.receipts() and self.receipts() != first)
        self.wait.until(lambda _: self.focused_id() == ("next-page" if self.all("#next-page") else "rows"))  # there to be pressed again; on the last page the rows are next
        self.enter("previous-page")
        self.wait.until(lambda _: self.receipts() == first)
        self.wait.until(lambda _: self.focused_id() == "rows")
        self.tab_to(lambda node: node.text == first[0])
        self.keys(Keys.ENTER)
        self.wait.until(lambda _: self.all("#state"))
        self.wait.until(lambda _: self.focused_id() == "view")

    def test_two_files_are_joined_and_told_apart(self):
        first, second = self.pair()
        self.open_view("doubles", "reviewer")
        self.tab_to(lambda node: "pair-link" in (node.get_attribute("class") or "") and first["receipt_number"] in node.text, limit=60)
        self.keys(Keys.ENTER)
        self.wait.until(lambda _: self.all(".compare"))
        self.wait.until(lambda _: self.focused_id() == "view")
        for receipt in (first, second):  # either file is a Tab away, in the order of the columns
            self.tab_to(lambda node, receipt=receipt: node.text == receipt["receipt_number"])
        self.opens_and_keeps("same")
        self.enter("ask-yes")
        self.shown("undo_merge")
        self.wait.until(lambda _: self.focused_id() == "view")
        self.opens_and_keeps("undo_merge")
        self.enter("ask-yes")
        self.shown("not_same")
        self.wait.until(lambda _: self.focused_id() == "view")
        self.opens_and_keeps("not_same")
        self.enter("ask-yes")
        self.shown("judged")
        self.assertEqual(state_of(self.call.client, second)["state"], "SCREENING")

    def test_a_file_is_amended(self):
        made = self.call.filed()
        self.open_view(f"file/{made['id']}", "agent")
        self.enter("amend_for_her")
        self.comes_to(f"amend/{made['id']}")
        self.keys(Keys.TAB)
        self.assertTrue(self.focused().get_attribute("href").endswith(f"#/file/{made['id']}"))  # the way back comes first
        self.enter("send-changes")
        self.assertEqual(self.focused().get_attribute("name"), "/assistance/channel")  # who amends for her says how they met
        self.focused().send_keys("p")  # par téléphone
        self.keys(Keys.TAB)
        self.assertEqual(self.focused().get_attribute("name"), "/assistance/place")
        self.write("Alfa")
        self.tab_to(lambda node: node.get_attribute("name") == "/project/title", limit=60)
        self.write("Tapis")
        self.keys(Keys.ENTER)
        self.comes_to(f"file/{made['id']}")
        form = self.call.client.get(f"/intake/v1/applications/{made['id']}/form", authorization=basic(made)).json()
        self.assertEqual((form["project"]["title"], form["assistance"]["place"]), ("Tapis", "Alfa"))


if __name__ == "__main__":
    unittest.main()
