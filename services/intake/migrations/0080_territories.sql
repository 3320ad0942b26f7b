-- The second wall around a territory. What staff read runs as jisr_intake_reader (access_read), to which these tables show the files of the territories that its
-- transaction names, and nothing where it names none. Handlers and lists go on choosing and refusing by themselves: this is for the day when one forgets to.
-- The service goes by a policy that is always true, which the planner drops; the owner (migrations, views) and jisr_check are held to none.

-- The codes of regions and provinces that this transaction may read; {*}: everywhere. Not declared PARALLEL SAFE: the planner, who can't know how many rows a policy
-- leaves, would start processes for a page of fifty.
CREATE FUNCTION reader_territories() RETURNS text[]
LANGUAGE sql STABLE
RETURN nullif(current_setting('jisr.territories', true), '')::text[];

-- Is it there at all? The reader can't know, and what lies elsewhere is refused (403), not denied (404).
CREATE FUNCTION is_filed(wanted uuid, wanted_receipt text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM application a WHERE a.id = wanted) OR EXISTS (SELECT FROM application a WHERE a.receipt = wanted_receipt);
END
$$;

-- Territories and calls are asked for once a statement, not once a row: hence the sub-selects. The index because a scan of the whole table is not to be had
-- (common/db/connection.c), and counts as beyond all price in whatever plan it is part of.
CREATE INDEX call_region ON call (region);
CREATE POLICY territory ON application FOR SELECT TO jisr_intake_reader USING (
    province = ANY ((SELECT reader_territories())::text[])
    OR call_id = ANY (ARRAY(SELECT c.id FROM call c WHERE c.region = ANY ((SELECT reader_territories())::text[])))
    OR (SELECT '*' = ANY (reader_territories())));

-- What hangs on a file is seen with it: the policy above holds inside of these, too. A scalar sub-select is looked up row by row; EXISTS might be answered by
-- reading all applications first.
CREATE POLICY territory ON application_revision FOR SELECT TO jisr_intake_reader
    USING ((SELECT true FROM application a WHERE a.id = application_revision.application_id));
CREATE POLICY territory ON document FOR SELECT TO jisr_intake_reader
    USING ((SELECT true FROM application a WHERE a.id = document.application_id));
CREATE POLICY territory ON consent_change FOR SELECT TO jisr_intake_reader
    USING ((SELECT true FROM application a WHERE a.id = consent_change.application_id));
CREATE POLICY territory ON duplicate FOR SELECT TO jisr_intake_reader
    USING ((SELECT true FROM application a WHERE a.id = duplicate.application_id) AND (SELECT true FROM application a WHERE a.id = duplicate.other_id));
-- Rows behind which no file stands (that the register was read) are for those of all territories. Whoever reads writes that it was read.
CREATE POLICY territory ON audit FOR SELECT TO jisr_intake_reader
    USING ((SELECT '*' = ANY (reader_territories())) OR (SELECT true FROM application a WHERE a.id = audit.subject));
CREATE POLICY reads_are_written ON audit FOR INSERT TO jisr_intake_reader WITH CHECK (true);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['application', 'application_revision', 'document', 'consent_change', 'duplicate', 'audit'] LOOP
        EXECUTE format('CREATE POLICY service ON %I TO jisr_intake USING (true) WITH CHECK (true)', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT ON %I TO jisr_intake_reader', name);
    END LOOP;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO jisr_intake_reader', current_schema);
END
$$;
GRANT SELECT ON call TO jisr_intake_reader;
GRANT INSERT ON audit TO jisr_intake_reader;
GRANT EXECUTE ON FUNCTION reader_territories, is_filed, audit_hash TO jisr_intake_reader;
GRANT USAGE ON SCHEMA vault TO jisr_intake_reader;
GRANT EXECUTE ON FUNCTION vault.facts_keys, vault.own_contact_keys, vault.erased_at, vault.contact_reads, vault.contact_reads_page TO jisr_intake_reader;
