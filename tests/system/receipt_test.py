"""The receipt as a woman prints it: read back with poppler, as any PDF reader would."""
import re
import subprocess
import unittest

from support.jisr import Client, basic, bearer, file_application, person, settings, staff_token

# Joined letters come back letter group by letter group: what is compared has neither spaces nor marks of direction.
LOOSE = re.compile(r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text_of(pdf, loose=False):
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return LOOSE.sub("", text) if loose else text


class Receipt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.form = person()
        cls.filed = file_application(cls.client, cls.form).json()
        cls.path = f"/intake/v1/applications/{cls.filed['id']}/receipt.pdf"

    def ask(self, query="", **named):
        return self.client.get(self.path + query, authorization=named.pop("authorization", basic(self.filed)), **named)

    def test_it_is_one_A4_page_that_may_not_be_stored(self):
        answer = self.ask()
        self.assertEqual((answer.status, answer.headers["content-type"], answer.headers["cache-control"]), (200, "application/pdf", "no-store"), answer)
        self.assertIn(f"{self.filed['receipt_number']}.pdf", answer.headers["content-disposition"])
        facts = subprocess.run(["pdfinfo", "-"], input=answer.body, capture_output=True, check=True).stdout.decode()
        self.assertRegex(facts, r"Pages: +1\n")
        self.assertRegex(facts, r"Page size: .*\(A4\)")
        self.assertRegex(facts, r"JavaScript: +no\n")
        fonts = subprocess.run(["pdffonts", "-"], input=answer.body, capture_output=True, check=True).stdout.decode()
        self.assertIn("NotoNaskhArabic", fonts)

    def test_it_says_who_what_when_and_what_the_law_gives_her(self):
        text = text_of(self.ask("?lang=fr").body)
        words = " ".join(text.split())
        for part in (self.filed["receipt_number"], self.form["applicant"]["name"]["latin"], "loi n° 55-19", "60 jours", "une seule fois", "recours", "Fès-Meknès 2026"):
            self.assertIn(part, words)
        loose = LOOSE.sub("", text)
        for part in ("وصل", "طلب", "نموذج"):
            self.assertIn(part, loose)

    def test_its_second_language_is_the_one_that_is_asked_for(self):
        for why, query, named, expected in (("nothing said", "", {}, "Récépissé de dépôt"), ("?lang", "?lang=en", {}, "Receipt of submission"),
                                            ("the header", "", {"accept_language": "en"}, "Receipt of submission"),
                                            ("the query wins", "?lang=fr", {"accept_language": "en"}, "Récépissé de dépôt")):
            with self.subTest(why):
                self.assertIn(expected, text_of(self.ask(query, **named).body))

    def test_a_language_that_it_does_not_have_is_named(self):
        for language in ("de", "ar", "FR"):
            answer = self.ask(f"?lang={language}")
            self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, "/lang"), answer)

    def test_it_promises_no_appeal_where_there_is_none(self):
        """The status page has no such action: an appeal is taken to the delegation."""
        words = {language: " ".join(text_of(self.ask(f"?lang={language}").body).split()) for language in ("fr", "en")}
        self.assertIn("recours peut être formé auprès de la délégation", words["fr"])
        self.assertIn("appeal may be filed at the delegation", words["en"])

    def test_the_same_receipt_is_drawn_the_same(self):
        self.assertEqual(self.ask().body, self.ask().body)

    def test_the_secret_code_is_never_on_it(self):
        pdf = self.ask().body
        loose = text_of(pdf, loose=True)
        self.assertNotIn(self.filed["secret_code"].replace("-", ""), loose.replace("-", ""))
        self.assertIn(f"{settings()['JISR_URL']}/status.html#receipt={self.filed['receipt_number']}", loose)

    def test_a_draft_has_none(self):
        draft = file_application(self.client, person() | {"draft": True}).json()
        answer = self.client.get(f"/intake/v1/applications/{draft['id']}/receipt.pdf", authorization=basic(draft))
        self.assertEqual(answer.status, 409, answer)

    def test_who_wants_no_pdf_is_told(self):
        self.assertEqual(self.ask(accept="text/html").status, 406)

    def test_an_agent_of_her_territory_may_print_it(self):
        self.assertEqual(self.ask(authorization=bearer(staff_token("agent", "MA-TAO"))).status, 200)
        self.assertEqual(self.ask(authorization=bearer(staff_token("agent", "MA-06"))).status, 403)


if __name__ == "__main__":
    unittest.main()
