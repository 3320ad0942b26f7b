-- What ends by itself. Many copies may run these: rows that another has in hand are passed over.

-- Drafts of a call that has closed or that are older than it keeps them, and requests for complements that nobody has answered.
-- name: late
WITH late AS (
    (SELECT a.id FROM application a JOIN call c ON c.id = a.call_id
     WHERE a.submitted_at IS NULL AND a.state = 'DRAFT'
       AND (c.state = 'CLOSED' OR c.closes_at <= $1::timestamptz OR a.created_at < $1 - make_interval(days => c.draft_days))
     ORDER BY a.created_at LIMIT $2::int4)
    UNION ALL
    (SELECT a.id FROM application a WHERE a.complement_due_at <= $1 AND a.state = 'INFO_REQUESTED' ORDER BY a.complement_due_at LIMIT $2)
)
-- The lock reads the row as it is now, `late` as it was: the conditions are told again, else a row that another copy has just ended comes too.
SELECT a.id FROM application a JOIN late USING (id)
WHERE (a.state = 'DRAFT' AND a.submitted_at IS NULL) OR (a.state = 'INFO_REQUESTED' AND a.complement_due_at <= $1)
ORDER BY a.id LIMIT $2 FOR UPDATE OF a SKIP LOCKED

-- name: wait_no_more
UPDATE application SET complement_due_at = NULL WHERE id = ANY ($1::uuid[]) AND complement_due_at IS NOT NULL

-- The vault is asked at each reading of a contact card, events come to notifier when they can: what has ended is closed to partners here.
-- name: close_to_partners
SELECT vault.end_referral_consents($1::uuid[])
