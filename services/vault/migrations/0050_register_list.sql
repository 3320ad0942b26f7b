-- The register of what partners asked for, page by page, for auditors: newest first below `before`. Arguments that are NULL do not narrow it.
CREATE FUNCTION contact_reads_page(before bigint, most integer, reader_is text, subject_is uuid, since timestamptz, until timestamptz)
RETURNS TABLE (id bigint, at timestamptz, subject uuid, reader text, given boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault, pg_temp AS $$
    SELECT r.id, r.at, r.subject, r.reader, r.given
    FROM contact_read r
    WHERE (before IS NULL OR r.id < before) AND (reader_is IS NULL OR r.reader = reader_is) AND (subject_is IS NULL OR r.subject = subject_is)
      AND (since IS NULL OR r.at >= since) AND (until IS NULL OR r.at < until)
    ORDER BY r.id DESC
    LIMIT most
$$;

REVOKE ALL ON FUNCTION contact_reads_page FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contact_reads_page TO jisr_intake;
