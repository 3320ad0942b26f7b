"""The service worker's list against the folder of the pages: what a woman needs without a network is in it, and nothing that isn't there."""
import re
import unittest

from support.proto import PROJECT

WEB = PROJECT / "services/intake/web"
PAGES = {"index.html": "/", "apply.html": "/apply", "status.html": "/status"}


def names(script, pattern):
    return set(re.findall(pattern, script))


def imported(name, seen):
    """The modules that a script needs, and those that they need."""
    if name not in seen:
        seen.add(name)
        for other in names((WEB / name).read_text(encoding="utf-8"), r'(?:from |import\()"\./([\w./-]+)"'):
            imported(other, seen)
    return seen


class Shell(unittest.TestCase):
    def test_it_holds_all_that_the_public_pages_need_and_no_more(self):
        needed = {"/early.js", "/icon.svg", "/jisr.css", "/manifest.webmanifest"}
        for page, path in PAGES.items():
            needed.add(path)
            html = (WEB / page).read_text(encoding="utf-8")
            for script in names(html, r'<script type="module" src="/([\w.-]+)"'):
                needed |= {f"/{name}" for name in imported(script, set())}
        listed = re.search(r"const SHELL = \[(.*?)\];", (WEB / "sw.js").read_text(encoding="utf-8"), re.S)[1]
        self.assertEqual(set(re.findall(r'"([^"]+)"', listed)), needed)

    def test_what_a_page_loads_early_is_what_it_needs(self):
        for page in PAGES:
            html = (WEB / page).read_text(encoding="utf-8") + (WEB / "parts/head.html").read_text(encoding="utf-8")
            needed = set().union(*(imported(script, set()) for script in names(html, r'<script type="module" src="/([\w.-]+)"')))
            self.assertLessEqual(names(html, r'rel="modulepreload" href="/([\w.-]+)"'), needed, page)


if __name__ == "__main__":
    unittest.main()
