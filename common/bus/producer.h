/* One idempotent Kafka producer, on librdkafka. The bus folder is the only one that includes librdkafka. Owned by one thread.
 * acks=all, enable.idempotence, message.timeout.ms=0 (a record is delivered or the producer is thrown away), murmur2_random partitioner.
 * A failed report or a fatal error makes the producer `broken`: the owner destroys it, opens another and starts again from its last acknowledged row.
 */
#ifndef JISR_BUS_PRODUCER_H
#define JISR_BUS_PRODUCER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct producer;

/* Connection settings shared by producer, consumer and admin. */
struct bus_options {
    const char *brokers; /* host:port,… */
    const char *client_id;
    const char *security;                           /* "plaintext", "sasl_ssl" */
    const char *username, *password_file, *ca_file; /* NULL unless sasl_ssl */
};

struct bus_header {
    const char *name;
    struct str value;
};

struct bus_record {
    const char *topic;
    struct str key, value;
    const struct bus_header *headers;
    size_t header_count;
    void *tag; /* comes back in the report */
};

typedef void (*producer_report)(void *owner, void *tag, enum err err);

/* Succeeds without a broker. `report` is called from producer_poll. */
enum err producer_open(const struct bus_options *options, producer_report report, void *owner, struct producer **ret_producer) MUST_CHECK;
/* Copies; it is sent by the next producer_poll that waits. ERR_OVERLOADED: its queue is full, poll first. */
enum err producer_send(struct producer *producer, const struct bus_record *record) MUST_CHECK;
/* Sends what is queued and serves reports for up to wait_ms, or until there is one for each record; returns how many. With 0 it only serves. */
size_t producer_poll(struct producer *producer, int wait_ms);
bool producer_broken(const struct producer *producer);
size_t producer_waiting(const struct producer *producer); /* records without a report */
/* Throws away what is queued and in flight (their reports come with ERR_UNAVAILABLE first), then frees. Takes at most 1 s. */
void producer_close(struct producer *producer);

#endif
