-- name: position
-- After a COMMIT whose answer was lost: waits for a backend that may still be committing.
SELECT epoch, next_offset FROM consumer_offset WHERE topic = $1::text AND partition = $2::int4 FOR UPDATE

-- name: behind_parked
-- Which released events have an earlier one of their topic and key that was not released with them.
SELECT w.place
FROM unnest($1::uuid[], $2::text[], $3::int8[]) WITH ORDINALITY AS w (key, topic, parked_id, place)
WHERE EXISTS (SELECT FROM parked p WHERE p.key = w.key AND p.topic = w.topic AND p.id < w.parked_id AND p.id <> ALL ($3::int8[]))

-- name: count_parked
SELECT count(*) FROM (SELECT FROM parked LIMIT 100000) AS counted
