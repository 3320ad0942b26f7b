"""A part is away: intake says so at once and comes back by itself; nothing else slows down; what was taken flows on afterwards."""
import pathlib
import re
import statistics
import time
import unittest
import uuid

from support.jisr import Client, bearer, eventually, file_application, part, partner, person, reaches, settings, state_of, webhooks

AT_ONCE_S = 1.0
ROOMY = "MA-TAO"  # has places left in the sample call


def timed(action):
    began = time.monotonic()
    answer = action()
    return answer, time.monotonic() - began


def rss_mb(service):
    pid = int((pathlib.Path(settings()["JISR_HOME"]) / f"run/{service}-1.pid").read_text())
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


class PostgresAway(unittest.TestCase):
    def test_intake_says_503_within_a_second_and_recovers_by_itself(self):
        client, body, key = Client(), person(), f'"{uuid.uuid4()}"'
        self.assertEqual(file_application(client, person()).status, 201)
        part("stop-postgres")
        try:
            slowest = 0.0
            for _ in range(30):
                answer, took = timed(lambda: file_application(client, body, key))
                slowest = max(slowest, took)
                self.assertEqual(answer.status, 503, answer)
                self.assertIn("retry-after", answer.headers)
                self.assertEqual(answer.headers["content-type"], "application/problem+json")
            for path in ("/intake/v1/receipts/0000-0000-000", "/eligibility/v1/calls/fes-meknes-2026/quotas"):
                answer, took = timed(lambda path=path: client.get(path, authorization="Basic MDAwMC0wMDAwLTAwMDowMDAwLTAwMDAtMDAwMA=="))
                slowest = max(slowest, took)
                self.assertIn(answer.status, (401, 403, 503), answer)
            self.assertEqual(client.get("/intake/v1/calls").status, 200, "what is in memory is still shown")
            print(f"          slowest answer with PostgreSQL away: {slowest * 1000:.0f} ms", flush=True)
            self.assertLess(slowest, AT_ONCE_S)
        finally:
            part("start-postgres")
        began = time.monotonic()
        filed = eventually("an application being taken again", lambda: (lambda answer: answer if answer.status == 201 else None)(file_application(client, body, key)), 30)
        print(f"          taken again {time.monotonic() - began:.1f} s after PostgreSQL's return", flush=True)
        self.assertEqual(file_application(client, body, key).body, filed.body, "the key that met an absence is as good as any")
        reaches(client, filed.json(), "SHORTLISTED", "WAITLISTED", seconds=30)


class KafkaAway(unittest.TestCase):
    def test_applications_are_taken_and_everything_flows_afterwards(self):
        client = Client()
        part("stop-kafka")
        try:
            took, filed = [], []
            for _ in range(40):
                answer, seconds = timed(lambda: file_application(client, person(applicant__address__province=ROOMY)))
                self.assertEqual(answer.status, 201, answer)
                took.append(seconds)
                filed.append(answer.json())
            print(f"          with Kafka away: median {statistics.median(took) * 1000:.0f} ms, slowest {max(took) * 1000:.0f} ms", flush=True)
            self.assertLess(statistics.median(took), AT_ONCE_S)
            time.sleep(1)
            self.assertEqual(state_of(client, filed[0])["state"], "SUBMITTED")
        finally:
            part("start-kafka")
        for one in filed:
            reaches(client, one, "SHORTLISTED", "WAITLISTED", seconds=60)


class PartnerAway(unittest.TestCase):
    """An endpoint where nobody listens, beside the sample partner's own."""

    def setUp(self):
        self.client, self.key = Client(), partner()["api_key"]
        answer = self.client.post("/notifier/v1/endpoints", {"url": "http://127.0.0.1:9/webhook", "event_types": ["ma.jisr.referral.offered.v1"], "territories": []},
                                  authorization=bearer(self.key))
        self.assertEqual(answer.status, 201, answer)
        self.endpoint = answer.json()["id"]

    def tearDown(self):
        """It would be tried for days: nobody could wait for the platform to come to rest."""
        part("sql", "jisr", stdin=f"""
            DELETE FROM notifier.endpoint WHERE id = '{self.endpoint}';
            DELETE FROM notifier.delivery WHERE endpoint = '{self.endpoint}';
            DELETE FROM notifier.delivery_attempt WHERE endpoint = '{self.endpoint}';""")

    def test_nothing_else_slows_down_and_its_backlog_is_not_in_memory(self):
        before, took = rss_mb("notifier"), []
        for _ in range(60):
            filed = file_application(self.client, person(applicant__address__province=ROOMY)).json()
            began = time.monotonic()
            eventually("the other endpoint's webhook", lambda: webhooks(filed["id"]), 15)
            took.append(time.monotonic() - began)
        grown = rss_mb("notifier") - before
        print(f"          to the endpoint that is there: median {statistics.median(took) * 1000:.0f} ms, slowest {max(took) * 1000:.0f} ms; notifier +{grown:.1f} MB", flush=True)
        self.assertLess(statistics.median(took), 2.0)
        self.assertLess(grown, 16)


if __name__ == "__main__":
    unittest.main()
