"""The pages' texts (services/intake/web/words.js): three languages each, and none is named that isn't there."""
import json
import re
import unittest

from support.proto import PROJECT, read_json

WEB = PROJECT / "services/intake/web"
LANGUAGES = 3
# Names that scripts put together at run time: `state_${…}`.
PUT_TOGETHER = {"state_": r'\[STATE_\w+\]\s*=\s*\{"([A-Z_]+)"'}


def words():
    """{key: [ar, fr, en]}: a line each."""
    text = (WEB / "words.js").read_text(encoding="utf-8")
    body = text[text.index("export const WORDS = {") + 22:text.rindex("};")]
    found = {}
    for line in body.splitlines():
        line = line.split("//")[0].strip() if line.lstrip().startswith("//") else line.strip()
        if line:
            row = re.fullmatch(r'"?([\w-]+)"?: (\[.*\]),', line)
            if row is None:
                raise ValueError(f"words.js: not a text on a line of its own: {line}")
            if row[1] in found:
                raise ValueError(f"words.js: {row[1]} twice")
            found[row[1]] = json.loads(row[2])
    return found


def arguments(script, function):
    """The text between the brackets of each call of a function."""
    for call in re.finditer(rf"(?<![\w.]){function}\(", script):
        depth, end = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(script[end], 0)
            end += 1
        yield script[call.end():end - 1]


def states():
    return re.findall(PUT_TOGETHER["state_"], (PROJECT / "services/intake/application.c").read_text(encoding="utf-8"))


def keys_of_scripts():
    """(file, key) of every text that a script names: word("…"), also the choices inside it, and the tables of form.js."""
    for path in sorted(WEB.glob("*.js")):
        if path.name == "words.js":
            continue
        script = path.read_text(encoding="utf-8")
        for argument in arguments(script, "word"):
            for key in re.findall(r'"([\w-]+)"', argument):
                yield path.name, key
    form = (WEB / "form.js").read_text(encoding="utf-8")
    for key in re.findall(r'(?:text|choice|whole|dirhams)\([`"][^`"]+[`"], "(\w+)"', form) + re.findall(r'(?:word|help): "(\w+)"', form):
        yield "form.js", key
    for pairs in re.findall(r"(?:options: |choice\([^\[]*)\[(\[.*?\])\]", form):
        for key in re.findall(r'\["\w+", "(\w+)"\]', pairs):
            yield "form.js", key
    for codes, prefix in re.findall(r'\[((?:"[a-z]+",? ?)+)\]\.map\(\(code\) => \[code, `(\w+_)\$\{code\}`\]\)', form):
        for code in re.findall(r'"([a-z]+)"', codes):
            yield "form.js", prefix + code


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
                self.assertEqual(len({tuple(sorted(re.findall(r"\{\d\}", text))) for text in texts}), 1)

    def test_every_text_that_a_page_names_is_there(self):
        for path in sorted(WEB.glob("*.html")):
            for key in re.findall(r'data-word="([^"]*)"', path.read_text(encoding="utf-8")):
                self.assertIn(key, self.words, path.name)

    def test_every_text_that_a_script_names_is_there(self):
        named = set(keys_of_scripts())
        self.assertGreater(len(named), 80)
        for file, key in sorted(named):
            self.assertIn(key, self.words, file)

    def test_every_state_of_an_application_has_a_name(self):
        self.assertGreater(len(states()), 15)
        for state in states():
            self.assertIn(f"state_{state}", self.words)
        for key in self.words:
            if key.startswith(("state_", "say_")):
                self.assertIn(key.split("_", 1)[1], states())

    def test_states_that_scripts_list_are_states_of_the_code(self):
        listed = 0
        for path in WEB.glob("*.js"):
            for names in re.findall(r"\[((?:\"[A-Z_]+\",? ?)+)\]", path.read_text(encoding="utf-8")):
                found = re.findall(r'"([A-Z_]+)"', names)
                self.assertLessEqual(set(found), set(states()), path.name)
                listed += len(found)
        self.assertGreater(listed, 20)

    def test_every_province_of_the_form_has_a_name_and_a_quota(self):
        provinces = re.findall(r'"(MA-[A-Z]{3})"', (WEB / "form.js").read_text(encoding="utf-8"))
        quotas = re.findall(r"\(1, '(MA-[A-Z]{3})', \d+\)", (PROJECT / "services/intake/sample.sql").read_text(encoding="utf-8"))
        self.assertEqual(sorted(provinces), sorted(quotas))
        self.assertEqual(sorted(provinces), sorted(key for key in self.words if key.startswith("MA-")))

    def test_what_a_page_shows_before_its_script_runs_is_the_arabic_text(self):
        for path in sorted(WEB.glob("*.html")):
            for tag, key, text in re.findall(r'<(\w+)[^>]* data-word="(\w+)">([^<]+)<', path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.name} {key}"):
                    shown = f"{self.words[key][0]} — {self.words['programme'][0]}" if tag == "title" else self.words[key][0]
                    self.assertEqual(text, shown)


class Reasons(unittest.TestCase):
    """What a woman is told of her file, outside the pages."""

    def test_each_state_has_its_reason_in_three_languages(self):
        text = (PROJECT / "services/intake/application.c").read_text(encoding="utf-8")
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
