"""Amended while her first form is being decided: the place that it got is not hers by that alone. Her seat and her referrals follow the decision on the form that counts."""
import unittest

from support.jisr import Client, basic, eventually, file_application, part, person, reaches, rows, webhooks


class Amended(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Eligibility is away while they file and amend: it hears of both forms at once, and decides each in its turn."""
        cls.client = Client()
        part("stop", "eligibility")
        try:
            cls.minor = cls.filed_and_amended(applicant__birth_date="2015-01-01")
            cls.moved = cls.filed_and_amended(applicant__address={"province": "MA-TAZ", "commune": "Taza", "milieu": "urban"})
            cls.same = cls.filed_and_amended(project__title="Huile d'olive et savon")
            first = person()
            assert file_application(cls.client, first).status == 201
            cls.double = cls.filed_and_amended(applicant__identity=first["applicant"]["identity"])
        finally:
            part("start", "eligibility")

    @classmethod
    def filed_and_amended(cls, **changes):
        body = person()
        filed = file_application(cls.client, body).json()
        after = person(**changes)
        for name in ("identity", "name"):
            if f"applicant__{name}" not in changes:
                after["applicant"][name] = body["applicant"][name]
        amended = cls.client.call("PUT", f"/intake/v1/applications/{filed['id']}", after, {"authorization": basic(filed), "if-match": f'"{filed["version"]}"'})
        assert amended.status == 200, amended
        return filed

    def decided(self, filed):
        return [type_.split(".")[3] for type_, in rows("SELECT type FROM eligibility.outbox WHERE key = %s ORDER BY id", filed["id"])]

    def enrolled(self, filed, *expected):
        eventually(f"her enrolment to be {expected}", lambda: rows("SELECT province, state FROM training.enrolment WHERE application = %s", filed["id"]) == [expected])

    def referred(self, filed, *states):
        eventually(f"her referrals to be {states}", lambda: rows("SELECT state FROM notifier.referral WHERE application = %s ORDER BY id", filed["id"]) == [(state,) for state in states])

    def test_who_is_not_eligible_any_more_gives_her_seat_back_and_partners_are_told(self):
        reaches(self.client, self.minor, "INELIGIBLE")
        self.assertEqual(self.decided(self.minor), ["assessed", "shortlisted", "assessed"])
        self.enrolled(self.minor, "MA-TAO", "CANCELLED")
        self.referred(self.minor, "REVOKED")
        eventually("the partner to be told", lambda: [line["event"]["type"].split(".")[3] for line in webhooks(self.minor["id"])] == ["offered", "revoked"])

    def test_who_has_moved_is_seated_where_she_lives_now(self):
        reaches(self.client, self.moved, "SHORTLISTED")
        self.assertEqual(self.decided(self.moved), ["assessed", "shortlisted", "assessed", "shortlisted"])
        self.enrolled(self.moved, "MA-TAZ", "OFFERED")
        self.assertEqual(rows("SELECT s.province FROM training.enrolment e JOIN training.session s ON s.id = e.session WHERE e.application = %s", self.moved["id"]), [("MA-TAZ",)])
        self.referred(self.moved, "OFFERED")

    def test_who_may_be_a_double_holds_no_place_until_a_reviewer_has_looked(self):
        reaches(self.client, self.double, "DUPLICATE_REVIEW")
        eventually("her decision to rest", lambda: self.decided(self.double) == ["assessed", "shortlisted", "held"])
        self.enrolled(self.double, "MA-TAO", "CANCELLED")
        self.referred(self.double, "REVOKED")

    def test_who_keeps_her_place_keeps_her_seat_and_her_referral(self):
        reaches(self.client, self.same, "SHORTLISTED")
        self.enrolled(self.same, "MA-TAO", "OFFERED")
        self.referred(self.same, "OFFERED")
        self.assertEqual([type_ for type_, in rows("SELECT split_part(type, '.', 4) FROM training.outbox WHERE key = %s ORDER BY id", self.same["id"])], ["offered"])

    def test_no_desk_and_no_session_is_miscounted(self):
        for filed, states in ((self.minor, ("INELIGIBLE",)), (self.moved, ("SHORTLISTED",)), (self.same, ("SHORTLISTED",))):
            reaches(self.client, filed, *states)
        self.enrolled(self.moved, "MA-TAZ", "OFFERED")
        self.enrolled(self.minor, "MA-TAO", "CANCELLED")
        self.assertEqual(rows("""SELECT s.id FROM training.session s WHERE s.enrolled <> (SELECT count(*) FROM training.enrolment e
            WHERE e.session = s.id AND e.state IN ('OFFERED', 'ENROLLED', 'ATTENDING'))"""), [])
        self.assertEqual(rows("""SELECT d.call, d.province FROM training.desk d WHERE d.waiting <> (SELECT count(*) FROM training.enrolment e
            WHERE e.call = d.call AND e.province = d.province AND e.state = 'WAITLISTED')"""), [])


if __name__ == "__main__":
    unittest.main()
