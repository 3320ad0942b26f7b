-- The files that still await their answer some minutes after they came (awaiting.h).

-- What was made up to $1 and not looked at yet, $3 at most; $2: the states in which an answer is awaited. One copy at a time. The lock is for a decision that is being
-- written just now: it is waited for, and what it says counts.
-- name: sweep
WITH swept AS (
    SELECT up_to FROM awaiting_swept FOR UPDATE SKIP LOCKED
),
seen AS MATERIALIZED (
    SELECT a.id FROM swept s CROSS JOIN LATERAL (
        SELECT a.id FROM application a WHERE a.id > s.up_to AND a.id <= $1::uuid ORDER BY a.id LIMIT $3::int4) a
),
waiting AS MATERIALIZED (
    SELECT a.id, a.answer_due_at FROM application a
    WHERE a.id = ANY (ARRAY(SELECT id FROM seen)) AND a.state = ANY ($2::text[]) AND a.answer_due_at IS NOT NULL
    ORDER BY a.id FOR SHARE OF a
),
kept AS (
    INSERT INTO awaiting (application_id, due_at) SELECT id, answer_due_at FROM waiting
    ON CONFLICT (application_id) DO NOTHING
),
result AS (
    SELECT count(*) AS seen, (SELECT id FROM seen ORDER BY id DESC LIMIT 1) AS last FROM seen
)
UPDATE awaiting_swept w SET up_to = CASE WHEN r.seen = $3 THEN r.last ELSE greatest(w.up_to, $1) END
FROM result r WHERE EXISTS (SELECT FROM swept)
RETURNING r.seen::int8

-- name: follow
INSERT INTO awaiting AS w (application_id, due_at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[])
ON CONFLICT (application_id) DO UPDATE SET due_at = excluded.due_at WHERE w.due_at <> excluded.due_at

-- name: forget
DELETE FROM awaiting WHERE application_id = ANY ($1::uuid[])

-- Nearly due (before $2) and overdue (before $1), of the states in $3: for the metrics.
-- name: count
SELECT count(*) FILTER (WHERE w.due_at >= $1::timestamptz) AS nearly, count(*) FILTER (WHERE w.due_at < $1) AS overdue
FROM awaiting w
WHERE w.due_at < $2::timestamptz AND (SELECT a.state FROM application a WHERE a.id = w.application_id) = ANY ($3::text[])
