-- A call published again may have fewer places than were given. They stay given, and each goes with the woman who leaves it, until there are as many as published.
ALTER TABLE quota ADD COLUMN surplus integer NOT NULL DEFAULT 0 CHECK (surplus >= 0 AND surplus <= places);
COMMENT ON COLUMN quota.surplus IS 'of the places: how many the call no longer has';
