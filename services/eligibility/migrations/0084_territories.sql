-- The second wall around a territory, as at intake (services/intake/migrations/0080_territories.sql): what staff read runs as jisr_eligibility_reader, to which
-- this table shows the decisions of the territories that its transaction names, and nothing where it names none. Handlers go on refusing by themselves.

-- The codes of regions and provinces that this transaction may read; {*}: everywhere.
CREATE FUNCTION reader_territories() RETURNS text[]
LANGUAGE sql STABLE
RETURN nullif(current_setting('jisr.territories', true), '')::text[];

-- Is it there at all? The reader can't know, and what lies elsewhere is refused (403), not denied (404).
CREATE FUNCTION is_assessed(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM decision d WHERE d.application_id = wanted AND d.outcome IS NOT NULL);
END
$$;

-- The territories are asked for once a statement, not once a row: hence the sub-select.
CREATE POLICY territory ON decision FOR SELECT TO jisr_eligibility_reader
    USING (ARRAY[province, region, '*'] && (SELECT reader_territories())::text[]);
CREATE POLICY service ON decision TO jisr_eligibility USING (true) WITH CHECK (true);
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;

DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO jisr_eligibility_reader', current_schema); END $$;
GRANT SELECT ON decision, call TO jisr_eligibility_reader;
GRANT INSERT ON audit TO jisr_eligibility_reader; -- whoever reads writes that it was read
GRANT EXECUTE ON FUNCTION reader_territories, is_assessed TO jisr_eligibility_reader;
