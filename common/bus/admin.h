/* Topics, through librdkafka's admin API. For jisrctl and tests. */
#ifndef JISR_BUS_ADMIN_H
#define JISR_BUS_ADMIN_H

#include "bus/producer.h"

struct topic_plan {
    const char *name;
    int partitions, replicas;
    const char *const *config; /* name, value, name, value …, NULL */
};

/* Creates what is missing, leaves what is there (fewer partitions than planned: a warning). */
enum err bus_create_topics(const struct bus_options *options, const struct topic_plan *plans, size_t count, int timeout_ms) MUST_CHECK;

#endif
