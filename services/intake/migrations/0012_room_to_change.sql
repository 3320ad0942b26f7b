-- An application changes a few times in its first seconds: with room on its page, a change touches none of the table's indexes (HOT).
ALTER TABLE application SET (fillfactor = 60);
