-- The queue of what is nearly due. Most files have their answer within seconds and never come here; an index over all applications would cost each decision its update
-- in place (HOT), and without one the queue's head is found by reading all that was ever decided. application/awaiting.h says who writes it.
CREATE TABLE awaiting (
    application_id uuid PRIMARY KEY,
    due_at         timestamptz NOT NULL -- the application's answer_due_at
) WITH (fillfactor = 90);
COMMENT ON TABLE awaiting IS 'files made before awaiting_swept.up_to whose answer is still awaited';
CREATE INDEX awaiting_due ON awaiting (due_at, application_id);

CREATE TABLE awaiting_swept (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    up_to uuid NOT NULL -- ids begin with their time
);
INSERT INTO awaiting_swept (up_to) VALUES ('00000000-0000-0000-0000-000000000000');

DROP INDEX application_due;

-- Ids and days; whose they are, staff see in `application`, under its policy.
GRANT SELECT ON awaiting, awaiting_swept TO jisr_intake_reader;
