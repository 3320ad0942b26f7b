#include "bus/producer.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "bus/options.h"

#define CLOSE_WAIT_US INT64_C(500000)
#define VALUES_MAX 8

struct producer {
    rd_kafka_t *kafka;
    producer_report report;
    void *owner;
    size_t waiting; /* records without a report */
    size_t served;  /* reports since the last poll */
    bool broken, closing;
};

static const struct bus_property producer_properties[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"}, /* never given up: a hole in the order can't be made by a time-out */
    {"linger.ms", "1000"},       /* nothing leaves before producer_poll: see there */
    {"queue.buffering.max.messages", "100000"},
    {"queue.buffering.max.kbytes", "8192"}, /* bounds memory while Kafka is away */
    {"partitioner", "murmur2_random"},      /* the same partition for a key as Java clients choose */
    {"retry.backoff.ms", "50"},
    {0},
};

static void break_once(struct producer *producer, const char *why)
{
    if (!producer->broken && !producer->closing)
        log_line(LOG_WARNING, "producer-broken", LOG_TEXT("why", why));
    producer->broken = true;
}

static void on_report(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct producer *producer = opaque;
    (void)kafka;
    enum err err = ERR_OK;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        err = message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? ERR_LIMIT : ERR_UNAVAILABLE;
        break_once(producer, rd_kafka_err2name(message->err));
    }
    producer->waiting--;
    producer->served++;
    producer->report(producer->owner, message->_private, err);
}

/* Lost connections come here too; librdkafka mends them. Only a fatal error (the idempotent session is lost) counts. */
static void on_error(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
    (void)kafka;
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        break_once(opaque, reason);
    else
        log_line(LOG_WARNING, "producer-trouble", LOG_TEXT("error", rd_kafka_err2name(code)), LOG_TEXT("why", reason));
}

enum err producer_open(const struct bus_options *options, producer_report report, void *owner, struct producer **ret_producer)
{
    rd_kafka_conf_t *conf;
    enum err err = bus_conf_new(options, producer_properties, &conf);
    if (err != ERR_OK)
        return err;
    struct producer *producer = calloc(1, sizeof(*producer));
    if (!producer) {
        rd_kafka_conf_destroy(conf);
        return ERR_MEMORY;
    }
    producer->report = report;
    producer->owner = owner;
    rd_kafka_conf_set_opaque(conf, producer);
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_conf_set_error_cb(conf, on_error);
    err = bus_handle_new(RD_KAFKA_PRODUCER, conf, &producer->kafka);
    if (err != ERR_OK) {
        free(producer);
        return err;
    }
    *ret_producer = producer;
    return ERR_OK;
}

static rd_kafka_headers_t *copy_headers(const struct bus_record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
    for (size_t i = 0; i < record->header_count; i++) {
        const struct bus_header *h = &record->headers[i];
        rd_kafka_resp_err_t code = rd_kafka_header_add(headers, h->name, -1, h->value.at ? h->value.at : "", (ssize_t)h->value.size);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_headers_destroy(headers);
            return NULL;
        }
    }
    return headers;
}

/* librdkafka takes `void *` and, with F_COPY, only reads. */
static void *unqualified(const char *bytes)
{
    union {
        const char *in;
        void *out;
    } pointer = {.in = bytes};
    return pointer.out;
}

static enum err send_error(struct producer *producer, rd_kafka_resp_err_t code)
{
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        return ERR_OVERLOADED;
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return ERR_LIMIT;
    break_once(producer, rd_kafka_err2name(code));
    return ERR_UNAVAILABLE;
}

enum err producer_send(struct producer *producer, const struct bus_record *record)
{
    if (producer->broken)
        return ERR_UNAVAILABLE;
    rd_kafka_headers_t *headers = copy_headers(record);
    if (!headers)
        return ERR_MEMORY;
    rd_kafka_vu_t values[VALUES_MAX] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = record->topic},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {unqualified(record->key.at), record->key.size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {unqualified(record->value.at), record->value.size}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = record->tag},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(producer->kafka, values, 6);
    if (!error) {
        producer->waiting++;
        return ERR_OK;
    }
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers); /* stays ours on failure */
    return send_error(producer, code);
}

/* A flush sends what is queued now, linger or not, a request a partition. Sent one by one as they come, an idempotent producer would have at most
 * five records of a partition on their way, and while others wait for these librdkafka's thread looks at its queue without a pause: on few processors
 * it takes away from the broker what the answer needs. */
size_t producer_poll(struct producer *producer, int wait_ms)
{
    producer->served = 0;
    if (producer->waiting > 0 && wait_ms > 0)
        (void)rd_kafka_flush(producer->kafka, wait_ms);
    else
        rd_kafka_poll(producer->kafka, wait_ms);
    return producer->served;
}

bool producer_broken(const struct producer *producer)
{
    return producer->broken;
}

size_t producer_waiting(const struct producer *producer)
{
    return producer->waiting;
}

void producer_close(struct producer *producer)
{
    if (!producer)
        return;
    producer->closing = true;
    rd_kafka_purge(producer->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    int64_t until_us = clock_monotonic_us() + CLOSE_WAIT_US;
    while (producer->waiting > 0 && clock_monotonic_us() < until_us)
        rd_kafka_poll(producer->kafka, 20);
    rd_kafka_destroy(producer->kafka);
    free(producer);
}
