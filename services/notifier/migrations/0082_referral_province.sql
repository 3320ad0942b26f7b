-- A referral is of the province in which it was offered: when she moves, the endpoint that heard of the offer is still the one to hear what becomes of it.
ALTER TABLE referral ADD COLUMN province text;
UPDATE referral r SET province = a.province FROM application a WHERE a.id = r.application;
ALTER TABLE referral ALTER COLUMN province SET NOT NULL;
