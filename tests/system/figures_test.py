"""The public headline: how many women, and that it moves when one more signs up."""
import http.client
import json
import time
import unittest
import urllib.parse

from support.jisr import CALL, Client, eventually, file_application, person, settings


def figures():
    answer = Client().get(f"/intake/v1/statistics?call={CALL}")
    assert answer.status == 200, answer
    return answer.json()


class Statistics(unittest.TestCase):
    def test_women_are_auto_entrepreneurs_and_members_of_cooperatives(self):
        now = figures()
        for name in ("as_of", "call", "women", "auto_entrepreneurs", "cooperative_members", "cooperatives", "applications", "by_state", "by_province", "by_day"):
            self.assertIn(name, now)
        self.assertEqual(now["women"], now["auto_entrepreneurs"] + now["cooperative_members"])

    def test_one_more_woman_counts_within_a_second(self):
        before = figures()["women"]
        self.assertEqual(file_application(Client(), person()).status, 201)
        eventually("her being counted", lambda: figures()["women"] == before + 1, 2.5)

    def test_a_draft_and_a_refused_request_do_not_count(self):
        before = figures()["women"]
        self.assertEqual(file_application(Client(), person() | {"draft": True}).status, 201)
        self.assertEqual(file_application(Client(), person(kind="company")).status, 422)
        time.sleep(1.5)
        self.assertEqual(figures()["women"], before)

    def test_the_stream_tells_it_without_being_asked_again(self):
        url = urllib.parse.urlsplit(settings()["JISR_URL"])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
        connection.request("GET", f"/intake/v1/statistics/stream?call={CALL}", headers={"accept": "text/event-stream"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertIn("text/event-stream", answer.headers["content-type"])
        before = figures()["women"]
        self.assertEqual(file_application(Client(), person()).status, 201)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            line = answer.readline().decode()
            if line.startswith("data:") and json.loads(line[5:]).get("women", 0) > before:
                return
        self.fail("the stream said nothing of her within 10 s")


if __name__ == "__main__":
    unittest.main()
