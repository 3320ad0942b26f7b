"""Files of women to register: what an agent sends, what becomes of each line, and what a kill in the middle changes: nothing."""
import csv
import io
import os
import pathlib
import signal
import time
import unittest

from support import women_csv
from support.jisr import Client, basic, bearer, eventually, new_key, rows, settings, staff_token, state_of
from support.women_csv import HEADER, announce, bring, ended, look, report, send, take, text, woman

BAD = (("no phone", "téléphone", "", "/applicant/phone", "required"), ("a phone that is none", "téléphone", "12", "/applicant/phone", "format"),
       ("a number that is none", "cnie", "??", "/applicant/identity/number", "format"), ("a day that does not exist", "date de naissance", "31/02/1990", "/applicant/birth_date", "date"),
       ("a province of nowhere", "province", "Atlantis", "/applicant/address/province", "unknown"), ("a letter for money", "montant demandé", "cher", "/project/requested_centimes", "type"),
       ("no consent", "consentement traitement", "non", "/consents", "consent"), ("a name that turns the text around", "nom", "Fatima\u202e", "/applicant/name/latin", "text"),
       ("a title without end", "projet", "x" * 201, "/project/title", "too-long"), ("neither yes nor no", "handicap", "peut-être", "/situation/disability", "choice"))


def put(line, column, cell):
    line[HEADER.index(column)] = cell
    return line


def applications(where, *values):
    return rows(f"SELECT count(*) FROM intake.application WHERE {where}", *values)[0][0]


class Imports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()
        cls.agent = staff_token("agent", "MA-03")

    # ── The good way ──

    def test_a_file_makes_applications_that_are_like_any_other(self):
        lines = [woman(f"GOOD-{n}") for n in range(3)]
        done = take(self.client, self.agent, text(lines).encode("utf-8-sig"))
        self.assertEqual((done["state"], done["encoding"], done["lines"], done["taken"], done["percent"], done["problems"]), ("DONE", "UTF-8", 3, 3, 100, []), done)
        told = report(self.client, self.agent, done)
        self.assertEqual([(line["line"], line["outcome"], line["errors"], line["secret_code"]) for line in told], [(2, "TAKEN", [], None), (3, "TAKEN", [], None), (4, "TAKEN", [], None)])
        filed = report(self.client, self.agent, done, "&codes=true")[1]
        file = state_of(self.client, filed | {"id": filed["application"]})
        self.assertTrue(file["confirmation"]["needed"])
        self.assertIn("unconfirmed", file["warnings"])
        form = self.client.get(f"/intake/v1/applications/{file['id']}/form", authorization=basic(filed)).json()
        self.assertEqual(form["applicant"]["name"]["latin"], lines[1][HEADER.index("nom")])
        self.assertEqual(form["assistance"], {"channel": "office", "place": "Délégation"})
        (counted,) = rows("SELECT count(*) FROM intake.outbox WHERE aggregate_id = %s AND version = 1", file["id"])
        (audited,) = rows("SELECT count(*), min(actor) FROM intake.audit WHERE subject = %s AND action = 'submit'", file["id"])
        self.assertEqual((counted, audited[0], audited[1][:6]), ((1,), 1, "agent:"))
        self.assertEqual(rows("SELECT count(*) FROM intake.import_piece WHERE import_id = %s", done["id"]), [(0,)])
        self.assertEqual(rows("SELECT key FROM intake.import WHERE id = %s", done["id"]), [(None,)])

    def test_once_she_has_confirmed_her_code_is_hers_alone(self):
        done = take(self.client, self.agent, text([woman("CONFIRM-1")]).encode())
        filed = report(self.client, self.agent, done, "&codes=true")[0]
        confirmed = self.client.post(f"/intake/v1/applications/{filed['application']}/confirmation", authorization=basic(filed), headers={"idempotency-key": new_key()})
        self.assertEqual(confirmed.status, 200, confirmed)
        self.assertIsNone(report(self.client, self.agent, done, "&codes=true")[0]["secret_code"])
        others = self.client.get(f"/intake/v1/imports/{done['id']}/report?codes=true", authorization=bearer(staff_token("admin")))
        self.assertEqual(others.status, 403, others)
        self.assertEqual(rows("SELECT count(*) FROM intake.audit WHERE subject = %s AND action = 'read-code'", filed["application"]), [(1,)])

    def test_windows_encodings_are_told_apart(self):
        for encoding, named in (("cp1256", "WINDOWS-1256"), ("cp1252", "WINDOWS-1252")):
            with self.subTest(encoding):
                line = woman(f"ENC-{encoding}")
                put(line, "province", "MA-TAO")
                put(line, "nom arabe", "فاطمة الزهراء" if encoding == "cp1256" else "")
                put(line, "lieu", "Délégation de Meknès")
                done = take(self.client, self.agent, text([line]).encode(encoding))
                self.assertEqual((done["encoding"], done["taken"]), (named, 1), done)
                filed = report(self.client, self.agent, done, "&codes=true")[0]
                form = self.client.get(f"/intake/v1/applications/{filed['application']}/form", authorization=basic(filed)).json()
                self.assertEqual((form["assistance"]["place"], form["applicant"]["name"].get("ar")), ("Délégation de Meknès", "فاطمة الزهراء" if encoding == "cp1256" else None))

    def test_a_dry_run_writes_no_application(self):
        before = applications("true")
        data = text([woman("DRY-1"), put(woman("DRY-2"), "téléphone", "")]).encode()
        done = take(self.client, self.agent, data, dry_run=True)
        self.assertEqual((done["state"], done["taken"], done["refused"]), ("DONE", 1, 1), done)
        self.assertEqual(applications("true"), before)
        self.assertEqual([line["application"] for line in report(self.client, self.agent, done)], [None, None])

    # ── Again ──

    def test_the_same_file_again_makes_nothing(self):
        for kind, reference in (("with references", "AGAIN-{}"), ("without", "")):
            with self.subTest(kind):
                data = text([woman(reference.format(n)) for n in range(5)]).encode()
                first, before = take(self.client, self.agent, data), applications("true")
                again = take(self.client, self.agent, data)
                self.assertEqual((first["taken"], again["taken"], again["known"]), (5, 0, 5))
                self.assertEqual(applications("true"), before)
                self.assertEqual([line["application"] for line in report(self.client, self.agent, first)], [line["application"] for line in report(self.client, self.agent, again)])

    def test_long_after_its_request_keys_were_forgotten_it_still_makes_nothing(self):
        data = text([woman("OLD-1")]).encode()
        first = take(self.client, self.agent, data)
        known = rows("SELECT count(*) FROM intake.import_key WHERE application_id = %s", report(self.client, self.agent, first)[0]["application"])
        self.assertEqual(known, [(1,)])

    def test_a_changed_line_is_never_a_second_application(self):
        line = woman("CHANGE-1")
        first, before = take(self.client, self.agent, text([line]).encode()), applications("true")
        again = take(self.client, self.agent, text([put(list(line), "projet", "Miel de Taounate")]).encode())
        self.assertEqual((again["taken"], again["refused"], applications("true")), (0, 0, before), again)
        self.assertEqual(again["changed"] + again["amended"], 1)
        self.assertEqual(report(self.client, self.agent, again)[0]["application"], report(self.client, self.agent, first)[0]["application"])

    def test_a_changed_line_amends_what_it_made_and_an_empty_cell_erases_nothing(self):
        number = woman("x")[HEADER.index("cnie")]
        take(self.client, self.agent, text([put(woman("AMEND-0"), "cnie", number)]).encode())
        line = put(woman("AMEND-1"), "cnie", number)
        first = take(self.client, self.agent, text([line]).encode())
        filed = report(self.client, self.agent, first, "&codes=true")[0]
        file = filed | {"id": filed["application"]}
        self.assertEqual(state_of(self.client, file)["state"], "DUPLICATE_REVIEW")
        changed = put(put(put(list(line), "cnie", woman("y")[HEADER.index("cnie")]), "projet", ""), "consentement partenaires", "")
        for dry_run, outcome in ((True, "AMENDED"), (False, "AMENDED"), (False, "KNOWN")):
            again = take(self.client, self.agent, text([changed]).encode(), dry_run=dry_run)
            self.assertEqual([(told["outcome"], told["application"], told["errors"]) for told in report(self.client, self.agent, again)], [(outcome, file["id"], [])], again)
            self.assertEqual(state_of(self.client, file)["revision"], 1 if dry_run else 2)
        form = self.client.get(f"/intake/v1/applications/{file['id']}/form", authorization=basic(filed)).json()
        self.assertEqual((form["applicant"]["identity"]["number"], form["project"]["title"]), (changed[HEADER.index("cnie")], line[HEADER.index("projet")]))
        self.assertEqual([consent["given"] for consent in form["consents"]], [True, False])
        by_hand = self.client.call("PUT", f"/intake/v1/applications/{file['id']}", form | {"project": form["project"] | {"title": "Autre"}}, {"if-match": "*"}, authorization=basic(filed))
        self.assertIn(by_hand.status, (200, 409), by_hand)
        once_more = take(self.client, self.agent, text([put(changed, "commune", "Tissa")]).encode())
        self.assertEqual(once_more["changed"], 1, once_more)

    def test_a_changed_line_gives_back_no_consent_that_she_took_back(self):
        number = woman("x")[HEADER.index("cnie")]
        take(self.client, self.agent, text([put(woman("CONSENT-0"), "cnie", number)]).encode())
        line = put(put(woman("CONSENT-1"), "cnie", number), "consentement partenaires", "oui")
        filed = report(self.client, self.agent, take(self.client, self.agent, text([line]).encode()), "&codes=true")[0]
        file = filed | {"id": filed["application"]}
        for part in ("confirmation", "consents/partner-referral/withdrawal"):
            answer = self.client.post(f"/intake/v1/applications/{file['id']}/{part}", authorization=basic(filed))
            self.assertEqual(answer.status, 200, answer)
        again = take(self.client, self.agent, text([put(list(line), "commune", "Tissa")]).encode())
        self.assertEqual(again["amended"], 1, again)
        self.assertFalse(state_of(self.client, file)["confirmation"]["needed"], "there is nothing to ask her anew")
        self.assertEqual(rows("SELECT referral_consent FROM intake.application WHERE id = %s", file["id"]), [(False,)])

    def test_one_line_twice_in_a_file_is_one_application(self):
        line = woman("TWICE-1")
        done = take(self.client, self.agent, text([line, line]).encode())
        self.assertEqual((done["taken"], done["known"]), (1, 1), done)

    def test_a_dry_run_sees_that_a_line_stands_there_twice(self):
        line = woman("DRY-TWICE")
        other = put(list(line), "projet", "Miel")
        for dry_run in (True, False):
            done = take(self.client, self.agent, text([line, line, other]).encode(), dry_run=dry_run)
            self.assertEqual((done["taken"], done["known"], done["changed"]), (1, 1, 1), done)

    # ── Bad lines and bad files ──

    def test_every_bad_cell_is_named_and_the_good_lines_are_taken(self):
        lines = [put(woman(f"BAD-{n}"), column, cell) for n, (_, column, cell, _, _) in enumerate(BAD)] + [woman("BAD-GOOD")]
        done = take(self.client, self.agent, text(lines).encode())
        self.assertEqual((done["taken"], done["refused"]), (1, len(BAD)), done)
        for (why, column, _, pointer, code), line in zip(BAD, report(self.client, self.agent, done)):
            with self.subTest(why):
                self.assertEqual([(error["pointer"], error["code"], error["column"]) for error in line["errors"]], [(pointer, code, HEADER.index(column) + 1)], line)
                self.assertTrue(line["errors"][0]["message"])
        refused = report(self.client, self.agent, done, "&outcome=REFUSED")
        self.assertEqual(len(refused), len(BAD))

    def test_a_broken_line_costs_itself_alone(self):
        good = text([woman("BROKEN-1"), woman("BROKEN-2")]).splitlines(keepends=True)
        data = good[0].encode() + good[1].encode() + b'"never closed;x;y\r\n' + b"a;b\x00c\r\n" + b'a"b;c\r\n' + b"x" * 100_000 + b"\r\n" + good[2].encode()
        for why, file in (("NUL is no text", data), ("without", data.replace(b"a;b\x00c\r\n", b""))):
            done = take(self.client, self.agent, file)
            if why.startswith("NUL"):
                self.assertEqual((done["state"], done["problems"][0]["pointer"]), ("REFUSED", "/file"), done)
                continue
            self.assertEqual((done["taken"], done["refused"], done["lines"]), (2, 3, 5), done)
            self.assertEqual([(line["line"], line["errors"][0]["code"]) for line in report(self.client, self.agent, done, "&outcome=REFUSED")],
                             [(3, "format"), (4, "format"), (5, "too-long")])

    def test_a_file_that_is_none_is_refused_as_a_whole(self):
        whole = text([woman("FILE-1")])
        cases = (("another column", text([woman("F") + [""]], HEADER + ["couleur"]).encode(), "/columns/25", "unknown-field"),
                 ("a column twice", text([woman("F") + [""]], HEADER + ["CNIE"]).encode(), "/columns/25", "duplicate"),
                 ("a column is missing", text([["x"]], ["nom"]).encode(), "/columns", "format"),
                 ("no header", text([woman("F")], woman("F")).encode(), None, "unknown-field"), ("UTF-16", whole.encode("utf-16"), "/file", "format"),
                 ("a spreadsheet's own format", b"PK\x03\x04" + bytes(100), "/file", "format"), ("no line", text([]).encode(), "/lines", "too-few"),
                 ("more than 100,000 lines", text([]).encode() + b"x\r\n" * 100_001, "/lines", "too-many"))
        for why, data, pointer, code in cases:
            with self.subTest(why):
                done = take(self.client, self.agent, data)
                self.assertEqual((done["state"], done["taken"]), ("REFUSED", 0), done)
                self.assertIn(code, [problem["code"] for problem in done["problems"] if pointer in (None, problem["pointer"])], done)
                self.assertNotIn(woman("x")[9], str(done["problems"]))

    def test_a_changed_line_moves_no_woman_out_of_the_agents_territory(self):
        agent, number = staff_token("agent", "MA-TAZ"), woman("x")[HEADER.index("cnie")]
        lines = [put(put(woman(f"MOVED-{n}"), "cnie", number), "province", "MA-TAZ") for n in range(2)]  # one of the two is held back, and can be amended
        made = take(self.client, agent, text(lines).encode())
        self.assertEqual(made["taken"], 2)
        held = next(line["line"] for line in report(self.client, agent, made) if rows("SELECT state FROM intake.application WHERE id = %s", line["application"]) == [("DUPLICATE_REVIEW",)])
        again = report(self.client, agent, take(self.client, agent, text([put(list(lines[held - 2]), "province", "MA-TAO")]).encode()))[0]
        self.assertEqual((again["outcome"], [(error["pointer"], error["code"]) for error in again["errors"]]), ("REFUSED", [("/applicant/address/province", "not-allowed")]), again)

    def test_an_agent_registers_women_of_her_territory_alone(self):
        agent = staff_token("agent", "MA-TAZ")
        done = take(self.client, agent, text([put(woman("TERR-1"), "province", "MA-TAZ"), put(woman("TERR-2"), "province", "MA-TAO")]).encode())
        self.assertEqual((done["taken"], done["refused"]), (1, 1), done)
        self.assertEqual(report(self.client, agent, done)[1]["errors"][0]["pointer"], "/applicant/address/province")
        self.assertEqual(announce(self.client, staff_token("agent", "MA-11"), 100).status, 403)

    # ── Sending ──

    def test_what_broke_off_goes_on_where_it_was(self):
        data = text([woman(f"PART-{n}") for n in range(300)]).encode()
        made = announce(self.client, self.agent, len(data)).json()
        self.assertEqual(send(self.client, self.agent, made, data[:40_000]).headers["upload-offset"], "40000")
        wrong = send(self.client, self.agent, made, data[30_000:], 30_000)
        self.assertEqual((wrong.status, wrong.headers["upload-offset"]), (409, "40000"), wrong)
        head = self.client.call("HEAD", f"/intake/v1/imports/{made['id']}/upload", authorization=bearer(self.agent))
        self.assertEqual(head.headers["upload-offset"], "40000")
        self.assertEqual(send(self.client, self.agent, made, data[40_000:], 40_000).status, 204)
        self.assertEqual(ended(self.client, self.agent, made)["taken"], 300)

    def test_what_is_announced_is_looked_at_before_a_byte_is_sent(self):
        cases = (("more than 64 MB", {"size": 64 * 2**20 + 1}, "/size"), ("nothing", {"size": 0}, "/size"), ("no such call", {"call": "nowhere"}, "/call"), ("no name", {"name": ""}, "/name"))
        for why, change, pointer in cases:
            with self.subTest(why):
                answer = self.client.post("/intake/v1/imports", {"call": women_csv.CALL, "name": "a.csv", "size": 10} | change, authorization=bearer(self.agent))
                self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, pointer), answer)
        key = new_key()
        one, two = (announce(self.client, self.agent, 100, **{"idempotency-key": key}) for _ in range(2))
        self.assertEqual((one.status, one.body), (201, two.body))
        self.assertEqual(announce(self.client, self.agent, 101, **{"idempotency-key": key}).status, 422)

    def test_one_that_was_taken_back_leaves_nothing_of_its_file(self):
        made = announce(self.client, self.agent, 1000).json()
        send(self.client, self.agent, made, b"x" * 500)
        self.assertEqual(self.client.call("DELETE", f"/intake/v1/imports/{made['id']}", authorization=bearer(self.agent)).status, 204)
        self.assertEqual(look(self.client, self.agent, made)["state"], "CANCELLED")
        self.assertEqual(rows("SELECT count(*) FROM intake.import_piece WHERE import_id = %s", made["id"]), [(0,)])
        self.assertEqual(send(self.client, self.agent, made, b"x" * 500, 500).status, 409)

    # ── The report ──

    def test_the_report_for_a_spreadsheet_calculates_nothing(self):
        done = take(self.client, self.agent, text([woman("=1+1"), put(woman("R"), "téléphone", "")]).encode())
        answer = self.client.get(f"/intake/v1/imports/{done['id']}/report.csv?codes=true", authorization=bearer(self.agent))
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/csv; charset=utf-8"), answer)
        table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
        self.assertEqual((len(table), table[0][:4], table[1][:2], table[2][:2], table[2][6:9]),
                         (3, ["line", "outcome", "receipt_number", "secret_code"], ["2", "TAKEN"], ["3", "REFUSED"], ["applicant.phone", "/applicant/phone", "required"]))
        self.assertFalse([cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@")])

    def test_the_columns_are_told_with_their_other_names(self):
        answer = self.client.get(f"/intake/v1/import-columns?call={women_csv.CALL}", authorization=bearer(self.agent))
        found = {column["key"]: column for column in answer.json()["items"]}
        self.assertEqual((found["applicant.phone"]["fr"], found["applicant.phone"]["required"], found["consents.processing"]["required"]), ("téléphone", True, True))


class Killed(unittest.TestCase):
    """Ten thousand lines, two hundred of them bad, and intake killed in the middle: each good line is one application."""

    def test_ten_thousand_lines_survive_kills_and_come_again_for_nothing(self):
        client, agent = Client(), staff_token("agent", "MA-03")
        lines = [woman(f"KILL-{n}") for n in range(10_000)]
        for n in range(0, 10_000, 50):
            _, column, cell, _, _ = BAD[n // 50 % len(BAD)]
            put(lines[n], column, cell)
        data, before = text(lines).encode(), applications("true")
        made = bring(client, agent, data)
        for reached in (1000, 5000):
            eventually(f"line {reached}", lambda reached=reached: self.done(client, agent, made) >= reached, 60)
            self.kill_intake()
            eventually("intake again", lambda: self.answers(client, agent, made), 30)
        done = ended(client, agent, made, 120)
        self.assertEqual((done["state"], done["lines"], done["taken"], done["refused"], done["known"]), ("DONE", 10_000, 9_800, 200, 0), done)
        self.assertEqual(applications("true") - before, 9_800)
        told = report(client, agent, done)
        self.assertEqual([line["line"] for line in told], list(range(2, 10_002)))
        self.assertEqual(len({line["application"] for line in told if line["application"]}), 9_800)
        ids = [line["application"] for line in told if line["application"]]
        self.assertEqual(rows("SELECT count(DISTINCT aggregate_id), count(*) FROM intake.outbox WHERE version = 1 AND aggregate_id = ANY (%s::uuid[])", ids), [(9_800, 9_800)])
        again = take(client, agent, data, 120)
        self.assertEqual((again["taken"], again["known"], again["refused"], applications("true") - before), (0, 9_800, 200, 9_800), again)
        eventually("all of them assessed", lambda: applications("state = 'SUBMITTED' AND id = ANY (%s::uuid[])", ids) == 0, 120)

    def done(self, client, agent, made):
        found = look(client, agent, made)
        return found["taken"] + found["refused"]

    def answers(self, client, agent, made):
        try:
            return client.get(f"/intake/v1/imports/{made['id']}", authorization=bearer(agent)).status == 200
        except OSError:
            client.close()
            return False

    def kill_intake(self):
        pid = int((pathlib.Path(settings()["JISR_HOME"]) / "run/intake-1.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)


if __name__ == "__main__":
    unittest.main()
