-- Records without a readable id, by where they lay: the inbox can't know them.
CREATE INDEX parked_nameless ON parked (topic, partition, "offset") WHERE event_id IS NULL;
