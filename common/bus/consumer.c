#include "bus/consumer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/log.h"
#include "bus/consumer_group.h"

#define HINTS_EVERY_US INT64_C(1000000)
#define SEEK_WAIT_MS 5000
#define GATHERED_BYTES 65536 /* enough for one answer, however patient */
#define HEARTBEAT_MS 300     /* how soon a member hears of a rebalance; until all have, twice, nobody reads anything */
#define CLOSE_WITHIN_US INT64_C(2000000)
#define REFILL_BELOW 500 /* records: a batch's worth */
#define REFILL_EVERY_US INT64_C(20000)
#define REFILL_WAIT_MS 1

static const struct bus_property consumer_properties[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"partition.assignment.strategy", "cooperative-sticky"},
    {"auto.offset.reset", "error"}, /* a truncated log must be seen */
    {"check.crcs", "true"},
    {"allow.auto.create.topics", "false"},
    {"fetch.error.backoff.ms", "100"},
    /* Memory: what waits in the local queue (refill() keeps it from running dry), and one answer to a fetch, which no broker wants smaller. */
    {"queued.max.messages.kbytes", "1024"},
    {"fetch.max.bytes", "1048576"},
    {"max.partition.fetch.bytes", "262144"},
    {0},
};

static enum err set_number(rd_kafka_conf_t *conf, const char *name, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%lld", (long long)value);
    return bus_conf_set(conf, name, text);
}

/* A hint that a rebalance has overtaken is no news. */
static void ignore_commit(rd_kafka_t *kafka, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *offsets, void *opaque)
{
    (void)kafka;
    (void)code;
    (void)offsets;
    (void)opaque;
}

static enum err make_conf(const struct consumer_options *options, struct consumer *consumer, rd_kafka_conf_t **ret_conf)
{
    rd_kafka_conf_t *conf;
    enum err err = bus_conf_new(&options->bus, consumer_properties, &conf);
    if (err != ERR_OK)
        return err;
    err = bus_conf_set(conf, "group.id", options->group);
    if (err == ERR_OK) /* a partition just taken waits for the fetch in flight, too */
        err = set_number(conf, "fetch.wait.max.ms", CONSUMER_GATHERS_MS);
    if (err == ERR_OK)
        err = set_number(conf, "fetch.min.bytes", options->patient ? GATHERED_BYTES : 1);
    if (err == ERR_OK)
        err = set_number(conf, "session.timeout.ms", options->session_timeout_ms);
    if (err == ERR_OK)
        err = set_number(conf, "heartbeat.interval.ms", HEARTBEAT_MS);
    if (err == ERR_OK)
        err = set_number(conf, "max.poll.interval.ms", options->max_poll_interval_ms);
    if (err != ERR_OK) {
        rd_kafka_conf_destroy(conf);
        return err;
    }
    (void)rd_kafka_conf_set(conf, "fetch.queue.backoff.ms", "10", NULL, 0); /* from librdkafka 2.2 on; until then see refill() */
    rd_kafka_conf_set_opaque(conf, consumer);
    rd_kafka_conf_set_rebalance_cb(conf, group_rebalance);
    rd_kafka_conf_set_offset_commit_cb(conf, ignore_commit);
    *ret_conf = conf;
    return ERR_OK;
}

static enum err subscribe(struct consumer *consumer)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(8);
    for (const char *const *topic = consumer->options.topics; *topic; topic++)
        rd_kafka_topic_partition_list_add(list, *topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_poll_set_consumer(consumer->kafka);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->kafka, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return ERR_OK;
    log_line(LOG_ERROR, "kafka-subscribe-refused", LOG_TEXT("error", rd_kafka_err2name(code)));
    return ERR_INTERNAL;
}

enum err consumer_open(const struct consumer_options *options, struct consumer **ret_consumer)
{
    struct consumer *consumer = calloc(1, sizeof(*consumer));
    if (!consumer)
        return ERR_MEMORY;
    consumer->options = *options;
    rd_kafka_conf_t *conf;
    enum err err = make_conf(options, consumer, &conf);
    if (err == ERR_OK)
        err = bus_handle_new(RD_KAFKA_CONSUMER, conf, &consumer->kafka);
    if (err == ERR_OK) {
        consumer->queue = rd_kafka_queue_get_consumer(consumer->kafka);
        err = subscribe(consumer);
    }
    if (err != ERR_OK) {
        consumer_close(consumer);
        return err;
    }
    *ret_consumer = consumer;
    return ERR_OK;
}

/* ── Refilling ── */

static bool log_has_more(struct consumer *consumer, size_t queued)
{
    int64_t lag = consumer_lag(consumer);
    return lag > 0 && (size_t)lag > queued;
}

/* Once librdkafka has found its queue full, its broker's thread sleeps for a second before it looks again, in 2.0 whatever is set; however fast
 * records are taken, no more than a queue a second arrives. A question to the leaders wakes their threads, and awake they look at the queue as well.
 * The answers are of no interest. */
static void refill(struct consumer *consumer)
{
    size_t queued = rd_kafka_queue_length(consumer->queue);
    if (queued >= REFILL_BELOW)
        return;
    int64_t now_us = clock_monotonic_us();
    if (now_us < consumer->refill_due_us)
        return;
    consumer->refill_due_us = now_us + REFILL_EVERY_US; /* also where nothing more is there: it is looked for now and then, not at each record */
    if (!log_has_more(consumer, queued))
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)consumer->slot_count);
    for (size_t i = 0; i < consumer->slot_count; i++)
        rd_kafka_topic_partition_list_add(list, consumer->slots[i].topic, consumer->slots[i].partition)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_offsets_for_times(consumer->kafka, list, REFILL_WAIT_MS);
    rd_kafka_topic_partition_list_destroy(list);
}

/* ── Messages ── */

static void on_message_error(struct consumer *consumer, const rd_kafka_message_t *message)
{
    const char *topic = message->rkt ? rd_kafka_topic_name(message->rkt) : NULL;
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && topic) {
        struct consumer_slot *slot = group_slot(consumer, topic, message->partition);
        if (slot)
            slot->stuck = true; /* group_unstick goes on from here */
        return;
    }
    if (message->err == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT)
        consumer->failed = ERR_INVALID;
    if (rd_kafka_fatal_error(consumer->kafka, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR)
        consumer->failed = ERR_INTERNAL;
    log_line(LOG_WARNING, "consumer-trouble", LOG_TEXT("error", rd_kafka_err2name(message->err)), LOG_TEXT("topic", topic ? topic : ""),
             LOG_INT("partition", message->partition));
}

/* False: a message of a partition that is not (or no longer) ours. */
static bool fill(struct consumer *consumer, rd_kafka_message_t *message, struct bus_message *ret_message)
{
    struct consumer_slot *slot = group_slot(consumer, rd_kafka_topic_name(message->rkt), message->partition);
    if (!slot)
        return false;
    slot->position = message->offset + 1;
    *ret_message = (struct bus_message){
        .topic = slot->topic,
        .partition = message->partition,
        .offset = message->offset,
        .key = {message->key, message->key_len},
        .value = {message->payload, message->len},
        .raw = message,
    };
    return true;
}

static void send_hints_when_due(struct consumer *consumer)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us < consumer->hints_due_us)
        return;
    group_send_hints(consumer);
    consumer->hints_due_us = now_us + HINTS_EVERY_US;
}

enum err consumer_poll(struct consumer *consumer, int wait_ms, struct bus_message *ret_message)
{
    *ret_message = (struct bus_message){0};
    group_unstick(consumer);
    refill(consumer);
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->kafka, wait_ms);
    if (!message)
        send_hints_when_due(consumer);
    if (message && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        on_message_error(consumer, message);
        rd_kafka_message_destroy(message);
    } else if (message && !fill(consumer, message, ret_message)) {
        rd_kafka_message_destroy(message);
    }
    if (consumer->failed == ERR_OK)
        return ERR_OK;
    consumer_release(ret_message);
    return consumer->failed;
}

struct str consumer_header(const struct bus_message *message, const char *name)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t size;
    if (rd_kafka_message_headers(message->raw, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return (struct str){0};
    if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR || !value)
        return (struct str){0};
    return (struct str){value, size};
}

void consumer_release(struct bus_message *message)
{
    if (message->raw)
        rd_kafka_message_destroy(message->raw);
    *message = (struct bus_message){0};
}

/* ── Positions ── */

enum err consumer_seek(struct consumer *consumer, const char *topic, int32_t partition, int64_t offset)
{
    struct consumer_slot *slot = group_slot(consumer, topic, partition);
    if (!slot)
        return ERR_NOT_FOUND;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
    rd_kafka_error_t *error = rd_kafka_seek_partitions(consumer->kafka, list, SEEK_WAIT_MS);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : list->elems[0].err;
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_line(LOG_WARNING, "consumer-seek-failed", LOG_TEXT("error", rd_kafka_err2name(code)), LOG_TEXT("topic", topic),
                 LOG_INT("partition", partition));
        return ERR_UNAVAILABLE;
    }
    slot->position = offset;
    return ERR_OK;
}

void consumer_hint(struct consumer *consumer, const char *topic, int32_t partition, int64_t next_offset)
{
    struct consumer_slot *slot = group_slot(consumer, topic, partition);
    if (slot)
        slot->hint = next_offset;
    send_hints_when_due(consumer);
}

int64_t consumer_lag(struct consumer *consumer)
{
    int64_t lag = 0;
    if (!consumer->was_assigned)
        return -1;
    for (size_t i = 0; i < consumer->slot_count; i++) {
        const struct consumer_slot *slot = &consumer->slots[i];
        int64_t low, high;
        rd_kafka_resp_err_t code = rd_kafka_get_watermark_offsets(consumer->kafka, slot->topic, slot->partition, &low, &high);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0)
            return -1;
        if (high > slot->position)
            lag += high - slot->position;
    }
    return lag;
}

/* ── Closing ── */

static void *destroy(void *kafka)
{
    rd_kafka_destroy_flags(kafka, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return NULL;
}

static void serve_close(struct consumer *consumer, rd_kafka_queue_t *queue)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 20);
    if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
        group_rebalance(consumer->kafka, rd_kafka_event_error(event), rd_kafka_event_topic_partition_list(event), consumer);
    if (event)
        rd_kafka_event_destroy(event);
}

/* librdkafka before 2.3 aborts when a handle is destroyed that has joined its group and was never given a share (its issue 4312). */
static bool may_destroy(const struct consumer *consumer)
{
    return consumer->was_assigned || rd_kafka_version() >= 0x020300ff;
}

static void await_first_assignment(struct consumer *consumer)
{
    int64_t until_us = clock_monotonic_us() + CLOSE_WITHIN_US;
    while (!may_destroy(consumer) && consumer->failed == ERR_OK && clock_monotonic_us() < until_us) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->kafka, 20);
        if (message)
            rd_kafka_message_destroy(message);
    }
}

/* rd_kafka_consumer_close would wait for a broker that says nothing, without end. */
static bool leave_group(struct consumer *consumer)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer->kafka);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(consumer->kafka, queue);
    int64_t until_us = clock_monotonic_us() + CLOSE_WITHIN_US;
    while (!error && !rd_kafka_consumer_closed(consumer->kafka) && clock_monotonic_us() < until_us)
        serve_close(consumer, queue);
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_queue_destroy(queue);
    return rd_kafka_consumer_closed(consumer->kafka);
}

void consumer_close(struct consumer *consumer)
{
    if (!consumer)
        return;
    pthread_t thread;
    if (consumer->queue)
        rd_kafka_queue_destroy(consumer->queue);
    if (consumer->kafka) {
        await_first_assignment(consumer);
        group_send_hints(consumer);
        bool left = leave_group(consumer);
        if (!may_destroy(consumer)) {
            log_plain(LOG_INFO, "consumer-left-before-its-first-share"); /* the handle stays until the process ends */
        } else if (left) {
            destroy(consumer->kafka);
        } else if (pthread_create(&thread, NULL, destroy, consumer->kafka) == 0) {
            log_plain(LOG_WARNING, "consumer-left-without-goodbye");
            pthread_detach(thread); /* it ends when the broker does; the handle calls none of our functions any more */
        }
    }
    free(consumer->slots);
    free(consumer);
}
