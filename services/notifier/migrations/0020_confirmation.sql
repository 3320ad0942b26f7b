-- A woman may confirm what an agent entered for her after a place was hers: partners hear of her then.

ALTER TABLE application ADD COLUMN shortlisted_revision bigint; -- of the form that was shortlisted while nobody might hear of it; NULL: none was
