-- The register said 30 days; what goes by itself is kept for as long as common/service/service_parts.c says: the outbox 45 days (longer than Kafka keeps its
-- records, which are rebuilt from it), the inbox, which holds ids alone, 60.
UPDATE retention_class SET days = 60 WHERE name = 'events' AND days = 30;
