-- An index that no statement needs was the way of some to all open pairs; and what is erased of a woman was searched for in all that is kept for a month.
DROP INDEX duplicate_open;
CREATE INDEX idempotency_application ON idempotency (application_id);
