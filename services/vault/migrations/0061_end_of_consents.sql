-- intake: files that end by themselves, many at a time.
CREATE FUNCTION end_referral_consents(ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = vault, pg_temp AS $$
BEGIN
    UPDATE subject SET referral_consent = false WHERE id = ANY (ids) AND referral_consent;
END
$$;

REVOKE ALL ON FUNCTION end_referral_consents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_referral_consents TO jisr_intake;
