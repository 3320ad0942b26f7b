-- What `jisrctl migrate` itself needs. Unlike the other migrations it runs at every start, as the owner, so each statement can be repeated.

CREATE SCHEMA IF NOT EXISTS jisr;
CREATE SCHEMA IF NOT EXISTS vault;
CREATE SCHEMA IF NOT EXISTS intake;
CREATE SCHEMA IF NOT EXISTS eligibility;
CREATE SCHEMA IF NOT EXISTS training;
CREATE SCHEMA IF NOT EXISTS notifier;

-- One row a file and schema: common/db/migrations is applied to each service's schema.
CREATE TABLE IF NOT EXISTS jisr.migration (
    schema     text NOT NULL,
    number     integer NOT NULL,
    name       text NOT NULL, -- the file's path: each folder counts for itself
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (schema, name)
);

-- A service reads and writes its own schema and no other. Tables whose comment begins with `append-only` are never updated or deleted from; partitions are reached
-- through their parent alone, or a right on them would be a way around that.
CREATE OR REPLACE FUNCTION jisr.grant_service(service text, role text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    item record;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, role);
    FOR item IN
        SELECT c.relname AS name, coalesce(obj_description(c.oid, 'pg_class'), '') LIKE 'append-only%' AS append_only
        FROM pg_class c
        WHERE c.relnamespace = to_regnamespace(service) AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
    LOOP
        EXECUTE format('REVOKE ALL ON %I.%I FROM %I', service, item.name, role);
        EXECUTE format('GRANT %s ON %I.%I TO %I', CASE WHEN item.append_only THEN 'SELECT, INSERT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
                       service, item.name, role);
    END LOOP;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', service, role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', service);
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO %I', service, role);
END
$$;

-- The role for checks from outside, where there is one (a production database has none).
CREATE OR REPLACE FUNCTION jisr.grant_check(role text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text;
BEGIN
    IF to_regrole(role) IS NULL THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['jisr', 'vault', 'intake', 'eligibility', 'training', 'notifier'] LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', name, role);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', name, role);
    END LOOP;
END
$$;
