-- The legal clock: what a call sets, days that do not count, and the one request for complements of a file.

CREATE TABLE working_calendar (
    id      text PRIMARY KEY,
    name    jsonb NOT NULL,
    weekend integer[] NOT NULL CHECK (weekend <@ ARRAY[1, 2, 3, 4, 5, 6, 7]) -- ISO: Monday is 1
);
CREATE TABLE holiday (
    calendar text NOT NULL REFERENCES working_calendar,
    day      date NOT NULL,
    name     jsonb NOT NULL,
    PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE holiday IS 'feasts that follow the moon are entered when they are announced';

ALTER TABLE call
    ADD COLUMN answer_days     integer NOT NULL DEFAULT 60 CHECK (answer_days BETWEEN 1 AND 1000),
    ADD COLUMN counting        text NOT NULL DEFAULT 'calendar' CHECK (counting IN ('calendar', 'working')),
    ADD COLUMN calendar        text REFERENCES working_calendar,
    ADD COLUMN complement_days integer NOT NULL DEFAULT 15 CHECK (complement_days BETWEEN 1 AND 1000),
    ADD COLUMN draft_days      integer CHECK (draft_days BETWEEN 1 AND 1000), -- NULL: until the call closes
    ADD CONSTRAINT working_days_need_a_calendar CHECK (counting = 'calendar' OR calendar IS NOT NULL);

ALTER TABLE application
    ADD COLUMN info_requested_at timestamptz, -- set once: the law allows one request. The clock pauses since then, as long as the state is INFO_REQUESTED
    ADD COLUMN complement_due_at timestamptz, -- as long as it is waited for
    ADD COLUMN complement        text;        -- JSON {"fields":[…],"text":{…}}: what was asked for

-- Neither costs the front door anything: one holds drafts only, the other nothing but files that wait for a complement, the third is a summary a range.
CREATE INDEX application_draft ON application (created_at) WHERE submitted_at IS NULL;
CREATE INDEX application_complement ON application (complement_due_at) WHERE complement_due_at IS NOT NULL;
CREATE INDEX application_due ON application USING brin (answer_due_at) WITH (pages_per_range = 32);
