-- No foreign keys where every woman adds a row (as in intake): the transaction that makes a referral has read its partner and its application, and neither is
-- ever removed. Each key cost a look-up and a lock on the same partner's row for every referral.
ALTER TABLE referral DROP CONSTRAINT referral_partner_fkey, DROP CONSTRAINT referral_application_fkey;
