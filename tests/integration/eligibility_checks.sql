-- What the tests ask of the tables.

-- name: enrol
INSERT INTO vault.subject (id, facts_key) VALUES ($1::uuid, $2::bytea) ON CONFLICT (id) DO UPDATE SET facts_key = excluded.facts_key

-- name: erase
UPDATE vault.subject SET facts_key = NULL WHERE id = $1::uuid

-- name: decision
SELECT d.state, d.version, coalesce(d.place, 0), coalesce(d.score, -1), d.province FROM decision d WHERE d.application_id = $1::uuid

-- name: told
-- Her events in order: type's last words, version, place.
SELECT coalesce(string_agg(concat_ws(' ', split_part(o.type, '.', 4), o.version, o.data::json ->> 'place'), ', ' ORDER BY o.id), '')
FROM outbox o WHERE o.key = $1::uuid

-- name: last_data
SELECT o.data FROM outbox o WHERE o.key = $1::uuid ORDER BY o.id DESC LIMIT 1

-- name: unlisted_count
SELECT count(*) FROM outbox o WHERE o.key = $1::uuid AND o.data LIKE '%"unlisted"%'

-- name: quota
SELECT q.places, q.taken, q.waiting, q.sequence,
       (SELECT count(*) FROM decision d WHERE d.call = q.call AND d.province = q.province AND d.state = 'SHORTLISTED'),
       (SELECT count(*) FROM decision d WHERE d.call = q.call AND d.province = q.province AND d.state = 'WAITLISTED'),
       (SELECT count(*) FROM placement p WHERE p.call = q.call AND p.province = q.province AND p.freed_at IS NULL)
FROM quota q WHERE q.province = $1::text

-- name: said_of_her
-- Assessments, former ones among them, that still say what a criterion came to, or hold her facts.
SELECT count(*) FROM (SELECT application_id, criteria, snapshot FROM decision UNION ALL SELECT application_id, criteria, snapshot FROM former_assessment) AS a
WHERE a.application_id = $1::uuid AND (a.criteria <> '[]' OR a.snapshot <> '')

-- name: former_count
SELECT count(*) FROM former_assessment f WHERE f.application_id = $1::uuid

-- name: out_of_step
-- Decisions whose version is not the number of their events, and shortlisted ones whose place is not the one in placement.
SELECT count(*) FROM decision d
WHERE d.version <> (SELECT count(*) FROM outbox o WHERE o.key = d.application_id)
   OR (d.state = 'SHORTLISTED' AND NOT EXISTS (SELECT FROM placement p WHERE p.application_id = d.application_id AND p.freed_at IS NULL
                                                 AND p.sequence = d.place AND p.province = d.province))
