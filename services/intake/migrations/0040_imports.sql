-- Files of women to register, sent by staff. The file is kept sealed, in pieces, until its last line was taken; what stays says nothing about a woman
-- but which application was made of which line.
CREATE TABLE import (
    id           uuid PRIMARY KEY,
    request_key  uuid UNIQUE,              -- of the announcement's Idempotency-Key
    request_hash uuid NOT NULL,
    call_id      integer NOT NULL REFERENCES call,
    name         text NOT NULL,            -- of the file, as staff call it
    size         bigint NOT NULL,          -- as announced
    received     bigint NOT NULL DEFAULT 0,
    dry_run      boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('UPLOADING', 'WAITING', 'RUNNING', 'DONE', 'REFUSED', 'CANCELLED')),
    role         text NOT NULL,            -- of whoever sent it, and where she or he may register women
    created_by   text NOT NULL,
    territories  text NOT NULL,            -- codes with commas between; '': everywhere
    language     text NOT NULL,
    traceparent  text NOT NULL,
    key          bytea,                    -- of the pieces, sealed; NULL: the file is gone
    encoding     text,                     -- NULL: nobody has looked at the file yet
    separator    text,
    lines        integer NOT NULL DEFAULT 0,
    next_offset  bigint NOT NULL DEFAULT 0, -- of the first record that is not in import_line
    next_line    integer NOT NULL DEFAULT 0,
    taken        integer NOT NULL DEFAULT 0,
    amended      integer NOT NULL DEFAULT 0,
    known        integer NOT NULL DEFAULT 0,
    changed      integer NOT NULL DEFAULT 0,
    refused      integer NOT NULL DEFAULT 0,
    problems     text,                     -- JSON: why the file as a whole was refused
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    uploaded_at  timestamptz,              -- when all of it had arrived: the moment at which every line of it was deposited
    finished_at  timestamptz,
    due_at       timestamptz,              -- WAITING, RUNNING: from when on somebody may take it
    tries        integer NOT NULL DEFAULT 0 -- the number of who has it: what an earlier one still writes is refused
) WITH (fillfactor = 50);
CREATE INDEX import_due ON import (due_at) WHERE state IN ('WAITING', 'RUNNING');
CREATE INDEX import_unfinished ON import (changed_at) WHERE state = 'UPLOADING';
CREATE INDEX import_of ON import (created_by, id);

CREATE TABLE import_piece (
    import_id uuid NOT NULL,
    start     bigint NOT NULL, -- of its first byte in the file
    sealed    bytea NOT NULL,
    PRIMARY KEY (import_id, start)
);
ALTER TABLE import_piece ALTER COLUMN sealed SET STORAGE EXTERNAL; -- sealed bytes do not compress

-- The report. Line numbers, codes and ids: nothing of what was written in the line.
CREATE TABLE import_line (
    import_id      uuid NOT NULL,
    line           integer NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('TAKEN', 'AMENDED', 'KNOWN', 'CHANGED', 'REFUSED')),
    application_id uuid,
    errors         text, -- JSON: [{"column","pointer","code","detail"}]
    PRIMARY KEY (import_id, line)
);

-- Which line made which application, for as long as it lives: a file that comes again after its request keys were forgotten still makes nothing twice.
CREATE TABLE import_key (
    key            uuid PRIMARY KEY,  -- keyed hash of call and reference (with who sent it), or of the whole line where there is no reference
    hash           uuid NOT NULL,     -- keyed fingerprint of the line
    application_id uuid NOT NULL,
    revision       integer NOT NULL   -- of the application, as the line has left it
);
CREATE INDEX import_key_application ON import_key (application_id);
