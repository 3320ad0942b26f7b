/* The consumer's inside, shared by consumer.c (messages) and consumer_group.c (partitions). Private to this folder. */
#ifndef JISR_BUS_CONSUMER_GROUP_H
#define JISR_BUS_CONSUMER_GROUP_H

#include "bus/consumer.h"
#include "bus/options.h"

/* One partition that the group has given to this copy. */
struct consumer_slot {
    const char *topic; /* of the options */
    int32_t partition;
    int64_t position; /* next to be handed out */
    int64_t hint;     /* to be committed to Kafka; -1: nothing new */
    bool stuck;       /* the log does not reach `position`: fetching has stopped */
    int64_t retry_at_us;
};

struct consumer {
    rd_kafka_t *kafka;
    struct consumer_options options;
    struct consumer_slot *slots;
    size_t slot_count, slot_capacity;
    rd_kafka_queue_t *queue; /* records that have come and were not handed out */
    int64_t hints_due_us, refill_due_us;
    bool was_assigned; /* once at least, be it nothing */
    enum err failed;   /* the owner has to close it */
};

/* librdkafka's rebalance callback; opaque is the consumer. */
void group_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque);
/* The topic as given at open, or NULL. */
const char *group_topic(const struct consumer *consumer, const char *name);
struct consumer_slot *group_slot(struct consumer *consumer, const char *topic, int32_t partition);
/* Partitions whose log does not reach their position: asks the owner where to go on. */
void group_unstick(struct consumer *consumer);
void group_send_hints(struct consumer *consumer);

#endif
