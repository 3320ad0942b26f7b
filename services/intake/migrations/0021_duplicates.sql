-- Duplicates: what is kept of each woman of a file to find her twice (keyed hashes only, see traits.h), the pairs that were found, and how far the search is.

CREATE TABLE trait (
    application_id uuid NOT NULL,
    place          integer NOT NULL,   -- 0: the applicant; of a cooperative the members, from 0
    call_id        integer NOT NULL,
    kind           text NOT NULL,
    number         bigint NOT NULL,    -- hashes; 0: not given
    born           bigint NOT NULL,
    born_day       bigint NOT NULL,
    born_year      bigint NOT NULL,
    phone          bigint NOT NULL,
    commune        bigint NOT NULL,
    ice            bigint NOT NULL,
    grams          bytea NOT NULL,     -- of her names, four bytes each, ascending
    project        bytea NOT NULL,     -- of the project's title, the same
    blocks         bigint[] NOT NULL,  -- the combinations by which she is found
    PRIMARY KEY (application_id, place)
);
CREATE INDEX trait_blocks ON trait USING gin (blocks);
COMMENT ON TABLE trait IS 'written by the search after the submission; goes with the woman''s keys when she is erased';

-- One row a pair of files: the later one is asked about, the other was there before it.
CREATE TABLE duplicate (
    id             uuid PRIMARY KEY,   -- UUIDv7: the list's order
    application_id uuid NOT NULL,
    other_id       uuid NOT NULL CHECK (other_id <> application_id),
    about          text NOT NULL CHECK (about IN ('woman', 'project')),
    level          text NOT NULL CHECK (level IN ('LIKELY', 'SAME')),
    score          integer NOT NULL,
    parts          text NOT NULL,      -- JSON: points by sign
    found_at       timestamptz NOT NULL,
    same           boolean,            -- a reviewer's word; NULL: nobody has looked yet. `false` is remembered: never asked again
    judged_at      timestamptz,
    judged_by      text
);
CREATE UNIQUE INDEX duplicate_pair ON duplicate (least(application_id, other_id), greatest(application_id, other_id), about);
CREATE INDEX duplicate_application ON duplicate (application_id);
CREATE INDEX duplicate_other ON duplicate (other_id);
CREATE INDEX duplicate_open ON duplicate (id) WHERE same IS NULL;

-- The place in the outbox up to which files were compared, moved in the transaction that compares them.
CREATE TABLE duplicate_cursor (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    xid      xid8 NOT NULL DEFAULT '0',
    id       bigint NOT NULL DEFAULT 0
);
INSERT INTO duplicate_cursor DEFAULT VALUES;
