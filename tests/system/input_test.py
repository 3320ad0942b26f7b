"""What the platform takes and what it refuses, through the front door: every refusal is a problem that says where and why."""
import json
import pathlib
import socket
import unittest

from support.jisr import Client, file_application, new_key, person, settings, state_of


def text(**changes):
    return json.dumps(person(**changes), ensure_ascii=False).encode()


DEEP = b'{"call":' + b"[" * 200 + b"]" * 200 + b"}"
TOO_BIG = b'{"call":"' + b"x" * 300_000 + b'"}'

# (name, body, headers, status, why)
BODIES = [
    ("malformed", b'{"call": ', {}, 400, "not JSON"),
    ("empty", b"", {}, 400, "no body at all"),
    ("not an object", b"[]", {}, (400, 422), "JSON, but no application"),
    ("a member twice", text()[:-1] + b',"kind":"person"}', {}, 400, "which of the two counts?"),
    ("a NUL byte", b'{"call":"a\x00b"}', {}, 400, "texts end there in C"),
    ("an escaped NUL", b'{"call":"a\\u0000b"}', {}, (400, 422), "the same, escaped"),
    ("broken UTF-8", b'{"call":"\xff\xfe"}', {}, 400, "no text"),
    ("nested too deep", DEEP, {}, (400, 422), "a bomb for recursive readers"),
    ("too large", TOO_BIG, {}, 413, "over 256 kB"),
    ("another media type", text(), {"content-type": "application/xml"}, 415, "JSON alone"),
    ("form data", b"call=x", {"content-type": "application/x-www-form-urlencoded"}, 415, "a forged form of another site can send this"),
    ("trailing text", text() + b"{}", {}, 400, "two documents"),
]

# (name, change of the eligible example, pointer that must be named, why)
FIELDS = [
    ("unknown call", {"call": "no-such-call"}, "/call", "nobody opened it"),
    ("unknown member", {"favourite_colour": "green"}, "/favourite_colour", "a typing error must not get lost"),
    ("unknown kind", {"kind": "company"}, "/kind", "person or cooperative"),
    ("birth date in the future", {"applicant__birth_date": "2090-01-01"}, "/applicant/birth_date", "not born yet"),
    ("no such day", {"applicant__birth_date": "1991-02-30"}, "/applicant/birth_date", "February"),
    ("not a date", {"applicant__birth_date": "12/04/1991"}, "/applicant/birth_date", "RFC 3339 alone"),
    ("a CNIE without letters", {"applicant__identity__number": "123456"}, "/applicant/identity/number", "one or two letters first"),
    ("a phone of another country", {"applicant__phone": "+33 6 12 34 56 78"}, "/applicant/phone", "+212"),
    ("an unknown province", {"applicant__address__province": "MA-XXX"}, "/applicant/address/province", "not on the list"),
    ("a very long name", {"applicant__name__latin": "x" * 100_000}, "/applicant/name/latin", "every text has a ceiling"),
    ("a negative amount", {"project__requested_centimes": -1}, "/project/requested_centimes", "money is a count of centimes"),
    ("half a centime", {"project__requested_centimes": 0.5}, "/project/requested_centimes", "integers alone"),
    ("a number as text", {"project__jobs": "2"}, "/project/jobs", "no guessing"),
    ("an amount past 64 bits", {"project__requested_centimes": 10**30}, "/project/requested_centimes", "must not wrap around"),
    ("a sector that is no code", {"project__sector": "Zitoun & co"}, "/project/sector", "lower-case words"),
    ("no consents", {"consents": []}, "/consents", "without consent nothing is processed"),
]


class BodiesThatAreRefused(unittest.TestCase):
    def check_problem(self, answer, status, what):
        statuses = status if isinstance(status, tuple) else (status,)
        self.assertIn(answer.status, statuses, f"{what}: {answer}")
        self.assertTrue(answer.headers.get("content-type", "").startswith("application/problem+json"), f"{what}: {answer}")
        self.assertEqual(answer.json()["status"], answer.status, what)

    def test_every_unreadable_body_is_answered_with_its_problem(self):
        for name, body, headers, status, why in BODIES:
            with self.subTest(name, why=why):
                answer = Client().call("POST", "/intake/v1/applications", body, {"idempotency-key": new_key(), "content-type": "application/json"} | headers)
                self.check_problem(answer, status, name)

    def test_every_unacceptable_field_is_named_by_its_pointer(self):
        client = Client()
        for name, change, pointer, why in FIELDS:
            with self.subTest(name, why=why):
                answer = file_application(client, person(**change))
                self.check_problem(answer, 422, name)
                self.assertIn(pointer, [error["pointer"] for error in answer.json()["errors"]], answer)

    def test_all_faults_are_told_at_once(self):
        answer = file_application(Client(), person(kind="company", applicant__birth_date="2090-01-01", project__jobs="2"))
        self.check_problem(answer, 422, "three faults")
        self.assertGreaterEqual(len(answer.json()["errors"]), 2)

    def test_no_refusal_repeats_what_she_wrote(self):
        body = person(kind="company")
        answer = file_application(Client(), body)
        self.assertNotIn(body["applicant"]["identity"]["number"].encode(), answer.body)
        self.assertNotIn(body["applicant"]["name"]["ar"].encode(), answer.body)

    def test_a_key_is_needed_and_must_be_one(self):
        client = Client()
        self.check_problem(client.post("/intake/v1/applications", person()), 400, "no key")
        self.check_problem(file_application(client, person(), '"' + "k" * 300 + '"'), 400, "too long a key")


class ThingsPeopleReallyWrite(unittest.TestCase):
    """Taken, and kept in one form."""

    def test_arabic_indic_digits_spaces_and_small_letters(self):
        client = Client()
        cases = [
            {"applicant__identity__number": f"  ab {'٠١٢٣٤٥'} "},
            {"applicant__phone": "٠٦ ٦١ ٢٣ ٤٥ ٦٧"},
            {"applicant__phone": "+212 6 61 23 45 67"},
            {"applicant__phone": "00212661234567"},
        ]
        for change in cases:
            with self.subTest(str(change)):
                answer = file_application(client, person(**change))
                self.assertEqual(answer.status, 201, answer)

    def test_arabic_indic_digits_are_the_same_number(self):
        client = Client()
        number = person()["applicant"]["identity"]["number"]
        folded = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        self.assertEqual(file_application(client, person(applicant__identity__number=number)).status, 201)
        again = file_application(client, person(applicant__identity__number=folded))
        self.assertEqual(again.status, 201, again)
        self.assertEqual(state_of(client, again.json())["state"], "DUPLICATE_REVIEW")

    def test_a_name_in_one_script_is_enough(self):
        body = person()
        body["applicant"]["name"] = {"ar": body["applicant"]["name"]["ar"]}
        self.assertIn(file_application(Client(), body).status, (201, 422))


class Http(unittest.TestCase):
    def test_another_method_says_which_ones_there_are(self):
        answer = Client().call("DELETE", "/intake/v1/calls")
        self.assertEqual(answer.status, 405, answer)
        self.assertIn("GET", answer.headers["allow"])

    def test_what_is_not_there_is_a_problem_too(self):
        for path in ("/intake/v1/nothing", "/eligibility/v1/nothing", "/training/v1/nothing", "/notifier/v1/nothing"):
            answer = Client().get(path)
            self.assertEqual((answer.status, answer.json()["status"]), (404, 404), path)

    def test_a_request_line_or_a_header_that_is_too_long_is_a_problem_too(self):
        long, client = "a" * 7000, Client()
        for why, path, headers, status in (("address", f"/intake/v1/calls?x={long}", {}, 414), ("header", "/intake/v1/calls", {"x-long": long}, 431),
                                           ("number of header lines", "/intake/v1/calls", {f"x-{number}": "1" for number in range(90)}, 400)):
            with self.subTest(why):
                answer = client.get(path, **headers)
                self.assertEqual((answer.status, answer.json()["status"], answer.headers["content-type"]), (status, status, "application/problem+json"))

    def test_the_front_door_speaks_the_language_that_is_asked_for_too(self):
        long, client = "a" * 7000, Client()
        for status, path, headers in ((414, f"/intake/v1/calls?x={long}", {}), (431, "/intake/v1/calls", {"x-long": long})):
            titles = {language: client.get(path, accept_language=language, **headers).json()["title"] for language in ("ar", "fr-MA,fr;q=0.9", "en", "de")}
            with self.subTest(status):
                self.assertEqual(len(set(titles.values())), 3, titles)
                self.assertEqual(titles["ar"], titles["de"])
                self.assertRegex(titles["ar"], "[ء-ي]")
                self.assertIn("dépasse", titles["fr-MA,fr;q=0.9"])

    def test_what_is_unreadable_is_said_in_words_of_the_reader(self):
        for language, words in (("fr", "il manque la fin, ligne 1, colonne 9"), ("ar", "النهاية ناقصة، السطر 1، العمود 9"), ("en", "the end is missing, line 1, column 9")):
            answer = Client().call("POST", "/intake/v1/applications", b'{"call": ', {"idempotency-key": new_key(), "content-type": "application/json", "accept-language": language})
            self.assertIn(words, answer.json()["errors"][0]["message"])

    def test_no_answer_in_a_media_type_that_we_do_not_speak(self):
        self.assertEqual(Client().get("/intake/v1/calls", accept="image/png").status, 406)
        for accept in ("application/json", "application/problem+json", "application/json, text/html"):
            answer = Client().get("/nope", accept=accept)
            self.assertEqual((answer.status, answer.headers["content-type"]), (404, "application/problem+json"), accept)

    def test_problems_speak_the_language_that_is_asked_for(self):
        titles = {language: Client().get("/intake/v1/nothing", accept_language=language).json()["title"] for language in ("ar", "fr", "en")}
        self.assertEqual(len(set(titles.values())), 3, titles)

    def raw(self, request):
        url = settings()["JISR_URL"].removeprefix("http://").split(":")
        with socket.create_connection((url[0], int(url[1])), timeout=10) as wire:
            wire.sendall(request)
            wire.settimeout(5)
            received = b""
            try:
                while chunk := wire.recv(65536):
                    received += chunk
                    if b"\r\n\r\n" in received:
                        break
            except TimeoutError:
                pass
            return received

    def test_a_request_with_two_meanings_is_refused(self):
        cases = [
            (b"GET /intake/v1/calls HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "two hosts"),
            (b"POST /intake/v1/applications HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde", "two lengths"),
            (b"POST /intake/v1/applications HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked, identity\r\n\r\nabc", "length and coding"),
            (b"GET /intake/v1/calls HTTP/1.1\r\nhost: a\r\nbad name: x\r\n\r\n", "a space in a header's name"),
            (b"GET /intake/v1/calls HTTP/1.1\r\n\r\n", "no host"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "TLS to a plain port"),
        ]
        for request, why in cases:
            with self.subTest(why):
                status = self.raw(request).split(b" ")[1:2]
                self.assertTrue(status in ([], [b"400"], [b"411"], [b"501"]), (why, status))


class Pages(unittest.TestCase):
    def test_the_first_page_is_there_and_trusts_no_foreign_script(self):
        answer = Client().get("/")
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("text/html", answer.headers["content-type"])
        policy = answer.headers["content-security-policy"]
        self.assertIn("default-src", policy)
        self.assertNotIn("unsafe-inline", policy)

    def test_every_page_of_the_folder_is_served(self):
        folder = pathlib.Path(__file__).resolve().parents[2] / "services" / "intake" / "web"
        for file in folder.glob("*.html"):
            answer = Client().get("/" + file.name)
            self.assertEqual(answer.status, 200, file.name)


if __name__ == "__main__":
    unittest.main()
