-- Eligibility: what was assessed, and who holds which place.

CREATE TABLE ruleset (
    id            text NOT NULL,
    version       integer NOT NULL,
    sha256        bytea NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, version)
);
COMMENT ON TABLE ruleset IS 'append-only: the content of each version that was ever used; a program whose file differs does not start';

CREATE TABLE call (
    id           text PRIMARY KEY,
    region       text NOT NULL,
    shortlisting text NOT NULL CHECK (shortlisting IN ('automatic', 'committee')),
    ruleset      text NOT NULL,
    sample       boolean NOT NULL DEFAULT false
);

-- Whoever gives or frees a place locks its row first, in key order; a number is never given twice.
CREATE TABLE quota (
    call     text NOT NULL REFERENCES call,
    province text NOT NULL,
    places   integer NOT NULL CHECK (places >= 0),
    taken    integer NOT NULL DEFAULT 0,
    waiting  integer NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    sequence bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (call, province),
    CONSTRAINT never_over_places CHECK (taken >= 0 AND taken <= places)
) WITH (fillfactor = 50);

-- One row an application: its decision as it is now, with the assessment that it rests on.
CREATE TABLE decision (
    application_id      uuid PRIMARY KEY,
    version             bigint NOT NULL CHECK (version > 0),
    state               text NOT NULL CHECK (state IN ('ELIGIBLE', 'INELIGIBLE', 'SHORTLISTED', 'WAITLISTED', 'CLOSED')),
    application_version bigint NOT NULL,
    revision            bigint NOT NULL,
    call                text NOT NULL,
    kind                text NOT NULL,
    region              text NOT NULL,
    province            text NOT NULL,
    submitted_at        timestamptz,
    place               bigint,
    changed_at          timestamptz NOT NULL,
    -- The assessment; NULL where she withdrew before there was one.
    outcome             text CHECK (outcome IN ('ELIGIBLE', 'INELIGIBLE')),
    score               double precision,
    ruleset             text,
    ruleset_version     integer,
    criteria            text,
    snapshot            bytea,
    assessed_at         timestamptz,
    CONSTRAINT a_place_is_held_when_shortlisted CHECK (state = 'CLOSED' OR (state = 'SHORTLISTED') = (place IS NOT NULL))
);
-- No foreign key to ruleset or quota: each would be looked up and share-locked a row at a time in the batches that write here; the program has
-- registered its rulesets and holds the quotas' locks.
COMMENT ON COLUMN decision.criteria IS 'JSON [[criterion, outcome, points, number of its case in the ruleset], …]';
COMMENT ON COLUMN decision.snapshot IS 'the facts as they came, sealed under her key';
CREATE INDEX decision_rank ON decision (call, province, state, score DESC, submitted_at, application_id);

-- What an amendment or another ruleset replaced.
CREATE TABLE former_assessment (
    application_id  uuid NOT NULL,
    version         bigint NOT NULL, -- of the decision, when it was replaced
    revision        bigint NOT NULL,
    outcome         text NOT NULL,
    score           double precision NOT NULL,
    ruleset         text NOT NULL,
    ruleset_version integer NOT NULL,
    criteria        text NOT NULL,
    snapshot        bytea NOT NULL,
    assessed_at     timestamptz NOT NULL,
    PRIMARY KEY (application_id, version)
);
COMMENT ON TABLE former_assessment IS 'append-only: assessments that a later one replaced';

CREATE TABLE placement (
    call           text NOT NULL,
    province       text NOT NULL,
    sequence       bigint NOT NULL,
    application_id uuid NOT NULL,
    given_at       timestamptz NOT NULL,
    freed_at       timestamptz,
    PRIMARY KEY (call, province, sequence)
);
CREATE UNIQUE INDEX placement_one_each ON placement (application_id) WHERE freed_at IS NULL;
COMMENT ON TABLE placement IS 'every place that was ever given, by its number in the quota';
