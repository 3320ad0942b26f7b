"""A database of a test's own in the tests' server, with the schema that jisrctl migrate makes, by an owner without a superuser's rights."""
import os
import pathlib
import subprocess
import unittest
import uuid

import psycopg2
import psycopg2.errors

PROJECT = pathlib.Path(__file__).resolve().parents[2]
ROLES = ["jisr_owner", "jisr_intake", "jisr_intake_reader", "jisr_eligibility", "jisr_eligibility_reader", "jisr_training", "jisr_training_reader",
         "jisr_notifier", "jisr_notifier_reader"]


def jisrctl():
    build = pathlib.Path(os.environ.get("JISR_BUILD", PROJECT / ".build/dev"))
    return str(build / "bin/jisrctl")


class Database:
    """A database of this file's own in the tests' server."""

    def __init__(self):
        self.conninfo, self.name = os.environ["JISR_TEST_PG"], f"t_{uuid.uuid4().hex[:16]}"
        self.server = psycopg2.connect(self.conninfo)
        self.server.autocommit = True
        with self.server.cursor() as cursor:
            for role in ROLES:  # roles belong to the server: those that are missing are made, and stay
                cursor.execute("SELECT to_regrole(%s) IS NULL", [role])
                if cursor.fetchone()[0]:
                    cursor.execute(f"CREATE ROLE {role}")
            cursor.execute(f"CREATE DATABASE {self.name} OWNER jisr_owner")
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {self.name} SET role = 'jisr_owner'")

    def migrate(self):
        return subprocess.run([jisrctl(), "migrate"], env=os.environ | {"JISR_PG_OWNER": f"{self.conninfo} dbname={self.name}"}, capture_output=True, text=True,
                              timeout=120, check=False)

    def connect(self, role=None):
        connection = psycopg2.connect(self.conninfo, dbname=self.name)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role or 'none'}")
        return connection

    def drop(self):
        with self.server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.name} WITH (FORCE)")
        self.server.close()


class Migrated(unittest.TestCase):
    """Tests that share one migrated database."""

    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.drop)
        done = cls.database.migrate()
        assert done.returncode == 0, done.stderr
        cls.connection = cls.database.connect()

    @classmethod
    def ask(cls, sql, *values):
        with cls.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def run_as(self, role, sql, *values):
        """The rows; one connection a statement, so that a refusal leaves nothing behind."""
        connection = self.database.connect(role)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def refused(self, role, sql, *values):
        with self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=f"{role}: {sql}"):
            self.run_as(role, sql, *values)
