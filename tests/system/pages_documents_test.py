"""Her documents: several at once from a phone, over a link that breaks, and what became of each; and what an agent's eyes see of them."""
import pathlib
import random
import tempfile
import unittest
import zlib

from selenium.webdriver.common.by import By

from support import axe
from support.browser import LANGUAGES, NARROW
from support.documents import announce, kept_document, pdf, png, send
from support.jisr import file_application, person, rows
from support.own_page import OwnPage


def noise(side, seed):
    """A photo that does not compress: its size is what the link has to carry."""
    source = random.Random(seed)
    return png(side, side, data=zlib.compress(b"".join(b"\0" + source.randbytes(side * 3) for _ in range(side)), 0))


class Documents(OwnPage):
    size = NARROW

    def setUp(self):
        super().setUp()
        self.folder = tempfile.TemporaryDirectory()
        self.made = file_application(self.client, person()).json()

    def tearDown(self):
        self.slow(0)
        self.folder.cleanup()

    def file(self, name, data):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(data)
        return str(path)

    def pick(self, *paths, name="pick-identity"):
        self.wait.until(lambda _: self.all(f"#{name}"))
        self.by_id(name).send_keys("\n".join(paths))

    def slow(self, bytes_per_s):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, "latency": 50 if bytes_per_s else 0, "downloadThroughput": bytes_per_s or -1, "uploadThroughput": bytes_per_s or -1})

    def states(self):
        return [row.get_attribute("data-state") for row in self.all("#documents .page-row")]

    def settled(self, *states):
        self.wait.until(lambda _: self.states() == list(states))

    def test_several_at_once_are_cleaned_shown_and_taken_back(self):
        self.look(self.made, "fr")
        self.pick(self.file("recto.png", png()), self.file("verso.pdf", pdf()))
        self.settled("READY", "READY")
        self.wait.until(lambda _: self.all("#documents .thumb img"))
        self.assertEqual(axe.violations(self.browser), [])
        self.shot("documents-fr")
        self.all("#documents [id^=look-]")[0].click()
        self.wait.until(lambda _: self.all("dialog img.whole"))
        self.assertGreater(self.browser.execute_script("return document.querySelector('dialog img.whole').naturalWidth"), 0)
        self.assertEqual(axe.violations(self.browser), [])
        self.browser.find_element(By.CSS_SELECTOR, "dialog .button").click()
        self.all("#documents [id^=delete-]")[1].click()
        self.press("ask-yes")
        self.settled("READY")
        self.assertEqual(rows("SELECT count(*) FROM intake.document WHERE application_id = %s", self.made["id"]), [(1,)])
        self.assertEqual(self.severe(), [])

    def test_what_breaks_off_half_way_goes_on_when_the_network_is_back(self):
        self.look(self.made)
        self.slow(60_000)
        self.pick(self.file("photo.png", noise(350, 3)))
        bar = lambda: next((int(float(each.get_attribute("value"))) for each in self.all("#documents progress")), 0)
        self.wait.until(lambda _: bar() > 60_000)
        self.online(False)
        self.wait.until(lambda _: "لا شبكة" in self.by_id("documents").text)
        self.shot("documents-waiting-ar")
        self.assertEqual(axe.violations(self.browser), [])
        reached = rows("SELECT received FROM intake.document WHERE application_id = %s", self.made["id"])[0][0]
        self.assertGreater(reached, 0)
        self.online(True)
        self.settled("READY")

    def test_an_upload_that_its_page_left_behind_goes_on_with_the_same_file(self):
        self.look(self.made, "fr")
        self.slow(40_000)
        photo = self.file("photo.png", noise(350, 4))
        self.pick(photo)
        self.wait.until(lambda _: rows("SELECT received FROM intake.document WHERE application_id = %s AND received > 60000", self.made["id"]))
        self.browser.refresh()
        self.slow(0)
        self.look(self.made, "fr")
        self.settled("UPLOADING")
        self.shot("documents-broken-off-fr")
        self.assertIn("Interrompu", self.by_id("documents").text)
        document = self.all("#documents .page-row")[0].get_attribute("data-document")
        self.pick(photo, name=f"pick-{document}")
        self.settled("READY")
        self.assertEqual(self.all("#documents .page-row")[0].get_attribute("data-document"), document)

    def test_a_refused_one_says_why_and_another_takes_its_place(self):
        self.look(self.made, "fr")
        self.pick(self.file("photo.jpg", b"not a photo at all"))
        self.settled("REFUSED")
        refusal = self.all("#documents .page-text span")[0].text
        self.assertGreater(len(refusal), 20)
        self.shot("documents-refused-fr")
        self.pick(self.file("photo.png", png()))
        self.settled("READY")

    def test_a_large_photo_is_made_smaller_before_it_leaves_the_phone(self):
        self.look(self.made)
        self.pick(self.file("large.png", noise(900, 5)))
        self.settled("READY")
        sent = rows("SELECT size FROM intake.document WHERE application_id = %s", self.made["id"])[0][0]
        self.assertLess(sent, 1_500_000, "2.4 MB were picked")

    def test_a_file_that_is_over_takes_no_more(self):
        kept_document(self.client, self.made, png())
        self.client.post(f"/intake/v1/applications/{self.made['id']}/withdrawal", authorization=self.basic(self.made))
        self.look(self.made)
        self.settled("READY")
        self.assertEqual(self.all("#documents input[type=file]") + self.all("#documents [id^=delete-]"), [])

    def test_in_each_language_and_on_the_narrowest_phone(self):
        kept_document(self.client, self.made, png())
        kept_document(self.client, self.made, pdf(), page=2)
        kept_document(self.client, self.made, b"no photo", page=3)
        document = announce(self.client, self.made, 100_000, page=4).json()["id"]
        send(self.client, self.made, document, bytes(40_000))
        for language in LANGUAGES:
            with self.subTest(language):
                self.look(self.made, language)
                self.settled("READY", "READY", "REFUSED", "UPLOADING")
                self.wait.until(lambda _: self.all("#documents .thumb img"))
                self.shot(f"documents-narrow-{language}")
                self.assertLessEqual(self.width(), NARROW[0])
                self.assertEqual(axe.violations(self.browser), [])
                self.assertEqual(self.raw_keys(), [])
                self.assertEqual(self.small_targets(), [])


if __name__ == "__main__":
    unittest.main()
