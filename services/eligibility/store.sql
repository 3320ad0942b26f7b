-- Every statement of the eligibility service. Names become STORE_… (common/db/catalog.h).

-- name: lock_quotas
-- Those of the events and those of the decisions that the events may change, in key order: two copies can't wait for one another. And those of calls
-- published again ($4; save_quotas_of_call has locked them) where a place is free although somebody waits.
WITH wanted AS (
    SELECT w.call, w.province FROM unnest($1::text[], $2::text[]) AS w (call, province)
    UNION
    SELECT d.call, d.province FROM decision d WHERE d.application_id = ANY ($3::uuid[])
    UNION
    SELECT p.call, p.province FROM quota p WHERE p.call = ANY ($4::text[]) AND p.waiting > 0 AND p.taken < p.places)
SELECT q.call, q.province, q.places, q.taken, q.waiting, q.sequence, q.surplus
FROM quota q JOIN wanted w ON w.call = q.call AND w.province = q.province
ORDER BY q.call, q.province
FOR UPDATE OF q

-- name: find_calls
SELECT c.id, c.shortlisting = 'automatic', c.ruleset FROM call c WHERE c.id = ANY ($1::text[])

-- name: find_decisions
-- Read after the quotas are locked: nobody gives or frees a place of these meanwhile.
SELECT d.application_id, d.state, d.version, d.application_version, d.revision, d.call, d.kind, d.region, d.province, d.submitted_at, d.score, d.place
FROM decision d WHERE d.application_id = ANY ($1::uuid[])
ORDER BY d.application_id
FOR UPDATE

-- name: facts_keys
SELECT k.id, k.key FROM vault.facts_keys($1::uuid[]) AS k

-- name: waiting_heads
-- As many of each waiting list as places will be free, those whom this batch changes ($4) left out.
SELECT d.application_id, d.state, d.version, d.application_version, d.revision, d.call, d.kind, d.region, d.province, d.submitted_at, d.score, d.place
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w (call, province, free),
     LATERAL (SELECT * FROM decision d
              WHERE d.call = w.call AND d.province = w.province AND d.state = 'WAITLISTED' AND d.application_id <> ALL ($4::uuid[])
              ORDER BY d.score DESC, d.submitted_at, d.application_id
              LIMIT w.free) AS d

-- name: keep_former
INSERT INTO former_assessment (application_id, version, revision, outcome, score, ruleset, ruleset_version, criteria, snapshot, assessed_at)
SELECT d.application_id, d.version, d.revision, d.outcome, d.score, d.ruleset, d.ruleset_version, d.criteria, d.snapshot, d.assessed_at
FROM decision d WHERE d.application_id = ANY ($1::uuid[]) AND d.outcome IS NOT NULL

-- name: save_assessed
INSERT INTO decision (application_id, version, state, application_version, revision, call, kind, region, province, submitted_at, place,
                      outcome, score, ruleset, ruleset_version, criteria, snapshot, changed_at, assessed_at)
SELECT n.*, $18::timestamptz, $18
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[],
            $11::bigint[], $12::text[], $13::float8[], $14::text[], $15::int[], $16::text[], $17::bytea[]) AS n
ON CONFLICT (application_id) DO UPDATE
SET version = excluded.version, state = excluded.state, application_version = excluded.application_version, revision = excluded.revision,
    call = excluded.call, kind = excluded.kind, region = excluded.region, province = excluded.province, submitted_at = excluded.submitted_at,
    place = excluded.place, outcome = excluded.outcome, score = excluded.score, ruleset = excluded.ruleset, ruleset_version = excluded.ruleset_version,
    criteria = excluded.criteria, snapshot = excluded.snapshot, changed_at = excluded.changed_at, assessed_at = excluded.assessed_at

-- name: save_moved
-- Those whose assessment stays as it is: promoted, or closed; and those that are closed before there was one.
INSERT INTO decision (application_id, version, state, application_version, revision, call, kind, region, province, submitted_at, place, changed_at)
SELECT n.*, $12::timestamptz
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[],
            $11::bigint[]) AS n
ON CONFLICT (application_id) DO UPDATE
SET version = excluded.version, state = excluded.state, application_version = excluded.application_version, place = excluded.place,
    changed_at = excluded.changed_at

-- name: free_placements
UPDATE placement p SET freed_at = $4::timestamptz
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS f (call, province, sequence)
WHERE p.call = f.call AND p.province = f.province AND p.sequence = f.sequence

-- name: add_placements
INSERT INTO placement (call, province, sequence, application_id, given_at)
SELECT g.*, $5::timestamptz FROM unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[]) AS g

-- name: save_quotas
UPDATE quota q SET taken = n.taken, waiting = n.waiting, sequence = n.sequence, places = n.places, surplus = n.surplus
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
     AS n (call, province, taken, waiting, sequence, places, surplus)
WHERE q.call = n.call AND q.province = n.province

-- name: forget_assessments
SELECT forget_assessments($1::uuid[])

-- name: register_ruleset
INSERT INTO ruleset (id, version, sha256) VALUES ($1::text, $2::int, $3::bytea) ON CONFLICT DO NOTHING

-- name: ruleset_sha256
SELECT r.sha256 FROM ruleset r WHERE r.id = $1::text AND r.version = $2::int

-- name: read_as_staff
-- From here to its end the transaction reads what staff of these territories may ($1: codes of regions and provinces, NULL: everywhere) and changes nothing.
SELECT set_config('role', 'jisr_eligibility_reader', true), set_config('jisr.territories', coalesce($1::text[], '{*}')::text, true)

-- name: is_assessed
-- What a find has not seen is hidden from this role (migrations/0084_territories.sql), or not there.
SELECT is_assessed($1::uuid)

-- name: find_assessment
SELECT d.region, d.province, d.version, d.call, d.ruleset, d.ruleset_version, d.outcome, d.score, d.criteria, d.assessed_at, d.state, d.place, d.revision
FROM decision d WHERE d.application_id = $1::uuid AND d.outcome IS NOT NULL

-- name: list_ranking
-- Two walks of the same index a state, merged: none reads more than a page, however many have one score. $3 … $5: the last row of the page before.
SELECT r.application_id, r.state, r.score, r.submitted_at, r.place
FROM (VALUES ('SHORTLISTED'), ('WAITLISTED'), ('ELIGIBLE')) AS s (state),
     LATERAL ((SELECT d.application_id, d.state, d.score, d.submitted_at, d.place FROM decision d
               WHERE d.call = $1::text AND d.province = $2::text AND d.state = s.state AND d.score = $3::float8
                 AND (d.submitted_at, d.application_id) > ($4::timestamptz, $5::uuid)
               ORDER BY d.submitted_at, d.application_id
               LIMIT $6::int)
              UNION ALL
              (SELECT d.application_id, d.state, d.score, d.submitted_at, d.place FROM decision d
               WHERE d.call = $1 AND d.province = $2 AND d.state = s.state AND d.score < coalesce($3, 'Infinity')
               ORDER BY d.score DESC, d.submitted_at, d.application_id
               LIMIT $6)) AS r
ORDER BY r.score DESC, r.submitted_at, r.application_id
LIMIT $6

-- name: find_region
SELECT c.region FROM call c WHERE c.id = $1::text

-- name: list_quotas
SELECT q.province, q.places, q.taken, q.waiting FROM quota q WHERE q.call = $1::text ORDER BY q.province

-- name: find_last_of_page
SELECT d.score, d.submitted_at FROM decision d WHERE d.application_id = $1::uuid AND d.call = $2::text AND d.province = $3::text AND d.score IS NOT NULL
