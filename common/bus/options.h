/* What producer, consumer and admin share: a librdkafka configuration made from our options and a table of properties.
 * Private to this folder, the only one that includes librdkafka. */
#ifndef JISR_BUS_OPTIONS_H
#define JISR_BUS_OPTIONS_H

#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "base/err.h"
#include "bus/producer.h"

struct bus_property {
    const char *name, *value; /* a row without a name ends the table */
};

/* The caller hands it to rd_kafka_new or destroys it. `properties` win over what the connection needs. */
enum err bus_conf_new(const struct bus_options *options, const struct bus_property *properties, rd_kafka_conf_t **ret_conf) MUST_CHECK;
enum err bus_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value) MUST_CHECK;
/* Takes `conf` whatever happens. */
enum err bus_handle_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **ret_handle) MUST_CHECK;

#endif
