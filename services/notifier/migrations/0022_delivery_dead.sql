-- What was buried with an endpoint, for when it comes back.
CREATE INDEX delivery_dead ON delivery (endpoint) WHERE state = 'DEAD';
