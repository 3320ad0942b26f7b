-- Roles belong to the whole server: those that are missing are made, and stay.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['jisr_intake', 'jisr_intake_reader', 'jisr_eligibility', 'jisr_eligibility_reader', 'jisr_training', 'jisr_training_reader',
                                'jisr_notifier', 'jisr_notifier_reader'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;
