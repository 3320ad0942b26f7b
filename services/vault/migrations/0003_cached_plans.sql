-- Called once a batch by intake and eligibility: in PL/pgSQL they are planned once a session, in SQL at each call.

CREATE OR REPLACE FUNCTION enrol(ids uuid[], facts_keys bytea[], contact_keys bytea[], consents boolean[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, pg_temp AS $$
BEGIN
    INSERT INTO subject (id, facts_key, contact_key, referral_consent)
    SELECT * FROM unnest(ids, facts_keys, contact_keys, consents);
END
$$;

CREATE OR REPLACE FUNCTION facts_keys(ids uuid[]) RETURNS TABLE (id uuid, key bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = vault, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT s.id, s.facts_key FROM subject s WHERE s.id = ANY (ids) AND s.facts_key IS NOT NULL;
END
$$;

CREATE OR REPLACE FUNCTION own_contact_keys(ids uuid[]) RETURNS TABLE (id uuid, key bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = vault, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT s.id, s.contact_key FROM subject s WHERE s.id = ANY (ids) AND s.contact_key IS NOT NULL;
END
$$;
