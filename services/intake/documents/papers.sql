-- Receipts, documents and what law 09-08 asks for. Names become PAPERS_… (common/db/catalog.h).

-- name: find_body
SELECT body, language, referral_consent FROM application WHERE id = $1::uuid

-- name: add_consent_change
INSERT INTO consent_change (application_id, at, purpose, version, state, language, channel)
VALUES ($1::uuid, $2::timestamptz, $3::text, $4::text, $5::text, $6::text, $7::text)

-- name: list_consent_changes
SELECT at, purpose, version, state, language, channel FROM consent_change WHERE application_id = $1::uuid ORDER BY at, purpose

-- name: destroy_keys
SELECT vault.erase($1::uuid)

-- Sealed, and so unreadable without her keys; nobody needs them.
-- name: drop_revisions
DELETE FROM application_revision WHERE application_id = $1::uuid

-- name: list_revisions
SELECT replaced_at, body FROM application_revision WHERE application_id = $1::uuid ORDER BY revision

-- First, by a statement of its own: a piece that was being written meanwhile is seen by the next one alone.
-- name: lock_documents
SELECT id FROM document WHERE application_id = $1::uuid ORDER BY id FOR UPDATE

-- name: drop_documents
WITH gone AS (DELETE FROM document WHERE application_id = $1::uuid RETURNING id)
DELETE FROM document_piece p USING gone WHERE p.document_id = gone.id

-- Keyed hashes of what she is, and the pairs that they made.
-- name: drop_traits
DELETE FROM trait WHERE application_id = $1::uuid

-- name: drop_pairs
DELETE FROM duplicate WHERE $1::uuid IN (application_id, other_id)

-- Those that a reviewer has judged stay: they are a decision about her file.
-- name: drop_open_pairs
DELETE FROM duplicate WHERE $1::uuid IN (application_id, other_id) AND same IS NULL

-- Answers that are kept for their Idempotency-Keys: what staff wrote to her is in them.
-- name: drop_answers
DELETE FROM idempotency WHERE application_id = $1::uuid

-- Hashes of the line of a file that staff sent. The file's report keeps which application a line has made, which says nothing of her.
-- name: drop_import_keys
DELETE FROM import_key WHERE application_id = $1::uuid

-- name: find_erasure
SELECT vault.erased_at($1::uuid), a.id, a.at, a.actor, a.event_id, encode(audit_hash(a), 'hex')
FROM audit a
WHERE a.subject = $1::uuid AND (a.action LIKE 'read%' OR a.action = 'erase') AND a.action = 'erase'
ORDER BY a.id DESC LIMIT 1

-- name: list_reads
SELECT r.at, r.actor, r.action
FROM (SELECT a.at, a.actor, a.action
      FROM audit a WHERE a.subject = $1::uuid AND (a.action LIKE 'read%' OR a.action = 'erase') AND a.action <> 'erase'
      UNION ALL
      SELECT c.at, c.reader, CASE WHEN c.given THEN 'read-contact' ELSE 'refused-contact' END FROM vault.contact_reads($1::uuid) c) AS r
ORDER BY r.at DESC LIMIT 500

-- The register of reads for auditors, newest first, below $7. Reads of what no file is behind (this register) are for those of all territories.
-- name: register
SELECT a.id, a.at, a.actor, a.action, a.subject, p.receipt
FROM audit a LEFT JOIN application p ON p.id = a.subject LEFT JOIN call c ON c.id = p.call_id
WHERE (a.action LIKE 'read%' OR a.action = 'erase')
  AND ($1::text[] IS NULL OR p.province = ANY ($1) OR c.region = ANY ($1))
  AND ($2::text IS NULL OR a.actor = $2) AND ($3::uuid IS NULL OR a.subject = $3) AND ($4::text IS NULL OR a.action = $4)
  AND ($5::timestamptz IS NULL OR a.at >= $5) AND ($6::timestamptz IS NULL OR a.at < $6) AND a.id < CASE WHEN $7::int8 IS NULL THEN 9223372036854775807 ELSE $7 END
ORDER BY a.id DESC
LIMIT $8::int4

-- The same of partners, who read contact cards alone; they know no territories, so those of all see this. The vault keeps them by the name that they
-- have as actors: partner:<id>.
-- name: register_of_partners
SELECT r.id, r.at, r.reader, CASE WHEN r.given THEN 'read-contact' ELSE 'refused-contact' END, r.subject,
       (SELECT p.receipt FROM application p WHERE p.id = r.subject)
FROM vault.contact_reads_page($1::int8, $2::int4, $3::text, $4::uuid, $5::timestamptz, $6::timestamptz) r
ORDER BY r.id DESC
