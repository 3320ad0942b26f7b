-- Training: sessions, and one enrolment a shortlisted application.

-- Whoever gives out seats of a province locks its desk first: capacity can't be exceeded and the queue keeps its order.
CREATE TABLE desk (
    call     text NOT NULL,
    province text NOT NULL,
    waiting  integer NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    PRIMARY KEY (call, province)
);

CREATE TABLE session (
    id        uuid PRIMARY KEY,
    call      text NOT NULL,
    province  text NOT NULL,
    course    text NOT NULL,
    title     text NOT NULL,      -- JSON {ar,fr,en}
    place     text NOT NULL,
    starts_at timestamptz NOT NULL,
    capacity  integer NOT NULL CHECK (capacity >= 0),
    enrolled  integer NOT NULL DEFAULT 0,
    state     text NOT NULL DEFAULT 'SCHEDULED' CHECK (state IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')),
    sample    boolean NOT NULL DEFAULT false,
    CONSTRAINT never_over_capacity CHECK (enrolled >= 0 AND enrolled <= capacity),
    FOREIGN KEY (call, province) REFERENCES desk
) WITH (fillfactor = 80);
CREATE INDEX session_list ON session (call, province, starts_at, id);

CREATE TABLE enrolment (
    id          uuid PRIMARY KEY,
    application uuid NOT NULL UNIQUE,
    call        text NOT NULL,
    kind        text NOT NULL,
    region      text NOT NULL,
    province    text NOT NULL,
    session     uuid REFERENCES session,
    state       text NOT NULL CHECK (state IN ('OFFERED', 'WAITLISTED', 'ENROLLED', 'ATTENDING', 'COMPLETED', 'FAILED', 'DROPPED', 'CANCELLED')),
    version     bigint NOT NULL,
    queued_at   timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX enrolment_queue ON enrolment (call, province, queued_at, id) WHERE state = 'WAITLISTED';

-- Applications that have left (withdrawn, closed) before their shortlisting arrived, across topics.
CREATE TABLE departure (
    application uuid PRIMARY KEY,
    left_at     timestamptz NOT NULL
);
