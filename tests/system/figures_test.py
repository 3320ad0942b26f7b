"""The public headline: how many women, and that it moves when one more signs up."""
import csv
import http.client
import io
import json
import time
import unittest
import urllib.parse

from support.jisr import CALL, Client, basic, bearer, eventually, file_application, person, rows, settings, staff_token


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

    # ── Groups ──

    def groups(self, *staff):
        answer = Client().get(f"/intake/v1/statistics/groups?call={CALL}", **({"authorization": bearer(staff_token(*staff))} if staff else {}))
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    @staticmethod
    def in_group(answer, province="MA-MOU", milieu="urban", band="65-over"):
        return sum(item["women"] for item in answer["items"] if (item["province"], item["kind"], item["milieu"], item["age_band"]) == (province, "person", milieu, band))

    @staticmethod
    def elder(**changes):
        return person(applicant__birth_date="1950-01-01", applicant__address={"province": "MA-MOU", "commune": "Moulay Yacoub", "milieu": "urban"}, **changes)

    def test_groups_are_exact_for_staff_and_in_steps_for_everybody(self):
        before = self.groups("auditor")
        self.assertTrue(before["exact"])
        filed = [file_application(Client(), self.elder()).json() for _ in range(5)]
        after = eventually("five more", lambda: (now := self.groups("auditor")) and self.in_group(now) == self.in_group(before) + 5 and now)
        shown = eventually("a step more", lambda: (now := self.groups()) and self.in_group(now) >= 5 and now)
        self.assertFalse(shown["exact"])
        self.assertEqual([item for item in shown["items"] if item["women"] % 5 or item["women"] < 5], [])
        exact = {tuple(item[name] for name in ("province", "kind", "milieu", "age_band")): item["women"] for item in after["items"]}
        for item in shown["items"]:
            self.assertLessEqual(item["women"], exact[tuple(item[name] for name in ("province", "kind", "milieu", "age_band"))])
        self.assertEqual(sum(exact.values()), figures()["women"])
        # The public headline has steps as well, and its other members are what they were.
        headline = figures()
        self.assertEqual([value for part in ("by_milieu", "by_age_band") for value in headline[part].values() if value % 5 or value < 5], [])
        # An amendment moves her to another group (one who waits for a reviewer may still amend), a withdrawal does not.
        client, twin = Client(), self.elder()
        file_application(client, twin)
        waiting = file_application(client, twin).json()
        path = f"/intake/v1/applications/{waiting['id']}"
        eventually("both", lambda: self.in_group(self.groups("admin")) == self.in_group(after) + 2)
        etag = client.get(path, authorization=basic(waiting)).headers["etag"]
        amended = client.call("PUT", path, self.elder(applicant__address__milieu="rural"), {"if-match": etag}, authorization=basic(waiting))
        self.assertEqual(amended.status, 200, amended)
        client.post(f"/intake/v1/applications/{filed[1]['id']}/withdrawal", authorization=basic(filed[1]))
        eventually("one less", lambda: self.in_group(self.groups("admin")) == self.in_group(after) + 1)
        self.assertEqual(self.in_group(self.groups("admin"), milieu="rural"), self.in_group(before, milieu="rural") + 1)
        off = rows("""SELECT coalesce(p.kind, a.kind), coalesce(p.province, a.province), p.women, a.women FROM
            (SELECT kind, province, sum(women) AS women FROM (SELECT kind, province, women FROM intake.stat_profile UNION ALL
                SELECT kind, province, unnest(profile::int4[]) FROM intake.stat_delta) s GROUP BY 1, 2) p
            FULL JOIN (SELECT kind, province, sum(women) AS women FROM intake.application WHERE state <> 'DRAFT' GROUP BY 1, 2) a USING (kind, province)
            WHERE p.women IS DISTINCT FROM a.women AND coalesce(p.women, 0) <> 0""")
        self.assertEqual(off, [])

    def test_exact_numbers_end_at_the_border_of_a_territory(self):
        eventually("something to see", lambda: self.groups("auditor")["items"] or file_application(Client(), person()).status != 201)
        self.assertEqual({item["province"] for item in self.groups("agent", "MA-TAO")["items"]} - {"MA-TAO"}, set())
        self.assertFalse(self.groups("agent", "MA-11")["exact"])

    def test_tables_say_the_same(self):
        client = Client()
        for path, columns in (("statistics.csv", ["call", "as_of", "figure", "key", "value"]), ("statistics/groups.csv", ["call", "province", "kind", "milieu", "age_band", "women"])):
            answer = client.get(f"/intake/v1/{path}?call={CALL}", accept="text/csv")
            self.assertEqual((answer.status, answer.headers["content-type"].split(";")[0]), (200, "text/csv"), answer)
            table = list(csv.DictReader(io.StringIO(answer.body.decode())))
            if table:
                self.assertEqual(list(table[0]), columns)
        headline = {line["figure"]: int(line["value"]) for line in csv.DictReader(io.StringIO(client.get(f"/intake/v1/statistics.csv?call={CALL}").body.decode())) if not line["key"]}
        self.assertEqual(headline["women"], headline["auto_entrepreneurs"] + headline["cooperative_members"])
        self.assertEqual(client.get("/intake/v1/statistics.csv?call=no-such").status, 404)
        for path in ("statistics.csv", "statistics/groups.csv"):
            self.assertEqual(client.get(f"/intake/v1/{path}?call={CALL}", accept="application/json").status, 406, path)


if __name__ == "__main__":
    unittest.main()
