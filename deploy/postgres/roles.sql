-- The superuser's part, safe to run again: roles, database, and who may connect. Everything in the database is jisrctl migrate's, as jisr_owner.
-- Read by psql; the passwords come as variables on its standard input (deploy/lib/postgres.sh).
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(string_to_array(:'roles', ' ')) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
-- What staff read goes through these roles, which row-level security holds to their territory (services/*/migrations/*_territories.sql, *_staff_reads.sql).
SELECT format('CREATE ROLE jisr_%s_reader NOLOGIN', name) FROM unnest(ARRAY['intake', 'eligibility', 'training', 'notifier']) AS name
WHERE to_regrole(format('jisr_%s_reader', name)) IS NULL \gexec
GRANT jisr_intake_reader TO jisr_intake;
GRANT jisr_eligibility_reader TO jisr_eligibility;
GRANT jisr_training_reader TO jisr_training;
GRANT jisr_notifier_reader TO jisr_notifier;
ALTER ROLE jisr_owner PASSWORD :'password_owner';
ALTER ROLE jisr_intake PASSWORD :'password_intake';
ALTER ROLE jisr_eligibility PASSWORD :'password_eligibility';
ALTER ROLE jisr_training PASSWORD :'password_training';
ALTER ROLE jisr_notifier PASSWORD :'password_notifier';
-- For checks from outside: reads every row, changes none. A production database has no such role.
ALTER ROLE jisr_check PASSWORD :'password_check' BYPASSRLS;
ALTER ROLE jisr_check SET default_transaction_read_only = on;
ALTER ROLE jisr_check SET statement_timeout = '5min';
GRANT pg_read_all_data, pg_read_all_stats TO jisr_check;
-- The relays export how old the oldest running transaction is.
GRANT pg_read_all_stats TO jisr_intake, jisr_eligibility, jisr_training, jisr_notifier;
SELECT 'CREATE DATABASE jisr OWNER jisr_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'jisr') \gexec
REVOKE ALL ON DATABASE jisr FROM PUBLIC;
GRANT CONNECT ON DATABASE jisr TO jisr_intake, jisr_eligibility, jisr_training, jisr_notifier, jisr_check;
\connect jisr
REVOKE ALL ON SCHEMA public FROM PUBLIC;
