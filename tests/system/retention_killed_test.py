"""Retention that is killed half-way: run again, nothing is kept too long, nothing is destroyed that must stay, and each destruction is told once."""
import contextlib
import os
import pathlib
import signal
import subprocess
import unittest

from support.jisr import PROJECT, deploy, eventually, rows, settings
from support.own_call import OwnCall

FILES, HELD = 900, 12


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A call of its own, with files whose time is over as soon as the length is nothing; some are held, one has no answer yet."""
        own = OwnCall("retention-killed")
        cls.client, cls.admin, cls.call = own.client, own.admin, own.id
        cls.files = [own.filed(own.form(applicant__birth_date="2015-01-01"))["id"] for _ in range(FILES)]
        cls.open = own.filed()["id"]
        eventually("all of them refused", lambda: cls.count("a.state = 'INELIGIBLE'") == FILES, 60)
        for id_ in cls.files[::FILES // HELD]:
            assert cls.client.post(f"/intake/v1/applications/{id_}/hold", {"reason": "Recours"}, authorization=cls.admin).status == 200
        own.close()
        cls.length(0)

    @classmethod
    def tearDownClass(cls):
        cls.length(730)

    @classmethod
    def count(cls, where, table="intake.application a JOIN intake.call c ON c.id = a.call_id"):
        return rows(f"SELECT count(*) FROM {table} WHERE c.slug = %s AND {where}", cls.call)[0][0]

    @classmethod
    def destroyed(cls):
        return cls.count("s.facts_key IS NULL AND s.contact_key IS NULL", "intake.application a JOIN intake.call c ON c.id = a.call_id JOIN vault.subject s ON s.id = a.id")

    @classmethod
    def length(cls, days):
        cls.client.close()
        answer = cls.client.post("/intake/v1/retention/not-retained/length", {"days": days, "reason": "Essai"}, authorization=cls.admin)
        assert answer.status == 200, answer

    def retention(self):
        words = [str(PROJECT / "deploy" / "jisrctl"), "retention", "--class", "not-retained", "--call", self.call]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def test_a_run_that_is_killed_is_begun_again_and_ends_right(self):
        for most in (20, 250):  # in the first chunk of a hundred, and in a later one
            run = self.retention()
            self.wait_until_destroyed(most, run)
            for path in (pathlib.Path(settings()["JISR_HOME"]) / "run").glob("intake-*.pid"):
                os.kill(int(path.read_text()), signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):  # it has given up by itself
                os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            self.assertLess(self.destroyed(), FILES - HELD, "it was killed before its end")
            eventually("intake again", self.answers, 30)
        done = deploy("jisrctl", "retention", "--class", "not-retained", "--call", self.call)
        self.assertIn(f"{HELD} under a legal hold, 0 failed", done)
        self.assertEqual(self.destroyed(), FILES - HELD)
        self.assertEqual(self.count("a.hold IS NOT NULL AND octet_length(a.body) > 0"), HELD)
        self.assertEqual(rows("SELECT octet_length(body) > 0 FROM intake.application WHERE id = %s", self.open), [(True,)])
        gone = [id_ for n, id_ in enumerate(self.files) if n % (FILES // HELD)]
        for told in ("SELECT count(*), count(DISTINCT subject) FROM intake.audit WHERE action = 'erase' AND subject = ANY (%s::uuid[])",
                     "SELECT count(*), count(DISTINCT key) FROM intake.outbox WHERE type = 'ma.jisr.application.erased.v1' AND key = ANY (%s::uuid[])",
                     "SELECT count(*), count(*) FILTER (WHERE octet_length(body) = 0 AND hold IS NULL) FROM intake.application WHERE id = ANY (%s::uuid[])"):
            self.assertEqual(rows(told, gone), [(FILES - HELD, FILES - HELD)], told)
        self.assertEqual(rows("SELECT count(*) FROM intake.application_revision WHERE application_id = ANY (%s::uuid[])", gone), [(0,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE action = 'erase' AND subject = ANY (%s::uuid[])", self.files[::FILES // HELD]), [(0,)])

    def wait_until_destroyed(self, most, run):
        """Without a rest between two looks: the run does not wait either."""
        while run.poll() is None and self.destroyed() < most:
            pass

    def answers(self):
        try:
            return self.client.get("/intake/v1/calls").status == 200
        except OSError:
            self.client.close()
            return False


if __name__ == "__main__":
    unittest.main()
