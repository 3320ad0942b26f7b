-- What intake may tell a woman about her keys: when they were destroyed, and which partners asked for her contact card.
CREATE FUNCTION erased_at(subject_id uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault, pg_temp AS $$
    SELECT s.erased_at FROM subject s WHERE s.id = subject_id
$$;

CREATE FUNCTION contact_reads(subject_id uuid) RETURNS TABLE (at timestamptz, reader text, given boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault, pg_temp AS $$
    SELECT r.at, r.reader, r.given FROM contact_read r WHERE r.subject = subject_id
$$;
CREATE INDEX contact_read_subject ON contact_read (subject);

REVOKE ALL ON FUNCTION erased_at, contact_reads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erased_at, contact_reads TO jisr_intake;
