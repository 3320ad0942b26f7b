-- What notifier's tests write and read beside the service's own statements.

-- name: add_endpoint
INSERT INTO endpoint (id, partner, url, event_types, territories, secret, created_at)
VALUES ($1::uuid, $2::uuid, $3::text, string_to_array($4::text, ','), string_to_array($5::text, ','), $6::bytea, now())

-- name: set_old_secret
UPDATE endpoint SET old_secret = $2::bytea, old_secret_until = now() + interval '1 day' WHERE id = $1::uuid

-- name: add_application
INSERT INTO application (id, version, call, kind, region, province, referral_consent, withdrawn, contact)
VALUES ($1::uuid, 1, 'fes-meknes-2026', 'person', 'MA-03', 'MA-TAO', true, false, $2::text)

-- name: add_referral
INSERT INTO referral (id, partner, application, province, state, version, offered_at, changed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, 'MA-TAO', $4::text, 1, now(), now())

-- name: delivery
SELECT state, attempts, coalesce(last_status, 0), coalesce(last_failure, ''), event_id FROM delivery WHERE endpoint = $1::uuid ORDER BY seq

-- name: pending
SELECT count(*) FROM delivery WHERE state = 'PENDING'

-- name: attempts
SELECT count(*) FROM delivery_attempt WHERE event_id = $1::uuid

-- name: endpoint_state
SELECT state, coalesce(disabled_reason, '') FROM endpoint WHERE id = $1::uuid

-- A 410, and what it leaves behind.
-- name: disable_endpoint
WITH gone AS (UPDATE endpoint SET state = 'DISABLED', disabled_reason = 'endpoint gone', disabled_at = now() WHERE id = $1::uuid RETURNING id)
INSERT INTO delivery (event_id, endpoint, application, state, last_failure, due_at, created_at, finished_at)
SELECT gen_random_uuid(), id, gen_random_uuid(), state, failure, now(), now(), now()
FROM gone, (VALUES ('DONE', NULL), ('DEAD', 'failed'), ('DEAD', 'endpoint gone')) AS delivery (state, failure)

-- "offered revoked": of the webhooks that are pending for an endpoint and have a body, in order.
-- name: due
SELECT coalesce(string_agg(split_part(m.body::json ->> 'type', '.', 4), ' ' ORDER BY d.seq), '')
FROM delivery d JOIN message m ON m.event_id = d.event_id
WHERE d.endpoint = $1::uuid AND d.state = 'PENDING'

-- What came to another endpoint than the one it was buried with, and has another place in the order there.
-- name: misplaced
SELECT count(*) FROM delivery d JOIN delivery o ON o.event_id = d.event_id AND o.endpoint <> d.endpoint WHERE o.seq <> d.seq

-- name: age_deliveries
UPDATE delivery SET created_at = created_at - interval '76 hours'

-- name: lease_deliveries
UPDATE delivery SET due_at = now() + interval '1 second'

-- name: referrals
SELECT partner, application, state, version FROM referral ORDER BY application, partner, id

-- Each partner has said no, and noted why.
-- name: reject_all
UPDATE referral SET state = 'REJECTED', note = 'sealed'

-- name: noted
SELECT application FROM referral WHERE note IS NOT NULL

-- name: partners
SELECT id, name, enabled, created_at FROM partner ORDER BY id

-- name: endpoints
SELECT string_agg(state, ' ' ORDER BY id) FROM endpoint

-- name: outbox
SELECT type, key, aggregate_id, version, data, coalesce(traceparent, '') FROM outbox ORDER BY id

-- name: audit
SELECT actor, action, coalesce(detail, '') FROM audit ORDER BY id

-- name: bodies
SELECT d.endpoint, m.body FROM delivery d JOIN message m ON m.event_id = d.event_id ORDER BY d.seq

-- name: contact_reads
SELECT count(*), count(*) FILTER (WHERE given) FROM vault.contact_read

-- name: enrol
SELECT vault.enrol(ARRAY[$1::uuid], ARRAY[$2::bytea], ARRAY[$2::bytea], ARRAY[$3::bool])::text

-- name: set_consent
SELECT vault.set_referral_consent($1::uuid, $2::bool)::text

-- name: erase
SELECT vault.erase($1::uuid)

-- "1 OFFERED MA-TAO": partners by the last digits of their ids.
-- name: offers
SELECT coalesce(string_agg(ltrim(right(partner::text, 2), '0') || ' ' || state || ' ' || province, ', ' ORDER BY partner, id), '') FROM referral

-- name: accept_all
UPDATE referral SET state = 'ACCEPTED'

-- It has been gone for so many days.
-- name: age_endpoint
UPDATE endpoint SET disabled_at = now() - make_interval(days => $2::int4) WHERE id = $1::uuid
