-- intake: calls, applications, identity numbers (as keyed hashes), idempotency keys, statistics. Applied with search_path = intake, after the plumbing.

CREATE TABLE region (
    code text PRIMARY KEY,
    name jsonb NOT NULL
);
CREATE TABLE province (
    code   text PRIMARY KEY,
    region text NOT NULL REFERENCES region,
    name   jsonb NOT NULL
);

CREATE TABLE call (
    id          integer PRIMARY KEY,
    slug        text NOT NULL UNIQUE,
    title       jsonb NOT NULL,
    region      text NOT NULL REFERENCES region,
    state       text NOT NULL CHECK (state IN ('DRAFT', 'OPEN', 'CLOSED')),
    opens_at    timestamptz NOT NULL,
    closes_at   timestamptz NOT NULL CHECK (closes_at > opens_at),
    kinds       jsonb NOT NULL,
    documents   jsonb NOT NULL DEFAULT '[]',
    consents    jsonb NOT NULL,
    shortlisting text NOT NULL DEFAULT 'automatic' CHECK (shortlisting IN ('automatic', 'committee')),
    ice_strict  boolean NOT NULL DEFAULT false,
    sample      boolean NOT NULL DEFAULT false
);
CREATE TABLE quota (
    call_id  integer NOT NULL REFERENCES call,
    province text NOT NULL REFERENCES province,
    places   integer NOT NULL CHECK (places >= 0),
    PRIMARY KEY (call_id, province)
);

-- The hot table: two unique indexes beside the key, no foreign keys (a batch is checked against the call before it is queued).
-- The idempotency key of the POST that made the row lives in the row: one index less to write, and no way for the two to part.
CREATE TABLE application (
    id               uuid PRIMARY KEY,
    request_key      uuid UNIQUE,       -- keyed hash of scope and Idempotency-Key; NULL 30 days later
    request_hash     uuid NOT NULL,     -- keyed fingerprint of the request's body
    receipt          text COLLATE "C" NOT NULL UNIQUE,
    code_number      integer NOT NULL DEFAULT 0,
    call_id          integer NOT NULL,
    kind             text NOT NULL,
    province         text NOT NULL,     -- '' while a draft has none
    state            text NOT NULL,
    version          bigint NOT NULL,
    revision         integer NOT NULL,
    created_at       timestamptz NOT NULL,
    submitted_at     timestamptz,       -- equal to created_at when it was sent at once
    answer_due_at    timestamptz,
    women            integer NOT NULL,  -- registrations it counts for: 1, or the members
    referral_consent boolean NOT NULL,
    language         text NOT NULL,
    warnings         integer NOT NULL,  -- bits, see validate.h
    created_by       text,              -- agent's subject, NULL: herself
    decision_version bigint NOT NULL DEFAULT 0,
    training_version bigint NOT NULL DEFAULT 0,
    training_enrolment uuid,
    body             bytea NOT NULL,    -- the form as it was sent, sealed under her contact key
    history          text NOT NULL,     -- JSON: [{"state","at"[,"why"]}]
    decision         text,              -- JSON, as shown
    training         text               -- JSON, as shown
) WITH (toast_tuple_target = 8160);
ALTER TABLE application ALTER COLUMN body SET STORAGE EXTERNAL; -- sealed bytes do not compress
COMMENT ON COLUMN application.body IS 'destroying her contact key in the vault makes it unreadable';

CREATE TABLE application_revision (
    application_id uuid NOT NULL,
    revision       integer NOT NULL,
    replaced_at    timestamptz NOT NULL,
    body           bytea NOT NULL,
    PRIMARY KEY (application_id, revision)
);
COMMENT ON TABLE application_revision IS 'what an amendment replaced, sealed like the body';

-- One row a woman and call, by the keyed hash of her identity number: no number is stored. She may be a person applicant and a member of a cooperative.
CREATE TABLE identity (
    call_id            integer NOT NULL,
    hash               uuid NOT NULL,
    person_application uuid,
    member_application uuid,
    PRIMARY KEY (call_id, hash)
) WITH (fillfactor = 90);

-- Idempotency keys of the POSTs that change an application (the one that makes it keeps its own). Kept 30 days.
CREATE TABLE idempotency (
    key            uuid PRIMARY KEY,
    fingerprint    uuid NOT NULL,
    application_id uuid NOT NULL,
    version        bigint NOT NULL, -- the ETag of the answer
    answer         text NOT NULL,
    created_at     timestamptz NOT NULL
);
CREATE INDEX idempotency_age ON idempotency USING brin (created_at);

-- Statistics: base plus deltas. A batch adds one delta a cell; one worker folds them.
CREATE TABLE stat (
    call_id        integer NOT NULL,
    kind           text NOT NULL,
    province       text NOT NULL,
    state          text NOT NULL,
    applications   bigint NOT NULL,
    women          bigint NOT NULL,
    distinct_women bigint NOT NULL,
    PRIMARY KEY (call_id, kind, province, state)
) WITH (fillfactor = 50);
CREATE TABLE stat_day (
    call_id        integer NOT NULL,
    day            date NOT NULL, -- of the submission, in Casablanca
    applications   bigint NOT NULL,
    women          bigint NOT NULL,
    PRIMARY KEY (call_id, day)
) WITH (fillfactor = 50);
CREATE TABLE stat_delta (
    call_id        integer NOT NULL,
    kind           text NOT NULL,
    province       text NOT NULL,
    state          text NOT NULL,
    day            date,          -- NULL: a change of state, which is no new submission
    applications   bigint NOT NULL,
    women          bigint NOT NULL,
    distinct_women bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
COMMENT ON TABLE stat_delta IS 'a count is the sum of base and deltas, read in one statement';
