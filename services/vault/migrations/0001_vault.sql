-- The vault: each applicant's two keys, wrapped by a master key of their purpose that no database holds.
-- No service reads these tables: only the SECURITY DEFINER functions below, which take whole batches, check consent and audit reads.
-- Applied once, as the owner, with search_path = vault.

CREATE TABLE subject (
    id               uuid PRIMARY KEY,          -- the application
    facts_key        bytea,                     -- what scoring needs is sealed under it; NULL: erased
    contact_key      bytea,                     -- name, phone, address; NULL: erased
    referral_consent boolean NOT NULL,
    enrolled_at      timestamptz NOT NULL DEFAULT now(),
    erased_at        timestamptz
);

CREATE TABLE contact_read (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject uuid NOT NULL,
    service text NOT NULL,
    reader  text NOT NULL,
    given   boolean NOT NULL
);
COMMENT ON TABLE contact_read IS 'append-only: every time a contact key was asked for, and whether consent let it be given';

-- intake, in the transaction that stores the applications.
CREATE FUNCTION enrol(ids uuid[], facts_keys bytea[], contact_keys bytea[], consents boolean[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault AS $$
    INSERT INTO subject (id, facts_key, contact_key, referral_consent)
    SELECT * FROM unnest(ids, facts_keys, contact_keys, consents)
$$;

-- intake and eligibility. An erased subject gives no row.
CREATE FUNCTION facts_keys(ids uuid[]) RETURNS TABLE (id uuid, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault AS $$
    SELECT s.id, s.facts_key FROM subject s WHERE s.id = ANY (ids) AND s.facts_key IS NOT NULL
$$;

-- intake: her own data, for herself or staff (intake audits those reads itself, with the application's other reads).
CREATE FUNCTION own_contact_keys(ids uuid[]) RETURNS TABLE (id uuid, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault AS $$
    SELECT s.id, s.contact_key FROM subject s WHERE s.id = ANY (ids) AND s.contact_key IS NOT NULL
$$;

-- notifier: for a partner. Only under her consent as it is now; asked and answered are both audited.
CREATE FUNCTION partner_contact_key(subject_id uuid, reader text) RETURNS TABLE (id uuid, key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = vault AS $$
    WITH allowed AS (SELECT s.id, s.contact_key FROM subject s WHERE s.id = subject_id AND s.referral_consent AND s.contact_key IS NOT NULL),
         audited AS (INSERT INTO contact_read (subject, service, reader, given)
                     SELECT subject_id, session_user, reader, EXISTS (SELECT FROM allowed))
    SELECT a.id, a.contact_key FROM allowed a
$$;

-- intake, when she gives or withdraws her consent.
CREATE FUNCTION set_referral_consent(subject_id uuid, consent boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault AS $$
    UPDATE subject SET referral_consent = consent WHERE id = subject_id
$$;

-- intake: nothing that was sealed for her can be opened again, wherever it lies.
CREATE FUNCTION erase(subject_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = vault AS $$
    UPDATE subject SET facts_key = NULL, contact_key = NULL, referral_consent = false, erased_at = now() WHERE id = subject_id AND erased_at IS NULL
    RETURNING true
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO jisr_intake, jisr_eligibility, jisr_notifier;
GRANT EXECUTE ON FUNCTION enrol, facts_keys, own_contact_keys, set_referral_consent, erase TO jisr_intake;
GRANT EXECUTE ON FUNCTION facts_keys TO jisr_eligibility;
GRANT EXECUTE ON FUNCTION partner_contact_key TO jisr_notifier;
