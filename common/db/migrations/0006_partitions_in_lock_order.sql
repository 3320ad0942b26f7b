-- The inbox first, then the outbox: the order in which a consumer's transaction comes to them. The other way round each waited for the other whenever a day's
-- partitions were to be made between a consumer's two writes: consumers stood for a second, and nothing was made.
CREATE OR REPLACE FUNCTION maintain_partitions(outbox_days integer, inbox_days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '1s' AS $$
DECLARE
    today   date := (now() AT TIME ZONE 'UTC')::date;
    changes integer := 0;
    parent  text;
    day     date;
    name    text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['inbox', 'outbox'] LOOP
        FOR day IN SELECT today + ahead FROM generate_series(0, 3) AS ahead LOOP
            changes := changes + make_partition(parent, day)::integer;
        END LOOP;
        FOR name IN
            SELECT c.relname
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{8}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - CASE parent WHEN 'outbox' THEN outbox_days ELSE greatest(outbox_days, inbox_days) END
            ORDER BY c.relname
        LOOP
            changes := changes + drop_partition(parent, name)::integer;
        END LOOP;
    END LOOP;
    RETURN changes;
END
$$;
