#include "bus/consumer_group.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/log.h"

#define WATERMARK_WAIT_MS 2000
#define RETRY_BROKER_US INT64_C(1000000)
#define RETRY_OWNER_US INT64_C(10000000)

const char *group_topic(const struct consumer *consumer, const char *name)
{
    for (const char *const *topic = consumer->options.topics; *topic; topic++) {
        if (strcmp(*topic, name) == 0)
            return *topic;
    }
    return NULL;
}

struct consumer_slot *group_slot(struct consumer *consumer, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < consumer->slot_count; i++) {
        struct consumer_slot *slot = &consumer->slots[i];
        if (slot->partition == partition && (slot->topic == topic || strcmp(slot->topic, topic) == 0))
            return slot;
    }
    return NULL;
}

static enum err add_slot(struct consumer *consumer, const char *topic, int32_t partition, int64_t offset)
{
    struct consumer_slot *slot = group_slot(consumer, topic, partition);
    if (!slot) {
        if (consumer->slot_count == consumer->slot_capacity) {
            size_t capacity = consumer->slot_capacity ? consumer->slot_capacity * 2 : 16;
            struct consumer_slot *grown = realloc(consumer->slots, capacity * sizeof(*grown));
            if (!grown)
                return ERR_MEMORY;
            consumer->slots = grown;
            consumer->slot_capacity = capacity;
        }
        slot = &consumer->slots[consumer->slot_count++];
    }
    *slot = (struct consumer_slot){.topic = topic, .partition = partition, .position = offset, .hint = offset};
    return ERR_OK;
}

static void remove_slot(struct consumer *consumer, struct consumer_slot *slot)
{
    *slot = consumer->slots[--consumer->slot_count];
}

/* Gives the list to incremental assign or unassign; what librdkafka says against it is fatal for this membership. */
static void apply(struct consumer *consumer, rd_kafka_error_t *error)
{
    if (!error)
        return;
    log_line(LOG_WARNING, "kafka-assignment-refused", LOG_TEXT("why", rd_kafka_error_string(error)));
    rd_kafka_error_destroy(error);
    if (consumer->failed == ERR_OK)
        consumer->failed = ERR_INTERNAL;
}

/* ── Rebalances ── */

static void take_partitions(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_topic_partition_list_t *taken = rd_kafka_topic_partition_list_new(list->cnt);
    for (int i = 0; i < list->cnt; i++) {
        const char *topic = group_topic(consumer, list->elems[i].topic);
        int32_t partition = list->elems[i].partition;
        int64_t offset = 0;
        enum err err = topic ? consumer->options.assigned(consumer->options.owner, topic, partition, &offset) : ERR_INTERNAL;
        if (err == ERR_OK)
            err = add_slot(consumer, topic, partition, offset);
        if (err != ERR_OK) {
            if (consumer->failed == ERR_OK)
                consumer->failed = err;
            break;
        }
        rd_kafka_topic_partition_list_add(taken, topic, partition)->offset = offset;
    }
    apply(consumer, rd_kafka_incremental_assign(consumer->kafka, taken));
    rd_kafka_topic_partition_list_destroy(taken);
}

static void give_partitions(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    if (!rd_kafka_assignment_lost(consumer->kafka))
        group_send_hints(consumer);
    for (int i = 0; i < list->cnt; i++) {
        struct consumer_slot *slot = group_slot(consumer, list->elems[i].topic, list->elems[i].partition);
        if (!slot)
            continue;
        consumer->options.revoked(consumer->options.owner, slot->topic, slot->partition);
        remove_slot(consumer, slot);
    }
    apply(consumer, rd_kafka_incremental_unassign(consumer->kafka, list));
}

void group_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct consumer *consumer = opaque;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        consumer->was_assigned = true;
        take_partitions(consumer, list);
    } else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
        give_partitions(consumer, list);
    } else {
        log_line(LOG_WARNING, "kafka-rebalance-failed", LOG_TEXT("error", rd_kafka_err2name(code)));
        rd_kafka_assign(kafka, NULL);
        consumer->failed = ERR_UNAVAILABLE;
    }
}

/* ── A log that does not reach the position ── */

/* A partition in error fetches nothing more, and can't be sought: it is taken out and put back at the new place. */
static void restart_slot(struct consumer *consumer, struct consumer_slot *slot, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, slot->topic, slot->partition)->offset = offset;
    apply(consumer, rd_kafka_incremental_unassign(consumer->kafka, list));
    apply(consumer, rd_kafka_incremental_assign(consumer->kafka, list));
    rd_kafka_topic_partition_list_destroy(list);
    slot->position = offset;
    slot->stuck = false;
}

static void unstick(struct consumer *consumer, struct consumer_slot *slot, int64_t now_us)
{
    int64_t low, high, offset;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(consumer->kafka, slot->topic, slot->partition, &low, &high, WATERMARK_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        slot->retry_at_us = now_us + RETRY_BROKER_US;
        return;
    }
    const struct consumer_options *options = &consumer->options;
    if (options->out_of_range(options->owner, slot->topic, slot->partition, low, high, &offset) == ERR_OK)
        restart_slot(consumer, slot, offset);
    else
        slot->retry_at_us = now_us + RETRY_OWNER_US;
}

void group_unstick(struct consumer *consumer)
{
    int64_t now_us = 0;
    for (size_t i = 0; i < consumer->slot_count; i++) {
        struct consumer_slot *slot = &consumer->slots[i];
        if (!slot->stuck)
            continue;
        if (now_us == 0)
            now_us = clock_monotonic_us();
        if (now_us >= slot->retry_at_us)
            unstick(consumer, slot, now_us);
    }
}

/* ── Hints ── */

void group_send_hints(struct consumer *consumer)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)consumer->slot_count);
    for (size_t i = 0; i < consumer->slot_count; i++) {
        struct consumer_slot *slot = &consumer->slots[i];
        if (slot->hint < 0)
            continue;
        rd_kafka_topic_partition_list_add(list, slot->topic, slot->partition)->offset = slot->hint;
        slot->hint = -1;
    }
    /* A failure is of no consequence: the truth is in PostgreSQL. */
    if (list->cnt > 0)
        rd_kafka_commit(consumer->kafka, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
}
