"""Documents as a phone sends them over a bad link, and as somebody sends them who means harm."""
import http.client
import pathlib
import random
import struct
import subprocess
import time
import unittest
import urllib.parse
import zlib

from support.documents import PIECE, announce, chunk, kept_document, pdf, pdf_with_hidden_script, png, send, settled, stream
from support.jisr import Client, basic, bearer, eventually, file_application, person, rows, settings, staff_token

MEGABYTE = 1 << 20
ZIP_END = b"PK\5\6" + bytes(18)


def photo(size):
    """A valid PNG of about so many bytes: noise does not compress."""
    side = int((size / 3) ** 0.5)
    noise = random.Random(7)
    data = zlib.compress(b"".join(b"\0" + noise.randbytes(side * 3) for _ in range(side)), 0)
    return png(side, side, data=data)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.filed = file_application(cls.client, person()).json()
        cls.path = f"/intake/v1/applications/{cls.filed['id']}/documents"

    def content(self, document, part="content", **named):
        return self.client.get(f"{self.path}/{document}/{part}", authorization=named.get("authorization", basic(self.filed)))

    def offset(self, document):
        answer = self.client.call("HEAD", f"{self.path}/{document}/upload", authorization=basic(self.filed))
        self.assertEqual((answer.status, answer.headers["cache-control"]), (200, "no-store"), answer)
        return int(answer.headers["upload-offset"])

    # ── The good way ──

    def test_a_photo_is_kept_without_what_it_said_about_her_phone(self):
        kept = kept_document(self.client, self.filed, png(text=b"Canary-Samsung-33.8935N"))
        self.assertEqual((kept["state"], kept["media"], kept["thumbnail"], kept["refusal"]), ("READY", "image/jpeg", True, None))
        answer = self.content(kept["id"])
        self.assertEqual((answer.status, answer.headers["content-type"], len(answer.body)), (200, "image/jpeg", kept["bytes"]), answer)
        self.assertTrue(answer.body.startswith(b"\xff\xd8") and answer.body.endswith(b"\xff\xd9"))
        self.assertNotIn(b"Canary", answer.body)
        self.assertEqual(self.content(kept["id"], "thumbnail").headers["content-type"], "image/jpeg")

    def test_a_pdf_is_written_anew(self):
        kept = kept_document(self.client, self.filed, pdf("/Metadata 4 0 R", [b"<< /Type /Metadata /Length 9 >>\nstream\nCanary123\nendstream"]))
        self.assertEqual((kept["state"], kept["media"], kept["thumbnail"]), ("READY", "application/pdf", True))
        body = self.content(kept["id"]).body
        self.assertTrue(body.startswith(b"%PDF-"))
        self.assertNotIn(b"Canary", body)
        self.assertIn(b"Pages:", subprocess.run(["pdfinfo", "-"], input=body, capture_output=True, check=True).stdout)

    def test_reviewers_see_the_first_page_of_a_pdf(self):
        drawn = stream(b"0 0 1 rg 0 0 20 300 re f BT /F 9 Tf 30 30 Td (Fes) Tj ET")
        kept = kept_document(self.client, self.filed, pdf(objects=[drawn], page="/MediaBox [0 0 20 300] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"))
        answer = self.content(kept["id"], "thumbnail")
        self.assertEqual((kept["thumbnail"], answer.status, answer.headers["content-type"]), (True, 200, "image/jpeg"))
        frame = answer.body.index(b"\xff\xc0")
        self.assertEqual(struct.unpack(">HH", answer.body[frame + 5:frame + 9]), (320, 21), "height and width")

    def test_a_page_that_can_not_be_drawn_costs_the_thumbnail_alone(self):
        tile = stream(b"1 0 0 rg 0 0 1 1 re f", "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 /Resources << >>")
        itself = stream(b"/X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>")
        image = stream(b"abc", "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB")
        cases = (
            ("it would draw for hours", [stream(b"/Pattern cs /P scn 0 0 600 800 re f"), tile], "/MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Pattern << /P 5 0 R >> >>", False),
            ("it draws itself", [stream(b"/X Do"), itself], "/MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>", True),
            ("an image of 3,600 million pixels that is not there", [stream(b"600 0 0 800 0 0 cm /X Do"), image], "/MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>", True),
            ("as large as a PDF may be", [], "/MediaBox [0 0 14400 14400]", True),
            ("far larger", [], "/MediaBox [0 0 1e9 1e9]", True),
            ("a line", [], "/MediaBox [0 0 1 100000]", True),
            ("no size", [], "/MediaBox [0 0 0 0]", True),
            ("a size that is no number", [], "/MediaBox [0 0 1e400 nan]", True),
            ("what it draws is no language", [stream(random.Random(5).randbytes(5_000))], "/MediaBox [0 0 600 800] /Contents 4 0 R", True),
        )
        for why, objects, page, thumbnail in cases:
            with self.subTest(why):
                kept = kept_document(self.client, self.filed, pdf(objects=objects, page=page))
                self.assertEqual((kept["state"], kept["thumbnail"]), ("READY", thumbnail), kept)
                self.assertEqual(self.content(kept["id"], "thumbnail").status, 200 if thumbnail else 404)
                self.assertTrue(self.content(kept["id"]).body.startswith(b"%PDF-"))

    def test_what_broke_off_goes_on_where_it_was(self):
        data = photo(200_000)
        document = announce(self.client, self.filed, len(data)).json()["id"]
        self.assertEqual(self.offset(document), 0)
        self.assertEqual(send(self.client, self.filed, document, data[:70_000]).headers["upload-offset"], "70000")
        wrong = send(self.client, self.filed, document, data[60_000:], 60_000)
        self.assertEqual((wrong.status, wrong.headers["upload-offset"]), (409, "70000"), wrong)
        self.cut_off(document, data, 70_000, 40_000)
        reached = eventually("some of what was sent before the cut", lambda: self.offset(document) if self.offset(document) > 70_000 else 0)
        self.assertLessEqual(reached, 110_000)
        self.assertEqual((reached - 70_000) % 16384, 0)
        self.assertEqual(send(self.client, self.filed, document, data[reached:], reached).status, 204)
        self.assertEqual(settled(self.client, self.filed, document)["state"], "READY")

    def cut_off(self, document, data, offset, sent):
        """Announces all the rest, sends a part of it, and is gone."""
        parts = urllib.parse.urlsplit(settings()["JISR_URL"])
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.putrequest("PATCH", f"{self.path}/{document}/upload")
        for name, value in (PIECE | {"upload-offset": str(offset), "authorization": basic(self.filed), "content-length": str(len(data) - offset)}).items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(data[offset:offset + sent])
        time.sleep(0.5)
        connection.close()

    def test_ten_megabytes_arrive_in_one_request(self):
        data = photo(10 * MEGABYTE - 30_000)
        document = announce(self.client, self.filed, len(data)).json()["id"]
        self.assertEqual(send(self.client, self.filed, document, data).status, 204)
        self.assertEqual(settled(self.client, self.filed, document)["state"], "READY")

    def test_a_newer_one_takes_the_place_of_the_former(self):
        filed = file_application(self.client, person()).json()
        first = kept_document(self.client, filed, png())
        back = kept_document(self.client, filed, png(), page=2)
        second = kept_document(self.client, filed, png(pixel=b"\x90\x20\x40"))
        listed = self.client.get(f"/intake/v1/applications/{filed['id']}/documents", authorization=basic(filed)).json()["items"]
        self.assertEqual([item["id"] for item in listed], [back["id"], second["id"]])
        self.assertEqual(rows("SELECT count(*) FROM intake.document_piece WHERE document_id = %s", first["id"]), [(0,)])

    def test_she_may_take_one_back(self):
        kept = kept_document(self.client, self.filed, png(), page=3)
        self.assertEqual(self.client.call("DELETE", f"{self.path}/{kept['id']}", authorization=basic(self.filed)).status, 204)
        self.assertEqual(self.content(kept["id"]).status, 404)

    # ── What is refused ──

    def test_files_that_are_not_what_they_seem_are_refused_with_a_reason(self):
        whole = photo(60_000)
        cases = (
            ("a text that says it is a photo", b"not a photo at all", "type"),
            ("an archive (a bomb is one)", b"PK\3\4" + bytes(60) + ZIP_END, "type"),
            ("a page", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "type"),
            ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "heic"),
            ("a photo that is an archive as well", png() + ZIP_END, "two-files"),
            ("a PDF that is an archive as well", pdf() + ZIP_END, "two-files"),
            ("a photo that begins a PDF, too", png(text=b"%PDF-1.4"), "two-files"),
            ("a photo cut short", whole[:30_000], "damaged"),
            ("a few bytes that would become 900 million pixels", png(30_000, 30_000, data=b""), "too-many-pixels"),
            ("a PDF that is none", b"%PDF-1.7\nnothing", "damaged"),
            ("a script in a PDF", pdf("/OpenAction 4 0 R", ["<< /S /JavaScript /JS (app.alert\\(1\\)) >>"]), "active"),
            ("the same with its name in disguise", pdf("/OpenAction 4 0 R", ["<< /S /J#61vaScript /#4a#53 (app.alert\\(1\\)) >>"]), "active"),
            ("the same in a compressed stream of objects", pdf_with_hidden_script(), "active"),
            ("a program started by a PDF", pdf("/OpenAction << /S /Launch /F (cmd.exe) >>"), "active"),
            ("a file in a PDF", pdf("/Names << /EmbeddedFiles << /Names [(x) 4 0 R] >> >>",
                                    ["<< /Type /Filespec /F (x) /EF << /F 5 0 R >> >>", b"<< /Type /EmbeddedFile /Length 5 >>\nstream\nhello\nendstream"]), "embeds"),
        )
        for why, data, code in cases:
            with self.subTest(why):
                refused = kept_document(self.client, self.filed, data, page=4)
                self.assertEqual((refused["state"], (refused["refusal"] or {}).get("code")), ("REFUSED", code), refused)
                self.assertTrue(refused["refusal"]["ar"] and refused["refusal"]["fr"] and refused["refusal"]["en"])
                self.assertEqual(self.content(refused["id"]).status, 409)
                self.assertEqual(rows("SELECT count(*) FROM intake.document_piece WHERE document_id = %s", refused["id"]), [(0,)])

    def test_what_is_announced_is_looked_at_before_a_byte_is_sent(self):
        for why, body, pointer in (("one byte more than 10 MB", {"type": "identity", "size": 10 * MEGABYTE + 1}, "/size"), ("nothing", {"type": "identity", "size": 0}, "/size"),
                                   ("not in the call's list", {"type": "bank-statement", "size": 9}, "/type"), ("of cooperatives only", {"type": "statutes", "size": 9}, "/type"),
                                   ("a ninth page", {"type": "identity", "size": 9, "page": 9}, "/page"), ("no size", {"type": "identity"}, "/size")):
            with self.subTest(why):
                answer = self.client.post(self.path, body, authorization=basic(self.filed))
                self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, pointer), answer)

    def test_a_request_that_does_not_fit_its_document_is_refused(self):
        document = announce(self.client, self.filed, 100, page=5).json()["id"]
        for why, data, offset, headers, status in (("more than was announced", bytes(101), 0, {}, 413), ("no offset", bytes(10), 0, {"upload-offset": ""}, 400), ("a word for an offset", bytes(10), 0, {"upload-offset": "x"}, 400),
                                                   ("another type", bytes(10), 0, {"content-type": "image/png"}, 415), ("past what is there", bytes(10), 50, {}, 409)):
            with self.subTest(why):
                self.assertEqual(send(self.client, self.filed, document, data, offset, **{name: value for name, value in headers.items()}).status, status)
        self.client.close()
        self.assertEqual(self.offset(document), 0)

    def test_more_than_ten_megabytes_are_told_so(self):
        document = announce(self.client, self.filed, 10 * MEGABYTE, page=6).json()["id"]
        answer = send(self.client, self.filed, document, bytes(10 * MEGABYTE + 1))
        self.assertEqual((answer.status, answer.json()["type"]), (413, "urn:jisr:problem:too-large"))

    def test_far_more_are_not_even_read(self):
        document = announce(self.client, self.filed, 10 * MEGABYTE, page=6).json()["id"]
        # The answer leaves while the body still comes: a client that goes on sending may see the connection end before it sees the answer.
        began = time.monotonic()
        answers = [self.refused_early(document, 40 * MEGABYTE) for _ in range(5)]
        self.assertLessEqual(set(answers), {413, None})
        self.assertLess(time.monotonic() - began, 5, "not waited for")

    def refused_early(self, document, announced):
        """The status of the answer to a piece that says it is too long; None: the connection ended first."""
        parts = urllib.parse.urlsplit(settings()["JISR_URL"])
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.putrequest("PATCH", f"{self.path}/{document}/upload")
        for name, value in (PIECE | {"upload-offset": "0", "authorization": basic(self.filed), "content-length": str(announced)}).items():
            connection.putheader(name, value)
        try:
            connection.endheaders()
            connection.send(bytes(40_000))  # more than the front door holds back
            return connection.getresponse().status
        except (http.client.RemoteDisconnected, ConnectionError):
            return None
        finally:
            connection.close()

    # ── Who may ──

    def test_staff_of_her_territory_may_look_and_it_is_written_down(self):
        kept = kept_document(self.client, self.filed, png(), page=7)
        self.assertEqual(self.content(kept["id"], authorization=bearer(staff_token("reviewer", "MA-03"))).status, 200)
        self.assertEqual(self.content(kept["id"], authorization=bearer(staff_token("reviewer", "MA-06"))).status, 403)
        self.assertEqual(self.content(kept["id"], authorization=bearer(staff_token("trainer", "MA-03"))).status, 403)
        other = file_application(self.client, person()).json()
        self.assertEqual(self.content(kept["id"], authorization=basic(other)).status, 404)
        moved = f"/intake/v1/applications/{other['id']}/documents/{kept['id']}/content"
        self.assertEqual(self.client.get(moved, authorization=basic(other)).status, 404, "another woman's document below her own application")
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'read-document' AND actor LIKE 'reviewer:%%'", self.filed["id"]), [(1,)])

    def test_a_decided_file_takes_none(self):
        filed = file_application(self.client, person()).json()
        self.assertEqual(self.client.post(f"/intake/v1/applications/{filed['id']}/withdrawal", authorization=basic(filed)).status, 200)
        self.assertEqual(announce(self.client, filed, 10).status, 409)

    def test_nothing_readable_lies_in_the_database(self):
        mark = b"Canary-in-a-document-" + random.randbytes(4).hex().encode()
        data = pdf("", [b"<< /Length %d >>\nstream\n" % len(mark) + mark + b"\nendstream"])
        document = announce(self.client, self.filed, len(data) + 10, page=8).json()["id"]
        self.assertEqual(send(self.client, self.filed, document, data).status, 204)
        pieces = rows("SELECT sealed FROM intake.document_piece WHERE document_id = %s", document)
        self.assertEqual(len(pieces), 1)
        self.assertNotIn(mark, bytes(pieces[0][0]))
        self.assertNotIn(b"%PDF", bytes(pieces[0][0]))


if __name__ == "__main__":
    unittest.main()
