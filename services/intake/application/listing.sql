-- Lists of applications for staff. Their territory is part of each statement. $1: codes of regions and provinces, NULL: everywhere.
-- Where a page begins is a CASE: under row security coalesce might leak, to PostgreSQL's mind, and would be no way into an index.
-- $11: only those that wait for her word on what an agent entered (validate.h: WARNING_UNCONFIRMED).

-- Newest first: ids are UUIDv7. $9: the last id of the page before. Drafts are hers: they are listed only to whoever made them, or asks for drafts.
-- name: newest
SELECT a.id, a.receipt, a.call_id, a.kind, a.province, a.state, a.version, a.submitted_at, a.answer_due_at, a.info_requested_at, a.created_at, a.warnings
FROM application a JOIN call c ON c.id = a.call_id
WHERE ($1::text[] IS NULL OR a.province = ANY ($1) OR c.region = ANY ($1))
  AND ($2::text IS NULL OR a.state = $2) AND ($2::text IS NOT NULL OR $7::text IS NOT NULL OR a.submitted_at IS NOT NULL)
  AND ($3::text IS NULL OR a.province = $3) AND ($4::text IS NULL OR c.slug = $4) AND ($5::text IS NULL OR a.kind = $5)
  AND ($6::text IS NULL OR a.receipt = $6) AND ($7::text IS NULL OR a.created_by = $7) AND ($8::timestamptz IS NULL OR a.answer_due_at < $8)
  AND a.id < CASE WHEN $9::uuid IS NULL THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' ELSE $9 END AND (NOT $11::bool OR ((a.warnings & 2) <> 0 AND a.submitted_at IS NOT NULL))
ORDER BY a.id DESC
LIMIT $10::int4

-- The queue of what is nearly due: files that await an answer ($12), the earliest first. $13 and $9: the last row of the page before.
-- What waits for some minutes already stands in `awaiting`, in this order; what is younger, in `application` alone. Both are read in order and merged, and each file is
-- looked up when its turn comes (OFFSET 0), so that a page reads a page; IS TRUE keeps the planner from other ways into `awaiting`, which look as good while it is empty.
-- name: due
SELECT a.id, a.receipt, a.call_id, a.kind, a.province, a.state, a.version, a.submitted_at, a.answer_due_at, a.info_requested_at, a.created_at, a.warnings
FROM (
    (SELECT application_id AS id, due_at FROM awaiting WHERE (application_id <= (SELECT up_to FROM awaiting_swept)) IS TRUE ORDER BY due_at, id)
    UNION ALL
    (SELECT id, answer_due_at FROM application WHERE id > (SELECT up_to FROM awaiting_swept) AND answer_due_at IS NOT NULL ORDER BY answer_due_at, id)
) w
CROSS JOIN LATERAL (SELECT o.*, c.region, c.slug FROM application o JOIN call c ON c.id = o.call_id WHERE o.id = w.id OFFSET 0) a
WHERE ($1::text[] IS NULL OR a.province = ANY ($1) OR a.region = ANY ($1))
  AND ($2::text IS NULL OR a.state = $2)
  AND ($3::text IS NULL OR a.province = $3) AND ($4::text IS NULL OR a.slug = $4) AND ($5::text IS NULL OR a.kind = $5)
  AND ($6::text IS NULL OR a.receipt = $6) AND ($7::text IS NULL OR a.created_by = $7)
  AND a.state = ANY ($12::text[]) AND (NOT $11::bool OR (a.warnings & 2) <> 0)
  AND w.due_at >= CASE WHEN $13::timestamptz IS NULL THEN '-infinity' ELSE $13 END AND ($13 IS NULL OR (w.due_at, w.id) > ($13, $9::uuid))
  AND (w.due_at < CASE WHEN $8::timestamptz IS NULL THEN 'infinity' ELSE $8 END) IS TRUE
ORDER BY w.due_at, w.id
LIMIT $10::int4
