"""The diagram of services/intake/README.md is the table APPLICATION_TRANSITIONS of application.c. `states_test.py --print` prints it from the table."""
import re
import sys
import unittest

from support.proto import PROJECT

INTAKE = PROJECT / "services" / "intake"


def diagram():
    """The table as Mermaid, in its own order."""
    text = (INTAKE / "application" / "application.c").read_text(encoding="utf-8")
    table = re.search(r"APPLICATION_TRANSITIONS\[\] = \{(.*?)\n\};", text, re.S)[1]
    rows = re.findall(r'\{STATE_(\w+), STATE_(\w+), "([^"]+)"\}', table)
    assert len(rows) == table.count("{"), "a row that this test can't read"
    lines = [f"    {'[*]' if old == 'NONE' else old} --> {new}: {why.replace(':', ' -').replace(';', ',')}" for old, new, why in rows]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


class Diagram(unittest.TestCase):
    def test_the_readme_shows_the_table(self):
        self.assertIn(diagram(), (INTAKE / "README.md").read_text(encoding="utf-8"), "tests/contract/states_test.py --print prints what belongs there")


if __name__ == "__main__":
    if sys.argv[1:] == ["--print"]:
        print(diagram())
    else:
        unittest.main()
