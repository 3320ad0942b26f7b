-- The order of 0003 for whatever statement writes the row. There the function was one expression, put into the statement and answered from its snapshot: a
-- statement that had waited for a lock itself did not see that what it waited for had ended. In PL/pgSQL a volatile function looks anew each time.
CREATE OR REPLACE FUNCTION outbox_xid() RETURNS xid8
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN greatest(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8);
END
$$;
