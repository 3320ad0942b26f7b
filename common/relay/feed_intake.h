/* The feed's Kafka side: which partitions are ours under which epoch, and messages gathered into a batch. One thread. */
#ifndef JISR_RELAY_FEED_INTAKE_H
#define JISR_RELAY_FEED_INTAKE_H

#include "bus/consumer.h"
#include "relay/feed_batch.h"

struct feed_partition {
    const char *topic;
    int32_t partition;
    bool owned;
    int64_t epoch;
    int64_t next_offset; /* of the next message wanted */
    int64_t gap_at;      /* a hole was seen here once and sought; -1 */
    int64_t complained_us;
};

struct feed_intake {
    const struct feed_options *options;
    struct db *db; /* of the batch */
    char group[64];
    struct consumer *consumer; /* NULL between failures */
    struct feed_partition *partitions;
    size_t partition_count, partition_capacity;
    int64_t session_timeout_ms;
    struct bus_message kept; /* did not fit into the last batch; raw NULL: none */
    int64_t kept_epoch;
};

#define FEED_MAX_POLL_INTERVAL_MS 120000

void intake_init(struct feed_intake *intake, const struct feed_options *options, struct db *db);
void intake_done(struct feed_intake *intake);
enum err intake_open(struct feed_intake *intake) MUST_CHECK;
void intake_close(struct feed_intake *intake);
/* Waits for the first message, then takes what is there, up to the batch's size. Messages of partitions lost meanwhile are dropped. */
enum err intake_gather(struct feed_intake *intake, struct feed_batch *batch, int wait_ms) MUST_CHECK;
/* Tells Kafka, for lag tools, how far the batch got. */
void intake_hint(struct feed_intake *intake, const struct feed_batch *batch);

#endif
