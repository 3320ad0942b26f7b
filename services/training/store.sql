-- Every statement of the training service. Names become STORE_… (common/db/catalog.h).

-- name: add_desks
-- A province whose first woman arrives before any session was planned: she waits there.
INSERT INTO desk (call, province) SELECT d.call, d.province FROM unnest($1::text[], $2::text[]) AS d (call, province) ORDER BY 1, 2 ON CONFLICT DO NOTHING

-- name: lock_desks
-- All desks of the calls, in key order: a batch comes in waves within one transaction, and a later wave must not lock what sorts before its own locks.
SELECT d.call, d.province
FROM desk d
WHERE d.call = ANY ($1::text[])
ORDER BY d.call, d.province
FOR UPDATE

-- name: find_enrolments
SELECT e.id, e.application, e.call, e.kind, e.region, e.province, e.session, e.state, e.version, e.decision_version
FROM enrolment e
WHERE e.application = ANY ($1::uuid[])

-- name: find_departures
SELECT application FROM departure WHERE application = ANY ($1::uuid[])

-- name: add_departures
INSERT INTO departure (application, left_at) SELECT application, $2::timestamptz FROM unnest($1::uuid[]) AS application ON CONFLICT DO NOTHING

-- name: usable_sessions
-- Sessions with room of these desks, at most so many a desk as there can be takers, and the sessions whose seats may be freed ($5); next first.
-- A seat may be given back after its session has begun or was cancelled: the last column says whether it may be given out again.
SELECT s.id, s.call, s.province, s.course, s.title, s.place, s.starts_at, s.capacity - s.enrolled, s.state = 'SCHEDULED' AND s.starts_at > $3
FROM (SELECT unnest($5::uuid[]) AS id
      UNION
      SELECT o.id
      FROM unnest($1::text[], $2::text[]) AS d (call, province),
           LATERAL (SELECT o.id FROM session o
                    WHERE o.call = d.call AND o.province = d.province AND o.state = 'SCHEDULED' AND o.enrolled < o.capacity
                      AND o.starts_at > $3::timestamptz
                    ORDER BY o.starts_at, o.id LIMIT $4::int) AS o) AS wanted
     CROSS JOIN LATERAL (SELECT * FROM session WHERE id = wanted.id OFFSET 0) AS s
ORDER BY s.call, s.province, s.starts_at, s.id

-- name: waiting
-- The heads of the queues, in order.
SELECT e.id, e.application, e.call, e.kind, e.region, e.province, e.session, e.state, e.version, e.decision_version
FROM unnest($1::text[], $2::text[]) AS d (call, province),
     LATERAL (SELECT * FROM enrolment e
              WHERE e.call = d.call AND e.province = d.province AND e.state = 'WAITLISTED'
              ORDER BY e.queued_at, e.id LIMIT $3::int) AS e
ORDER BY e.call, e.province, e.queued_at, e.id

-- name: add_enrolments
INSERT INTO enrolment (id, application, call, kind, region, province, session, state, decision_version, version, queued_at, changed_at)
SELECT n.*, 1, $10::timestamptz, $10
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::int8[]) AS n

-- name: change_enrolments
-- Compare-and-set: the count of changed rows must be the count of rows given. Who comes to wait comes last, whenever she first came.
UPDATE enrolment e
SET session = n.session, state = n.state, province = n.province, decision_version = n.decision_version, version = e.version + 1,
    changed_at = $7::timestamptz, queued_at = CASE WHEN n.state = 'WAITLISTED' THEN $7 ELSE e.queued_at END
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::int8[]) AS n (id, version, session, state, province, decision_version)
WHERE e.id = n.id AND e.version = n.version

-- name: take_seats
UPDATE session s SET enrolled = s.enrolled + n.seats FROM unnest($1::uuid[], $2::int[]) AS n (id, seats) WHERE s.id = n.id

-- name: change_waiting
UPDATE desk d SET waiting = d.waiting + n.waiting
FROM unnest($1::text[], $2::text[], $3::int[]) AS n (call, province, waiting)
WHERE d.call = n.call AND d.province = n.province

-- name: list_sessions
SELECT s.id, s.course, s.title, s.place, s.province, s.starts_at, s.capacity, s.enrolled, d.waiting, s.state, s.call
FROM session s JOIN desk d USING (call, province)
WHERE ($1::text IS NULL OR s.call = $1) AND ($2::text IS NULL OR s.province = $2)
  AND (s.starts_at, s.id) > (SELECT coalesce(max(a.starts_at), '-infinity'), $3::uuid FROM session a WHERE a.id = $3)
ORDER BY s.starts_at, s.id
LIMIT $4::int

-- name: find_session
SELECT s.id, s.course, s.title, s.place, s.province, s.starts_at, s.capacity, s.enrolled, d.waiting, s.state, s.call
FROM session s JOIN desk d USING (call, province)
WHERE s.id = $1::uuid

-- name: read_as_staff
-- From here to its end the transaction reads what staff of these territories may ($1: codes of regions and provinces, NULL: everywhere) and changes nothing.
SELECT set_config('role', 'jisr_training_reader', true), set_config('jisr.territories', coalesce($1::text[], '{*}')::text, true)

-- name: is_enrolled
-- What a find has not seen is hidden from this role (migrations/0085_territories.sql), or not there.
SELECT is_enrolled($1::uuid)

-- name: find_enrolment
SELECT e.id, e.state, e.version, e.region, e.province, s.id, s.course, s.title, s.place, s.starts_at
FROM enrolment e LEFT JOIN session s ON s.id = e.session
WHERE e.application = $1::uuid
