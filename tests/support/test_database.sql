-- A role that may do everything and a database of its own, for tests that make schemas, roles and tables. Only tests/run's cluster has it.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT 'CREATE ROLE jisr_test LOGIN SUPERUSER' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jisr_test') \gexec
ALTER ROLE jisr_test PASSWORD :'password';
SELECT 'CREATE DATABASE jisr_test OWNER jisr_test' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'jisr_test') \gexec
