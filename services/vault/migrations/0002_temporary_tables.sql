-- A SECURITY DEFINER function must not find a caller's temporary table in place of the vault's own: pg_temp is searched last.
-- (deploy/postgres/roles.sql revokes TEMP as well; another production set-up may not.)
ALTER FUNCTION enrol SET search_path = vault, pg_temp;
ALTER FUNCTION facts_keys SET search_path = vault, pg_temp;
ALTER FUNCTION own_contact_keys SET search_path = vault, pg_temp;
ALTER FUNCTION partner_contact_key SET search_path = vault, pg_temp;
ALTER FUNCTION set_referral_consent SET search_path = vault, pg_temp;
ALTER FUNCTION erase SET search_path = vault, pg_temp;
