-- Imports. Names become IMPORTS_… (common/db/catalog.h). What the one that works on an import writes names its number ($2 of `tries`): after its lease
-- has passed to another copy it changes nothing any more.

-- ── Announcing, sending, looking ──

-- name: add
INSERT INTO import (id, request_key, request_hash, call_id, name, size, dry_run, state, role, created_by, territories, language, traceparent, key,
                    created_at, changed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::int4, $5::text, $6::int8, $7::bool, 'UPLOADING', $8::text, $9::text, $10::text, $11::text, $12::text, $13::bytea,
        $14::timestamptz, $14)
ON CONFLICT (request_key) DO NOTHING
RETURNING id

-- name: find_request
SELECT id, request_hash, created_at FROM import WHERE request_key = $1::uuid

-- name: find
SELECT id, call_id, name, size, received, dry_run, state, role, created_by, territories, language, traceparent, key, encoding, separator, lines,
       next_offset, next_line, taken, amended, known, changed, refused, problems, created_at, uploaded_at, finished_at, tries
FROM import WHERE id = $1::uuid

-- name: lock
SELECT id, call_id, name, size, received, dry_run, state, role, created_by, territories, language, traceparent, key, encoding, separator, lines,
       next_offset, next_line, taken, amended, known, changed, refused, problems, created_at, uploaded_at, finished_at, tries
FROM import WHERE id = $1::uuid FOR UPDATE

-- Newest first. $1: only of this one; $2: the last id of the page before.
-- name: list
SELECT id, call_id, name, size, received, dry_run, state, role, created_by, territories, language, traceparent, key, encoding, separator, lines,
       next_offset, next_line, taken, amended, known, changed, refused, problems, created_at, uploaded_at, finished_at, tries
FROM import
WHERE ($1::text IS NULL OR created_by = $1) AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $3::int4

-- name: add_piece
INSERT INTO import_piece (import_id, start, sealed) VALUES ($1::uuid, $2::int8, $3::bytea)

-- name: advance
UPDATE import SET received = $2::int8, state = $3::text, changed_at = $4::timestamptz, uploaded_at = CASE WHEN $3 = 'WAITING' THEN $4 END,
                  due_at = CASE WHEN $3 = 'WAITING' THEN $4 END
WHERE id = $1::uuid

-- name: end
UPDATE import SET state = $2::text, problems = $3::text, finished_at = $4::timestamptz, changed_at = $4, due_at = NULL, key = NULL WHERE id = $1::uuid

-- name: remove_pieces
DELETE FROM import_piece WHERE import_id = $1::uuid

-- The report, line by line after $2; $3: only what was not simply taken.
-- name: report
SELECT l.line, l.outcome, l.application_id, l.errors, a.receipt, a.code_number, a.warnings
FROM import_line l LEFT JOIN application a ON a.id = l.application_id
WHERE l.import_id = $1::uuid AND l.line > $2::int4 AND ($3::text IS NULL OR l.outcome = $3)
ORDER BY l.line LIMIT $4::int4

-- ── Working ──

-- Looking through a file takes longer than a chunk of lines, and gives no sign of life meanwhile.
-- name: claim
UPDATE import SET due_at = $2::timestamptz + CASE WHEN encoding IS NULL THEN interval '1 minute' ELSE interval '0' END, tries = tries + 1, state = 'RUNNING'
WHERE id = (SELECT id FROM import WHERE state IN ('WAITING', 'RUNNING') AND due_at <= $1::timestamptz ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, call_id, name, size, received, dry_run, state, role, created_by, territories, language, traceparent, key, encoding, separator, lines,
          next_offset, next_line, taken, amended, known, changed, refused, problems, created_at, uploaded_at, finished_at, tries

-- name: find_piece
SELECT start, sealed FROM import_piece WHERE import_id = $1::uuid AND start <= $2::int8 ORDER BY start DESC LIMIT 1

-- name: surveyed
UPDATE import SET encoding = $3::text, separator = $4::text, lines = $5::int4, next_offset = $6::int8, next_line = $7::int4, changed_at = $8::timestamptz,
                  due_at = $9::timestamptz
WHERE id = $1::uuid AND tries = $2::int4 AND state = 'RUNNING'
RETURNING id

-- name: progress
UPDATE import SET next_offset = $3::int8, next_line = $4::int4, taken = taken + $5::int4, amended = amended + $6::int4, known = known + $7::int4,
                  changed = changed + $8::int4, refused = refused + $9::int4, changed_at = $10::timestamptz, due_at = $11::timestamptz
WHERE id = $1::uuid AND tries = $2::int4 AND state = 'RUNNING'
RETURNING id

-- name: add_lines
INSERT INTO import_line (import_id, line, outcome, application_id, errors)
SELECT $1::uuid, n.line, n.outcome, n.application_id, n.errors
FROM unnest($2::int4[], $3::text[], $4::uuid[], $5::text[]) AS n (line, outcome, application_id, errors)

-- name: find_keys
SELECT k.key, k.hash, k.application_id, k.revision, a.created_at
FROM import_key k JOIN application a ON a.id = k.application_id
WHERE k.key = ANY ($1::uuid[])

-- name: keep_key
UPDATE import_key SET hash = $2::uuid, revision = $3::int4 WHERE key = $1::uuid

-- name: add_keys
INSERT INTO import_key (key, hash, application_id, revision)
SELECT n.key, n.hash, n.application_id, 1 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n (key, hash, application_id)
ON CONFLICT (key) DO NOTHING

-- It goes on in another copy, at once.
-- name: release
UPDATE import SET due_at = $3::timestamptz WHERE id = $1::uuid AND tries = $2::int4 AND state = 'RUNNING'

-- name: lock_working
SELECT id FROM import WHERE id = $1::uuid AND tries = $2::int4 AND state = 'RUNNING' FOR UPDATE

-- Uploads that nobody has gone on with since $1. (Told twice: after a wait for a piece that has just come only the outer condition is looked at again.)
-- name: forget_unfinished
WITH gone AS (
    DELETE FROM import
    WHERE id = ANY (ARRAY(SELECT id FROM import WHERE state = 'UPLOADING' AND changed_at < $1::timestamptz LIMIT 20)) AND state = 'UPLOADING' AND changed_at < $1
    RETURNING id
)
DELETE FROM import_piece p USING gone WHERE p.import_id = gone.id
