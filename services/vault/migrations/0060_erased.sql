-- Notifier can tell an erased woman from one who took her consent back: of the erased there is a row without a key. Its own copy of her consent lags
-- behind hers by as long as events take.
CREATE OR REPLACE FUNCTION partner_contact_key(subject_id uuid, reader text) RETURNS TABLE (id uuid, key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp AS $$
    WITH known AS (SELECT s.id, s.contact_key, s.erased_at IS NOT NULL AS erased, s.referral_consent AND s.contact_key IS NOT NULL AS allowed
                   FROM subject s WHERE s.id = subject_id),
         audited AS (INSERT INTO contact_read (subject, service, reader, given)
                     SELECT subject_id, session_user, reader, EXISTS (SELECT FROM known k WHERE k.allowed))
    SELECT k.id, k.contact_key FROM known k WHERE k.allowed OR k.erased
$$;
