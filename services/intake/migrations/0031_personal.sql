-- Law 09-08: consents as they changed after the form (which holds what she answered first), and the register of who read what.
CREATE TABLE consent_change (
    application_id uuid NOT NULL,
    at             timestamptz NOT NULL,
    purpose        text NOT NULL,
    version        text NOT NULL, -- of the text she had consented to
    state          text NOT NULL CHECK (state IN ('GIVEN', 'WITHDRAWN')),
    language       text NOT NULL,
    channel        text NOT NULL, -- who did it for her: 'applicant', 'agent', 'admin'
    PRIMARY KEY (application_id, at, purpose)
);
COMMENT ON TABLE consent_change IS 'append-only: a withdrawal does not rewrite what was given';

-- Of reads and erasures alone: a submission's audit row costs no entry here.
CREATE INDEX audit_of_subject ON audit (subject, id) WHERE action LIKE 'read%' OR action = 'erase';
