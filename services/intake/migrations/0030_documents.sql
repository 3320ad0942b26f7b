-- Documents of an application, and their bytes in pieces, each sealed under her contact key for its place: destroying the key makes all of them unreadable.
CREATE TABLE document (
    id              uuid PRIMARY KEY,
    application_id  uuid NOT NULL,
    type            text NOT NULL,              -- of the call's list
    page            integer NOT NULL,
    state           text NOT NULL CHECK (state IN ('UPLOADING', 'PROCESSING', 'READY', 'REFUSED')),
    size            bigint NOT NULL,            -- as announced
    received        bigint NOT NULL DEFAULT 0,
    pieces          integer NOT NULL DEFAULT 0, -- of the upload
    media           text,                       -- of what is kept
    bytes           bigint,
    thumbnail_bytes bigint,
    refusal         text,
    created_by      text,                       -- agent's subject, NULL: herself
    created_at      timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    due_at          timestamptz,                -- PROCESSING: from when on somebody may take it
    tries           integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX document_application ON document (application_id);
CREATE INDEX document_due ON document (due_at) WHERE state = 'PROCESSING';
CREATE INDEX document_unfinished ON document (changed_at) WHERE state IN ('UPLOADING', 'REFUSED');

-- In tables of their own: what comes and goes in large pieces would bloat the others.
CREATE TABLE document_piece (
    document_id uuid NOT NULL,
    part        integer NOT NULL, -- 0 as uploaded (until it is processed), 1 what is kept, 2 the thumbnail
    number      integer NOT NULL,
    sealed      bytea NOT NULL,
    PRIMARY KEY (document_id, part, number)
) PARTITION BY HASH (document_id);
ALTER TABLE document_piece ALTER COLUMN sealed SET STORAGE EXTERNAL; -- sealed bytes do not compress
CREATE TABLE document_piece_0 PARTITION OF document_piece FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE document_piece_1 PARTITION OF document_piece FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE document_piece_2 PARTITION OF document_piece FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE document_piece_3 PARTITION OF document_piece FOR VALUES WITH (MODULUS 4, REMAINDER 3);
