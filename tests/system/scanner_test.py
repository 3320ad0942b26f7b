"""The virus scanner is away, or breaks off: documents wait for it, none is kept unseen, and each goes on by itself when it is back."""
import pathlib
import unittest

from support.documents import announce, pdf, png, send, settled
from support.jisr import Client, eventually, file_application, free_port, part, person, rows, settings
from support.scanner import Scanner

RETRY_S = 1
SOON_S = 10.0  # RETRY_S, a look a second, the cleaner; on a busy machine


class ScannerAway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        home = pathlib.Path(settings()["JISR_HOME"])
        cls.copies = [path.stem for path in (home / "run").glob("intake-*.pid")]
        cls.overrides = home / "overrides-intake.env"
        cls.before = cls.overrides.read_text(encoding="ascii") if cls.overrides.exists() else None
        cls.port = free_port()
        cls.addClassCleanup(cls.set, cls.before)
        cls.set(f"{cls.before or ''}\nJISR_CLAMD=127.0.0.1:{cls.port}\nJISR_DOCUMENT_RETRY_S={RETRY_S}\n")
        cls.client = Client()
        cls.filed = file_application(cls.client, person()).json()

    @classmethod
    def set(cls, text):
        if text is None:
            cls.overrides.unlink()
        else:
            cls.overrides.write_text(text, encoding="ascii")
        part("stop", *cls.copies)
        part("start", *cls.copies)

    def setUp(self):
        self.client.close()
        self.scanner = Scanner(self.port)
        self.addCleanup(self.scanner.stop)

    def sent(self, data, page):
        document = announce(self.client, self.filed, len(data), page=page).json()["id"]
        self.assertEqual(send(self.client, self.filed, document, data).status, 204)
        return document

    def row(self, document):
        return rows("SELECT state, tries FROM intake.document WHERE id = %s", document)[0]

    def failed_tries(self):
        """Of all copies, so far, as their logs tell them."""
        return sum((self.overrides.parent / f"log/{copy}.log").read_text(encoding="utf-8").count("document-not-cleaned") for copy in self.copies)

    def test_what_arrives_while_it_is_away_waits_and_is_ready_once_it_is_back(self):
        data = png()
        before, document = self.failed_tries(), self.sent(data, page=1)
        eventually("three tries", lambda: self.failed_tries() >= before + 3)
        eventually("it to wait: not kept unseen, not refused; a try that could not be made does not count", lambda: self.row(document) == ("PROCESSING", 0))
        self.scanner.start()
        self.assertEqual(settled(self.client, self.filed, document, SOON_S)["state"], "READY")
        self.assertEqual(self.scanner.scanned, [data], "the whole file, once")

    def test_it_breaks_off_more_often_than_a_bad_file_is_tried(self):
        document = self.sent(pdf(), page=2)
        self.scanner.answer = None
        self.scanner.start()
        eventually("six tries", lambda: self.scanner.hung_up > 5, 30)
        self.assertEqual(self.row(document)[0], "PROCESSING")
        self.scanner.answer = "stream: OK"
        self.assertEqual(settled(self.client, self.filed, document, SOON_S)["state"], "READY")

    def test_what_it_finds_is_refused_however_late_it_comes_back(self):
        before, document = self.failed_tries(), self.sent(png(), page=3)
        eventually("a try", lambda: self.failed_tries() > before)
        self.scanner.answer = "stream: Eicar-Signature FOUND"
        self.scanner.start()
        found = settled(self.client, self.filed, document, SOON_S)
        self.assertEqual((found["state"], found["refusal"]["code"]), ("REFUSED", "virus"))
        self.assertEqual(rows("SELECT count(*) FROM intake.document_piece WHERE document_id = %s", document), [(0,)])


if __name__ == "__main__":
    unittest.main()
