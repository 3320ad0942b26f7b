-- The form that is known of her: a place that a later one got is offered where that one says she lives, and waits until it is here. NULL: from before this column.
ALTER TABLE application ADD COLUMN revision bigint;
