-- Every statement of intake. $n are binary parameters; arrays are unnested, one element a row of a batch.

-- ── Calls ──

-- name: list_calls
SELECT c.id, c.slug, c.region, c.state = 'OPEN', c.opens_at, c.closes_at, c.ice_strict,
       c.kinds ? 'person', c.kinds ? 'cooperative',
       (SELECT coalesce(string_agg(q.province, ',' ORDER BY q.province), '') FROM quota q WHERE q.call_id = c.id),
       c.consents::text,
       json_build_object('id', c.slug, 'title', c.title, 'region', c.region, 'state', c.state,
                         'opens_at', to_char(c.opens_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                         'closes_at', to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                         'kinds', c.kinds,
                         'quotas', (SELECT coalesce(json_agg(json_build_object('province', q.province, 'name', p.name, 'places', q.places) ORDER BY q.province), '[]')
                                    FROM quota q JOIN province p ON p.code = q.province WHERE q.call_id = c.id),
                         'clock', json_build_object('answer_days', c.answer_days, 'counting', c.counting, 'complement_days', c.complement_days,
                                                    'draft_days', c.draft_days),
                         'version', c.version, 'members_min', c.members_min, 'fields', c.fields, 'documents', c.documents, 'consents', c.consents, 'shortlisting', c.shortlisting, 'sample', c.sample)::text,
       c.answer_days, c.complement_days, coalesce(c.draft_days, 0), c.counting = 'working',
       (SELECT coalesce(sum(1 << (w.day - 1)), 0)::int4 FROM unnest(k.weekend) AS w (day)),
       (SELECT coalesce(string_agg((h.day - date '1970-01-01')::text, ',' ORDER BY h.day), '') FROM holiday h WHERE h.calendar = c.calendar),
       c.members_min, c.fields::text
FROM call c LEFT JOIN working_calendar k ON k.id = c.calendar
WHERE c.state <> 'DRAFT'
ORDER BY c.id

-- ── Submission (group commit) ──

-- A call that was closed before this batch began takes none of it, whatever the snapshot of calls.c says.
-- Only the request's key may lose quietly: looking for conflicts in each unique index first would cost a second descent of each. A receipt that is
-- taken (50 random bits) is an error, and its row alone is done again with another.
-- name: insert_applications
INSERT INTO application (id, request_key, request_hash, receipt, call_id, kind, province, state, version, revision, created_at, submitted_at,
                         answer_due_at, first_due_at, women, referral_consent, language, warnings, created_by, body, history)
SELECT n.id, n.request_key, n.request_hash, n.receipt, n.call_id, n.kind, n.province, n.state, 1, 1, n.created_at, n.submitted_at,
       n.answer_due_at, n.answer_due_at, n.women, n.referral_consent, n.language, n.warnings, n.created_by, n.body, n.history
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int4[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[],
            $11::timestamptz[], $12::int4[], $13::bool[], $14::text[], $15::int4[], $16::text[], $17::bytea[], $18::text[])
     AS n (id, request_key, request_hash, receipt, call_id, kind, province, state, created_at, submitted_at,
           answer_due_at, women, referral_consent, language, warnings, created_by, body, history)
WHERE n.call_id = ANY (ARRAY (SELECT c.id FROM call c WHERE c.id = ANY ($5) AND c.state = 'OPEN'))
ON CONFLICT (request_key) DO NOTHING
RETURNING id

-- A statement of its own: the rows that won are invisible to the one that lost against them.
-- name: find_requests
SELECT request_key, request_hash, id, receipt, created_at, submitted_at, coalesce(first_due_at, answer_due_at)
FROM application
WHERE request_key = ANY ($1::uuid[])

-- The row says who came first in each stream; `fresh` when nobody had used the number in this call.
-- name: claim_identities
INSERT INTO identity AS i (call_id, hash, person_application, member_application)
SELECT n.call_id, n.hash, n.person, n.member
FROM unnest($1::int4[], $2::uuid[], $3::uuid[], $4::uuid[]) AS n (call_id, hash, person, member)
ON CONFLICT (call_id, hash) DO UPDATE
SET person_application = coalesce(i.person_application, excluded.person_application),
    member_application = coalesce(i.member_application, excluded.member_application)
RETURNING person_application, member_application, xmax = 0 AS fresh

-- name: mark_duplicates
UPDATE application a
SET state = 'DUPLICATE_REVIEW', history = n.history
FROM unnest($1::uuid[], $2::text[]) AS n (id, history)
WHERE a.id = n.id

-- name: enrol_subjects
SELECT vault.enrol($1::uuid[], $2::bytea[], $3::bytea[], $4::bool[])

-- name: add_statistics
INSERT INTO stat_delta (call_id, kind, province, state, day, applications, women, distinct_women, profile)
SELECT * FROM unnest($1::int4[], $2::text[], $3::text[], $4::text[], $5::date[], $6::int8[], $7::int8[], $8::int8[], $9::text[])

-- ── Reading ──

-- name: find_credential
SELECT id, code_number FROM application WHERE receipt = $1::text

-- name: find_by_id
SELECT id, receipt, call_id, kind, province, state, version, revision, submitted_at, answer_due_at, warnings, history, decision, training,
       info_requested_at, complement_due_at, complement, confirmation, hold, restriction, register_checks, funding, follow_up
FROM application WHERE id = $1::uuid

-- name: find_by_receipt
SELECT id, receipt, call_id, kind, province, state, version, revision, submitted_at, answer_due_at, warnings, history, decision, training,
       info_requested_at, complement_due_at, complement, confirmation, hold, restriction, register_checks, funding, follow_up
FROM application WHERE receipt = $1::text

-- What a find has not seen is hidden from this role (migrations/0080_territories.sql), or not there.
-- name: is_filed
SELECT is_filed($1::uuid, $2::text)

-- From here to its end the transaction reads what staff of these territories may ($1: codes of regions and provinces, NULL: everywhere) and changes nothing.
-- name: read_as_staff
SELECT set_config('role', 'jisr_intake_reader', true), set_config('jisr.territories', coalesce($1::text[], '{*}')::text, true)

-- ── Changes by people ──

-- name: lock_application
SELECT id, receipt, call_id, kind, province, state, version, revision, submitted_at, answer_due_at, warnings, history, decision, training,
       info_requested_at, complement_due_at, complement, confirmation, hold, restriction, register_checks, funding, follow_up,
       women, referral_consent, language, body
FROM application WHERE id = $1::uuid FOR UPDATE

-- name: subject_keys
SELECT f.key, c.key
FROM vault.facts_keys(ARRAY[$1::uuid]) AS f JOIN vault.own_contact_keys(ARRAY[$1::uuid]) AS c USING (id)

-- name: keep_revision
INSERT INTO application_revision (application_id, revision, replaced_at, body) VALUES ($1::uuid, $2::int4, $3::timestamptz, $4::bytea)

-- name: change_application
UPDATE application
SET kind = $2::text, province = $3::text, state = $4::text, version = version + 1, revision = $5::int4, submitted_at = $6::timestamptz,
    answer_due_at = $7::timestamptz, women = $8::int4, referral_consent = $9::bool, language = $10::text, warnings = $11::int4,
    history = $12::text, body = $13::bytea, decision = $14::text, info_requested_at = $16::timestamptz, complement_due_at = $17::timestamptz,
    complement = $18::text, confirmation = $19::text, hold = $20::text, restriction = $21::text, register_checks = $22::text,
    funding = $23::text, follow_up = $24::text
WHERE id = $1::uuid AND version = $15::int8

-- name: set_referral_consent
SELECT vault.set_referral_consent($1::uuid, $2::bool)

-- What an amendment takes away: numbers that this application no longer holds. `gone`: nobody holds it now.
-- name: release_identities
WITH released AS (
    UPDATE identity i
    SET person_application = nullif(i.person_application, $3::uuid), member_application = nullif(i.member_application, $3::uuid)
    WHERE i.call_id = $1::int4 AND i.hash = ANY ($2::uuid[]) AND $3::uuid IN (i.person_application, i.member_application)
    RETURNING person_application, member_application
)
SELECT count(*) FILTER (WHERE person_application IS NULL AND member_application IS NULL) FROM released

-- name: drop_free_identities
DELETE FROM identity i
WHERE i.call_id = $1::int4 AND i.hash = ANY ($2::uuid[]) AND i.person_application IS NULL AND i.member_application IS NULL

-- name: find_answer
SELECT fingerprint, version, answer FROM idempotency WHERE key = $1::uuid

-- name: keep_answer
INSERT INTO idempotency (key, fingerprint, application_id, version, answer, created_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::int8, $5::text, $6::timestamptz)

-- ── Changes by events ──

-- name: lock_for_events
SELECT id, receipt, call_id, kind, province, state, version, revision, submitted_at, answer_due_at, warnings, history, decision, training,
       info_requested_at, complement_due_at, complement, confirmation, hold, restriction, register_checks, funding, follow_up,
       women, decision_version, training_version, training_enrolment
FROM application WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE

-- name: progress_applications
UPDATE application a
SET state = n.state, version = n.version, history = n.history, decision = n.decision, training = n.training,
    decision_version = n.decision_version, training_version = n.training_version, training_enrolment = n.training_enrolment
FROM unnest($1::uuid[], $2::text[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::int8[], $9::uuid[])
     AS n (id, state, version, history, decision, training, decision_version, training_version, training_enrolment)
WHERE a.id = n.id

-- ── Statistics ──

-- One worker at a time, in whichever copy; the lock ends with the transaction.
-- name: try_fold_lock
SELECT pg_try_advisory_xact_lock(hashtext('jisr.intake.statistics'))

-- name: fold_statistics
WITH taken AS (DELETE FROM stat_delta RETURNING *),
     days AS (
        INSERT INTO stat_day AS s (call_id, day, applications, women)
        SELECT call_id, day, sum(applications), sum(women) FROM taken WHERE day IS NOT NULL GROUP BY call_id, day
        ON CONFLICT (call_id, day) DO UPDATE SET applications = s.applications + excluded.applications, women = s.women + excluded.women
     ),
     profiles AS (
        INSERT INTO stat_profile AS s (call_id, kind, province, slot, women)
        SELECT t.call_id, t.kind, t.province, p.place - 1, sum(p.women)
        FROM taken t, unnest(t.profile::int4[]) WITH ORDINALITY AS p (women, place) WHERE p.women <> 0 GROUP BY 1, 2, 3, 4
        ON CONFLICT (call_id, kind, province, slot) DO UPDATE SET women = s.women + excluded.women
     )
INSERT INTO stat AS s (call_id, kind, province, state, applications, women, distinct_women)
SELECT call_id, kind, province, state, sum(applications), sum(women), sum(distinct_women) FROM taken GROUP BY call_id, kind, province, state
ON CONFLICT (call_id, kind, province, state) DO UPDATE
SET applications = s.applications + excluded.applications, women = s.women + excluded.women, distinct_women = s.distinct_women + excluded.distinct_women

-- Base plus deltas in one snapshot. Rows with a day carry the days, those with a slot the groups, the others the cells.
-- name: read_statistics
SELECT call_id, kind, province, state, NULL::date AS day, NULL::int4 AS slot, sum(applications)::int8, sum(women)::int8, sum(distinct_women)::int8
FROM (SELECT call_id, kind, province, state, applications, women, distinct_women FROM stat
      UNION ALL SELECT call_id, kind, province, state, applications, women, distinct_women FROM stat_delta) AS cells
GROUP BY call_id, kind, province, state
UNION ALL
SELECT call_id, '', '', '', day, NULL, sum(applications)::int8, sum(women)::int8, 0
FROM (SELECT call_id, day, applications, women FROM stat_day
      UNION ALL SELECT call_id, day, applications, women FROM stat_delta WHERE day IS NOT NULL) AS days
GROUP BY call_id, day
UNION ALL
SELECT call_id, kind, province, '', NULL, slot, 0, sum(women)::int8, 0
FROM (SELECT call_id, kind, province, slot, women FROM stat_profile
      UNION ALL SELECT d.call_id, d.kind, d.province, p.place::int4 - 1, p.women
                FROM stat_delta d, unnest(d.profile::int4[]) WITH ORDINALITY AS p (women, place) WHERE p.women <> 0) AS profiles
GROUP BY call_id, kind, province, slot
ORDER BY 1, 5, 2, 3, 4, 6

-- ── Retention: Idempotency-Keys are kept 30 days; some thousand at a time ──

-- name: forget_answers
DELETE FROM idempotency WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency WHERE created_at < $1::timestamptz LIMIT 1000))

-- name: forget_requests
-- So many are looked at, whether they have one or not: whoever starts anew begins with the oldest. The last of them.
WITH looked AS MATERIALIZED (
    SELECT id, request_key IS NOT NULL AS has_key FROM application WHERE id > $1::uuid AND id < $2::uuid ORDER BY id LIMIT 5000
), forgotten AS (
    UPDATE application a SET request_key = NULL FROM looked l WHERE l.has_key AND a.id = l.id
)
SELECT id FROM looked ORDER BY id DESC LIMIT 1
