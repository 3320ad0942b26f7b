-- What lies buried with an endpoint that was gone, `source`, for `reason`, and is on its way to one that hears again: to itself, or to a new one of its
-- partner. Some thousand a transaction; nothing is sent to an endpoint that has arrears, so each application's order holds.
CREATE TABLE arrears (
    endpoint  uuid NOT NULL REFERENCES endpoint,
    source    uuid NOT NULL REFERENCES endpoint,
    reason    text NOT NULL,
    after_seq bigint NOT NULL DEFAULT 0, -- of the last delivery that was looked at
    PRIMARY KEY (endpoint, source, reason)
);

-- They are read in the order of seq, from after_seq on.
DROP INDEX delivery_dead;
CREATE INDEX delivery_dead ON delivery (endpoint, seq) WHERE state = 'DEAD';
