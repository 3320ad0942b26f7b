"""axe-core in the browser: the rules of WCAG 2.0 to 2.2, A and AA, and axe's best practices."""
import functools
import pathlib
import unittest

from support import npm

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "pages"
SCRIPT = FOLDER / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing is preloaded: that serves a rule on sound, which no page has, and an experimental one.
RUN = """const done = arguments[1]; axe.run(document, {runOnly: arguments[0], resultTypes: ['violations'], preload: false})
    .then(({violations, passes}) => done({violations: violations.map(({id, help, nodes}) => ({id, help, nodes: nodes.map(({target, failureSummary}) => [target.join(' '), failureSummary])})), passes: passes.length}))
    .catch((fault) => done({violations: [String(fault)], passes: 0}))"""


@functools.cache
def script():
    why = npm.install(FOLDER)
    if why:
        raise unittest.SkipTest(f"axe-core can't be installed here: {why}")
    return SCRIPT.read_text(encoding="utf-8")


def violations(browser):
    """What axe finds wrong with the page as it is now; by DevTools, so that the page's Content-Security-Policy stays as it is."""
    if not browser.execute_script("return 'axe' in window"):
        browser.execute_script(script())
    found = browser.execute_async_script(RUN, TAGS)
    if not found["passes"]:
        raise AssertionError(f"axe did not run: {found}")
    return found["violations"]
