-- One migrate at a time in a database; given back when the session ends.
-- name: lock
SELECT pg_advisory_lock(hashtextextended('jisr.migrate', 0))
-- The hash of the file as it is, and as it was when it was applied (NULL: never).
-- name: compare
SELECT encode(sha256($3::bytea), 'hex'), (SELECT m.sha256 FROM jisr.migration m WHERE m.schema = $1::text AND m.name = $2::text)
-- name: grant_service
SELECT jisr.grant_service($1::text, $2::text)
-- name: grant_check
SELECT jisr.grant_check('jisr_check')
