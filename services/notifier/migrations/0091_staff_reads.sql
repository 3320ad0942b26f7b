-- The second wall, as in the other services (services/training/migrations/0085_territories.sql). Staff read partners here and nothing else, and a partner is of no
-- territory: so what they read runs as jisr_notifier_reader, to which nothing of a woman is shown in any territory, whatever a handler has forgotten to ask.
-- Whoever lets staff read more grants it here, with a policy by territory where it is a woman's.
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO jisr_notifier_reader', current_schema); END $$;
GRANT SELECT (id, name, enabled, created_at) ON partner TO jisr_notifier_reader; -- not what finds it by its key
