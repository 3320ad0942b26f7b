-- name: insert
INSERT INTO thing (id, name) VALUES ($1::uuid, $2::text)
-- name: insert_checked
INSERT INTO thing (id, name, size) VALUES ($1::uuid, $2::text, $3::int4)
-- name: insert_many
INSERT INTO thing (id, name, size) SELECT * FROM unnest($1::uuid[], $2::text[], $3::int4[])
-- name: raise_size
UPDATE thing SET size = size + 1 WHERE id = $1::uuid
-- name: count
SELECT count(*) FROM thing
-- name: divide
SELECT 1 / $1::int4
-- name: to_number
SELECT $1::text::int4
-- name: sleep
SELECT pg_sleep($1::float8)
-- name: my_backend
SELECT pg_backend_pid()
-- name: terminate
SELECT pg_terminate_backend($1::int4)
-- name: setting
SELECT current_setting($1::text)
-- name: lock_key
SELECT pg_advisory_xact_lock($1::int8)
-- name: insert_deferred
INSERT INTO pair (id, partner) VALUES ($1::int4, $2::int4)
-- name: insert_doomed
INSERT INTO doomed (id) VALUES ($1::int4)
-- name: end_myself
SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1), $1::int4
-- name: raise
SELECT raise_text($1::text)
