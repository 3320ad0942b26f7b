-- The plumbing of one service: the same tables in each schema (search_path is the service's schema while this runs).
-- Outbox by time, inbox by ranges of the UUIDv7 event id, each with a DEFAULT partition; maintenance makes partitions ahead and drops old ones.

CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at           timestamptz NOT NULL,
    event_id     uuid NOT NULL,
    key          uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    version      bigint NOT NULL,
    type         text NOT NULL,
    traceparent  text,
    data         text NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
CREATE INDEX outbox_window ON outbox (xid, id);
COMMENT ON TABLE outbox IS 'append-only: one row a state change; read by the relay in windows of finished transactions';

-- What the relay has carried: every row of a transaction below `low` is published; of those in [low, high) the ones up to `last_id`.
CREATE TABLE relay_cursor (
    only_one   boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    low        xid8 NOT NULL DEFAULT '0',
    high       xid8 NOT NULL DEFAULT '0',
    last_id    bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO relay_cursor DEFAULT VALUES;

CREATE TABLE consumer_offset (
    topic       text NOT NULL,
    partition   integer NOT NULL,
    generation  integer NOT NULL DEFAULT 1,
    epoch       bigint NOT NULL DEFAULT 0,
    next_offset bigint NOT NULL DEFAULT 0,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE consumer_offset IS 'the truth about what this service has processed; Kafka''s committed offsets are a hint';

-- One consumer a service: the schema is the consumer.
CREATE TABLE inbox (
    event_id uuid PRIMARY KEY
) PARTITION BY RANGE (event_id);
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;

CREATE TABLE parked (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('POISON', 'HELD')),
    reason      text NOT NULL,
    retry       boolean NOT NULL DEFAULT false,
    parked_at   timestamptz NOT NULL DEFAULT now(),
    tries       integer NOT NULL DEFAULT 0,
    try_at      timestamptz NOT NULL DEFAULT now() + interval '1 second',
    topic       text NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    event_id    uuid,
    key         uuid,
    type        text,
    source      text,
    at          timestamptz,
    version     bigint,
    traceparent text,
    data        bytea NOT NULL
);
CREATE INDEX parked_key ON parked (key, topic);
CREATE INDEX parked_retry ON parked (id) WHERE retry;
CREATE INDEX parked_held ON parked (try_at) WHERE kind = 'HELD';
COMMENT ON TABLE parked IS 'what could not be processed (POISON) or came before its cause (HELD); nothing is dropped';

CREATE TABLE audit (
    id       bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at       timestamptz NOT NULL,
    subject  uuid NOT NULL,
    event_id uuid,
    version  bigint,
    actor    text NOT NULL,
    action   text NOT NULL,
    detail   text
);
CREATE INDEX audit_window ON audit (xid, id);
COMMENT ON TABLE audit IS 'append-only: one row a state change (event_id) or a read of personal data';

-- The chain, one block a relay window: head = sha256(previous head || sha256 of each of its audit rows in id order).
CREATE TABLE audit_chain (
    block   bigint PRIMARY KEY,
    low     xid8 NOT NULL,
    high    xid8 NOT NULL,
    rows    bigint NOT NULL,
    head    bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE audit_chain IS 'append-only: the heads of the chain';

CREATE FUNCTION audit_hash(a audit) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(concat_ws('|', a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.subject, coalesce(a.event_id::text, ''),
                                       coalesce(a.version::text, ''), a.actor, a.action, coalesce(a.detail, '')), 'UTF8'))
$$;

-- Adds the block of the window [window_low, window_high); returns its number, or NULL when no row fell into it.
CREATE FUNCTION audit_seal(window_low xid8, window_high xid8) RETURNS bigint
LANGUAGE sql AS $$
    INSERT INTO audit_chain (block, low, high, rows, head)
    SELECT coalesce(last.block, 0) + 1, window_low, window_high, sealed.rows, sha256(coalesce(last.head, ''::bytea) || sealed.hashes)
    FROM (SELECT count(*) AS rows, string_agg(audit_hash(a), ''::bytea ORDER BY a.id) AS hashes
          FROM audit a WHERE a.xid >= window_low AND a.xid < window_high) AS sealed
    LEFT JOIN LATERAL (SELECT block, head FROM audit_chain ORDER BY block DESC LIMIT 1) AS last ON true
    WHERE sealed.rows > 0
    RETURNING block
$$;

-- ── Partitions ──
-- One a day (UTC) of outbox and inbox, named <parent>_<yyyymmdd>, made three days ahead. Rows of other days are in the default partition and stay.

-- The first value of a day in the parent's key. Inbox: the milliseconds are the first 48 bits of a UUIDv7 (RFC 9562 §5.7).
CREATE FUNCTION partition_bound(parent text, day date) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE parent
        WHEN 'outbox' THEN to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00'
        ELSE rpad(lpad(to_hex((day - date '1970-01-01')::bigint * 86400000), 12, '0'), 32, '0')::uuid::text
    END
$$;

-- Attaching fails while the default partition holds rows of the day (written before their partition was there), so they are moved first, under a
-- lock that keeps writers away; the lock's timeout is the caller's.
CREATE FUNCTION make_partition(parent text, day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    name text := parent || '_' || to_char(day, 'YYYYMMDD');
    key  text := CASE parent WHEN 'outbox' THEN 'at' ELSE 'event_id' END;
    low  text := partition_bound(parent, day);
    high text := partition_bound(parent, day + 1);
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE ROW EXCLUSIVE MODE', parent);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name, parent);
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                   parent || '_default', key, low, key, high, name);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, low, high);
    RETURN true;
END
$$;

CREATE FUNCTION partition_is_needed(parent text, name text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    needed boolean := false;
BEGIN
    IF parent = 'outbox' THEN -- what the relay has not certainly published
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE xid >= (SELECT low FROM relay_cursor))', name) INTO needed;
    END IF;
    RETURN needed;
END
$$;

-- Looked at before the lock, which stops all reads and writes for a moment, and again under it.
CREATE FUNCTION drop_partition(parent text, name text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF partition_is_needed(parent, name) THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
    IF partition_is_needed(parent, name) THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN true;
END
$$;

-- For the relay's leader, now and then: how many partitions were made or dropped. It runs as the owner of the tables; waits for locks at most a second, so that
-- it never holds the horizon (a lock timeout undoes the call: the next one does it). Inbox rows are kept at least as long as outbox rows.
CREATE FUNCTION maintain_partitions(outbox_days integer, inbox_days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '1s' AS $$
DECLARE
    today   date := (now() AT TIME ZONE 'UTC')::date;
    changes integer := 0;
    item    record;
BEGIN
    FOR item IN SELECT parent, today + ahead AS day FROM unnest(ARRAY['outbox', 'inbox']) AS parent, generate_series(0, 3) AS ahead LOOP
        changes := changes + make_partition(item.parent, item.day)::integer;
    END LOOP;
    FOR item IN
        SELECT p.relname AS parent, c.relname AS name
        FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('outbox'::regclass, 'inbox'::regclass) AND c.relname ~ '_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD')
              < today - CASE p.relname WHEN 'outbox' THEN outbox_days ELSE greatest(outbox_days, inbox_days) END
        ORDER BY c.relname
    LOOP
        changes := changes + drop_partition(item.parent, item.name)::integer;
    END LOOP;
    RETURN changes;
END
$$;

SELECT maintain_partitions(30, 30);
