-- Statistics by milieu and age band, beside those by state: what she was when she applied does not change with her file's state.

CREATE TABLE stat_profile (
    call_id  integer NOT NULL,
    kind     text NOT NULL,
    province text NOT NULL,
    slot     integer NOT NULL, -- milieu × age band, from 0: see profile.h
    women    bigint NOT NULL,
    PRIMARY KEY (call_id, kind, province, slot)
) WITH (fillfactor = 50);
COMMENT ON TABLE stat_profile IS 'base of the women by group; the deltas are in stat_delta.profile';

ALTER TABLE stat_delta ADD COLUMN profile text;
COMMENT ON COLUMN stat_delta.profile IS 'an integer array as text, a number a slot; NULL: no group has changed. A row carries all groups of its cell, so that a batch writes as many rows as without them';

-- Those who were there before: their forms are sealed, so they are counted as unknown.
INSERT INTO stat_profile (call_id, kind, province, slot, women)
SELECT call_id, kind, province, 0, sum(women)
FROM (SELECT call_id, kind, province, women FROM stat UNION ALL SELECT call_id, kind, province, women FROM stat_delta) AS s
GROUP BY call_id, kind, province HAVING sum(women) <> 0;
