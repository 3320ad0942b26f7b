-- The call editor: drafts, and their publication. $1 of the publish_… statements is the document.

-- name: add_draft
INSERT INTO call_draft (slug, version, document, region, changed_by, changed_at) VALUES ($1::text, 1, $2::text, $3::text, $4::text, $5::timestamptz)

-- name: find_draft
SELECT d.version, d.document, d.region, d.changed_by, d.changed_at, coalesce(c.version, 0)::int8, coalesce(c.state, 'DRAFT'), c.document
FROM call_draft d
     LEFT JOIN LATERAL (SELECT c.version, c.state, (SELECT v.document FROM call_version v WHERE v.slug = c.slug ORDER BY v.version DESC LIMIT 1) AS document
                        FROM call c WHERE c.slug = d.slug) AS c ON true
WHERE d.slug = $1::text

-- name: lock_draft
SELECT d.version FROM call_draft d WHERE d.slug = $1::text FOR UPDATE

-- name: change_draft
UPDATE call_draft SET version = version + 1, document = $2::text, region = $3::text, changed_by = $4::text, changed_at = $5::timestamptz
WHERE slug = $1::text

-- name: list_drafts
SELECT d.slug, d.version, d.region, d.changed_by, d.changed_at, coalesce(c.version, 0)::int8, coalesce(c.state, 'DRAFT')
FROM call_draft d LEFT JOIN call c USING (slug)
WHERE ($1::text[] IS NULL OR d.region = ANY ($1)) AND ($2::text IS NULL OR d.slug > $2)
ORDER BY d.slug
LIMIT $3::int4

-- What the tables would refuse: provinces of another region, a calendar that is not there.
-- name: obstacles
SELECT (SELECT count(*) FROM jsonb_array_elements($1::text::jsonb -> 'provinces') AS p JOIN province q ON q.code = p ->> 'code'
        WHERE q.region <> $1::text::jsonb #>> '{region,code}'),
       $1::text::jsonb #>> '{clock,calendar}' IS NULL
           OR EXISTS (SELECT FROM working_calendar k WHERE k.id = $1::text::jsonb #>> '{clock,calendar}')

-- name: publish_region
INSERT INTO region (code, name) SELECT d #>> '{region,code}', d #> '{region,name}' FROM (SELECT $1::text::jsonb) AS x (d)
ON CONFLICT (code) DO UPDATE SET name = excluded.name

-- name: publish_provinces
INSERT INTO province (code, region, name)
SELECT p ->> 'code', d #>> '{region,code}', p -> 'name' FROM (SELECT $1::text::jsonb) AS x (d), jsonb_array_elements(d -> 'provinces') AS p
ON CONFLICT (code) DO UPDATE SET name = excluded.name

-- name: publish_call
INSERT INTO call AS c (id, slug, title, region, state, opens_at, closes_at, kinds, documents, consents, shortlisting, ice_strict, sample, answer_days, counting,
                       calendar, complement_days, draft_days, members_min, fields, ruleset, version)
SELECT (SELECT coalesce(max(id), 0) + 1 FROM call), d ->> 'id', d -> 'title', d #>> '{region,code}', 'OPEN', (d ->> 'opens_at')::timestamptz,
       (d ->> 'closes_at')::timestamptz, d -> 'kinds', coalesce(d -> 'documents', '[]'), d -> 'consents', d ->> 'shortlisting',
       coalesce((d ->> 'ice_strict')::boolean, false), coalesce((d ->> 'sample')::boolean, false), (d #>> '{clock,answer_days}')::int,
       d #>> '{clock,counting}', d #>> '{clock,calendar}', (d #>> '{clock,complement_days}')::int, (d #>> '{clock,draft_days}')::int,
       coalesce((d ->> 'members_min')::int, 1), coalesce(d -> 'fields', '[]'), d ->> 'ruleset', 1
FROM (SELECT $1::text::jsonb) AS x (d)
ON CONFLICT (slug) DO UPDATE
SET title = excluded.title, state = 'OPEN', opens_at = excluded.opens_at, closes_at = excluded.closes_at, kinds = excluded.kinds, documents = excluded.documents,
    consents = excluded.consents, shortlisting = excluded.shortlisting, ice_strict = excluded.ice_strict, sample = excluded.sample, counting = excluded.counting,
    calendar = excluded.calendar, complement_days = excluded.complement_days, draft_days = excluded.draft_days, members_min = excluded.members_min,
    fields = excluded.fields, ruleset = excluded.ruleset, version = c.version + 1
RETURNING version

-- name: publish_quotas
INSERT INTO quota (call_id, province, places)
SELECT c.id, p ->> 'code', (p ->> 'places')::int
FROM (SELECT $1::text::jsonb) AS x (d) JOIN call c ON c.slug = d ->> 'id', jsonb_array_elements(d -> 'provinces') AS p
ON CONFLICT (call_id, province) DO UPDATE SET places = excluded.places

-- name: keep_version
INSERT INTO call_version (slug, version, document, published_by, published_at) VALUES ($1::text, $2::int8, $3::text, $4::text, $5::timestamptz)

-- name: close_call
UPDATE call SET state = 'CLOSED', closed_at = now(), version = version + 1 WHERE slug = $1::text AND state = 'OPEN' RETURNING version, region
