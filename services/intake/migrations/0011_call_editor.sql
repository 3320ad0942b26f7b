-- Calls as data: what an administrator drafts, and each version that was published.

ALTER TABLE call
    ADD COLUMN version     bigint NOT NULL DEFAULT 1, -- one up with each publication and with its closing
    ADD COLUMN members_min integer NOT NULL DEFAULT 1 CHECK (members_min BETWEEN 1 AND 500),
    ADD COLUMN fields      jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN ruleset     text;

CREATE TABLE call_draft (
    slug       text PRIMARY KEY,
    version    bigint NOT NULL, -- of the draft: its ETag
    document   text NOT NULL,   -- JSON, as it was sent
    region     text NOT NULL,   -- whose administrators may change it
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE TABLE call_version (
    slug         text NOT NULL,
    version      bigint NOT NULL,
    document     text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (slug, version)
);
COMMENT ON TABLE call_version IS 'append-only: what each publication said';
