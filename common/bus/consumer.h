/* One member of a consumer group, on librdkafka. Owned by one thread. Knows no database: the owner says where each partition starts.
 * cooperative-sticky; no auto commit, no auto offset store; auto.offset.reset=error; check.crcs. */
#ifndef JISR_BUS_CONSUMER_H
#define JISR_BUS_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "bus/producer.h"

#define CONSUMER_GATHERS_MS 100

struct consumer;

struct bus_message {   /* borrowed until consumer_release */
    const char *topic; /* static: one of the topics given at open */
    int32_t partition;
    int64_t offset;
    struct str key, value;
    void *raw;
};

struct consumer_options {
    struct bus_options bus;
    const char *group;
    const char *const *topics; /* NULL-ended */
    int64_t session_timeout_ms, max_poll_interval_ms;
    bool patient; /* nobody waits for these records: the broker gathers them for a while (CONSUMER_GATHERS_MS) */
    /* On assignment, for each partition: the offset to start at. An error: the partition isn't taken, the group is left and joined again. */
    enum err (*assigned)(void *owner, const char *topic, int32_t partition, int64_t *ret_offset);
    void (*revoked)(void *owner, const char *topic, int32_t partition); /* also when lost */
    /* The log [low, high) does not hold the partition's next offset (truncated, or the topic is new): where to start instead. An error: the
     * partition stands still, the others go on, and it is asked again after 10 s. */
    enum err (*out_of_range)(void *owner, const char *topic, int32_t partition, int64_t low, int64_t high, int64_t *ret_offset);
    void *owner;
};

enum err consumer_open(const struct consumer_options *options, struct consumer **ret_consumer) MUST_CHECK;
/* The next message, or none within wait_ms: ret_message->raw is NULL. Callbacks above run inside. Any error: close and open again.
 * ERR_INVALID: the broker refuses session_timeout_ms. */
enum err consumer_poll(struct consumer *consumer, int wait_ms, struct bus_message *ret_message) MUST_CHECK;
struct str consumer_header(const struct bus_message *message, const char *name); /* {NULL,0}: absent */
void consumer_release(struct bus_message *message);
/* The partition goes on at `offset`; what was fetched of it already is thrown away. Waits for that. */
enum err consumer_seek(struct consumer *consumer, const char *topic, int32_t partition, int64_t offset) MUST_CHECK;
/* A hint for lag tools; asynchronous. */
void consumer_hint(struct consumer *consumer, const char *topic, int32_t partition, int64_t next_offset);
int64_t consumer_lag(struct consumer *consumer); /* cached high watermarks minus positions, all partitions; -1 unknown (also until the
                                                 group has given this member its share, be it nothing) */
void consumer_close(struct consumer *consumer);  /* leaves the group; takes at most 2 s */

#endif
