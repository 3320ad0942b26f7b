-- Cause before effect. A transaction takes its number with its first write, often before it waits for the lock of what it changes: its number may be
-- lower than that of the transaction whose change it builds on, and a window that ends between the two would send the effect first. So a row counts as at
-- least as late as everything that had ended when it was written: what it builds on had. The windows stay whole, for no row gets a lower number than its
-- own transaction's; and one that has ended by then holds no window back.
CREATE FUNCTION outbox_xid() RETURNS xid8
LANGUAGE sql VOLATILE
RETURN greatest(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8);

ALTER TABLE outbox ALTER COLUMN xid SET DEFAULT outbox_xid();
COMMENT ON COLUMN outbox.xid IS 'number of its transaction, or of the last that had ended when it was written, if that is higher';
