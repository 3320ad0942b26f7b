"""Copies come and go while requests are under way: none is lost."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

from support.jisr import CROWDED, PROJECT, Client, bearer, deploy, eventually, file_application, person, reaches, rows, settings, staff_token


class Load:
    """A few clients that ask all the time; what wasn't answered as it should is kept."""

    def __init__(self, ask, clients=6, pause_s=0.01):
        self.ask, self.pause_s, self.answered, self.bad, self.over = ask, pause_s, 0, [], threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        client = Client(attempts=1)
        while not self.over.is_set():
            try:
                answer = self.ask(client)
                if answer.status not in (200, 201):
                    self.bad.append(repr(answer))
            except (OSError, http.client.HTTPException) as error:
                client.close()
                self.bad.append(repr(error))
            self.answered += 1
            time.sleep(self.pause_s)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        time.sleep(0.5)
        self.over.set()
        for thread in self.threads:
            thread.join()


def part(name):
    return next(row for row in json.loads(deploy("status", "--json", check=False))["parts"] if row["part"] == name)


class Scaling(unittest.TestCase):
    def tearDown(self):
        deploy("scale", "eligibility", "1")
        deploy("scale", "intake", "1")

    def test_eligibility_grows_to_three_and_back_while_it_is_asked(self):
        client = Client()
        filed = file_application(client, person()).json()
        reaches(client, filed, "SHORTLISTED")
        path, token = f"/eligibility/v1/applications/{filed['id']}/assessment", bearer(staff_token("reviewer", "MA-03"))
        with Load(lambda one: one.get(path, authorization=token)) as load:
            deploy("scale", "eligibility", "3")
            self.assertEqual((part("eligibility")["copies"], part("eligibility")["ready"]), (3, 3))
            deploy("scale", "eligibility", "1")
        self.assertEqual(load.bad, [])
        self.assertGreater(load.answered, 100)

    def test_intake_grows_and_shrinks_while_women_apply_and_all_reach_a_decision(self):
        filed = []

        def apply(client):
            answer = file_application(client, person(applicant__address=CROWDED))
            if answer.status == 201:
                filed.append(answer.json())
            return answer

        with Load(apply, clients=3, pause_s=0.1) as load:
            deploy("scale", "intake", "2")
            deploy("scale", "intake", "1")
        self.assertEqual(load.bad, [])
        client = Client()
        for one in filed:
            reaches(client, one, "SHORTLISTED", "WAITLISTED", "DUPLICATE_REVIEW", seconds=20)


class Commands(unittest.TestCase):
    def test_status_names_every_part(self):
        status = json.loads(deploy("status", "--json"))
        self.assertTrue(status["ready"])
        self.assertEqual({row["part"] for row in status["parts"]}, {"postgres", "kafka", "haproxy", "receiver", "intake", "eligibility", "training", "notifier"})

    def test_every_command_has_help(self):
        for name in ("up", "down", "status", "scale", "jisrctl"):
            self.assertIn(f"deploy/{name}", deploy(name, "--help"))

    def test_a_wrong_word_is_one_clear_sentence(self):
        for words in (("scale", "eligibility", "0"), ("scale", "nothing", "2"), ("up", "--nonsense"), ("down", "--nonsense"), ("up", "--port", "99")):
            with self.subTest(words), self.assertRaises(AssertionError) as caught:
                deploy(*words)
            self.assertIn("status 1", str(caught.exception))

    def test_the_samples_of_settings_are_what_the_programs_print(self):
        for service in ("intake", "eligibility", "training", "notifier"):
            printed = subprocess.run([PROJECT / ".build/release/bin" / f"jisr-{service}", "--print-env"], capture_output=True, text=True, check=True).stdout
            sample = (PROJECT / "deploy/env" / f"{service}.env").read_text(encoding="utf-8")
            self.assertEqual(sample.split("\n", 1)[1], printed, service)

    def test_running_up_again_starts_nothing_anew(self):
        said = deploy("up", "--empty")
        self.assertIn("Ready in", said)
        self.assertIn("0 started now", said)
        self.assertNotIn("New programs", said)

    def test_up_finishes_what_a_run_that_was_cut_off_has_left(self):
        """A program was put in place and nobody runs it yet; the front door has never read what stands in its configuration; a password is lost."""
        home, read = pathlib.Path(settings()["JISR_HOME"]), pathlib.Path(settings()["JISR_DATA"]) / "haproxy/haproxy.read"
        pids = {name: (home / f"run/{name}-1.pid").read_text(encoding="utf-8") for name in ("training", "notifier")}
        (home / "run/training.old").touch()
        (home / "pgpass").unlink()
        wanted = read.read_text(encoding="utf-8")
        read.write_text(wanted.replace("timeout queue 5s", "timeout queue 4s"), encoding="utf-8")
        with Load(lambda client: client.get("/intake/v1/calls"), clients=2) as load:
            said = deploy("up", "--empty")
        self.assertEqual(load.bad, [])
        self.assertRegex(said, r"(?m)^  New programs +training ")
        self.assertEqual({name for name, pid in pids.items() if (home / f"run/{name}-1.pid").read_text(encoding="utf-8") != pid}, {"training"})
        self.assertEqual((read.read_text(encoding="utf-8"), (home / "run/training.old").exists()), (wanted, False))
        self.assertEqual(rows("SELECT 1"), [(1,)])

    def test_up_replaces_the_other_copies_also_where_the_first_one_did_not_run(self):
        """A run was cut off between the end of the old program's first copy and the beginning of the new one's."""
        home = pathlib.Path(settings()["JISR_HOME"])
        deploy("scale", "training", "2")
        self.addCleanup(deploy, "scale", "training", "1")
        second = (home / "run/training-2.pid").read_text(encoding="utf-8")
        (home / "run/training.old").touch()
        first = int((home / "run/training-1.supervisor").read_text(encoding="utf-8"))
        os.kill(first, signal.SIGTERM)
        eventually("its end", lambda: not pathlib.Path(f"/proc/{first}").exists(), 60)
        said = deploy("up", "--empty")
        self.assertRegex(said, r"(?m)^  New programs +training")
        self.assertNotEqual((home / "run/training-2.pid").read_text(encoding="utf-8"), second)
        self.assertFalse((home / "run/training.old").exists())


if __name__ == "__main__":
    unittest.main()
