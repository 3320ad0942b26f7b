"""What fuzzing begins with: inputs made, each time, of files that the project has anyway (examples, rulesets, the tables of its tests). No seed is kept.

A target that reads several things tells them by a letter in front (fuzz_choice in fuzz.h).
"""
import copy
import json
import re
import string
import struct
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests"))
from faults import people  # noqa: E402  the path is set above

LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
PIECE = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|[0-7]{1,3}|.)")
NAMED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"f": b"\f", b"b": b"\b", b"v": b"\v", b"a": b"\a"}


def _unescaped(match):
    text = match[1]
    if text[:1] == b"x":
        return bytes([int(text[1:], 16)])
    if text[:1] == b"u" and len(text) == 5:
        return chr(int(text[1:], 16)).encode("utf-8", "replace")
    if text.isdigit():
        return bytes([int(text, 8) & 255])
    return NAMED.get(text, text)


def literals(*tests):
    """The string literals of C tests: the inputs of their tables are among them, and what is not does no harm."""
    found = {}
    for test in tests:
        source = (PROJECT / "tests" / "unit" / f"{test}_test.c").read_text(encoding="utf-8")
        source = re.sub(r"^\s*#\s*include.*$", "", source, flags=re.M)
        for match in LITERALS.finditer(source):
            found[b"".join(ESCAPE.sub(_unescaped, piece.encode()) for piece in PIECE.findall(match[0]))] = None
    return list(found)


def lettered(count, texts):
    return [letter.encode() + text for letter in string.ascii_lowercase[:count] for text in texts]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def proto(pattern):
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((PROJECT / "proto").glob(pattern))]


def rules():
    cases = json.loads((PROJECT / "tests" / "contract" / "rules_cases.json").read_text(encoding="utf-8"))
    facts = {"kind": "person", "age": 35, "requested_centimes": 4500000, "own_contribution_centimes": 300000, "milieu": "rural", "jobs": 2}
    criteria = [case["when"] for ruleset in proto("rulesets/*.json") for criterion in ruleset["criteria"] for case in criterion["cases"] if "when" in case]
    return [compact({"rule": rule, "data": data}) for _, rule, data in cases] + [compact({"rule": rule, "data": facts}) for rule in criteria]


def forms():
    person = people.application(1, 1)
    member = {name: person["applicant"][name] for name in ("name", "identity", "birth_date", "phone")}
    other = {"name": {"latin": "Khadija Bennani"}, "identity": {"type": "passport", "number": "AB1234567"}, "birth_date": "١٩٨٠-٠١-٣١", "phone": None, "role": "member"}
    cooperative = {name: value for name, value in person.items() if name != "situation"} | {
        "kind": "cooperative", "cooperative": {"name": {"ar": "تعاونية الأمل", "latin": "Al Amal"}, "ice": "001525713000073", "members": [member | {"role": "president"}, other]}}
    extra = {"about": "a few words", "trees": 12, "debts": 150000, "since": "2020-01-31", "which": "one", "diploma": True}
    aided = {"assistance": {"channel": "office", "place": "Taounate", "paper": "box 7"}}
    changed = copy.deepcopy(person)
    changed["applicant"]["address"]["province"] = "MA-TAO"
    taounate = copy.deepcopy(cooperative)
    taounate["applicant"]["address"]["province"] = "MA-TAO"
    return [person, changed, changed | {"draft": True}, changed | {"extra": extra}, changed | aided, cooperative, taounate, taounate | {"extra": extra | {"statutes": "x"}},
            {"call": people.CALL, "kind": "person"}]


def records():
    made = []
    for event in proto("examples/*.json"):
        names = {"id": "ce_id", "type": "ce_type", "source": "ce_source", "time": "ce_time", "aggregateversion": "ce_aggregateversion", "traceparent": "ce_traceparent"}
        head = [f"key: {event['partitionkey']}"] + [f"{names[name]}: {event[name]}" for name in names if name in event]
        made.append("\n".join(head).encode() + b"\n\n" + compact(event["data"]))
    return made


def lines():
    """Of a file of women, in the order of the header of import_fuzz.c."""
    woman = "R-1;فاطمة العلوي;Fatima El Alaoui;;CD123456;12/04/1991;06 61 23 45 67;Taounate;Ghafsai;rural;Huile;agrifood;idea;45 000,50;300000;2;6;1800;oui;9,12;oui;ar"
    member = "R-2;;Khadija Bennani;passeport;AB1234567;1980-01-31;0661234567;تاونات;;;Miel;agrifood;idea;٤٥٠٠٠;;;;;;;نعم;fr;Al Amal;001525713000073;présidente;oui"
    return [woman + ";;;;;words;12;1500;2020-01-31;one;non\n", member + "\n", "\"a \"\"b\"\"\";\"c\nd\"\n"]


def files():
    header = ("nom;cnie;date de naissance;téléphone;province;projet;secteur;stade;montant demandé;consents.processing\n"
              "Fatima;CD1;12/04/1991;0661;Taounate;Huile;agrifood;idea;45 000,50;oui\n")
    texts = [header, header.replace(";", ","), "sep=;\n" + header, "\ufeff" + header]
    return [text.encode() for text in texts] + [header.replace("Fatima", "فاطمة").replace("é", "e").encode("cp1256"), header.encode("cp1252")]


def whole_files():
    """With women, and with cooperatives over several lines."""
    header = ("référence;nom;cnie;date de naissance;téléphone;province;projet;secteur;stade;montant demandé;consents.processing;coopérative;ice;fonction;représentante\n")
    woman = "R-{0};Fatima;CD10000{0};12/04/1991;066123456{0};Taounate;Huile;agrifood;idea;45 000;oui;;;;\n"
    member = "{1};Khadija;AB20000{0};1980-01-31;066123456{0};MA-TAO;Huile;agrifood;idea;45 000;oui;Al Amal{2};{3};{4};\n"
    amal = member.format(1, "C-1", "", "001525713000073", "présidente") + member.format(2, "", "", "", "membre") + member.format(3, "C-1", " 2", "", "")
    texts = [header + woman.format(1) + woman.format(2), header + woman.format(1) + amal + woman.format(4), header + amal + '"x;"y\n' + member.format(5, "", "", "", ""),
             header + "\n\n" + amal + amal, "sep=;\r\n" + (header + amal).replace("\n", "\r\n")]
    return [text.encode() for text in texts] + [texts[1].encode("cp1252")] + files()


def requests():
    paths = [text for text in literals("http_router", "http_guard") if text.startswith(b"/")]
    heads = [b"", b"Content-Length: 12\n", b"Transfer-Encoding: chunked\n", b"Expect: 100-continue\n", b"Authorization: Basic YTpi\nAccept: */*\n"]
    return [b"GET " + path + b" HTTP/1.1\nHost: x\n" for path in paths] + [b"POST /intake/v1/applications?a=%20+b&c HTTP/1.1\nHost: x\n" + head for head in heads]


def tokens():
    claims = {"iss": "jisr", "sub": "agent-7", "role": "agent", "territories": ["MA-03"], "iat": 1795499000, "exp": 1795503600, "nbf": 1795499000, "aud": "jisr"}
    known = literals("crypto_jwt")
    return ([b"a" + text for text in known if text.count(b".") == 2] + [b"b" + compact(claims), b"b" + compact(claims | {"aud": ["x", "jisr"], "role": "applicant"})] +
            [b"c" + text for text in known if b"kty" in text] + [b"c" + compact({"keys": [json.loads(text)]}) for text in known if text[:1] == b"{" and b'"x"' in text and text[-1:] == b"}"])


def names():
    spoken = [text for text in literals("intake_likeness", "intake_identity") if b"\n" not in text and 1 < len(text) < 80]
    return [one + b"\n" + other for one, other in zip(spoken, spoken[1:])] + ["فاطمة الزهراء العلوي\nFatima Zahra El Alaoui".encode()]


def pages():
    return ["Notice <b>".encode() + b"\n" + compact(form) + b"\n" + compact({"items": [form, event]})
            for form, event in zip(forms(), (event["data"] for event in proto("examples/*.json")))]


def calls():
    return [compact(call) for call in proto("calls/*.json")] + [text for text in literals("intake_calls") if text[:1] == b"{"]


def photos():
    made = []
    for order in ("<", ">"):
        for value in (1, 3, 6, 8):
            tiff = (b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, 1) + struct.pack(order + "HHIHH", 0x0112, 3, 1, value, 0)
            exif = b"Exif\0\0" + tiff
            made.append(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + bytes(range(90)))
    return made


def events(count):
    return lambda: lettered(count, [compact(event["data"]) for event in proto("examples/*.json")])


SEEDS = {  # target: what makes its seeds
    "application": lambda: [compact(form) for form in forms()],
    "call": calls,
    "cells": lambda: lettered(5, [cell.encode() for line in lines() for cell in line.strip().split(";")] + ["-0,50".encode(), "1 234 567,8".encode(), "٩٫١٢".encode(), b"007"]),
    "csv": lambda: files() + [text for text in literals("intake_csv_read")] + [line.encode() for line in lines()],
    "events_eligibility": events(3),
    "events_intake": events(3),
    "events_notifier": lambda: events(3)() + [letter + compact(body) for letter, body in (
        (b"d", {"name": {"ar": "جمعية", "fr": "Association", "en": "Association"}}),
        (b"e", {"url": "https://example.org/hook", "event_types": ["ma.jisr.referral.offered.v1"], "territories": ["MA-TAO"]}),
        (b"f", {"reason": "CAPACITY", "note": "x"}), (b"g", {"outcome": "CREATED", "note": None}))],
    "events_training": events(1),
    "fields": lambda: lettered(8, literals("http_router", "http_cursor", "http_guard", "violation")),
    "file": lambda: lettered(2, whole_files()),
    "figures": lambda: [struct.pack("<d", number) for number in (0.1, -1e300, 5e-324, 9.12, 1e21, 123456.789)] + literals("json", "eligibility_rules"),
    "import": lambda: [b"a" + text for text in files()] + [b"b" + line.encode() for line in lines()] + [b"b" + lines()[0].encode("cp1256", "replace")],
    "json": lambda: rules() + [compact(value) for value in proto("**/*.json")] + literals("json", "wire"),
    "names": names,
    "numbers": lambda: lettered(8, literals("intake_identity", "base", "notifier_domain")),
    "page": pages,
    "photo": photos,
    "record": records,
    "request": requests,
    "rules": rules,
    "text": lambda: literals("text", "wire"),
    "time": lambda: literals("time", "wording"),
    "token": tokens,
    "url": lambda: [text for text in literals("net_ssrf", "net_client") if b":" in text],
}



def large_forms():
    """As large as a body may be, 256 kB: what is made of it has to stay within a request's memory."""
    form = forms()[6]
    lead, other = form["cooperative"]["members"]
    lists = [[lead] + [other | {"identity": {"type": "cnie", "number": f"AB{number:06}"}} for number in range(499)], [lead] * 500, [other | {"name": {}, "role": "?"}] * 500]
    made = [form | {"cooperative": form["cooperative"] | {"members": members}} for members in lists]
    made += [forms()[1] | {"extra": {f"x{number}": 1 for number in range(20000)}}, forms()[1] | {f"x{number}": 1 for number in range(20000)}, {"extra": [{}] * 60000}]
    return [compact(value) for value in made]


LARGE = {  # target: inputs that are given whole, and from which nothing is derived
    "application": large_forms,
    "file": lambda: lettered(2, [whole_files()[0] + whole_files()[1].split(b"\n", 2)[2] * 200, b'"' * 70000]),
    "csv": lambda: [b'"' * 40000, b"a;" * 20000, (b'"' + b'a""' * 10 + b'"\n') * 1500, b'"\n' * 20000],
    "import": lambda: [b"a" + b"nom;" * 9000, b"b" + lines()[0].encode() * 200, b"b" + b'"' * 40000],
    "json": lambda: [b"[" * 60000, b"[" + b"{}," * 60000 + b"{}]", compact({f"x{number}": number / 7 for number in range(9000)}), b'"' + b"\\u00e9" * 30000 + b'"'],
    "page": lambda: [b"\n" + compact(forms()[0]) + b"\n" + compact([["<"] * 9000])],
    "rules": lambda: [compact({"rule": {"reduce": [list(range(1000)), {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}, "x"]}}),
                      compact({"rule": {"in": ["\ud800" + "a" * 5000, "a" * 60000]}}), b'{"rule":' * 300 + b"1" + b"}" * 300],
}

WORD = re.compile(rb'"([A-Za-z_][A-Za-z0-9_.-]{2,40})"')


def words(texts):
    """libFuzzer's dictionary: the names and codes that stand in quotes in the seeds."""
    found = sorted({word for text in texts for word in WORD.findall(text)})
    return "".join(f'"\\"{word.decode()}\\""\n' for word in found)


def fill(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:04}").write_bytes(text)


def write(target, folder, large):
    """Fills `folder` with the target's seeds and `large` with its large inputs; returns its dictionary."""
    texts = SEEDS[target]()
    fill(folder, texts)
    fill(large, LARGE.get(target, list)())
    return words(texts)
