"""jisrctl migrate on an empty database, as an owner without a superuser's rights: who may do what afterwards, and what the vault gives to whom."""
import unittest
import uuid

from support.grants import Grants
from support.migrated import Migrated


class AfterMigrating(Grants, Migrated):
    def test_a_second_run_changes_nothing(self):
        before = self.ask("SELECT schema, name, sha256, applied_at FROM jisr.migration ORDER BY schema, name")
        rights = self.rights()
        done = self.database.migrate()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ask("SELECT schema, name, sha256, applied_at FROM jisr.migration ORDER BY schema, name"), before)
        self.assertEqual(self.rights(), rights)
        self.assertEqual({schema for schema, *_ in before}, {"vault", "intake", "eligibility", "training", "notifier"})

    def test_each_role_is_held_to_it_when_it_tries(self):
        for sql in ("SELECT FROM eligibility.decision", "SELECT FROM vault.subject", "UPDATE intake.outbox SET type = ''", "DELETE FROM intake.audit",
                    "TRUNCATE intake.application", "DELETE FROM intake.outbox_default", "SELECT FROM jisr.migration", "CREATE TABLE intake.mine ()",
                    "DROP TABLE intake.audit", "SELECT vault.partner_contact_key(gen_random_uuid(), 'x')"):
            self.refused("jisr_intake", sql)
        self.refused("jisr_training", "SELECT vault.facts_keys('{}')")
        self.refused("jisr_eligibility", "SELECT vault.own_contact_keys('{}')")
        self.refused("jisr_notifier", "SELECT vault.facts_keys('{}')")
        self.run_as("jisr_intake", "SELECT FROM intake.application")


class TheVault(Migrated):
    def enrol(self, consent):
        woman = str(uuid.uuid4())
        self.run_as("jisr_intake", "SELECT vault.enrol(ARRAY[%s]::uuid[], ARRAY['f'::bytea], ARRAY['c'::bytea], ARRAY[%s])", woman, consent)
        return woman

    def partner_asks(self, woman):
        asked = self.run_as("jisr_notifier", "SELECT * FROM vault.partner_contact_key(%s, 'partner:1')", woman)
        return [key and bytes(key) for _, key in asked]

    def reads(self, woman):
        return self.ask("SELECT reader, given FROM vault.contact_read WHERE subject = %s ORDER BY id", woman)

    def test_scoring_gets_her_facts_key_and_no_other(self):
        woman = self.enrol(True)
        self.assertEqual([bytes(key) for _, key in self.run_as("jisr_eligibility", "SELECT * FROM vault.facts_keys(ARRAY[%s]::uuid[])", woman)], [b"f"])

    def test_a_partner_gets_her_contact_under_her_consent_as_it_is_now(self):
        woman = self.enrol(True)
        self.assertEqual(self.partner_asks(woman), [b"c"])
        self.run_as("jisr_intake", "SELECT vault.set_referral_consent(%s, false)", woman)
        self.assertEqual(self.partner_asks(woman), [])
        self.run_as("jisr_intake", "SELECT vault.set_referral_consent(%s, true)", woman)
        self.assertEqual(self.partner_asks(woman), [b"c"])
        self.assertEqual(self.reads(woman), [("partner:1", True), ("partner:1", False), ("partner:1", True)])

    def test_without_consent_the_asking_is_audited_too(self):
        woman = self.enrol(False)
        self.assertEqual(self.partner_asks(woman), [])
        self.assertEqual(self.reads(woman), [("partner:1", False)])

    def test_erased_is_erased_for_everyone(self):
        woman = self.enrol(True)
        self.assertEqual(self.run_as("jisr_intake", "SELECT vault.erase(%s)", woman), [(True,)])
        self.assertEqual(self.run_as("jisr_intake", "SELECT * FROM vault.facts_keys(ARRAY[%s]::uuid[])", woman), [])
        self.assertEqual(self.run_as("jisr_intake", "SELECT * FROM vault.own_contact_keys(ARRAY[%s]::uuid[])", woman), [])
        self.assertEqual(self.partner_asks(woman), [None], "there is nothing to give, which is another thing than no consent")
        self.assertEqual(self.reads(woman), [("partner:1", False)])
        self.assertEqual(self.ask("SELECT facts_key, contact_key FROM vault.subject WHERE id = %s", woman), [(None, None)])


if __name__ == "__main__":
    unittest.main()
