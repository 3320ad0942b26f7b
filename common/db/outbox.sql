-- The ids follow the array's order: the identity's default is evaluated above the sort. The number (migrations/0003, 0004) is the same for all rows of a
-- statement that waits for nothing, so it is asked for once, not by the column's default for each.
-- name: append
INSERT INTO outbox (xid, at, event_id, key, aggregate_id, version, type, traceparent, data)
SELECT (SELECT outbox_xid()), r.at, r.event_id, r.key, r.aggregate_id, r.version, r.type, r.traceparent, r.data
FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int8[], $6::text[], $7::text[], $8::text[])
     WITH ORDINALITY AS r (at, event_id, key, aggregate_id, version, type, traceparent, data, place)
ORDER BY r.place
-- name: audit
INSERT INTO audit (at, subject, event_id, version, actor, action, detail)
SELECT r.at, r.subject, r.event_id, r.version, r.actor, r.action, r.detail
FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::int8[], $5::text[], $6::text[], $7::text[])
     WITH ORDINALITY AS r (at, subject, event_id, version, actor, action, detail, place)
ORDER BY r.place
