"""Law 09-08 from outside: a consent taken back, everything shown to her, and an erasure after which nothing of her can be read anywhere."""
import base64
import json
import pathlib
import random
import re
import subprocess
import unittest

from support import women_csv
from support.documents import kept_document, png
from support.jisr import (Client, basic, bearer, deploy, eventually, file_application, identity_number, kafka_events, partner, person, reaches, rows, settings, staff_token, state_of, webhooks)
from support.own_call import OwnCall


def canary(word):
    return f"Canari{word}" + "".join(random.choices("abcdefghijklmnop", k=12))


def stands_in(secret, text):
    """As it is or in base64. Eight digits stand somewhere among the hexadecimal ones of a hundred megabytes that are sealed: digits count where a number begins and ends."""
    plain = re.escape(secret.encode())
    if secret.isdigit():
        plain = rb"(?<![0-9a-f])(?:212|0)?" + plain + rb"(?![0-9a-f])"
    return bool(re.search(plain, text)) or base64.b64encode(secret.encode())[:-4] in text


class Personal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()

    def path(self, filed, part=""):
        return f"/intake/v1/applications/{filed['id']}{part}"

    def ask(self, filed, part, **named):
        return self.client.get(self.path(filed, part), authorization=named.get("authorization", basic(filed)))

    def erase(self, filed, body=None, **named):
        return self.client.post(self.path(filed, "/erasure"), body, authorization=named.get("authorization", basic(filed)))

    # ── Consents ──

    def test_a_consent_taken_back_revokes_what_it_allowed_and_the_file_goes_on(self):
        filed = file_application(self.client, person()).json()
        reaches(self.client, filed, "SHORTLISTED")
        eventually("an offer to the partner", lambda: webhooks(filed["id"]))
        answer = self.client.post(self.path(filed, "/consents/partner-referral/withdrawal"), authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "SHORTLISTED"), answer)
        eventually("the partner is told", lambda: [line for line in webhooks(filed["id"]) if line["event"]["type"] == "ma.jisr.referral.revoked.v1"])
        headers, data = next(event for event in kafka_events("jisr.application.v1", filed["id"], at_least=99, seconds=3) if event[0]["ce_type"].endswith("restricted.v1"))
        self.assertEqual((data["transitions"], data["state"], headers["ce_aggregateversion"]), ([], "SHORTLISTED", str(answer.json()["version"])))
        said = {(item["purpose"], item["state"], item["channel"]) for item in self.ask(filed, "/consents").json()["items"]}
        self.assertLessEqual({("partner-referral", "GIVEN", "form"), ("partner-referral", "WITHDRAWN", "applicant"), ("processing", "GIVEN", "form")}, said)
        again = self.client.post(self.path(filed, "/consents/partner-referral/withdrawal"), authorization=basic(filed))
        self.assertEqual(again.status, 409, again)

    def referral_of(self, filed):
        """Whether she may be referred: by the file, by the vault, and by the last line of her register."""
        stored = rows("SELECT a.referral_consent, s.referral_consent FROM intake.application a JOIN vault.subject s USING (id) WHERE a.id = %s", filed["id"])[0]
        return (*stored, [item["state"] for item in self.ask(filed, "/consents").json()["items"] if item["purpose"] == "partner-referral"][-1])

    def take_back(self, filed):
        return [self.client.post(self.path(filed, "/consents/partner-referral/withdrawal"), authorization=basic(filed))]

    def object_for_a_while(self, filed):
        return [self.client.post(self.path(filed, part), authorization=basic(filed)) for part in ("/opposition", "/opposition/undo")]

    def test_a_mistake_put_right_gives_no_consent_back(self):
        agent = bearer(staff_token("agent", "MA-TAO"))
        for way, told in ((self.take_back, 2), (self.object_for_a_while, 3)):  # that she objects no more is told like a mistake put right
            with self.subTest(way.__name__):
                filed = file_application(self.client, person()).json()
                reaches(self.client, filed, "SHORTLISTED")
                offers = lambda: [line["event"]["type"].split(".")[3] for line in webhooks(filed["id"])]
                eventually("an offer to the partner", offers)
                self.assertEqual(self.referral_of(filed), (True, True, "GIVEN"))
                self.assertEqual({answer.status for answer in way(filed)}, {200})
                self.assertEqual(self.referral_of(filed), (False, False, "WITHDRAWN"))
                for who in (basic(filed), agent):
                    answer = self.client.post(self.path(filed, "/rectification"), {"phone": "07 11 22 33 44"}, authorization=who)
                    self.assertEqual((answer.status, answer.json()["confirmation"]["needed"]), (200, False), answer)
                    self.assertEqual(self.referral_of(filed), (False, False, "WITHDRAWN"))
                eventually("all its events to be heard", lambda: rows("SELECT count(*) FROM notifier.inbox i JOIN intake.outbox o USING (event_id) WHERE o.key = %s AND o.type LIKE '%%confirmed%%'", filed["id"]) == [(told,)])
                self.assertEqual(offers(), ["offered", "revoked"], "nobody is told of her anew")

    def test_what_is_sent_again_as_it_reads_gives_no_consent_back_and_what_she_ticks_anew_does(self):
        call = OwnCall("consent", assessed=False)
        self.addCleanup(call.close)
        both = [{"purpose": purpose, "version": "xa-1", "given": True, "language": "fr"} for purpose in ("processing", "partner-referral")]
        amend = lambda filed, form, who: self.client.call("PUT", self.path(filed), form, {"authorization": who, "if-match": f'"{state_of(self.client, filed)["version"]}"'})
        for way in (self.take_back, self.object_for_a_while):
            with self.subTest(way.__name__):
                filed = call.filed(call.form() | {"consents": both})
                self.assertEqual([consent["given"] for consent in self.ask(filed, "/form").json()["consents"]], [True, True])
                self.assertEqual({answer.status for answer in way(filed)}, {200})
                form = self.ask(filed, "/form").json()
                self.assertEqual([consent["given"] for consent in form["consents"]], [True, False])
                for who in (bearer(staff_token("agent", "XA-01")), basic(filed)):
                    answer = amend(filed, form | {"project": form["project"] | {"title": f"Miel {who[:5]}"}}, who)
                    self.assertEqual((answer.status, answer.json()["confirmation"]["needed"]), (200, False), answer)
                    self.assertEqual(self.referral_of(filed), (False, False, "WITHDRAWN"))
                self.assertEqual(amend(filed, form | {"consents": both}, basic(filed)).status, 200)
                self.assertEqual(self.referral_of(filed), (True, True, "GIVEN"))
                self.assertEqual(amend(filed, form, basic(filed)).status, 200)
                self.assertEqual(self.referral_of(filed), (False, False, "WITHDRAWN"))

    def test_a_draft_says_in_its_form_what_she_consents_to(self):
        draft = file_application(self.client, person() | {"draft": True}).json()
        self.assertEqual([answer.status for answer in self.take_back(draft)], [409])

    def test_without_the_consent_to_be_processed_the_file_is_withdrawn(self):
        filed = file_application(self.client, person()).json()
        answer = self.client.post(self.path(filed, "/consents/processing/withdrawal"), authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "WITHDRAWN"), answer)
        self.assertEqual(self.client.post(self.path(filed, "/consents/no-such/withdrawal"), authorization=basic(filed)).status, 404)

    # ── What she may see ──

    def test_her_export_holds_what_she_sent_and_who_read_it(self):
        form = person()
        filed = file_application(self.client, form).json()
        self.client.get(self.path(filed), authorization=bearer(staff_token("reviewer", "MA-03")))
        shown = self.ask(filed, "/export").json()
        self.assertEqual(shown["form"]["applicant"], form["applicant"])
        self.assertEqual(shown["application"]["receipt_number"], filed["receipt_number"])
        self.assertEqual([item["what"] for item in shown["reads"]["items"] if item["by"].startswith("reviewer:")], ["read"])
        self.assertEqual(self.ask(filed, "/reads").json()["items"], shown["reads"]["items"])

    # ── Erasure ──

    def test_her_page_is_in_the_language_that_was_asked(self):
        """Labels and values: a code that has no word would stand there as it is."""
        filed = file_application(self.client, person()).json()
        kept_document(self.client, filed, png(8, 8))
        kept_document(self.client, filed, b"no photo", page=2)
        for language in ("ar", "fr"):
            with self.subTest(language):
                page = self.client.get(self.path(filed, f"/export.html?lang={language}"), authorization=basic(filed)).body.decode()
                labels, values = re.findall(r"<dt>([^<]*)</dt>", page), re.findall(r"<bdi>([^<]*)</bdi>", page)
                self.assertEqual({label for label in labels if label in ("id", "revision", "bytes", "created_at", "media", "received", "refusal", "size", "thumbnail") or "_" in label}, set())
                self.assertEqual(set(values) & {"READY", "REFUSED", "PROCESSING", "agrifood", "idea"}, set())

    def test_after_an_erasure_nothing_of_her_can_be_read_anywhere(self):
        name, commune, title = canary("Nom"), canary("Commune"), canary("Projet")
        arabic = "كناري " + "".join(random.choices("ابتثجحخدذرزسشصض", k=12))
        form = person(applicant__name={"ar": arabic, "latin": name}, applicant__address__commune=commune, project__title=title, situation__monthly_income_centimes=76543219)
        filed = file_application(self.client, form).json()
        reaches(self.client, filed, "SHORTLISTED")
        kept_document(self.client, filed, png(text=canary("Photo").encode()))
        answer = self.erase(filed)
        self.assertEqual((answer.status, answer.json()["state"]), (200, "WITHDRAWN"), answer)
        # No key, no piece, no number.
        self.assertEqual(rows("SELECT facts_key, contact_key, erased_at IS NOT NULL FROM vault.subject WHERE id = %s", filed["id"]), [(None, None, True)])
        self.assertEqual(rows("SELECT length(body), decision FROM intake.application WHERE id = %s", filed["id"]), [(0, None)])
        self.assertEqual(rows("SELECT count(*) FROM intake.document WHERE application_id = %s", filed["id"]), [(0,)])
        self.assertEqual(rows("SELECT count(*) FROM intake.identity WHERE %s IN (person_application, member_application)", filed["id"]), [(0,)])
        # Not in a dump, the topics or the logs.
        secrets = [name, arabic, commune, title, form["applicant"]["identity"]["number"], form["applicant"]["phone"].replace(" ", "")[1:], "76543219"]
        eventually("the others have heard of it", lambda: rows("SELECT withdrawn, contact FROM notifier.application WHERE id = %s", filed["id"]) == [(True, None)])
        dump = subprocess.run(["pg_dump", settings()["JISR_PG"]], capture_output=True, check=True).stdout
        self.assertIn(filed["id"].encode(), dump)
        events = "".join(str(event) for event in kafka_events("jisr.application.v1", filed["id"], at_least=99, seconds=3))
        self.assertIn("ma.jisr.application.erased.v1", events)
        logs = b"".join(path.read_bytes() for path in (pathlib.Path(settings()["JISR_HOME"]) / "log").glob("*.log"))
        for secret in secrets:
            for where, text in (("dump", dump), ("Kafka", events.encode()), ("logs", logs)):
                self.assertFalse(stands_in(secret, text), f"{secret} in {where}")
        # And she is told so.
        proof = self.ask(filed, "/erasure").json()
        self.assertEqual((proof["application"], proof["receipt_number"]), (filed["id"], filed["receipt_number"]))
        self.assertTrue(proof["keys_destroyed_at"] and proof["audit_hash"])
        for part, status in (("/export", 410), ("/receipt.pdf", 410), ("/consents", 410)):
            self.assertEqual(self.ask(filed, part).status, status, part)
        self.assertEqual(state_of(self.client, filed)["state"], "WITHDRAWN")

    def asked(self, word, reviewer):
        """A file that was asked for a complement before eligibility had its turn; the first of several tries."""
        for _ in range(20):
            filed = file_application(self.client, person()).json()
            answer = self.client.post(self.path(filed, "/information-request"), {"text": {"ar": word, "fr": word}}, headers={"idempotency-key": canary("cle")}, authorization=reviewer)
            if answer.status == 200:
                return filed
        raise AssertionError("eligibility was always faster")

    def test_hashes_pairs_and_what_staff_wrote_go_with_her(self):
        body, reviewer = person(), bearer(staff_token("reviewer", "MA-03"))
        one = file_application(self.client, body).json()
        twin = file_application(self.client, body).json()  # her number again: it waits for a reviewer
        body["applicant"]["identity"]["number"] = identity_number()
        again = file_application(self.client, body).json()
        pair = self.path(again, f"/duplicates/{one['id']}")
        eventually("the pair", lambda: self.client.get(pair, authorization=reviewer).status == 200, 60.0)
        word = canary("Mot")
        self.client.post(self.path(twin, "/review"), {"same": False, "other": one["id"]}, authorization=reviewer)
        waiting = self.asked(word, reviewer)
        self.assertTrue(stands_in(word, subprocess.run(["pg_dump", settings()["JISR_PG"]], capture_output=True, check=True).stdout))
        for filed in (one, again, twin, waiting):
            self.assertEqual(self.erase(filed).status, 200)
            for table, where in (("trait", "application_id = %s"), ("duplicate", "application_id = %s OR other_id = %s"), ("idempotency", "application_id = %s"), ("consent_change", "application_id = %s")):
                values = [filed["id"]] * where.count("%s")
                eventually(f"{table} to forget her", lambda: rows(f"SELECT count(*) FROM intake.{table} WHERE {where}", *values) == [(0,)], 10.0)
        self.assertFalse(stands_in(word, subprocess.run(["pg_dump", settings()["JISR_PG"]], capture_output=True, check=True).stdout))

    def test_whom_staff_brought_in_a_file_is_erased_like_any_other(self):
        agent, line, name = staff_token("agent", "MA-03"), women_csv.woman("ERASE-1"), canary("Importee")
        line[women_csv.HEADER.index("nom")] = name
        line[women_csv.HEADER.index("référence")] = reference = canary("REF")
        done = women_csv.take(self.client, agent, women_csv.text([line]).encode())
        filed = women_csv.report(self.client, agent, done, "&codes=true")[0]
        filed |= {"id": filed["application"]}
        self.assertEqual(rows("SELECT count(*) FROM intake.import_key WHERE application_id = %s", filed["id"]), [(1,)])
        self.assertEqual(self.erase(filed).status, 200)
        self.assertEqual(rows("SELECT count(*) FROM intake.import_key WHERE application_id = %s", filed["id"]), [(0,)])
        dump = subprocess.run(["pg_dump", settings()["JISR_PG"]], capture_output=True, check=True).stdout
        logs = b"".join(path.read_bytes() for path in (pathlib.Path(settings()["JISR_HOME"]) / "log").glob("*.log"))
        for secret in (name, reference, line[women_csv.HEADER.index("cnie")]):
            self.assertFalse(stands_in(secret, dump + logs), secret)

    # ── Hold, opposition, rectification, registers ──

    def test_a_legal_hold_stops_an_erasure_until_it_is_lifted(self):
        filed, admin = file_application(self.client, person()).json(), bearer(staff_token("admin"))
        page = self.path(filed, f"/documents/{kept_document(self.client, filed, png())['id']}")
        self.assertEqual(self.client.post(self.path(filed, "/hold"), {}, authorization=admin).json()["errors"][0]["pointer"], "/reason")
        held = self.client.post(self.path(filed, "/hold"), {"reason": "Instruction en cours"}, authorization=admin)
        self.assertEqual((held.status, held.json()["hold"]["reason"]), (200, "Instruction en cours"), held)
        self.assertEqual(self.client.post(self.path(filed, "/hold"), {"reason": "Encore"}, authorization=admin).status, 409)
        for who in ({}, {"authorization": admin}):
            refused = self.erase(filed, {"reason": "Elle le demande"}, **who)
            self.assertEqual(refused.status, 422, refused)
            self.assertIn("حفظ قانوني", refused.json()["errors"][0]["message"])
        self.assertEqual(state_of(self.client, filed)["hold"]["reason"], "Instruction en cours")
        self.assertEqual(self.client.call("DELETE", page, authorization=basic(filed)).status, 409)
        kept_document(self.client, filed, png())
        self.assertEqual(self.client.get(page, authorization=basic(filed)).status, 200, "a newer page does not take its place meanwhile")
        lifted = self.client.post(self.path(filed, "/hold/release"), {"reason": "Classée"}, authorization=admin)
        self.assertEqual((lifted.status, lifted.json()["hold"]), (200, None), lifted)
        said = [row[0] for row in rows("SELECT detail FROM intake.audit WHERE subject = %s AND action = 'reason' ORDER BY id", filed["id"])]
        self.assertEqual([json.loads(text)["reason"] for text in said], ["Instruction en cours", "Classée"])
        self.assertEqual(self.erase(filed).status, 200)
        self.assertEqual(self.client.post(self.path(filed, "/hold"), {"reason": "Trop tard"}, authorization=admin).status, 410)

    def test_her_objection_ends_referrals_comparisons_and_reading(self):
        filed = file_application(self.client, person()).json()
        reaches(self.client, filed, "SHORTLISTED")
        eventually("an offer to the partner", lambda: webhooks(filed["id"]))
        eventually("the search to have met her", lambda: rows("SELECT 1 FROM intake.trait WHERE application_id = %s", filed["id"]), 30.0)
        reviewer = bearer(staff_token("reviewer", "MA-03"))
        self.assertEqual(self.ask(filed, "/form", authorization=reviewer).status, 200)
        answer = self.client.post(self.path(filed, "/opposition"), {"reason": "Je ne veux plus"}, authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"]), (200, "SHORTLISTED"), answer)
        self.assertTrue(answer.json()["restriction"]["since"])
        eventually("the partner is told", lambda: [line for line in webhooks(filed["id"]) if line["event"]["type"] == "ma.jisr.referral.revoked.v1"])
        eventually("nothing to compare", lambda: not rows("SELECT 1 FROM intake.trait WHERE application_id = %s", filed["id"]))
        self.assertEqual([self.ask(filed, part, authorization=reviewer).status for part in ("", "/form")], [200, 403])
        self.assertEqual(self.ask(filed, "/form", authorization=bearer(staff_token("admin"))).status, 200)
        self.assertEqual(self.ask(filed, "/form").status, 200)
        self.assertEqual(self.client.post(self.path(filed, "/opposition"), authorization=basic(filed)).status, 409)
        undone = self.client.post(self.path(filed, "/opposition/undo"), authorization=basic(filed))
        self.assertEqual((undone.status, undone.json()["restriction"]), (200, None), undone)
        self.assertEqual(self.ask(filed, "/form", authorization=reviewer).status, 200)

    def test_a_mistake_is_put_right_even_when_a_place_is_hers(self):
        filed = file_application(self.client, person()).json()
        before = reaches(self.client, filed, "SHORTLISTED")
        right = {"name": {"ar": "نعيمة الصحيحة", "latin": "Naima Essahiha"}, "phone": "07 11 22 33 44", "commune": "Tissa"}
        for body, pointer in (({}, ""), ({"phone": "12"}, "/applicant/phone"), ({"name": {"ar": None, "latin": ""}}, "/applicant/name"), ({"birth_date": "1990-01-01"}, "/birth_date")):
            with self.subTest(str(body)):
                refused = self.client.post(self.path(filed, "/rectification"), body, authorization=basic(filed))
                self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (422, pointer), refused)
        answer = self.client.post(self.path(filed, "/rectification"), right, authorization=basic(filed))
        self.assertEqual((answer.status, answer.json()["state"], answer.json()["revision"]), (200, "SHORTLISTED", before["revision"]), answer)
        form = self.ask(filed, "/form").json()["applicant"]
        self.assertEqual((form["name"], form["phone"], form["address"]["commune"]), (right["name"], right["phone"], "Tissa"))
        self.assertEqual(rows("SELECT count(*) FROM eligibility.outbox WHERE key = %s AND type LIKE '%%assessed%%'", filed["id"]), [(1,)])
        self.assertIn("coordonnées", answer.json()["history"][-1]["why"]["fr"])

    def test_what_a_register_said_is_kept_with_who_looked_and_when(self):
        filed, agent = file_application(self.client, person()).json(), bearer(staff_token("agent", "MA-TAO"))
        for register, result in (("auto-entrepreneurs", "NOT_FOUND"), ("ice", "FOUND"), ("auto-entrepreneurs", "FOUND")):
            answer = self.client.post(self.path(filed, "/register-check"), {"register": register, "result": result, "note": "vu en ligne"}, authorization=agent)
            self.assertEqual(answer.status, 200, answer)
        checks = state_of(self.client, filed)["register_checks"]
        self.assertEqual([(check["register"], check["result"]) for check in checks], [("auto-entrepreneurs", "FOUND"), ("ice", "FOUND")])
        self.assertTrue(all(check["by"].startswith("agent:") and check["at"] for check in checks))
        wrong = self.client.post(self.path(filed, "/register-check"), {"register": "moon", "result": "FOUND"}, authorization=agent)
        self.assertEqual((wrong.status, wrong.json()["errors"][0]["pointer"]), (422, "/register"), wrong)

    # ── Readable, and the register ──

    def test_her_export_is_also_a_page_in_her_language_where_nothing_runs(self):
        form = person(project__title="<script>alert(1)</script> & \"x\"", applicant__birth_date="1991-08-01")
        filed = file_application(self.client, form).json()
        for lang, direction, word, birth in (("ar", "rtl", "معطياتي", "1 غشت 1991"), ("fr", "ltr", "Mes données", "1er août 1991"), ("en", "ltr", "My data", "1 August 1991")):
            answer = self.ask(filed, f"/export.html?lang={lang}")
            page = answer.body.decode()
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/html; charset=utf-8"), answer)
            self.assertIn("default-src 'none'", answer.headers["content-security-policy"])
            self.assertIn(f'<html lang="{lang}" dir="{direction}">', page)
            self.assertIn(word, page)
            self.assertIn(form["applicant"]["name"]["ar"], page)
            self.assertIn("45000.00 MAD", page)
            self.assertIn(birth, page)
            self.assertNotRegex(page, r"\d{4}-\d\d-\d\d", "days as people say them")
            self.assertNotIn("<script", page)
            self.assertIn("&lt;script&gt;", page)
        self.assertIn('lang="ar"', self.ask(filed, "/export.html").body.decode(), "her own language, without being asked")

    def test_auditors_list_who_read_what_by_actor_file_and_time(self):
        filed = [file_application(self.client, person()).json() for _ in range(3)]
        name = canary("lectrice")
        reader = bearer(deploy("jisrctl", "token", "--role", "reviewer", "--territory", "MA-03", "--subject", name).strip())
        for one in filed:
            self.ask(one, "/form", authorization=reader)
        auditor = bearer(staff_token("auditor"))
        seen, path = [], f"/intake/v1/reads?actor=reviewer:{name}&limit=2"
        while path:
            page = self.client.get(path, authorization=auditor)
            self.assertEqual(page.status, 200, page)
            seen += page.json()["items"]
            link = re.search(r'<([^>]+)>; rel="next"', page.headers.get("link", ""))
            path = link and link[1]
        self.assertEqual([item["application"] for item in seen], [one["id"] for one in reversed(filed)])
        self.assertEqual({(item["what"], item["by"]) for item in seen}, {("read-form", f"reviewer:{name}")})
        self.assertEqual(seen[0]["receipt_number"], filed[2]["receipt_number"])
        only = self.client.get(f"/intake/v1/reads?application={filed[0]['id']}&what=read-form", authorization=auditor).json()["items"]
        self.assertEqual(len(only), 1)
        self.assertEqual(self.client.get(f"/intake/v1/reads?actor=reviewer:{name}&until=2020-01-01T00:00:00Z", authorization=auditor).json()["items"], [])
        self.assertEqual(self.client.get(f"/intake/v1/reads?actor=reviewer:{name}", authorization=bearer(staff_token("auditor", "MA-11"))).json()["items"], [])
        for query, pointer in (("readers=moon", "/readers"), ("from=yesterday", "/from"), ("application=7", "/application"), ("cursor=x", "/cursor")):
            wrong = self.client.get(f"/intake/v1/reads?{query}", authorization=auditor)
            self.assertEqual((wrong.status, wrong.json()["errors"][0]["pointer"]), (400, pointer), wrong)
        self.assertTrue(rows("SELECT 1 FROM intake.audit WHERE action = 'read-register' AND subject = %s", filed[0]["id"]), "looking into it is a read")

    def test_auditors_list_which_partner_asked_for_whose_contact(self):
        filed = file_application(self.client, person()).json()
        line = eventually("an offer to the partner", lambda: webhooks(filed["id"]))[0]
        path, key = f"/notifier/v1/referrals/{line['event']['data']['referral']}", bearer(partner()["api_key"])
        self.assertEqual(self.client.post(f"{path}/acceptance", authorization=key).status, 200)
        self.assertEqual(self.client.get(f"{path}/contact", authorization=key).status, 200)
        asked = f"/intake/v1/reads?readers=partners&application={filed['id']}"
        items = self.client.get(asked, authorization=bearer(staff_token("auditor"))).json()["items"]
        self.assertEqual([(item["what"], item["receipt_number"]) for item in items], [("read-contact", filed["receipt_number"])])
        name = f"partner:{partner()['id']}"
        self.assertEqual(items[0]["by"], name)
        same = self.client.get(f"/intake/v1/reads?readers=partners&application={filed['id']}&actor={name}", authorization=bearer(staff_token("auditor"))).json()["items"]
        self.assertEqual(same, items)
        self.assertEqual({read["by"] for read in self.ask(filed, "/reads").json()["items"] if read["what"] == "read-contact"}, {name})
        self.assertEqual(self.client.get(asked, authorization=bearer(staff_token("auditor", "MA-03"))).status, 403)

    def test_no_partner_reads_her_contact_from_the_moment_she_leaves(self):
        for way, status in (("/withdrawal", 403), ("/consents/processing/withdrawal", 403), ("/consents/partner-referral/withdrawal", 403)):
            with self.subTest(way):
                filed = file_application(self.client, person()).json()
                line = eventually("an offer to the partner", lambda: webhooks(filed["id"]))[0]
                path, key = f"/notifier/v1/referrals/{line['event']['data']['referral']}", bearer(partner()["api_key"])
                self.assertEqual(self.client.post(f"{path}/acceptance", authorization=key).status, 200)
                self.assertEqual(self.client.get(f"{path}/contact", authorization=key).status, 200)
                reaches(self.client, filed, "SHORTLISTED")
                self.assertEqual(self.client.post(f"/intake/v1/applications/{filed['id']}{way}", authorization=basic(filed)).status, 200)
                self.assertEqual(self.client.get(f"{path}/contact", authorization=key).status, status, "although notifier may not have heard of it yet")

    def test_the_same_number_may_be_registered_again_afterwards(self):
        form = person()
        filed = file_application(self.client, form).json()
        before = rows("SELECT sum(distinct_women)::int FROM (SELECT distinct_women FROM intake.stat UNION ALL SELECT distinct_women FROM intake.stat_delta) s")[0][0]
        self.assertEqual(self.erase(filed).status, 200)
        again = file_application(self.client, form).json()
        self.assertNotEqual(reaches(self.client, again, "SHORTLISTED", "WAITLISTED", "ELIGIBLE", "INELIGIBLE", "DUPLICATE_REVIEW")["state"], "DUPLICATE_REVIEW")
        after = rows("SELECT sum(distinct_women)::int FROM (SELECT distinct_women FROM intake.stat UNION ALL SELECT distinct_women FROM intake.stat_delta) s")[0][0]
        self.assertEqual(after, before)

    def test_a_token_is_not_enough_and_an_administrator_needs_a_reason(self):
        filed = file_application(self.client, person()).json()
        token = self.client.post("/intake/v1/tokens", authorization=basic(filed)).json()["token"]
        self.assertEqual(self.erase(filed, authorization=bearer(token)).status, 403)
        admin = bearer(staff_token("admin"))
        refused = self.erase(filed, {}, authorization=admin)
        self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (422, "/reason"), refused)
        self.assertEqual(self.ask(filed, "/erasure").status, 404)
        self.assertEqual(self.erase(filed, {"reason": "Letter of 3 November"}, authorization=admin).status, 200)
        self.assertTrue(self.ask(filed, "/erasure").json()["by"].startswith("admin:"))
        self.assertEqual(self.erase(filed).status, 410, "a second time")

    def test_a_draft_is_erased_as_well(self):
        draft = file_application(self.client, {"call": "fes-meknes-2026", "kind": "person", "draft": True, "consents": person()["consents"]}).json()
        answer = self.erase(draft)
        self.assertEqual((answer.status, answer.json()["state"]), (200, "EXPIRED"), answer)
        eventually("its event to be heard", lambda: rows("SELECT 1 FROM eligibility.inbox i JOIN intake.outbox o USING (event_id) WHERE o.key = %s AND o.version = 2", draft["id"]))
        self.assertEqual(rows("SELECT reason FROM eligibility.parked WHERE key = %s UNION ALL SELECT reason FROM notifier.parked WHERE key = %s", draft["id"], draft["id"]), [])

    def test_the_audit_chain_still_holds(self):
        self.assertNotIn("does not follow", deploy("jisrctl", "verify"))


if __name__ == "__main__":
    unittest.main()
