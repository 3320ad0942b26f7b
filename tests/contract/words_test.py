"""The pages' texts (services/intake/web/words.js): three languages each, and none is named that isn't there."""
import json
import re
import unittest

from support.proto import PROJECT, read_json

WEB = PROJECT / "services/intake/web"
LANGUAGES = 3
# Names that scripts put together at run time, and the names that follow: `state_${…}`.
STATE_NAMES = r'\[STATE_\w+\]\s*=\s*\{"([A-Z_]+)"'
PUT_TOGETHER = ("state_", "do_", "help_", "bad_", "consent_", "MA-", "role_", "desk_", "call_", "shortlisting_", "text_", "stream_", "doc_", "reader_", "did_", "import_state_", "line_", "about_", "level_", "sign_", "confirmed_", "sector_", "class_", "since_", "how_", "register_", "finding_", "member_role_", "e_", "o_")


def tables():
    return sorted(WEB.rglob("words*.js"))


def scripts():
    return [path for path in sorted(WEB.rglob("*.js")) if path not in tables()]


def words_of(path):
    """{key: [ar, fr, en]}: a line each."""
    text = path.read_text(encoding="utf-8")
    body = text[text.index("export const WORDS = {") + 22:text.rindex("};")]
    found = {}
    for line in body.splitlines():
        line = line.strip()
        if line and not line.startswith("//"):
            row = re.fullmatch(r'"?([\w-]+)"?: (\[.*\]),', line)
            if row is None:
                raise ValueError(f"{path.name}: not a text on a line of its own: {line}")
            if row[1] in found:
                raise ValueError(f"{path.name}: {row[1]} twice")
            found[row[1]] = json.loads(row[2])
    return found


def words():
    """Those of all tables: a page has words.js and what it learns beside."""
    return {key: texts for path in tables() for key, texts in words_of(path).items()}


def arguments(script, function):
    """The text between the brackets of each call of a function."""
    for call in re.finditer(rf"(?<![\w.]){function}\(", script):
        depth, end = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(script[end], 0)
            end += 1
        yield script[call.end():end - 1]


# The texts that say what is wrong with an answer, and the violation that says the same.
SAME_WORDS = {"missing": ("REQUIRED", ""), "consent_missing": ("CONSENT", ""), "bad_cnie": ("FORMAT", "1 or 2 letters, then 4 to 8 digits"), "bad_paper": ("FORMAT", "5 to 16 letters and digits"),
              "bad_phone": ("FORMAT", "06 12 34 56 78, +212 6 12 34 56 78"), "bad_ice": ("FORMAT", "15 digits"), "bad_number": ("TYPE", "number"), "bad_negative": ("TOO_SMALL", "0"),
              "bad_date": ("DATE", ""), "bad_future": ("FUTURE", "")}


def texts_of_violations():
    """{code: (ar, fr, en)} and {English detail: (ar, fr, en)}, as common/base has them."""
    base = PROJECT / "common/base"
    header = re.sub(r'"\s*\\?\s*"', "", (base / "violation.h").read_text(encoding="utf-8"))
    codes = {name: (ar, fr, en) for name, en, fr, ar in re.findall(r'X\((\w+), "[\w-]+", "([^"]*)", "([^"]*)",[\s\\]*"([^"]*)"\)', header)}
    details = {en: (ar, fr, en) for en, fr, ar in re.findall(r'\{"([^"]*)", "([^"]*)",\s*"([^"]*)"\}', (base / "violation_details.c").read_text(encoding="utf-8"))}
    return codes, details


def states():
    return re.findall(STATE_NAMES, (PROJECT / "services/intake/application/application.c").read_text(encoding="utf-8"))


def keys_of_scripts():
    """(file, key) of every text that a script names: word("…") and button("…"), also the choices inside; `key:` and `word:` of tables; the fields of form.js."""
    for path in scripts():
        script = path.read_text(encoding="utf-8")
        for argument in (*arguments(script, "word"), *arguments(script, "counted")):
            for key in re.findall(r'"([\w-]+)"', argument):
                yield path.name, key
        for key in re.findall(r'\bbutton\("(\w+)"', script) + re.findall(r'\b(?:word|key|label): "(\w+)"', script):
            yield path.name, key
    form = (WEB / "form.js").read_text(encoding="utf-8")
    for key in re.findall(r'(?:text|choice|whole|dirhams|box)\([`"][^`"]+[`"], "(\w+)"', form):
        yield "form.js", key
        yield "form.js", f"help_{key}"
    for key in re.findall(r'\["\w+", "(\w+)"\]', form):
        yield "form.js", key
    for key in re.findall(r'"(bad_\w+|missing|consent_missing)"', form):
        yield "form.js", key


class Words(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.words = words()

    def test_every_text_is_there_in_three_languages(self):
        self.assertGreater(len(self.words), 100)
        for key, texts in self.words.items():
            with self.subTest(key):
                self.assertEqual(len(texts), LANGUAGES)
                self.assertTrue(all(text.strip() == text and text for text in texts), texts)

    def test_arabic_is_arabic_and_the_others_are_not(self):
        for key, (arabic, *latin) in self.words.items():
            with self.subTest(key):
                self.assertRegex(arabic, "[\u0621-\u064a]")
                for text in latin:
                    self.assertNotRegex(text, "[\u0600-\u06ff]")

    def test_places_for_values_are_the_same_in_all_languages(self):
        for key, texts in self.words.items():
            with self.subTest(key):
                self.assertEqual(len({tuple(sorted(set(re.findall(r"\{\d\}", text)))) for text in texts}), 1)

    def test_a_text_with_a_count_has_all_forms_of_each_language(self):
        """page.js: none, one, more; and in Arabic two, few (3 to 10), many (11 to 99) beside."""
        used = {key for path in scripts() for argument in arguments(path.read_text(encoding="utf-8"), "counted") for key in re.findall(r'"([\w-]+)"', argument)}
        self.assertEqual(used, {key for key, texts in self.words.items() if any("|" in text for text in texts)})
        for key in used:
            with self.subTest(key):
                self.assertEqual([text.count("|") + 1 for text in self.words[key]], [6, 3, 3])

    def test_every_text_that_a_page_names_is_there(self):
        for path in sorted(WEB.rglob("*.html")):
            for key in re.findall(r'data-(?:word|label)="([^"]*)"', path.read_text(encoding="utf-8")):
                self.assertTrue(key in self.words, f"{path.name} names {key}")

    def test_every_text_that_a_script_names_is_there(self):
        named = set(keys_of_scripts())
        self.assertGreater(len(named), 80)
        for file, key in sorted(named):
            self.assertTrue(key in self.words, f"{file} names {key}")

    def test_what_is_wrong_is_told_in_the_words_of_the_service(self):
        """One mistake, one sentence: the page sees it before the request, or the service after it."""
        codes, details = texts_of_violations()
        self.assertEqual({key for key in self.words if key.startswith("bad_")}, {key for key in SAME_WORDS if key.startswith("bad_")})
        for key, (code, detail) in SAME_WORDS.items():
            with self.subTest(key):
                given = details.get(detail, (f"\u2066{detail}\u2069", detail, detail))
                self.assertEqual(self.words[key], [text.replace("%s", part) for text, part in zip(codes[code], given)])

    def test_every_state_of_an_application_has_a_name(self):
        self.assertGreater(len(states()), 15)
        for state in states():
            self.assertIn(f"state_{state}", self.words)
            self.assertIn(f"do_{state}", self.words)
        for key in self.words:
            if re.match("(state|do)_[A-Z]", key):
                self.assertIn(key.split("_", 1)[1], states())

    def test_every_class_of_retention_has_a_name(self):
        migrations = "".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "services/intake/migrations").glob("*.sql")))
        inserted = "".join(re.findall(r"INSERT INTO retention_class .*?;\n", migrations, re.S))
        classes = set(re.findall(r"\('([\w-]+)', \d+, '", inserted))
        self.assertGreater(len(classes), 6)
        self.assertEqual({f"class_{name}" for name in classes}, {key for key in self.words if key.startswith("class_")})

    def test_states_that_scripts_list_are_states_of_the_code(self):
        listed = 0
        for path in scripts():
            for names in re.findall(r"\[((?:\"[A-Z_]+\",? ?)+)\]", path.read_text(encoding="utf-8")):
                found = re.findall(r'"([A-Z_]+)"', names)
                self.assertLessEqual(set(found), set(states()), path.name)
                listed += len(found)
        self.assertGreater(listed, 20)

    def test_every_province_of_the_sample_call_has_a_name_and_a_place_on_the_map(self):
        quotas = set(re.findall(r"\(1, '(MA-[A-Z]{3})', \d+\)", (PROJECT / "services/intake/sample.sql").read_text(encoding="utf-8")))
        self.assertGreaterEqual(len(quotas), 9)
        self.assertLessEqual(quotas, set(self.words))
        self.assertLessEqual(quotas, set(re.findall(r'"(MA-[A-Z]{3})": \[\d', (WEB / "map.js").read_text(encoding="utf-8"))))

    def test_no_text_is_left_over(self):
        named = {key for _, key in keys_of_scripts()}
        everything = "".join(path.read_text(encoding="utf-8") for path in [*scripts(), *WEB.rglob("*.html")])
        for key in sorted(self.words):
            if not key.startswith(PUT_TOGETHER):
                self.assertTrue(key in named or f'"{key}"' in everything, f"nothing names {key}")

    def test_no_text_is_written_outside_of_the_tables(self):
        for path in scripts():
            script = re.sub(r"^\s*//.*$|\s// .*$", "", path.read_text(encoding="utf-8"), flags=re.M)
            with self.subTest(path.name):
                self.assertNotRegex(script, "[\u0621-\u064aà-ÿÀ-Þ]".replace("\u0621-\u064a", "ء-ي"))
                # A child of an element that is a sentence or a word, and not a call or a sign.
                self.assertEqual(re.findall(r'el\("\w+", \{[^{}]*\}, "([^"]*[A-Za-z]{2}[^"]*)"', script), [])
        for path in WEB.rglob("*.html"):
            html = re.sub(r"<!--.*?-->|<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.S)
            for tag, text in re.findall(r"<(\w+[^>]*)>([^<>]*[^\W\d_][^<>]*)<", html):
                with self.subTest(f"{path.name} {text}"):
                    self.assertTrue("data-word" in tag or "data-lang" in tag)

    def test_what_a_page_shows_before_its_script_runs_is_the_arabic_text(self):
        for path in sorted(WEB.rglob("*.html")):
            for tag, key, text in re.findall(r'<(\w+)[^>]* data-word="(\w+)">([^<]+)<', path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.name} {key}"):
                    shown = f"{self.words[key][0]} — {self.words['programme'][0]}" if tag == "title" else self.words[key][0]
                    self.assertEqual(text, shown)


class Reasons(unittest.TestCase):
    """What a woman is told of her file, outside the pages."""

    def test_each_state_has_its_reason_in_three_languages(self):
        text = (PROJECT / "services/intake/application/application.c").read_text(encoding="utf-8")
        table = text[text.index("} STATES[STATE_COUNT]"):]
        for state in states():
            with self.subTest(state):
                row = re.search(rf'"{state}",\s*\{{"([^"]*)",\s*"([^"]*)",\s*"([^"]*)"\}}', table)
                self.assertIsNotNone(row)
                self.assertTrue(all(row.groups()))
                self.assertRegex(row[1], "[\u0621-\u064a]")

    def test_each_reason_of_the_rulesets_is_there_in_three_languages(self):
        for path in (PROJECT / "proto/rulesets").glob("*.json"):
            ruleset = read_json(path)
            texts = [ruleset["title"], ruleset["threshold"]["reason"]]
            for criterion in ruleset["criteria"]:
                texts += [criterion["label"], *(case["reason"] for case in criterion["cases"])]
            for text in texts:
                with self.subTest(text.get("en")):
                    self.assertEqual(set(text), {"ar", "fr", "en"})
                    self.assertTrue(all(text.values()))


if __name__ == "__main__":
    unittest.main()
