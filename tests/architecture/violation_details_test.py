"""What a violation expects is told in the reader's language: whoever adds words in English adds them in the table of common/base/violation_details.c."""
import pathlib
import re
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TABLE = PROJECT / "common/base/violation_details.c"
GIVEN = re.compile(r'VIOLATION_[A-Z_]+, "((?:[^"\\\\]|\\\\.)*)"')
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


if __name__ == "__main__":
    unittest.main()
