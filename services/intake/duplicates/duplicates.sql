-- The search for duplicates, and what reviewers see of it.

-- ── The search ──

-- One copy at a time, whichever comes: the others have nothing to do. A lock on the row itself would give the transaction its number at once, and hold the
-- relay's horizon back for as long as the step reads.
-- name: take_search
SELECT pg_try_advisory_xact_lock(hashtext('jisr.intake.duplicates'))

-- A statement of its own: one that takes the lock as well sees the cursor as it was before whoever held the lock has moved it.
-- name: read_cursor
SELECT xid::text::bigint, id FROM duplicate_cursor

-- What was written since, in the order of finished transactions: ids alone are given before their commit.
-- name: next_changes
SELECT o.xid::text::bigint, o.id, o.key, o.type
FROM outbox o
WHERE (o.xid, o.id) > ($1::bigint::text::xid8, $2::bigint) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY o.xid, o.id
LIMIT $3::int4

-- name: move_cursor
UPDATE duplicate_cursor SET xid = $1::bigint::text::xid8, id = $2::bigint

-- What is read of the files, with her key as the vault keeps it. Erased, or she objects to it (but for a file that was paid): no row.
-- name: files
SELECT a.id, a.call_id, a.kind, a.body, k.key, a.state IN ('WITHDRAWN', 'EXPIRED', 'MERGED')
FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place)
JOIN application a ON a.id = n.id
JOIN vault.own_contact_keys($1::uuid[]) AS k ON k.id = n.id
WHERE a.submitted_at IS NOT NULL AND (a.restriction IS NULL OR a.state IN ('FUNDED', 'FOLLOW_UP', 'CLOSED'))
ORDER BY n.place

-- name: drop_traits
DELETE FROM trait WHERE application_id = ANY ($1::uuid[])

-- name: add_trait
INSERT INTO trait (application_id, place, call_id, kind, number, born, born_day, born_year, phone, commune, ice, grams, project, blocks)
VALUES ($1::uuid, $2::int4, $3::int4, $4::text, $5::int8, $6::int8, $7::int8, $8::int8, $9::int8, $10::int8, $11::int8, $12::bytea, $13::bytea, $14::int8[])

-- Those who share a block with one of the women ($1, $2, $3: a row a probe). Files that are over are nobody's twin; $4: files whose traits are not what
-- they were. A phone of an office may bring hundreds, so each sign has a limit of its own; who is brought by several comes several times.
-- name: candidates
SELECT p.woman, c.application_id, c.call_id, c.kind, c.number, c.born, c.born_day, c.born_year, c.phone, c.commune, c.ice, c.grams, c.project
FROM (SELECT n.woman, array_agg(n.block) AS blocks FROM unnest($1::int4[], $2::int4[], $3::int8[]) AS n (woman, sign, block) GROUP BY n.woman, n.sign) AS p
CROSS JOIN LATERAL (
    SELECT t.* FROM trait t
    WHERE t.blocks && p.blocks AND t.application_id <> ALL ($4::uuid[])
      AND EXISTS (SELECT FROM application a WHERE a.id = t.application_id AND a.state NOT IN ('WITHDRAWN', 'EXPIRED', 'MERGED'))
    LIMIT 100) AS c

-- A pair that a reviewer has judged stays as it is.
-- name: keep_pair
INSERT INTO duplicate AS d (id, application_id, other_id, about, level, score, parts, found_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::int4, $7::text, $8::timestamptz)
ON CONFLICT (least(application_id, other_id), greatest(application_id, other_id), about)
DO UPDATE SET level = excluded.level, score = excluded.score, parts = excluded.parts, found_at = excluded.found_at
WHERE d.same IS NULL AND (d.score, d.level) IS DISTINCT FROM (excluded.score, excluded.level)

-- What a comparison that was under way has written about somebody who was erased meanwhile, or objects.
-- name: drop_closed_pairs
DELETE FROM duplicate d USING application a
WHERE a.id = ANY ($1::uuid[]) AND a.id IN (d.application_id, d.other_id) AND (octet_length(a.body) = 0 OR (a.restriction IS NOT NULL AND a.state NOT IN ('FUNDED', 'FOLLOW_UP', 'CLOSED') AND d.same IS NULL))

-- ── Reviewers ──

-- Newest first. Both files lie in the territory ($1: codes of regions and provinces; NULL: everywhere), or the pair is for somebody above both.
-- OFFSET 0: first the pairs, then the files of each. Under row security a pair is so dear to the planner that it would rather begin with all applications.
-- name: pairs
SELECT d.id, d.about, d.level, d.score, d.parts, d.found_at, d.same, d.judged_at,
       a.id, a.receipt, a.kind, a.state, a.province, a.slug, a.version,
       o.id, o.receipt, o.kind, o.state, o.province, o.slug, o.version
FROM duplicate d
CROSS JOIN LATERAL (SELECT f.*, c.slug, c.region FROM application f JOIN call c ON c.id = f.call_id WHERE f.id = d.application_id OFFSET 0) AS a
CROSS JOIN LATERAL (SELECT f.*, c.slug, c.region FROM application f JOIN call c ON c.id = f.call_id WHERE f.id = d.other_id OFFSET 0) AS o
WHERE ($1::text[] IS NULL OR ((a.province = ANY ($1) OR a.region = ANY ($1)) AND (o.province = ANY ($1) OR o.region = ANY ($1))))
  AND ($2::text IS NULL OR a.slug = $2) AND ($3::uuid IS NULL OR $3 IN (d.application_id, d.other_id))
  AND ($4::bool OR (d.same IS NULL AND a.state NOT IN ('WITHDRAWN', 'EXPIRED', 'MERGED') AND o.state NOT IN ('WITHDRAWN', 'EXPIRED', 'MERGED')))
  AND d.id < CASE WHEN $5::uuid IS NULL THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' ELSE $5 END AND ($7::text IS NULL OR d.about = $7)
ORDER BY d.id DESC
LIMIT $6::int4

-- name: find_pairs
SELECT d.about, d.level, d.score, d.parts, d.found_at, d.same, d.judged_at
FROM duplicate d
WHERE least(d.application_id, d.other_id) = least($1::uuid, $2::uuid) AND greatest(d.application_id, d.other_id) = greatest($1::uuid, $2::uuid)
ORDER BY d.about DESC

-- Her sealed form and key, for one side of the view.
-- name: side
SELECT a.body, k.key FROM application a JOIN vault.own_contact_keys(ARRAY[$1::uuid]) AS k ON k.id = a.id WHERE a.id = $1::uuid AND a.restriction IS NULL

-- The word on a pair; the search may not have met it, so it is made where it isn't there.
-- name: judge_pair
INSERT INTO duplicate AS d (id, application_id, other_id, about, level, score, parts, found_at, same, judged_at, judged_by)
VALUES ($1::uuid, $2::uuid, $3::uuid, $7::text, 'LIKELY', 0, '{}', $4::timestamptz, $5::bool, $4::timestamptz, $6::text)
ON CONFLICT (least(application_id, other_id), greatest(application_id, other_id), about)
DO UPDATE SET same = excluded.same, judged_at = excluded.judged_at, judged_by = excluded.judged_by

-- She is nobody else: a word on all that is open about her.
-- name: clear_pairs
UPDATE duplicate SET same = false, judged_at = $2::timestamptz, judged_by = $3::text
WHERE $1::uuid IN (application_id, other_id) AND about = 'woman' AND same IS NULL

-- A merge that is undone: its pairs are open again.
-- name: reopen_pairs
UPDATE duplicate SET same = NULL, judged_at = NULL, judged_by = NULL WHERE $1::uuid IN (application_id, other_id) AND same

-- Whether one of these numbers is held by a file that no reviewer has told apart from this one.
-- name: holders_not_apart
SELECT EXISTS (
    SELECT FROM identity i
    CROSS JOIN LATERAL (VALUES (CASE $4::text WHEN 'person' THEN i.person_application ELSE i.member_application END)) AS h (id)
    WHERE i.call_id = $1::int4 AND i.hash = ANY ($2::uuid[]) AND h.id <> $3::uuid
      AND NOT EXISTS (SELECT FROM duplicate d WHERE least(d.application_id, d.other_id) = least(h.id, $3) AND d.about = 'woman'
                      AND greatest(d.application_id, d.other_id) = greatest(h.id, $3) AND d.same = false))
