-- The decision that an enrolment follows: an older one that comes again, or late, changes nothing.
ALTER TABLE enrolment ADD COLUMN decision_version bigint NOT NULL DEFAULT 0;
