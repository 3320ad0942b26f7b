-- The day that the receipt gave her: an answer that is repeated says the same, whatever has become of the clock, or of the calendar, since. NULL: a draft, or from
-- before this column.
ALTER TABLE application ADD COLUMN first_due_at timestamptz;
