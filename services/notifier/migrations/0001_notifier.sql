-- Notifier: partners and their endpoints, what is known of each application, referrals, and the webhooks that tell of them.

CREATE TABLE partner (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,             -- JSON {ar,fr,en}
    api_key_hash bytea NOT NULL UNIQUE,     -- keyed; the key itself is shown once
    enabled      boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL
);

CREATE TABLE endpoint (
    id               uuid PRIMARY KEY,
    partner          uuid NOT NULL REFERENCES partner,
    url              text NOT NULL,
    event_types      text[] NOT NULL,
    territories      text[] NOT NULL,       -- regions or provinces; none: everywhere
    secret           bytea NOT NULL,        -- sealed
    old_secret       bytea,                 -- sealed; signs as well until …
    old_secret_until timestamptz,
    state            text NOT NULL DEFAULT 'ENABLED' CHECK (state IN ('ENABLED', 'DISABLED')),
    disabled_reason  text,
    disabled_at      timestamptz,
    created_at       timestamptz NOT NULL
);
CREATE INDEX endpoint_partner ON endpoint (partner, id);

-- The answer to a POST that created something, kept for the same Idempotency-Key. It holds a secret, so it is sealed and lives as long as that.
CREATE TABLE idempotency (
    key_hash   bytea PRIMARY KEY,           -- keyed: route, who, key
    body_hash  bytea NOT NULL,              -- keyed
    location   text NOT NULL,
    answer     bytea NOT NULL,              -- sealed
    created_at timestamptz NOT NULL
);

-- The last that was heard of each application.
CREATE TABLE application (
    id               uuid PRIMARY KEY,
    version          bigint NOT NULL,
    call             text NOT NULL,
    kind             text NOT NULL,
    region           text NOT NULL,
    province         text NOT NULL,
    referral_consent boolean NOT NULL,
    withdrawn        boolean NOT NULL,
    contact          text                   -- sealed under her contact key, base64, as the event brought it
) WITH (fillfactor = 90);

CREATE TABLE referral (
    id          uuid PRIMARY KEY,
    partner     uuid NOT NULL REFERENCES partner,
    application uuid NOT NULL REFERENCES application,
    state       text NOT NULL CHECK (state IN ('OFFERED', 'ACCEPTED', 'REJECTED', 'REVOKED', 'EXPIRED', 'DONE')),
    version     bigint NOT NULL,
    reason      text,
    outcome     text,
    note        bytea,                      -- sealed: a partner may write anything
    offered_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX referral_once ON referral (application, partner) WHERE state <> 'REVOKED';
CREATE INDEX referral_list ON referral (partner, id);
CREATE INDEX referral_waiting ON referral (offered_at) WHERE state = 'OFFERED';

-- A webhook's body: one for all endpoints that get it. No foreign keys here and below: they would lock a row more for each of thousands a second,
-- and the rows are written by one statement each, together.
CREATE TABLE message (
    event_id    uuid PRIMARY KEY,           -- the webhook-id, the same over all attempts
    application uuid NOT NULL,
    traceparent text,
    body        text NOT NULL               -- the CloudEvent as structured JSON
);

CREATE TABLE delivery (
    event_id     uuid NOT NULL,
    endpoint     uuid NOT NULL,
    application  uuid NOT NULL,
    seq          bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),  -- given under the referral's lock: order within an application
    state        text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DONE', 'DEAD')),
    attempts     integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL,      -- when it may be taken: its next attempt, or the end of the lease of whoever has it
    last_status  integer,
    last_failure text,
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (event_id, endpoint)
) WITH (fillfactor = 80);
CREATE INDEX delivery_queue ON delivery (endpoint, seq) WHERE state = 'PENDING';
CREATE INDEX delivery_order ON delivery (application, seq) WHERE state = 'PENDING';

CREATE TABLE delivery_attempt (
    event_id    uuid NOT NULL,
    endpoint    uuid NOT NULL,
    number      integer NOT NULL,
    answered_at timestamptz NOT NULL,
    duration_us bigint NOT NULL,
    status      integer NOT NULL,           -- 0: no answer
    failure     text
);
CREATE INDEX delivery_attempt_event ON delivery_attempt (event_id);
COMMENT ON TABLE delivery_attempt IS 'append-only: every POST that was answered or failed';
