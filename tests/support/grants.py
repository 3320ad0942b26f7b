"""Who may do what in the database, as requirements. A test gives `ask(sql, *values)`: rows of a database that was migrated."""

SERVICES = ("intake", "eligibility", "training", "notifier")
SCHEMAS = (*SERVICES, "vault", "jisr")
ROLES = tuple(f"jisr_{service}" for service in SERVICES)
ALL = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]

# The vault's functions, and who may call each: everything else is refused.
VAULT = {
    "enrol": {"jisr_intake"},
    "facts_keys": {"jisr_intake", "jisr_eligibility"},
    "own_contact_keys": {"jisr_intake"},
    "set_referral_consent": {"jisr_intake"},
    "end_referral_consents": {"jisr_intake"},
    "erase": {"jisr_intake"},
    "erased_at": {"jisr_intake"},
    "contact_reads": {"jisr_intake"},
    "contact_reads_page": {"jisr_intake"},
    "partner_contact_key": {"jisr_notifier"},
}
ALWAYS_APPEND_ONLY = {(service, table) for service in SERVICES for table in ("outbox", "audit", "audit_chain")} | {("vault", "contact_read")}

TABLES = """
    SELECT n.nspname, c.relname, c.relispartition, coalesce(obj_description(c.oid, 'pg_class'), '') LIKE 'append-only%%'
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"""
# Rights on a table or on any of its columns, as they come out: by grants, by membership, by PUBLIC.
RIGHTS = """
    SELECT r.role, n.nspname, c.relname, p.privilege
    FROM unnest(%s::text[]) AS r (role), unnest(%s::text[]) AS p (privilege), pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (has_table_privilege(r.role, c.oid, p.privilege)
           OR p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(r.role, c.oid, p.privilege))"""
CALLABLE = """
    SELECT r.role, n.nspname, f.proname
    FROM unnest(%s::text[]) AS r (role), pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname = ANY (%s) AND has_schema_privilege(r.role, n.oid, 'USAGE') AND has_function_privilege(r.role, f.oid, 'EXECUTE')"""


class Grants:
    """Mixed into a TestCase that has ask()."""

    def tables(self):
        """{(schema, table): (is a partition, is append-only)}"""
        return {(schema, table): flags for schema, table, *flags in self.ask(TABLES, list(SCHEMAS))}

    def rights(self, privileges=tuple(ALL), roles=ROLES):
        """{(role, schema, table, privilege)}"""
        return set(self.ask(RIGHTS, list(roles), list(privileges), list(SCHEMAS)))

    def test_roles_of_services_have_no_power_over_the_server(self):
        found = self.ask("SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = ANY (%s)",
                         [*ROLES, "jisr_owner"])
        self.assertEqual({row[0] for row in found}, {*ROLES, "jisr_owner"})
        for name, *powers in found:
            self.assertFalse(any(powers), name)

    def test_roles_of_services_borrow_no_rights_of_others(self):
        found = self.ask("SELECT r.rolname, g.rolname FROM pg_roles r, pg_roles g WHERE r.rolname = ANY (%s) AND g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'MEMBER')",
                         list(ROLES))
        # pg_read_all_stats brings pg_… views of figures, no rows: the relay exports the age of the oldest transaction.
        # What staff read goes through a role that may do less than the service itself.
        readers = {(f"jisr_{name}", f"jisr_{name}_reader") for name in SERVICES}
        self.assertEqual({(role, group) for role, group in found if group != "pg_read_all_stats"} - readers, set())

    def test_no_service_reaches_another_ones_tables(self):
        self.assertGreater(len(self.tables()), 40)
        for role, schema, table, privilege in self.rights():
            self.assertEqual(role, f"jisr_{schema}", f"{role} may {privilege} {schema}.{table}")

    def test_no_service_enters_another_ones_schema(self):
        found = self.ask("SELECT r.role, n.name FROM unnest(%s::text[]) AS r (role), unnest(%s::text[]) AS n (name) WHERE has_schema_privilege(r.role, n.name, 'USAGE')",
                         list(ROLES), list(SCHEMAS))
        vault = {("jisr_intake", "vault"), ("jisr_eligibility", "vault"), ("jisr_notifier", "vault")}
        self.assertEqual(set(found), {(f"jisr_{service}", service) for service in SERVICES} | vault)

    def test_no_service_makes_or_drops_anything(self):
        found = self.ask("SELECT r.role, n.name FROM unnest(%s::text[]) AS r (role), unnest(%s::text[]) AS n (name) WHERE has_schema_privilege(r.role, n.name, 'CREATE')",
                         list(ROLES), list(SCHEMAS))
        self.assertEqual(found, [])
        self.assertEqual(self.rights(["TRUNCATE", "REFERENCES", "TRIGGER"]), set())

    def test_a_service_reads_all_its_own_tables(self):
        readable = {(schema, table) for _, schema, table, _ in self.rights(["SELECT"])}
        self.assertEqual(readable, {key for key, (partition, _) in self.tables().items() if key[0] in SERVICES and not partition})

    def test_append_only_tables_are_never_changed_or_emptied(self):
        append_only = {key for key, (_, only) in self.tables().items() if only}
        self.assertLessEqual(ALWAYS_APPEND_ONLY, append_only)
        for role, schema, table, privilege in self.rights(["UPDATE", "DELETE", "TRUNCATE"]):
            self.assertNotIn((schema, table), append_only, f"{role} may {privilege}")

    def test_partitions_are_no_way_around_their_parent(self):
        partitions = {key for key, (partition, _) in self.tables().items() if partition}
        self.assertGreater(len(partitions), 4 * len(SERVICES))
        self.assertEqual({(schema, table) for _, schema, table, _ in self.rights()} & partitions, set())

    def test_no_service_reads_the_vaults_tables(self):
        self.assertEqual({row for row in self.rights() if row[1] == "vault"}, set())
        self.assertEqual({table for schema, table in self.tables() if schema == "vault"}, {"subject", "contact_read"})

    def test_the_vaults_functions_are_for_those_who_are_named_only(self):
        found = {}
        for role, _, function in self.ask(CALLABLE, list(ROLES), ["vault"]):
            found.setdefault(function, set()).add(role)
        self.assertEqual(found, VAULT)
        names = self.ask("SELECT proname FROM pg_proc WHERE pronamespace = 'vault'::regnamespace")
        self.assertEqual({name for name, in names}, set(VAULT))

    def test_no_service_calls_another_ones_functions(self):
        for role, schema, function in self.ask(CALLABLE, list(ROLES), [*SERVICES, "jisr"]):
            self.assertEqual(role, f"jisr_{schema}", function)

    def test_what_runs_with_the_owners_rights_looks_nothing_up_elsewhere(self):
        found = self.ask("""SELECT n.nspname, f.proname, f.proconfig FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
                            WHERE f.prosecdef AND n.nspname = ANY (%s)""", list(SCHEMAS))
        self.assertGreaterEqual(len(found), len(VAULT) + len(SERVICES))
        for schema, function, settings in found:
            paths = [setting.partition("=")[2].replace('"', "").split(", ") for setting in settings or [] if setting.startswith("search_path=")]
            self.assertIn(paths, ([[schema]], [[schema, "pg_temp"]]), function)

    def test_everyone_in_general_may_nothing(self):
        found = self.ask("""
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
            WHERE a.grantee = 0 AND n.nspname = ANY (%s)
            UNION ALL SELECT n.nspname, f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace,
                             aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
            WHERE a.grantee = 0 AND n.nspname = ANY (%s)
            UNION ALL SELECT n.nspname, '' FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee = 0 AND n.nspname = ANY (%s)""",
                         list(SCHEMAS), [*SERVICES, "vault"], list(SCHEMAS))
        self.assertEqual(found, [])

    def test_everything_belongs_to_the_owner_who_is_no_service(self):
        found = self.ask("""
            SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.relnamespace = ANY (%s::regnamespace[])
            UNION SELECT pg_get_userbyid(f.proowner) FROM pg_proc f WHERE f.pronamespace = ANY (%s::regnamespace[])
            UNION SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE n.nspname = ANY (%s)""", list(SCHEMAS), list(SCHEMAS), list(SCHEMAS))
        self.assertEqual(found, [("jisr_owner",)])

    def test_the_role_for_checks_changes_nothing(self):
        if not self.ask("SELECT FROM pg_roles WHERE rolname = 'jisr_check'"):
            self.skipTest("a production database has no such role")
        self.assertEqual(self.rights([each for each in ALL if each != "SELECT"], ["jisr_check"]), set())
        readable = {(schema, table) for _, schema, table, _ in self.rights(["SELECT"], ["jisr_check"])}
        self.assertLessEqual({key for key, (partition, _) in self.tables().items() if not partition}, readable)
