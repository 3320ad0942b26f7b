-- jisrctl works in one service's schema at a time (search_path); these are the tables of the plumbing.

-- name: parked_list
SELECT id, kind, reason, parked_at, topic, partition, "offset", coalesce(event_id::text, ''), coalesce(type, ''), coalesce(key::text, '')
FROM parked WHERE $1::text = '' OR kind = $1 ORDER BY id LIMIT $2::bigint

-- name: parked_retry
-- $1: one, marked already or not; 0: all of the kind $2 ('': of either).
UPDATE parked SET retry = true WHERE (id = $1::bigint OR ($1 = 0 AND NOT retry)) AND ($2::text = '' OR kind = $2)

-- name: chain_faults
-- A block whose head is not what its audit rows and the head before it give, or whose number does not follow.
SELECT c.block
FROM (SELECT block, head, low, high, lag(head) OVER in_order AS previous, row_number() OVER in_order AS place
      FROM audit_chain WINDOW in_order AS (ORDER BY block)) c
WHERE c.block <> c.place
   OR c.head IS DISTINCT FROM sha256(coalesce(c.previous, ''::bytea) ||
        coalesce((SELECT string_agg(audit_hash(a), ''::bytea ORDER BY a.id) FROM audit a WHERE a.xid >= c.low AND a.xid < c.high), ''::bytea))
ORDER BY c.block LIMIT 10

-- name: chain_summary
SELECT (SELECT count(*) FROM audit_chain), (SELECT coalesce(sum(rows), 0)::bigint FROM audit_chain),
       (SELECT count(*) FROM audit a WHERE a.xid < coalesce((SELECT max(high) FROM audit_chain), '0'::xid8)),
       (SELECT count(*) FROM audit a WHERE a.xid >= coalesce((SELECT max(high) FROM audit_chain), '0'::xid8)),
       coalesce((SELECT encode(head, 'hex') FROM audit_chain ORDER BY block DESC LIMIT 1), '')

-- name: replay_outbox
UPDATE relay_cursor SET low = '0', high = '0', last_id = 0, changed_at = now()

-- name: replay_offsets
UPDATE consumer_offset SET generation = generation + 1, epoch = epoch + 1, next_offset = 0, changed_at = now() WHERE topic = $1::text
