-- Payments, and what they look at.

-- One payment at a time, until its transaction ends: two doubles that are paid in the same moment would not see each other.
-- name: one_at_a_time
SELECT pg_advisory_xact_lock(hashtext('jisr.intake.payments'))

-- Whether a file that no reviewer has told apart from this one has been paid; a statement of its own, after the lock.
-- name: paid_doubles
SELECT EXISTS (
    SELECT FROM duplicate d
    JOIN application o ON o.id = CASE d.application_id WHEN $1::uuid THEN d.other_id ELSE d.application_id END
    WHERE (d.application_id = $1 OR d.other_id = $1) AND d.same IS DISTINCT FROM false AND o.state IN ('FUNDED', 'FOLLOW_UP', 'CLOSED'))
