-- What eligibility keeps of the calls that intake publishes. $1: the event's data.

-- name: save_call
INSERT INTO call AS c (id, region, shortlisting, ruleset, sample, version)
SELECT d ->> 'call', d ->> 'region', d ->> 'shortlisting', d ->> 'ruleset', (d ->> 'sample')::boolean, (d ->> 'version')::bigint
FROM (SELECT $1::text::jsonb) AS x (d)
ON CONFLICT (id) DO UPDATE
SET region = excluded.region, shortlisting = excluded.shortlisting, ruleset = excluded.ruleset, sample = excluded.sample, version = excluded.version
WHERE c.version < excluded.version
RETURNING id

-- Places that were given stay given, whatever the new number says; those above it are given to nobody else.
-- name: save_quotas_of_call
INSERT INTO quota AS q (call, province, places)
SELECT d ->> 'call', p ->> 'province', (p ->> 'places')::int
FROM (SELECT $1::text::jsonb) AS x (d), jsonb_array_elements(d -> 'quotas') AS p
ORDER BY 1, 2
ON CONFLICT (call, province) DO UPDATE SET places = greatest(excluded.places, q.taken), surplus = greatest(q.taken - excluded.places, 0)
