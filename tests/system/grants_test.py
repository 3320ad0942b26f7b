"""Who may do what in the platform's own database."""
import unittest

from support.grants import ROLES, Grants
from support.jisr import rows


class OfThePlatform(Grants, unittest.TestCase):
    @classmethod
    def ask(cls, sql, *values):
        return rows(sql, *values)

    def test_no_service_makes_tables_anywhere_else(self):
        for role in ROLES:
            found = self.ask("SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege(%s, n.oid, 'CREATE')", role)
            self.assertEqual(found, [], role)
            self.assertEqual(self.ask("SELECT has_database_privilege(%s, current_database(), 'CREATE'), has_database_privilege(%s, current_database(), 'TEMP')", role, role),
                             [(False, False)], role)


if __name__ == "__main__":
    unittest.main()
