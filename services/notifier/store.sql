-- Partners and endpoints.

-- name: read_as_staff
-- From here to its end the transaction reads what staff may (migrations/0091_staff_reads.sql) and changes nothing. $1: their territories, NULL: everywhere.
SELECT set_config('role', 'jisr_notifier_reader', true), set_config('jisr.territories', coalesce($1::text[], '{*}')::text, true)

-- name: find_partner_by_key
SELECT id FROM partner WHERE api_key_hash = $1::bytea AND enabled

-- name: add_partner
INSERT INTO partner (id, name, api_key_hash, created_at) VALUES ($1::uuid, $2::text, $3::bytea, $4::timestamptz)

-- name: list_partners
SELECT id, name, enabled, created_at, closed_at
FROM partner
WHERE id > $1::uuid
ORDER BY id
LIMIT $2::int4

-- name: get_partner
SELECT id, name, enabled, created_at, closed_at FROM partner WHERE id = $1::uuid

-- Once: closed it stays.
-- name: close_partner
UPDATE partner SET enabled = false, closed_at = $2::timestamptz, revoked_to = '00000000-0000-0000-0000-000000000000'
WHERE id = $1::uuid AND closed_at IS NULL

-- Without a reason: such an endpoint is nobody's way to hear of women, and none that comes back.
-- name: disable_endpoints_of
UPDATE endpoint SET state = 'DISABLED', disabled_reason = NULL, disabled_at = $2::timestamptz
WHERE id IN (SELECT id FROM endpoint WHERE partner = $1::uuid ORDER BY id FOR UPDATE)

-- One copy at a time for each.
-- name: find_closing
SELECT id, revoked_to FROM partner WHERE revoked_to IS NOT NULL ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED

-- name: note_revoked
UPDATE partner SET revoked_to = $2::uuid WHERE id = $1::uuid

-- Held by whoever changes its endpoints, who counts them then; of one that is closed nothing is changed.
-- name: lock_partner
SELECT id FROM partner WHERE id = $1::uuid AND enabled FOR NO KEY UPDATE

-- name: keep_answer
INSERT INTO idempotency (key_hash, body_hash, location, answer, created_at)
VALUES ($1::bytea, $2::bytea, $3::text, $4::bytea, $5::timestamptz)
ON CONFLICT (key_hash) DO NOTHING

-- name: find_answer
SELECT body_hash, location, answer FROM idempotency WHERE key_hash = $1::bytea

-- name: count_endpoints
SELECT count(*) FROM endpoint WHERE partner = $1::uuid AND state = 'ENABLED'

-- Before one is added: what is being written for its partner, by whoever knows nothing of it, is there first; whoever reads the subscriptions from now on waits,
-- and knows of it (a statement has its locks before its snapshot).
-- name: lock_endpoints
LOCK TABLE endpoint IN EXCLUSIVE MODE

-- name: add_endpoint
INSERT INTO endpoint (id, partner, url, event_types, territories, secret, created_at)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text[], $5::text[], $6::bytea, $7::timestamptz)

-- name: list_endpoints
SELECT id, url, array_to_string(event_types, ','), array_to_string(territories, ','), state, disabled_reason, created_at
FROM endpoint
WHERE partner = $1::uuid AND id > $2::uuid
ORDER BY id
LIMIT $3::int4

-- name: get_endpoint
SELECT id, url, array_to_string(event_types, ','), array_to_string(territories, ','), state, disabled_reason, created_at
FROM endpoint
WHERE id = $1::uuid AND partner = $2::uuid

-- name: rotate_secret
UPDATE endpoint SET old_secret = secret, old_secret_until = $4::timestamptz, secret = $3::bytea
WHERE id = $1::uuid AND partner = $2::uuid
RETURNING id

-- Why it was disabled; NULL: it was not.
-- name: enable_endpoint
WITH old AS (SELECT id, disabled_reason FROM endpoint WHERE id = $1::uuid AND partner = $2::uuid FOR UPDATE)
UPDATE endpoint e SET state = 'ENABLED', disabled_reason = NULL, disabled_at = NULL
FROM old
WHERE e.id = old.id
RETURNING old.disabled_reason

-- Who may get a referral now. A referral is its partner's, whose endpoint may come back: one that is gone is among them, and why, but none that has been gone
-- since before $1: nobody would answer her, and what it is told would be buried for good. The share lock keeps an endpoint from being disabled or enabled
-- until the rows for it are committed.
-- name: lock_subscriptions
SELECT id, partner, array_to_string(event_types, ','), array_to_string(territories, ','), disabled_reason
FROM endpoint
WHERE state = 'ENABLED' OR (disabled_reason IS NOT NULL AND disabled_at >= $1::timestamptz)
ORDER BY id
FOR SHARE

-- What becomes of an offer is told, or buried, however long ago it was made.
-- name: lock_partner_subscriptions
SELECT id, partner, array_to_string(event_types, ','), array_to_string(territories, ','), disabled_reason
FROM endpoint
WHERE (state = 'ENABLED' OR disabled_reason IS NOT NULL) AND partner = ANY ($1::uuid[])
ORDER BY id
FOR SHARE

-- Applications.

-- An older version changes nothing; a withdrawal keeps no contact.
-- name: save_applications
INSERT INTO application AS a (id, version, call, kind, region, province, referral_consent, withdrawn, contact, revision)
SELECT * FROM unnest($1::uuid[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::bool[], $9::text[], $10::int8[])
ORDER BY 1
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, call = excluded.call, kind = excluded.kind, region = excluded.region, province = excluded.province,
    referral_consent = excluded.referral_consent, withdrawn = excluded.withdrawn, contact = excluded.contact,
    revision = coalesce(excluded.revision, a.revision)
WHERE a.version < excluded.version

-- Held until the offer that rests on it is committed: her withdrawal, which another copy may be handling, comes before it or finds it and revokes it.
-- (coalesce: so that her own offers are looked up by her, not among all that wait for an answer.)
-- name: find_applications
SELECT a.id, a.call, a.kind, a.region, a.province, a.referral_consent AND NOT a.withdrawn, coalesce(a.revision, 0),
       EXISTS (SELECT FROM referral r WHERE r.application = a.id AND r.state <> 'REVOKED' AND coalesce(r.state, '') = 'OFFERED' AND r.province <> a.province)
FROM application a
WHERE a.id = ANY ($1::uuid[])
ORDER BY a.id
FOR SHARE OF a

-- The form that got a place: should partners be told of her later, or again, she is found by it.
-- name: remember_shortlisted
UPDATE application a SET shortlisted_revision = n.revision
FROM unnest($1::uuid[], $2::int8[]) AS n (id, revision)
WHERE a.id = n.id

-- A later form of hers lost it. Few had one, so those are found before anything is written.
-- name: forget_shortlisted
UPDATE application SET shortlisted_revision = NULL
WHERE id IN (SELECT id FROM application WHERE id = ANY ($1::uuid[]) AND shortlisted_revision IS NOT NULL ORDER BY id FOR UPDATE)
RETURNING id

-- Those whose word came after the place, about the form that got it.
-- name: find_shortlisted
SELECT a.id, a.call, a.kind, a.region, a.province, a.referral_consent AND NOT a.withdrawn, coalesce(a.revision, 0), false
FROM application a JOIN unnest($1::uuid[], $2::int8[]) AS n (id, revision) ON n.id = a.id
WHERE a.shortlisted_revision = n.revision AND a.referral_consent AND NOT a.withdrawn
ORDER BY a.id
FOR SHARE OF a

-- Referrals.

-- name: add_referrals
INSERT INTO referral (id, partner, application, province, state, version, offered_at, changed_at)
SELECT n.id, n.partner, n.application, n.province, 'OFFERED', 1, $5::timestamptz, $5::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS n (id, partner, application, province)
ON CONFLICT (application, partner) WHERE state <> 'REVOKED' DO NOTHING
RETURNING id

-- name: lock_referrals_to_revoke
SELECT r.id, r.partner, r.application, r.state, r.version, a.call, a.kind, a.region, r.province
FROM referral r JOIN application a ON a.id = r.application
WHERE r.application = ANY ($1::uuid[]) AND r.state IN ('OFFERED', 'ACCEPTED')
  AND (a.withdrawn OR NOT a.referral_consent OR a.shortlisted_revision IS NULL)
ORDER BY r.id
FOR UPDATE OF r

-- Offers of these that were made where they lived before. What a partner has taken stays: it goes on with her.
-- name: lock_offers_elsewhere
SELECT r.id, r.partner, r.application, r.state, r.version, a.call, a.kind, a.region, r.province, a.province
FROM referral r JOIN application a ON a.id = r.application
WHERE r.application = ANY ($1::uuid[]) AND r.state <> 'REVOKED' AND coalesce(r.state, '') = 'OFFERED' AND r.province <> a.province
ORDER BY r.id
FOR UPDATE OF r

-- name: lock_referrals_to_expire
SELECT r.id, r.partner, r.application, r.state, r.version, a.call, a.kind, a.region, r.province
FROM referral r JOIN application a ON a.id = r.application
WHERE r.state = 'OFFERED' AND r.offered_at < $1::timestamptz
ORDER BY r.offered_at
LIMIT $2::int4
FOR UPDATE OF r SKIP LOCKED

-- What a closed partner still holds of women, a chunk after $2.
-- name: lock_referrals_held
SELECT r.id, r.partner, r.application, r.state, r.version, a.call, a.kind, a.region, r.province
FROM referral r JOIN application a ON a.id = r.application
WHERE r.partner = $1::uuid AND r.id > $2::uuid AND r.state IN ('OFFERED', 'ACCEPTED')
ORDER BY r.id
LIMIT $3::int4
FOR UPDATE OF r

-- name: lock_referral
SELECT r.id, r.partner, r.application, r.state, r.version, a.call, a.kind, a.region, r.province, r.reason, r.outcome
FROM referral r JOIN application a ON a.id = r.application
WHERE r.id = $1::uuid AND r.partner = $2::uuid
FOR UPDATE OF r

-- name: change_referrals
UPDATE referral r
SET state = c.state, version = c.version + 1, changed_at = $6::timestamptz, reason = coalesce(c.reason, r.reason), outcome = coalesce(c.outcome, r.outcome)
FROM unnest($1::uuid[], $2::int8[], $3::text[], $4::text[], $5::text[]) AS c (id, version, state, reason, outcome)
WHERE r.id = c.id AND r.version = c.version

-- name: note_referral
UPDATE referral SET note = $2::bytea WHERE id = $1::uuid

-- What partners wrote about women whose keys are destroyed: it is sealed under a key that is not theirs. (None is on what was revoked.)
-- name: forget_notes
UPDATE referral SET note = NULL WHERE application = ANY ($1::uuid[]) AND state <> 'REVOKED' AND note IS NOT NULL

-- name: get_referral
SELECT r.id, r.application, a.call, a.kind, a.region, r.province, r.state, r.version, r.reason, r.outcome, r.offered_at, r.changed_at
FROM referral r JOIN application a ON a.id = r.application
WHERE r.id = $1::uuid AND r.partner = $2::uuid

-- name: list_referrals
SELECT r.id, r.application, a.call, a.kind, a.region, r.province, r.state, r.version, r.reason, r.outcome, r.offered_at, r.changed_at
FROM referral r JOIN application a ON a.id = r.application
WHERE r.partner = $1::uuid AND ($2::text IS NULL OR r.state = $2::text) AND r.id > $3::uuid
ORDER BY r.id
LIMIT $4::int4

-- name: get_contact
SELECT r.application, r.state, a.contact
FROM referral r JOIN application a ON a.id = r.application
WHERE r.id = $1::uuid AND r.partner = $2::uuid

-- name: take_contact_key
-- No row: no consent. Without a key: erased.
SELECT key FROM vault.partner_contact_key($1::uuid, $2::text)

-- Webhooks.

-- name: add_messages
INSERT INTO message (event_id, application, traceparent, body)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])

-- The order of the arrays is the order of the changes. What is for an endpoint that is gone ($4: why) is buried at once, as what waited for it was.
-- name: add_deliveries
INSERT INTO delivery (event_id, endpoint, application, state, last_failure, due_at, created_at, finished_at)
SELECT n.event_id, n.endpoint, n.application, CASE WHEN n.gone IS NULL THEN 'PENDING' ELSE 'DEAD' END, n.gone, $5::timestamptz, $5::timestamptz,
       CASE WHEN n.gone IS NOT NULL THEN $5::timestamptz END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS n (event_id, endpoint, application, gone, place)
ORDER BY n.place

-- name: load_targets
SELECT id, url, secret, CASE WHEN old_secret_until > $1::timestamptz THEN old_secret END
FROM endpoint
WHERE state = 'ENABLED'
ORDER BY id

-- A lost lease is no harm: the same webhook-id goes out twice. So nobody waits for the disk here.
-- name: lightly
SELECT set_config('synchronous_commit', 'off', true)

-- What is due, oldest first, for each endpoint that is there and has no arrears (arrears.h) as much as it has room for; of each application only what is oldest,
-- so that its order holds.
-- (finished_at leaves delivery_order as the only way to the application's oldest, whatever the statistics say: the queue's index knows nothing of it.)
-- name: claim
WITH room AS MATERIALIZED (
    SELECT r.endpoint, r.places
    FROM unnest($1::uuid[], $2::int4[]) AS r (endpoint, places)
    WHERE (SELECT e.state FROM endpoint e WHERE e.id = r.endpoint) = 'ENABLED' AND NOT EXISTS (SELECT FROM arrears a WHERE a.endpoint = r.endpoint)),
due AS (
    SELECT picked.event_id, picked.endpoint
    FROM room CROSS JOIN LATERAL (
        SELECT d.event_id, d.endpoint
        FROM delivery d
        WHERE d.endpoint = room.endpoint AND d.state = 'PENDING' AND d.due_at <= $3::timestamptz
          AND d.seq = (SELECT min(o.seq) FROM delivery o
                       WHERE o.application = d.application AND o.endpoint = d.endpoint AND o.finished_at IS NULL)
        ORDER BY d.seq
        LIMIT room.places
        FOR UPDATE OF d SKIP LOCKED) AS picked
    LIMIT $5::int4)
UPDATE delivery d
SET due_at = $4::timestamptz
FROM due JOIN message m ON m.event_id = due.event_id
WHERE d.event_id = due.event_id AND d.endpoint = due.endpoint
RETURNING d.event_id, d.endpoint, d.attempts, d.created_at, m.traceparent, m.body

-- Results. Another copy may have had it meanwhile (our lease was over): then the number of attempts has moved, and only a receipt still counts.
-- (coalesce: so that no partial index can be chosen, and each row is looked up by its key.)
-- name: record_results
WITH result AS (
    SELECT *
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int4[], $5::bool[], $6::timestamptz[], $7::int4[], $8::text[], $9::timestamptz[], $10::int8[])
         AS r (event_id, endpoint, state, before, counted, due_at, status, failure, answered_at, duration_us)),
changed AS (
    UPDATE delivery d
    SET state = r.state, attempts = d.attempts + r.counted::int4, due_at = coalesce(r.due_at, d.due_at), last_status = r.status,
        last_failure = r.failure, finished_at = CASE WHEN r.state <> 'PENDING' THEN r.answered_at END
    FROM result r
    WHERE d.event_id = r.event_id AND d.endpoint = r.endpoint AND coalesce(d.finished_at, 'infinity') = 'infinity' AND (d.attempts = r.before OR r.state = 'DONE')
    RETURNING d.event_id, d.endpoint)
INSERT INTO delivery_attempt (event_id, endpoint, number, answered_at, duration_us, status, failure)
SELECT r.event_id, r.endpoint, r.before + 1, r.answered_at, r.duration_us, r.status, r.failure
FROM result r JOIN changed c ON c.event_id = r.event_id AND c.endpoint = r.endpoint
WHERE r.counted

-- name: disable_endpoints
UPDATE endpoint SET state = 'DISABLED', disabled_reason = $2::text, disabled_at = $3::timestamptz
WHERE id IN (SELECT id FROM endpoint WHERE id = ANY ($1::uuid[]) AND state = 'ENABLED' ORDER BY id FOR UPDATE)

-- What waits for an endpoint that is gone, $2 at most. The endpoint is held: enabled meanwhile, it is passed over; enabled after, it is in its arrears.
-- name: bury_deliveries
WITH gone AS (
    SELECT e.id, coalesce(e.disabled_reason, 'partner closed') AS reason
    FROM endpoint e
    WHERE e.state = 'DISABLED' AND (SELECT w.seq FROM delivery w WHERE w.endpoint = e.id AND w.state = 'PENDING' ORDER BY w.seq LIMIT 1) IS NOT NULL
    ORDER BY e.id FOR SHARE),
waiting AS (
    SELECT picked.event_id, gone.id, gone.reason
    FROM gone CROSS JOIN LATERAL (SELECT w.event_id FROM delivery w WHERE w.endpoint = gone.id AND w.state = 'PENDING' LIMIT $2::int4 FOR UPDATE) AS picked
    LIMIT $2::int4)
UPDATE delivery d SET state = 'DEAD', last_failure = waiting.reason, finished_at = $1::timestamptz
FROM waiting
WHERE d.event_id = waiting.event_id AND d.endpoint = waiting.id

-- What was buried and comes back (arrears.h), a thousand at a time: the number is written out, for the planner to know it. An endpoint that is disabled again
-- meanwhile keeps its arrears for when it is back.

-- name: note_own_arrears
INSERT INTO arrears (endpoint, source, reason) VALUES ($1::uuid, $1::uuid, $2::text)
ON CONFLICT (endpoint, source, reason) DO UPDATE SET after_seq = 0

-- Of those of its partner that are gone, and have something; what was on its way to one of them, too.
-- name: note_arrears
INSERT INTO arrears (endpoint, source, reason)
SELECT n.id, gone.id, gone.disabled_reason
FROM endpoint n JOIN endpoint gone ON gone.partner = n.partner AND gone.state = 'DISABLED' AND gone.disabled_reason IS NOT NULL
WHERE n.id = $1::uuid AND ((SELECT w.seq FROM delivery w WHERE w.endpoint = gone.id AND w.state = 'DEAD' ORDER BY w.seq LIMIT 1) IS NOT NULL
                           OR (SELECT w.seq FROM delivery w WHERE w.endpoint = gone.id AND w.state = 'PENDING' ORDER BY w.seq LIMIT 1) IS NOT NULL)
UNION
SELECT n.id, a.source, a.reason
FROM endpoint n JOIN endpoint gone ON gone.partner = n.partner AND gone.state = 'DISABLED' JOIN arrears a ON a.endpoint = gone.id
WHERE n.id = $1::uuid

-- One copy at a time for each partner; nobody changes its endpoints meanwhile.
-- name: find_arrears
SELECT a.endpoint, a.source, a.reason, a.after_seq
FROM arrears a JOIN endpoint e ON e.id = a.endpoint JOIN partner p ON p.id = e.partner
WHERE e.state = 'ENABLED'
ORDER BY a.endpoint, a.source, a.reason
LIMIT 1
FOR NO KEY UPDATE OF p SKIP LOCKED

-- Its own. Its time counts from its making, so what is older than that is tried once.
-- name: revive_deliveries
WITH picked AS (
    SELECT w.event_id, w.seq FROM delivery w WHERE w.endpoint = $2::uuid AND w.state = 'DEAD' AND w.seq > $4::int8 ORDER BY w.seq LIMIT 1000),
revived AS (
    UPDATE delivery d SET state = 'PENDING', due_at = $5::timestamptz, last_failure = NULL, finished_at = NULL
    FROM picked
    WHERE d.event_id = picked.event_id AND d.endpoint = $1::uuid AND d.last_failure = $3::text)
SELECT max(seq) FROM picked

-- Another's: what is buried with it, or will be, fits the new one (as in subscription.c), and goes to no other.
-- name: inherit_deliveries
WITH picked AS (
    SELECT *
    FROM ((SELECT w.seq, w.event_id, w.application, w.created_at, w.last_failure AS reason FROM delivery w
           WHERE w.endpoint = $2::uuid AND w.state = 'DEAD' AND w.seq > $4::int8 ORDER BY w.seq LIMIT 1000)
          UNION ALL
          (SELECT w.seq, w.event_id, w.application, w.created_at, $3::text FROM delivery w
           WHERE w.endpoint = $2::uuid AND w.state = 'PENDING' AND w.seq > $4::int8 ORDER BY w.seq LIMIT 1000)) AS w
    ORDER BY w.seq
    LIMIT 1000),
inherited AS (
    INSERT INTO delivery (event_id, endpoint, application, seq, due_at, created_at) OVERRIDING SYSTEM VALUE
    SELECT w.event_id, n.id, w.application, w.seq, $5::timestamptz, w.created_at
    FROM picked w
         JOIN endpoint n ON n.id = $1::uuid
         JOIN message m ON m.event_id = w.event_id
         CROSS JOIN LATERAL (SELECT m.body::json ->> 'type' AS type, m.body::json -> 'data' AS data) AS event
    WHERE w.reason = $3::text AND (event.type = ANY (n.event_types) OR 'ma.jisr.referral.*' = ANY (n.event_types))
      AND (n.territories = '{}' OR event.data ->> 'province' = ANY (n.territories) OR event.data ->> 'region' = ANY (n.territories))
      AND NOT EXISTS (SELECT FROM delivery o JOIN endpoint e ON e.id = o.endpoint
                      WHERE o.event_id = w.event_id AND (o.state = 'DONE' OR (o.state = 'PENDING' AND e.state = 'ENABLED')))
    ON CONFLICT (event_id, endpoint) DO NOTHING)
SELECT max(seq) FROM picked

-- name: move_arrears
UPDATE arrears SET after_seq = $4::int8 WHERE endpoint = $1::uuid AND source = $2::uuid AND reason = $3::text

-- name: end_arrears
DELETE FROM arrears WHERE endpoint = $1::uuid AND source = $2::uuid AND reason = $3::text

-- name: measure_queue
SELECT count(*), min(created_at) FROM (SELECT created_at FROM delivery WHERE state = 'PENDING' ORDER BY endpoint, seq LIMIT 100000) AS head
