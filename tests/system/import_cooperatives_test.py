"""Cooperatives in files: a line a member, taken whole or not at all, and brought up to date by the same file with other members."""
import csv
import io
import unittest
import uuid

from support.jisr import Client, basic, bearer, rows, staff_token, state_of
from support.women_csv import HEADER, look, report, take, text, woman

COLUMNS = ["coopérative", "nom arabe de la coopérative", "ice", "fonction", "représentante"] + HEADER
SITUATION = ("taille du ménage", "revenu mensuel", "cheffe de ménage", "handicap", "indice rsu")
OF_MEMBER = ("nom arabe", "nom", "cnie", "date de naissance", "téléphone")


def lines_of(name, count=3, ice=""):
    """A cooperative as staff write it: all that is the cooperative's in its first line, and its name in each."""
    found = []
    for n in range(count):
        line = dict(zip(HEADER, woman(""), strict=True)) | dict.fromkeys(SITUATION, "")
        if n > 0:
            line = {column: cell if column in OF_MEMBER else "" for column, cell in line.items()}
        found.append(line | {"coopérative": name, "nom arabe de la coopérative": "", "ice": ice, "fonction": ("présidente", "trésorière", "")[min(n, 2)], "représentante": ""})
    return found


def file_of(*groups):
    return text([[line[column] for column in COLUMNS] for group in groups for line in group], COLUMNS).encode("utf-8-sig")


def new_name():
    return f"Coop {uuid.uuid4().hex[:10]}"


def new_ice():
    digits = f"{uuid.uuid4().int % 10**13:013}"
    return digits + f"{(-int(digits) * 100) % 97:02}"


class CooperativesInFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client, cls.agent = Client(), staff_token("agent", "MA-03")

    def outcomes(self, done):
        return [(line["line"], line["outcome"], line["application"]) for line in report(self.client, self.agent, done)]

    def members(self, application):
        return self.client.get(f"/intake/v1/applications/{application}/members", authorization=bearer(self.agent)).json()["items"]

    def test_a_line_a_member_makes_one_application(self):
        name = new_name()
        group, alone = lines_of(name, 4), dict(zip(HEADER, woman("PERSON-1"), strict=True)) | dict.fromkeys(COLUMNS[:5], "")
        done = take(self.client, self.agent, file_of(group, [alone], lines_of(new_name(), 2)))
        self.assertEqual((done["state"], done["lines"], done["taken"], done["problems"]), ("DONE", 7, 7, []), done)
        told = report(self.client, self.agent, done, "&codes=true")
        self.assertEqual([len({line["application"] for line in told[slice(*part)]}) for part in ((0, 4), (4, 5), (5, 7))], [1, 1, 1])
        filed = told[0] | {"id": told[0]["application"]}
        file = state_of(self.client, filed)
        self.assertEqual((file["kind"], file["confirmation"]["needed"]), ("cooperative", True))
        form = self.client.get(f"/intake/v1/applications/{file['id']}/form", authorization=basic(filed)).json()
        self.assertEqual(form["cooperative"]["name"], {"latin": name})
        self.assertEqual([member["role"] for member in form["cooperative"]["members"]], ["president", "treasurer", "member", "member"])
        self.assertEqual([member["name"]["latin"] for member in form["cooperative"]["members"]], [line["nom"] for line in group])
        self.assertEqual(form["applicant"]["identity"]["number"], group[0]["cnie"])
        self.assertNotIn("situation", form)
        self.assertEqual(rows("SELECT women, kind FROM intake.application WHERE id = %s", file["id"]), [(4, "cooperative")])
        self.assertEqual(state_of(self.client, told[4] | {"id": told[4]["application"]})["kind"], "person")

    def test_the_one_who_represents_it_is_named_or_presides(self):
        named, presides = lines_of(new_name(), 3), lines_of(new_name(), 3)
        named[2]["représentante"] = "oui"
        presides[0]["fonction"], presides[1]["fonction"] = "membre", "رئيسة"
        done = take(self.client, self.agent, file_of(named, presides))
        told = report(self.client, self.agent, done, "&codes=true")
        for filed, woman_ in ((told[0], named[2]), (told[3], presides[1])):
            form = self.client.get(f"/intake/v1/applications/{filed['application']}/form", authorization=basic(filed)).json()
            self.assertEqual(form["applicant"]["identity"]["number"], woman_["cnie"])

    def test_what_is_wrong_is_told_on_its_line_and_the_others_are_taken(self):
        bad, good, strict, alone = lines_of(new_name()), lines_of(new_name()), lines_of(new_name()), lines_of(new_name(), 1)
        bad[1]["cnie"], bad[2]["date de naissance"] = "??", "31/02/1990"
        strict[1]["projet"], strict[2]["handicap"] = "Un autre projet", "oui"
        alone[0]["téléphone"] = "12"
        for dry in (True, False):
            done = take(self.client, self.agent, file_of(bad, good, strict, alone), dry_run=dry)
            self.assertEqual((done["taken"], done["refused"]), (3, 7), done)
            told = report(self.client, self.agent, done)
            self.assertEqual([line["outcome"] for line in told], ["REFUSED"] * 3 + ["TAKEN"] * 3 + ["REFUSED"] * 4)
            wrong = [[(error["column"], error["key"], error["pointer"], error["code"]) for error in line["errors"]] for line in told]
            place = lambda column: COLUMNS.index(column) + 1
            self.assertEqual(wrong[0], [(0, None, "/cooperative", "not-allowed")])
            self.assertEqual(wrong[1], [(place("cnie"), "applicant.identity.number", "/cooperative/members/1/identity/number", "format")])
            self.assertEqual(wrong[2], [(place("date de naissance"), "applicant.birth_date", "/cooperative/members/2/birth_date", "date")])
            self.assertEqual(wrong[7], [(place("projet"), "project.title", "/project/title", "not-allowed")])
            self.assertEqual(wrong[8], [(place("handicap"), "situation.disability", "/situation/disability", "not-allowed")])
            self.assertEqual({(column, code) for column, _, _, code in wrong[9]}, {(place("téléphone"), "format")}, "told once, though she is applicant and member")

    def test_a_line_that_cannot_be_read_does_not_leave_a_cooperative_with_fewer_members(self):
        group, other = lines_of(new_name(), 4), lines_of(new_name(), 2)
        raw = file_of(group, other).decode("utf-8-sig").splitlines(keepends=True)
        raw[2] = '"' + raw[2]  # its quote is never closed: who she is nobody knows
        done = take(self.client, self.agent, "".join(raw).encode())
        told = report(self.client, self.agent, done)
        self.assertEqual([line["outcome"] for line in told], ["REFUSED"] * 4 + ["TAKEN"] * 2, told)
        first = file_of(lines_of(new_name(), 2)).decode("utf-8-sig").splitlines(keepends=True)
        first[1] = '"' + first[1]
        self.assertEqual([line["outcome"] for line in report(self.client, self.agent, take(self.client, self.agent, "".join(first).encode()))], ["REFUSED"] * 2)

    def test_sent_again_it_makes_nothing_and_with_other_members_it_amends(self):
        name = new_name()
        group, other = lines_of(name, 4), lines_of(new_name(), 2)
        other[1]["cnie"] = group[3]["cnie"]  # one woman in two cooperatives: the second waits for a reviewer, and may be amended meanwhile
        take(self.client, self.agent, file_of(other))
        first = take(self.client, self.agent, file_of(group))
        application = report(self.client, self.agent, first)[0]["application"]
        again = take(self.client, self.agent, file_of(group))
        self.assertEqual((again["known"], {line["application"] for line in report(self.client, self.agent, again)}), (4, {application}))
        changed = [group[0], group[1] | {"téléphone": ""}, *lines_of(name, 2)[1:], group[3]]  # the third leaves, another joins
        dry = take(self.client, self.agent, file_of(changed), dry_run=True)
        self.assertEqual((dry["amended"], len(self.members(application))), (4, 4), dry)
        done = take(self.client, self.agent, file_of(changed))
        self.assertEqual((done["amended"], {line["application"] for line in report(self.client, self.agent, done)}), (4, {application}), done)
        listed = self.members(application)
        self.assertEqual([one["name"]["latin"] for one in listed if one["left_at"]], [group[2]["nom"]])
        self.assertEqual(len(listed), 5)
        self.assertEqual(rows("SELECT revision, women FROM intake.application WHERE id = %s", application), [(2, 4)])
        filed = report(self.client, self.agent, first, "&codes=true")[0]
        form = self.client.get(f"/intake/v1/applications/{application}/form", authorization=basic(filed)).json()
        self.assertEqual(form["cooperative"]["members"][1]["phone"], group[1]["téléphone"], "an empty cell erases nothing")
        self.assertIn("1 joined, 1 left", str(state_of(self.client, filed | {"id": application})["history"]))
        spoilt = [line | {"cnie": "??"} if n == 2 else line for n, line in enumerate(changed)]
        refused = report(self.client, self.agent, take(self.client, self.agent, file_of(spoilt)))
        self.assertEqual([line["outcome"] for line in refused], ["REFUSED"] * 4)
        self.assertEqual([[error["key"] for error in line["errors"]] for line in refused][2], ["applicant.identity.number"])

    def test_one_cooperative_in_two_places_of_a_file_is_made_once(self):
        name = new_name()
        group = lines_of(name, 3)
        apart = lines_of(name, 2)
        done = take(self.client, self.agent, file_of(group, lines_of(new_name(), 2), apart))
        outcomes = self.outcomes(done)
        self.assertEqual([outcome for _, outcome, _ in outcomes], ["TAKEN"] * 5 + ["CHANGED"] * 2)
        self.assertEqual(outcomes[5][2], outcomes[0][2])

    def test_its_ice_tells_it_from_another_of_the_same_name(self):
        name = new_name()
        one, other = lines_of(name, 2, new_ice()), lines_of(name, 2, new_ice())
        done = take(self.client, self.agent, file_of(one, other))
        self.assertEqual((done["taken"], len({line[2] for line in self.outcomes(done)})), (4, 2), done)

    def test_hundreds_are_one_application_and_more_than_a_form_has_are_none(self):
        many = take(self.client, self.agent, file_of(lines_of(new_name(), 500)))
        self.assertEqual((many["taken"], len({line[2] for line in self.outcomes(many)})), (500, 1), many)
        for count in (501, 1700):
            more = take(self.client, self.agent, file_of(lines_of(new_name(), count), lines_of(new_name(), 2)))
            self.assertEqual((more["refused"], more["taken"]), (count, 2), more)
            told = report(self.client, self.agent, more)
            self.assertEqual({(error["pointer"], error["code"]) for error in told[count - 1]["errors"]}, {("/cooperative/members", "too-many")})

    def test_the_columns_are_documented_and_the_report_goes_into_a_spreadsheet(self):
        columns = {item["key"]: item for item in self.client.get("/intake/v1/import-columns", authorization=bearer(self.agent)).json()["items"]}
        self.assertLessEqual({"cooperative.name.ar", "cooperative.name.latin", "cooperative.ice", "member.role", "member.representative"}, set(columns))
        self.assertEqual(columns["member.role"]["fr"], "fonction")
        done = take(self.client, self.agent, file_of(lines_of(new_name(), 2)))
        table = self.client.get(f"/intake/v1/imports/{done['id']}/report.csv", authorization=bearer(self.agent)).body.decode("utf-8-sig")
        self.assertEqual(len(list(csv.reader(io.StringIO(table), delimiter=";"))), 3)
        self.assertEqual(look(self.client, self.agent, done)["percent"], 100)


if __name__ == "__main__":
    unittest.main()
