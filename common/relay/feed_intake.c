#include "relay/feed_intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/log.h"
#include "relay/feed_event.h"

#define SESSION_TIMEOUT_MS 4000          /* how long the partitions of a copy that was killed stay idle */
#define SESSION_TIMEOUT_STANDARD_MS 6000 /* the least that a broker takes unless it is told otherwise */
#define COMPLAIN_EVERY_US INT64_C(10000000)
#define COMPANY_WAIT_US INT64_C(25000) /* each batch costs a commit: what nobody waits for goes with others */

/* ── Partitions ── */

static struct feed_partition *find_partition(struct feed_intake *intake, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < intake->partition_count; i++) {
        struct feed_partition *p = &intake->partitions[i];
        if (p->partition == partition && p->topic == topic)
            return p;
    }
    return NULL;
}

static struct feed_partition *add_partition(struct feed_intake *intake, const char *topic, int32_t partition)
{
    struct feed_partition *found = find_partition(intake, topic, partition);
    if (found)
        return found;
    if (intake->partition_count == intake->partition_capacity) {
        size_t capacity = intake->partition_capacity ? intake->partition_capacity * 2 : 64;
        struct feed_partition *grown = realloc(intake->partitions, capacity * sizeof(*grown));
        if (!grown)
            return NULL;
        intake->partitions = grown;
        intake->partition_capacity = capacity;
    }
    struct feed_partition *added = &intake->partitions[intake->partition_count++];
    *added = (struct feed_partition){.topic = topic, .partition = partition};
    return added;
}

/* Raises the epoch: what any other copy still has in hand of this partition changes nothing from now on. */
static enum err claim(struct feed_intake *intake, struct feed_partition *partition)
{
    struct inbox_position position = {.topic = partition->topic, .partition = partition->partition};
    enum err err = inbox_claim(intake->db, &position);
    if (err != ERR_OK)
        return err;
    partition->owned = true;
    partition->epoch = position.epoch;
    partition->next_offset = position.next_offset;
    partition->gap_at = -1;
    return ERR_OK;
}

static enum err on_assigned(void *owner, const char *topic, int32_t number, int64_t *ret_offset)
{
    struct feed_intake *intake = owner;
    struct feed_partition *partition = add_partition(intake, topic, number);
    if (!partition)
        return ERR_MEMORY;
    enum err err = claim(intake, partition);
    if (err == ERR_OK)
        *ret_offset = partition->next_offset;
    return err;
}

static void on_revoked(void *owner, const char *topic, int32_t number)
{
    struct feed_partition *partition = find_partition(owner, topic, number);
    if (partition)
        partition->owned = false;
}

/* Retention may have eaten what we had not read: we go on at what is left, loudly (a replay brings the rest back). A log that ends before our
 * position was made anew: nobody but the operator can say what is true then (jisrctl replay raises the generation, and the position is 0). */
static enum err on_out_of_range(void *owner, const char *topic, int32_t number, int64_t low, int64_t high, int64_t *ret_offset)
{
    struct feed_intake *intake = owner;
    struct feed_partition *partition = find_partition(intake, topic, number);
    if (!partition)
        return ERR_NOT_FOUND;
    enum err err = claim(intake, partition); /* the operator may have changed it since */
    if (err != ERR_OK)
        return err;
    if (partition->next_offset > high) {
        int64_t now_us = clock_monotonic_us();
        if (now_us - partition->complained_us >= COMPLAIN_EVERY_US)
            log_line(LOG_ERROR, "topic-truncated", LOG_TEXT("topic", topic), LOG_INT("partition", number),
                     LOG_INT("next_offset", partition->next_offset), LOG_INT("log_end", high));
        partition->complained_us = now_us;
        return ERR_INTERNAL;
    }
    if (partition->next_offset < low) {
        log_line(LOG_ERROR, "records-lost-by-retention", LOG_TEXT("topic", topic), LOG_INT("partition", number),
                 LOG_INT("records", low - partition->next_offset));
        partition->next_offset = low;
    }
    *ret_offset = partition->next_offset;
    return ERR_OK;
}

/* ── Membership ── */

void intake_init(struct feed_intake *intake, const struct feed_options *options, struct db *db)
{
    *intake = (struct feed_intake){.options = options, .db = db, .session_timeout_ms = SESSION_TIMEOUT_MS};
    (void)snprintf(intake->group, sizeof(intake->group), "jisr.%s", options->service);
}

void intake_done(struct feed_intake *intake)
{
    intake_close(intake);
    free(intake->partitions);
    intake->partitions = NULL;
}

enum err intake_open(struct feed_intake *intake)
{
    const struct consumer_options options = {
        .bus = intake->options->bus,
        .group = intake->group,
        .topics = intake->options->topics,
        .session_timeout_ms = intake->session_timeout_ms,
        .max_poll_interval_ms = FEED_MAX_POLL_INTERVAL_MS,
        .patient = !intake->options->urgent,
        .assigned = on_assigned,
        .revoked = on_revoked,
        .out_of_range = on_out_of_range,
        .owner = intake,
    };
    return consumer_open(&options, &intake->consumer);
}

void intake_close(struct feed_intake *intake)
{
    consumer_release(&intake->kept);
    consumer_close(intake->consumer);
    intake->consumer = NULL;
    for (size_t i = 0; i < intake->partition_count; i++)
        intake->partitions[i].owned = false;
}

/* ── Messages ── */

enum take { TAKE_YES, TAKE_SKIP, TAKE_SEEK };

/* The position in PostgreSQL rules. A hole must not be: our topics are neither compacted nor transactional, and what retention eats is reported as
 * such. It is sought once; when the log itself has the hole, we go on behind it, loudly. */
static enum take judge(struct feed_partition *partition, const struct bus_message *message)
{
    if (!partition || !partition->owned || message->offset < partition->next_offset)
        return TAKE_SKIP;
    if (message->offset == partition->next_offset)
        return TAKE_YES;
    if (partition->gap_at != partition->next_offset) {
        partition->gap_at = partition->next_offset;
        return TAKE_SEEK;
    }
    log_line(LOG_ERROR, "hole-in-the-log", LOG_TEXT("topic", message->topic), LOG_INT("partition", message->partition),
             LOG_INT("from", partition->next_offset), LOG_INT("to", message->offset));
    return TAKE_YES;
}

static enum err take_message(struct feed_intake *intake, struct feed_batch *batch, struct bus_message *message)
{
    struct feed_partition *partition = find_partition(intake, message->topic, message->partition);
    enum take take = judge(partition, message);
    if (take == TAKE_SEEK) {
        log_line(LOG_WARNING, "feed-rewinds", LOG_TEXT("topic", message->topic), LOG_INT("partition", message->partition),
                 LOG_INT("to", partition->next_offset), LOG_INT("seen", message->offset));
        return consumer_seek(intake->consumer, partition->topic, partition->partition, partition->next_offset);
    }
    if (take == TAKE_SKIP)
        return ERR_OK;
    struct feed_item *item = &batch->items[batch->count];
    *item = (struct feed_item){.epoch = partition->epoch};
    enum err err = feed_event_read(message, batch->arena, &item->event, &item->unreadable);
    if (err != ERR_OK)
        return err;
    partition->next_offset = message->offset + 1;
    batch->count++;
    return ERR_OK;
}

/* Takes the message or, when the batch has no room for it, keeps it for the next one. */
static enum err take_or_keep(struct feed_intake *intake, struct feed_batch *batch, struct bus_message *message, bool *ret_full)
{
    enum err err = take_message(intake, batch, message);
    if (err == ERR_LIMIT && batch->count > 0) {
        struct feed_partition *partition = find_partition(intake, message->topic, message->partition);
        intake->kept = *message;
        intake->kept_epoch = partition->epoch;
        *ret_full = true;
        return ERR_OK;
    }
    consumer_release(message);
    err = arena_excuse(batch->arena, err);
    return err == ERR_LIMIT ? ERR_INTERNAL : err; /* a record larger than the whole arena */
}

static enum err take_kept(struct feed_intake *intake, struct feed_batch *batch)
{
    struct bus_message message = intake->kept;
    if (!message.raw)
        return ERR_OK;
    intake->kept = (struct bus_message){0};
    struct feed_partition *partition = find_partition(intake, message.topic, message.partition);
    if (!partition || !partition->owned || partition->epoch != intake->kept_epoch) {
        consumer_release(&message); /* lost, or taken anew: it comes again */
        return ERR_OK;
    }
    bool full = false;
    return take_or_keep(intake, batch, &message, &full);
}

/* Rebalances happen while gathering. What came from a partition that is no longer ours, or is ours again under a new epoch, would be fenced. */
static void drop_lost(struct feed_intake *intake, struct feed_batch *batch)
{
    size_t kept = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct event *event = &batch->items[i].event;
        const struct feed_partition *partition = find_partition(intake, event->topic, event->partition);
        if (partition && partition->owned && partition->epoch == batch->items[i].epoch)
            batch->items[kept++] = batch->items[i];
    }
    batch->count = kept;
}

/* How long the next message is waited for. `company_until_us`: 0 once something urgent is there. */
static int patience_ms(const struct feed_batch *batch, int first_ms, int64_t company_until_us)
{
    if (batch->count == 0)
        return first_ms;
    int64_t left_us = company_until_us - clock_monotonic_us();
    return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

enum err intake_gather(struct feed_intake *intake, struct feed_batch *batch, int wait_ms)
{
    feed_batch_clear(batch);
    bool full = false;
    enum err err = take_kept(intake, batch);
    int64_t company_until_us = 0;
    while (err == ERR_OK && !full && batch->count < intake->options->max_events) {
        struct bus_message message;
        size_t before = batch->count;
        err = consumer_poll(intake->consumer, patience_ms(batch, wait_ms, company_until_us), &message);
        if (err == ERR_INVALID) {
            intake->session_timeout_ms = SESSION_TIMEOUT_STANDARD_MS;
            log_line(LOG_INFO, "session-timeout-raised", LOG_INT("ms", SESSION_TIMEOUT_STANDARD_MS));
        }
        if (err != ERR_OK || !message.raw)
            break;
        err = take_or_keep(intake, batch, &message, &full);
        if (batch->count > before && str_is_one_of(batch->items[before].event.type, intake->options->urgent))
            company_until_us = 0;
        else if (before == 0)
            company_until_us = clock_monotonic_us() + COMPANY_WAIT_US;
    }
    drop_lost(intake, batch);
    return err;
}

void intake_hint(struct feed_intake *intake, const struct feed_batch *batch)
{
    for (size_t i = 0; i < batch->done; i++) {
        const struct event *event = &batch->items[i].event;
        consumer_hint(intake->consumer, event->topic, event->partition, event->offset + 1);
    }
}
