-- Documents. Names become DOCUMENTS_… (common/db/catalog.h).

-- name: add
INSERT INTO document (id, application_id, type, page, state, size, created_by, created_at, changed_at)
VALUES ($1::uuid, $2::uuid, $3::text, $4::int4, 'UPLOADING', $5::int8, $6::text, $7::timestamptz, $7)

-- name: list
SELECT id, type, page, state, size, received, pieces, media, bytes, thumbnail_bytes, refusal, created_at
FROM document WHERE application_id = $1::uuid ORDER BY id

-- name: find
SELECT id, type, page, state, size, received, pieces, media, bytes, thumbnail_bytes, refusal, created_at
FROM document WHERE id = $1::uuid AND application_id = $2::uuid

-- name: lock
SELECT id, type, page, state, size, received, pieces, media, bytes, thumbnail_bytes, refusal, created_at
FROM document WHERE id = $1::uuid AND application_id = $2::uuid FOR UPDATE

-- A piece that is not the last of its request need not be on disk when the next is taken: what the answer says is.
-- name: commit_soon
SELECT set_config('synchronous_commit', 'off', true)

-- name: add_piece
INSERT INTO document_piece (document_id, part, number, sealed) VALUES ($1::uuid, $2::int4, $3::int4, $4::bytea)

-- name: find_piece
SELECT sealed FROM document_piece WHERE document_id = $1::uuid AND part = $2::int4 AND number = $3::int4

-- name: advance
UPDATE document SET received = $2::int8, pieces = $3::int4, state = $4::text, changed_at = $5::timestamptz,
                    due_at = CASE WHEN $4 = 'PROCESSING' THEN $5 END
WHERE id = $1::uuid

-- What a newer one takes the place of: nothing that is still being looked at. Locked first, by a statement of its own: pieces that were being written meanwhile
-- are seen by the next one alone.
-- name: lock_unfinished
SELECT id FROM document WHERE application_id = $1::uuid AND type = $2::text AND page = $3::int4 AND state IN ('UPLOADING', 'REFUSED') ORDER BY id FOR UPDATE

-- name: remove_unfinished
WITH gone AS (
    DELETE FROM document WHERE application_id = $1::uuid AND type = $2::text AND page = $3::int4 AND state IN ('UPLOADING', 'REFUSED') RETURNING id
)
DELETE FROM document_piece p USING gone WHERE p.document_id = gone.id

-- All that was ever sent of the page ($1: one of them), in one order, before one of them is settled: copies finish them in any order, and each has to see what
-- the other has kept.
-- name: lock_page
SELECT d.id
FROM document n JOIN document d ON d.application_id = n.application_id AND d.type = n.type AND d.page = n.page
WHERE n.id = $1::uuid ORDER BY d.id FOR UPDATE OF d

-- What a newer one has replaced, whichever was finished first; of a file under a legal hold all stay.
-- name: remove_former
WITH newest AS (
    SELECT d.id, d.application_id, d.type, d.page
    FROM document n JOIN document d ON d.application_id = n.application_id AND d.type = n.type AND d.page = n.page
    WHERE n.id = $1::uuid AND coalesce(d.state, '') = 'READY' ORDER BY d.id DESC LIMIT 1
), gone AS (
    DELETE FROM document d USING newest n
    WHERE d.application_id = n.application_id AND d.type = n.type AND d.page = n.page AND d.id < n.id AND d.state IN ('READY', 'REFUSED')
      AND NOT EXISTS (SELECT FROM application a WHERE a.id = d.application_id AND a.hold IS NOT NULL)
    RETURNING d.id
)
DELETE FROM document_piece p USING gone WHERE p.document_id = gone.id

-- name: remove_pieces
DELETE FROM document_piece WHERE document_id = $1::uuid AND part = ANY ($2::int4[])

-- Locked: who lays a legal hold on the file meanwhile comes before, and is seen, or after.
-- name: is_held
SELECT hold IS NOT NULL FROM application WHERE id = $1::uuid FOR SHARE

-- name: remove
DELETE FROM document WHERE id = $1::uuid

-- name: claim
UPDATE document SET due_at = $2::timestamptz, tries = tries + 1
WHERE id = (SELECT id FROM document WHERE state = 'PROCESSING' AND due_at <= $1::timestamptz ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, application_id, pieces, tries

-- Nothing could look at it: this try does not count.
-- name: postpone
UPDATE document SET due_at = $3::timestamptz, tries = tries - 1 WHERE id = $1::uuid AND tries = $2::int4 AND coalesce(state, '') = 'PROCESSING'

-- Whoever has it in hand writes only while it is there to be processed, and nobody has claimed it since ($2: the number of the claim).
-- (coalesce: by its id, not by the index of what is being processed.)
-- name: lock_claimed
SELECT id FROM document WHERE id = $1::uuid AND tries = $2::int4 AND coalesce(state, '') = 'PROCESSING' FOR UPDATE

-- name: finish
UPDATE document SET state = 'READY', media = $2::text, bytes = $3::int8, thumbnail_bytes = $4::int8, changed_at = $5::timestamptz, due_at = NULL
WHERE id = $1::uuid AND coalesce(state, '') = 'PROCESSING'

-- name: refuse
UPDATE document SET state = 'REFUSED', refusal = $2::text, changed_at = $3::timestamptz, due_at = NULL
WHERE id = $1::uuid AND coalesce(state, '') = 'PROCESSING'
