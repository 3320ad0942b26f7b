-- The relay's statements. xid8 travels as bigint: it counts up from 3 and never wraps.

-- name: lead
-- One leader a service, for as long as this session lives. Windows are read along their index, in its order.
SELECT pg_try_advisory_lock(hashtext($1::text)), pg_backend_pid(), set_config('enable_bitmapscan', 'off', false), set_config('work_mem', '16MB', false)

-- name: resign
SELECT pg_advisory_unlock_all()

-- name: load
SELECT low::text::bigint, high::text::bigint, last_id FROM relay_cursor

-- name: window
-- The horizon, or the end that is given, and the rows below it: one trip, for most looks find little. One row more than a page says that the window
-- is larger than a page; without any row the outbox's columns are NULL.
WITH horizon AS MATERIALIZED (SELECT coalesce($2::bigint::text::xid8, pg_snapshot_xmin(pg_current_snapshot())) AS high)
SELECT horizon.high::text::bigint, pg_backend_pid(), o.*
FROM horizon
LEFT JOIN LATERAL (SELECT id, event_id, key, aggregate_id, version, type, at, traceparent, data
                   FROM outbox
                   WHERE xid >= $1::bigint::text::xid8 AND xid < horizon.high AND id > $3::bigint
                   LIMIT $4::bigint) AS o ON true
ORDER BY o.id

-- name: slice
-- A page of a larger one: see relay_plan.h.
SELECT id, event_id, key, aggregate_id, version, type, at, traceparent, data
FROM outbox
WHERE (xid, id) >= ($1::bigint::text::xid8, $2::bigint) AND (xid, id) < ($3::bigint::text::xid8, $4::bigint) AND id > $5::bigint AND id < $6::bigint
ORDER BY id LIMIT $7::bigint

-- name: chunks
-- What a larger window looks like along its index.
SELECT min(xid), min(id) FILTER (WHERE place % $4::bigint = 0), min(id), max(id)
FROM (SELECT xid::text::bigint AS xid, id, row_number() OVER (ORDER BY o.xid, id) - 1 AS place
      FROM outbox o
      WHERE o.xid >= $1::bigint::text::xid8 AND o.xid < $2::bigint::text::xid8 AND id > $3::bigint) AS numbered
GROUP BY place / $4::bigint ORDER BY place / $4::bigint

-- name: save
-- Nothing is moved by a session that is not the leader's any more, nor over a cursor that somebody else has set.
UPDATE relay_cursor
SET low = $1::bigint::text::xid8, high = $2::bigint::text::xid8, last_id = $3::bigint, changed_at = now()
WHERE pg_backend_pid() = $4::int AND low = $5::bigint::text::xid8 AND last_id = $6::bigint

-- name: seal
-- A replay sets the cursor back, the chain stays: only what is above its last block is added.
SELECT audit_seal(greatest($1::bigint::text::xid8, (SELECT high FROM audit_chain ORDER BY block DESC LIMIT 1)), $2::bigint::text::xid8)

-- name: tick
-- Read-only: do audit rows wait to be sealed, how old is what nobody has read yet, and is the cursor still where we left it.
SELECT EXISTS (SELECT FROM audit WHERE xid >= $1::bigint::text::xid8 AND xid < $2::bigint::text::xid8),
       (SELECT at FROM outbox WHERE xid >= $3::bigint::text::xid8 ORDER BY xid, id LIMIT 1),
       pg_backend_pid(), low::text::bigint, last_id
FROM relay_cursor

-- name: maintain
SELECT maintain_partitions($1::int, $2::int)
