-- The relay seals a block at every save: its statement is planned once a session (a function in SQL is planned at each call), and the hash is a function that
-- the planner can put in place (one declared IMMUTABLE can't be, for what it calls is not). The chain's content is the same.
ALTER FUNCTION audit_hash STABLE;

CREATE OR REPLACE FUNCTION audit_seal(window_low xid8, window_high xid8) RETURNS bigint
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    made bigint;
BEGIN
    INSERT INTO audit_chain (block, low, high, rows, head)
    SELECT coalesce(last.block, 0) + 1, window_low, window_high, sealed.rows, sha256(coalesce(last.head, ''::bytea) || sealed.hashes)
    FROM (SELECT count(*) AS rows, string_agg(audit_hash(a), ''::bytea ORDER BY a.id) AS hashes
          FROM audit a WHERE a.xid >= window_low AND a.xid < window_high) AS sealed
    LEFT JOIN LATERAL (SELECT block, head FROM audit_chain ORDER BY block DESC LIMIT 1) AS last ON true
    WHERE sealed.rows > 0
    RETURNING block INTO made;
    RETURN made;
END
$$;
