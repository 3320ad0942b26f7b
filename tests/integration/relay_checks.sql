-- name: record
INSERT INTO effect AS e (topic, key, n, versions)
SELECT topic, key, count(*), array_agg(version ORDER BY place) FROM unnest($1::text[], $2::uuid[], $3::int8[]) WITH ORDINALITY AS w (topic, key, version, place)
GROUP BY topic, key ORDER BY topic, key
ON CONFLICT (topic, key) DO UPDATE SET n = e.n + excluded.n, versions = e.versions || excluded.versions

-- name: known
SELECT key FROM effect WHERE topic = 'jisr.application.v1' AND key = ANY ($1::uuid[])

-- name: change
-- Locks the aggregates, raises their versions and writes their events, as a service does.
WITH locked AS (SELECT n FROM aggregate WHERE n % $1::int4 = $2::int4 ORDER BY n FOR UPDATE),
     raised AS (UPDATE aggregate a SET version = a.version + 1 FROM locked WHERE a.n = locked.n RETURNING a.key, a.version)
INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data)
SELECT clock_timestamp(), gen_random_uuid(), key, key, version, 'ma.jisr.application.submitted.v1', '{}' FROM raised

-- name: take_xid
SELECT pg_current_xact_id()::text

-- name: count_applications
SELECT coalesce(sum(n), 0)::int8 FROM effect WHERE topic = 'jisr.application.v1'

-- name: count_decisions
SELECT coalesce(sum(n), 0)::int8 FROM effect WHERE topic = 'jisr.decision.v1'

-- name: count_disorder
SELECT count(*) FROM effect WHERE versions <> ARRAY(SELECT generate_series(1, n)::int8)

-- name: count_poison
SELECT count(*) FROM parked WHERE kind = 'POISON'

-- name: count_leaders
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = current_setting('application_name')

-- name: count_held
SELECT count(*) FROM parked WHERE kind = 'HELD'

-- name: count_waiting
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH locked AS (SELECT n FROM aggregate WHERE n = 1 %'

-- name: count_outbox
SELECT count(*) FROM outbox

-- name: count_unsealed
SELECT (SELECT count(*) FROM audit) - (SELECT coalesce(sum(rows), 0)::int8 FROM audit_chain)

-- name: count_epochs
SELECT coalesce(sum(epoch), 0)::int8 FROM consumer_offset
