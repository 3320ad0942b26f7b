-- Retention by class: the views of migration 0052.

-- name: classes
SELECT name, how, array_to_string(states, ','), since, days, reason::text FROM retention_class ORDER BY place

-- name: set_days
UPDATE retention_class SET days = $2::int4 WHERE name = $1::text AND days IS NOT NULL AND how IN ('erase', 'remove') RETURNING how

-- Files are looked at by their ids, so many at a time: no index knows their states (one would cost each change of a state).
-- name: next_files
SELECT id FROM application WHERE id > $1::uuid ORDER BY id LIMIT $2::int4

-- name: count_due
SELECT count(*) FILTER (WHERE NOT held), count(*) FILTER (WHERE held)
FROM retention_file f
WHERE f.class = $1::text AND f.over_at <= $2::timestamptz AND ($3::text IS NULL OR f.slug = $3) AND f.id = ANY ($4::uuid[])

-- name: due
SELECT f.id, f.held
FROM retention_file f
WHERE f.class = $1::text AND f.over_at <= $2::timestamptz AND ($3::text IS NULL OR f.slug = $3) AND f.id = ANY ($4::uuid[])
ORDER BY f.id
LIMIT $5::int4

-- Asked again under the file's lock.
-- name: still_due
SELECT EXISTS (SELECT FROM retention_file f WHERE f.class = $1::text AND f.over_at <= $2::timestamptz AND f.id = $3::uuid)

-- What is removed as rows: how many are due, and how many more a legal hold protects; then at most $3 rows of it, and whose or what they were.

-- name: count_uploads
SELECT count(*) FILTER (WHERE NOT held), count(*) FILTER (WHERE held)
FROM retention_upload u
WHERE u.over_at <= $1::timestamptz AND ($2::text IS NULL OR u.slug = $2)

-- name: remove_uploads
WITH due AS (
    SELECT d.id FROM document d JOIN retention_upload u USING (id)
    WHERE u.over_at <= $1::timestamptz AND NOT u.held AND ($2::text IS NULL OR u.slug = $2)
    ORDER BY d.id LIMIT $3::int4 FOR UPDATE OF d SKIP LOCKED
), gone AS (
    DELETE FROM document d USING due WHERE d.id = due.id AND d.state IN ('UPLOADING', 'REFUSED') RETURNING d.id, d.application_id
), pieces AS (
    DELETE FROM document_piece p USING gone WHERE p.document_id = gone.id
)
SELECT application_id, true FROM gone

-- name: count_imports
SELECT count(*), 0::int8 FROM retention_import i WHERE i.over_at <= $1::timestamptz AND ($2::text IS NULL OR i.slug = $2)

-- A report may be long: so many lines of one file, and the file with the last of them.
-- name: remove_imports
WITH due AS (
    SELECT i.id FROM import i JOIN retention_import r USING (id)
    WHERE r.over_at <= $1::timestamptz AND ($2::text IS NULL OR r.slug = $2)
    ORDER BY i.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED
), lines AS (
    DELETE FROM import_line l USING due
    WHERE l.import_id = due.id AND l.ctid = ANY (ARRAY(SELECT n.ctid FROM import_line n WHERE n.import_id = (SELECT id FROM due) LIMIT $3::int4))
    RETURNING 1
), gone AS (
    DELETE FROM import i USING due WHERE i.id = due.id AND (SELECT count(*) FROM lines) < $3 RETURNING i.id
)
SELECT due.id, EXISTS (SELECT FROM gone) FROM due
