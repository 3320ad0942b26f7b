-- Assisted entry: what an agent entered waits for the woman's own word.

ALTER TABLE application ADD COLUMN confirmation text; -- JSON, as shown; NULL: she entered it herself, or it waits, or a paper came with it
COMMENT ON COLUMN application.warnings IS 'bits, see validate.h; 2: unconfirmed, 4: stands on a signed paper';

-- Holds only files that wait.
CREATE INDEX application_unconfirmed ON application (id) WHERE (warnings & 2) <> 0;
