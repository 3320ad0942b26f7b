"""What jisrctl parked marks for another try: one by its id, or all of a kind; an id that nothing is parked as is an error."""
import os
import subprocess
import unittest

from support.migrated import Migrated, jisrctl

PARKED = """INSERT INTO training.parked (kind, reason, topic, partition, "offset", data) VALUES ('POISON', 'bad', 't', 0, 1, ''), ('HELD', 'early', 't', 0, 2, ''),
            ('HELD', 'early', 't', 0, 3, '')"""


class Parked(Migrated):
    def parked(self, *words):
        environment = os.environ | {"JISR_PG_OWNER": f"{self.database.conninfo} dbname={self.database.name}"}
        return subprocess.run([jisrctl(), "parked", *words], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def test_what_is_named_is_tried_again_and_nothing_else(self):
        with self.connection.cursor() as cursor:
            cursor.execute(PARKED)
        ids = {kind: [found for _, found in self.ask("SELECT kind, id FROM training.parked WHERE kind = %s ORDER BY id", kind)] for kind in ("POISON", "HELD")}
        self.assertEqual(len(self.parked("--kind", "POISON").stdout.splitlines()), 1)
        missing = self.parked("--service", "training", str(ids["HELD"][-1] + 1))
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertIn("training has nothing parked as", missing.stderr)
        self.assertEqual(self.parked("--service", "training", str(ids["POISON"][0]), "--kind", "HELD").returncode, 1, "it is of another kind")
        done = self.parked("--all", "--kind", "HELD")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("training: 2 to be tried again", done.stdout)
        self.assertEqual(self.ask("SELECT id FROM training.parked WHERE retry ORDER BY id"), [(one,) for one in ids["HELD"]])
        again = self.parked("--service", "training", str(ids["HELD"][0]))
        self.assertEqual((again.returncode, again.stdout), (0, "training: 1 to be tried again\n"), "it is there, marked as it is")


if __name__ == "__main__":
    unittest.main()
