-- Calls that intake publishes: the version of each that has been heard. 0: a row that an operator wrote.
ALTER TABLE call ADD COLUMN version bigint NOT NULL DEFAULT 0;
