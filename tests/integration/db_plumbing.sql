-- name: outbox_rows
SELECT id, event_id, version, traceparent, data FROM outbox ORDER BY id
-- name: audit_rows
SELECT subject, event_id, version, actor, action, detail FROM audit ORDER BY id
-- name: offset_of
SELECT next_offset, epoch FROM consumer_offset WHERE topic = $1::text AND partition = $2::int4
-- name: count_inbox
SELECT count(*) FROM inbox
-- name: parked_rows
SELECT id, kind, reason, tries FROM parked ORDER BY id
-- name: relation_exists
SELECT to_regclass($1::text || to_char((now() AT TIME ZONE 'UTC')::date + $2::int4, '_YYYYMMDD')) IS NOT NULL
-- name: maintain
SELECT maintain_partitions($1::int4, $2::int4)
-- name: rows_of_default
SELECT (SELECT count(*) FROM outbox_default), (SELECT count(*) FROM inbox_default)
