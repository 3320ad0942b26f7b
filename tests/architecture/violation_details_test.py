"""What a violation expects is told in the reader's language: whoever adds words in English adds them in the table of common/base/violation_details.c."""
import pathlib
import re
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TABLE = PROJECT / "common/base/violation_details.c"
GIVEN = re.compile(r'VIOLATION_[A-Z_]+, "((?:[^"\\]|\\.)*)"')
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"(?!\n#)')
WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")  # a list of values, a number or an example is the same in all languages


class Details(unittest.TestCase):
    def test_every_detail_in_words_has_its_translations(self):
        known = set(re.findall(r'(?m)^    \{"([^"]+)"', TABLE.read_text(encoding="utf-8")))
        self.assertGreater(len(known), 40)
        missing = []
        for path in [*PROJECT.glob("common/**/*.c"), *PROJECT.glob("services/**/*.c")]:
            for detail in GIVEN.findall(path.read_text(encoding="utf-8")):
                if WORDS.search(detail) and detail not in known:
                    missing.append(f"{path.relative_to(PROJECT)}: {detail}")
        self.assertEqual(missing, [])

    def test_so_has_every_reason_to_refuse_an_address_or_a_text(self):
        """These are handed on from a table, or returned: what is said before the brackets and in them."""
        known = {text.replace('\\"', '"') for text in re.findall(r'(?m)^    \{"((?:[^"\\]|\\.)+)"', TABLE.read_text(encoding="utf-8"))}
        addresses = [text.replace('\\"', '"') for text in STRING.findall((PROJECT / "common/net/ssrf.c").read_text(encoding="utf-8"))]
        addresses = [text.partition(" (RFC")[0] for text in addresses if " (RFC" in text or WORDS.search(text)]
        faults = re.findall(r'\{json_error_\w+, "([^"]+)"\}|return "([^"]+)";', (PROJECT / "common/json/tree.c").read_text(encoding="utf-8"))
        self.assertGreater(len(addresses), 30)
        self.assertGreater(len(faults), 10)
        self.assertEqual({text for text in [*addresses, *map("".join, faults)] if text not in known}, set())


if __name__ == "__main__":
    unittest.main()
