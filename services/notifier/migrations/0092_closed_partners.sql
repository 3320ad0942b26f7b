-- A partner that an administrator has closed: its key works no more, its endpoints are disabled for good, and what it still holds of women is revoked.
ALTER TABLE partner ADD COLUMN closed_at timestamptz,
                    ADD COLUMN revoked_to uuid; -- while its referrals are being revoked, a chunk at a time: the last one so far
GRANT SELECT (closed_at) ON partner TO jisr_notifier_reader;
