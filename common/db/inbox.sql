-- name: claim
INSERT INTO consumer_offset AS o (topic, partition, epoch) VALUES ($1::text, $2::int4, 1)
ON CONFLICT (topic, partition) DO UPDATE SET epoch = o.epoch + 1, changed_at = now()
RETURNING epoch, next_offset, generation
-- Locks in one order, whoever asks: two copies that disagree about who owns what can't deadlock.
-- name: advance
WITH mine AS (
    SELECT o.topic, o.partition, w.next_offset
    FROM consumer_offset o
    JOIN unnest($1::text[], $2::int4[], $3::int8[], $4::int8[]) AS w (topic, partition, epoch, next_offset)
      ON o.topic = w.topic AND o.partition = w.partition AND o.epoch = w.epoch
    ORDER BY o.topic, o.partition
    FOR UPDATE OF o
)
UPDATE consumer_offset o SET next_offset = mine.next_offset, changed_at = now()
FROM mine
WHERE o.topic = mine.topic AND o.partition = mine.partition
-- Sorted for the same reason.
-- name: insert
INSERT INTO inbox (event_id)
SELECT DISTINCT e.id FROM unnest($1::uuid[]) AS e (id) ORDER BY e.id
ON CONFLICT DO NOTHING
RETURNING event_id
-- The EXISTS is tested once: nothing else runs while nothing is parked. An event that is parked itself (third array) is behind those before it.
-- name: behind
SELECT place, poison
FROM (SELECT w.place, (SELECT bool_or(p.kind = 'POISON') FROM parked p
                       WHERE p.key = w.key AND p.topic = w.topic AND (w.parked_id = 0 OR p.id < w.parked_id)) AS poison
      FROM unnest($1::uuid[], $2::text[], $3::int8[]) WITH ORDINALITY AS w (key, topic, parked_id, place)
      WHERE EXISTS (SELECT FROM parked)
      OFFSET 0) AS each
WHERE poison IS NOT NULL
-- What has no id to know it by is known by its place and content: read again, it is not parked again.
-- name: park
INSERT INTO parked (kind, reason, topic, partition, "offset", event_id, key, type, source, at, version, traceparent, data)
SELECT $1::text, $2::text, $3::text, $4::int4, $5::int8, $6::uuid, $7::uuid, $8::text, $9::text, $10::timestamptz, $11::int8, $12::text, $13::bytea
WHERE $6 IS NOT NULL
   OR NOT EXISTS (SELECT FROM parked p WHERE p.topic = $3 AND p.partition = $4 AND p."offset" = $5 AND p.event_id IS NULL AND p.data = $13)
-- Parked again: it keeps its id, which is its place in the order. Twice as long until the next try, at most an hour.
-- name: park_again
INSERT INTO parked (id, kind, reason, topic, partition, "offset", event_id, key, type, source, at, version, traceparent, data)
OVERRIDING SYSTEM VALUE
VALUES ($14::int8, $1::text, $2::text, $3::text, $4::int4, $5::int8, $6::uuid, $7::uuid, $8::text, $9::text, $10::timestamptz, $11::int8, $12::text,
        $13::bytea)
ON CONFLICT (id) DO UPDATE
SET kind = excluded.kind, reason = excluded.reason, retry = false, tries = parked.tries + 1,
    try_at = now() + least(interval '1 hour', interval '1 second' * 2 ^ least(parked.tries + 1, 12))
-- A held event is also tried again by itself after a while: its cause may have been committed by another copy at the very moment when it was held.
-- name: released
SELECT p.id, p.topic, p.partition, p."offset", p.event_id, p.key, p.type, p.source, p.at, p.version, p.traceparent, p.data
FROM parked p
WHERE EXISTS (SELECT FROM parked)
  AND (p.retry OR (p.kind = 'HELD' AND (p.key = ANY ($1::uuid[]) OR p.try_at <= now())))
ORDER BY p.id
LIMIT $2::int8
FOR UPDATE SKIP LOCKED
-- name: unpark
DELETE FROM parked WHERE id = $1::int8
