-- Statements of jisrctl rescore, which runs beside the service (search_path is eligibility).

-- Whoever gives or frees a place has its quota's row locked; shared here, so that several batches run at once.
-- name: share_quotas
SELECT q.province FROM quota q WHERE q.call = $1::text ORDER BY q.province FOR SHARE

-- Where the next batch ends: the $2-th decision after $1.
-- name: batch_end
SELECT d.application_id FROM decision d WHERE d.application_id > $1::uuid ORDER BY d.application_id OFFSET $2::bigint LIMIT 1

-- Read without a lock: what has changed meanwhile is noticed by its version.
-- name: batch
SELECT d.application_id, d.state, d.version, d.application_version, d.revision, d.kind, d.region, d.province, d.submitted_at, d.score, d.outcome,
       d.ruleset_version, d.criteria, d.snapshot
FROM decision d
WHERE d.application_id > $1::uuid AND d.application_id <= $2::uuid AND d.call = $3::text AND d.outcome IS NOT NULL
  AND d.state IN ('ELIGIBLE', 'INELIGIBLE', 'WAITLISTED')
ORDER BY d.application_id

-- The others of the call, who stay as they are: with a place, waiting as a double or merged, over.
-- name: left_out
SELECT count(*) FILTER (WHERE d.state = 'SHORTLISTED'), count(*) FILTER (WHERE d.state = 'HELD'), count(*) FILTER (WHERE d.state = 'CLOSED')
FROM decision d
WHERE d.application_id > $1::uuid AND d.application_id <= $2::uuid AND d.call = $3::text

-- name: call_ruleset
SELECT c.ruleset FROM call c WHERE c.id = $1::text

-- name: facts_keys
SELECT k.id, k.key FROM vault.facts_keys($1::uuid[]) AS k

-- name: keep_replaced
INSERT INTO former_assessment (application_id, version, revision, outcome, score, ruleset, ruleset_version, criteria, snapshot, assessed_at)
SELECT d.application_id, d.version, d.revision, d.outcome, d.score, d.ruleset, d.ruleset_version, d.criteria, d.snapshot, d.assessed_at
FROM decision d WHERE d.application_id = ANY ($1::uuid[])

-- name: save
UPDATE decision d
SET version = n.version, state = n.state, outcome = n.outcome, score = n.score, ruleset = $8::text, ruleset_version = n.ruleset_version,
    criteria = n.criteria, changed_at = $9::timestamptz, assessed_at = $9
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::int[], $7::text[])
     AS n (application_id, version, state, outcome, score, ruleset_version, criteria)
WHERE d.application_id = n.application_id AND d.version = n.version - 1

-- name: register_ruleset
INSERT INTO ruleset (id, version, sha256) VALUES ($1::text, $2::int, $3::bytea) ON CONFLICT DO NOTHING

-- name: ruleset_sha256
SELECT r.sha256 FROM ruleset r WHERE r.id = $1::text AND r.version = $2::int
