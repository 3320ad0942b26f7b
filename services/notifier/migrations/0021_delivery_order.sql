-- What the order within an application is read from, and nothing else can be: while few deliveries wait, the queue's own index looked as good to the
-- planner, and was then read from end to end for each of them.
DROP INDEX delivery_order;
CREATE INDEX delivery_order ON delivery (application, seq) WHERE finished_at IS NULL;
