#include "bus/admin.h"

#include <stdlib.h>

#include "app/log.h"
#include "bus/options.h"

/* ── One topic of the plan → librdkafka's form ── */

static rd_kafka_NewTopic_t *new_topic(const struct topic_plan *plan)
{
    char why[256];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(plan->name, plan->partitions, plan->replicas, why, sizeof(why));
    if (!topic) {
        log_line(LOG_ERROR, "topic-plan-refused", LOG_TEXT("topic", plan->name), LOG_TEXT("why", why));
        return NULL;
    }
    for (const char *const *c = plan->config; c && c[0] && c[1]; c += 2) {
        if (rd_kafka_NewTopic_set_config(topic, c[0], c[1]) == RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        log_line(LOG_ERROR, "topic-setting-refused", LOG_TEXT("topic", plan->name), LOG_TEXT("setting", c[0]));
        rd_kafka_NewTopic_destroy(topic);
        return NULL;
    }
    return topic;
}

/* ── What is there already ── */

static int partitions_of(const struct rd_kafka_metadata *metadata, const char *topic)
{
    for (int i = 0; i < metadata->topic_cnt; i++) {
        if (strcmp(metadata->topics[i].topic, topic) == 0 && metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
            return metadata->topics[i].partition_cnt;
    }
    return 0;
}

static void warn_of_fewer(const struct rd_kafka_metadata *metadata, const struct topic_plan *plan)
{
    int there = partitions_of(metadata, plan->name);
    if (there < plan->partitions)
        log_line(LOG_WARNING, "topic-has-fewer-partitions", LOG_TEXT("topic", plan->name), LOG_INT("there", there),
                 LOG_INT("planned", plan->partitions));
}

/* ── The answer ── */

static enum err check_results(const rd_kafka_CreateTopics_result_t *result)
{
    size_t count;
    const rd_kafka_topic_result_t **topics = rd_kafka_CreateTopics_result_topics(result, &count);
    enum err err = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            continue;
        log_line(LOG_ERROR, "topic-not-created", LOG_TEXT("topic", rd_kafka_topic_result_name(topics[i])),
                 LOG_TEXT("error", rd_kafka_err2name(code)));
        err = ERR_UNAVAILABLE;
    }
    return err;
}

static enum err send_request(rd_kafka_t *kafka, rd_kafka_NewTopic_t **topics, size_t count, int timeout_ms)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(kafka, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    char why[256];
    rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof(why));
    rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, why, sizeof(why)); /* until the broker has made them */
    rd_kafka_CreateTopics(kafka, topics, count, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
    enum err err = ERR_UNAVAILABLE;
    if (event && rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR)
        err = check_results(rd_kafka_event_CreateTopics_result(event));
    else
        log_line(LOG_ERROR, "topics-not-created", LOG_TEXT("error", event ? rd_kafka_err2name(rd_kafka_event_error(event)) : "no answer"));
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return err;
}

static enum err create_missing(rd_kafka_t *kafka, const struct topic_plan *plans, size_t count, int timeout_ms)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(kafka, 1, NULL, &metadata, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_line(LOG_ERROR, "kafka-not-reached", LOG_TEXT("error", rd_kafka_err2name(code)));
        return ERR_UNAVAILABLE;
    }
    rd_kafka_NewTopic_t **missing = calloc(count, sizeof(rd_kafka_NewTopic_t *));
    enum err err = missing ? ERR_OK : ERR_MEMORY;
    size_t missing_count = 0;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (partitions_of(metadata, plans[i].name) > 0) {
            warn_of_fewer(metadata, &plans[i]);
            continue;
        }
        missing[missing_count] = new_topic(&plans[i]);
        if (missing[missing_count])
            missing_count++;
        else
            err = ERR_INTERNAL;
    }
    if (err == ERR_OK && missing_count > 0)
        err = send_request(kafka, missing, missing_count, timeout_ms);
    for (size_t i = 0; i < missing_count; i++)
        rd_kafka_NewTopic_destroy(missing[i]);
    free(missing);
    rd_kafka_metadata_destroy(metadata);
    return err;
}

enum err bus_create_topics(const struct bus_options *options, const struct topic_plan *plans, size_t count, int timeout_ms)
{
    rd_kafka_conf_t *conf;
    rd_kafka_t *kafka;
    enum err err = bus_conf_new(options, NULL, &conf);
    if (err == ERR_OK)
        err = bus_handle_new(RD_KAFKA_PRODUCER, conf, &kafka);
    if (err != ERR_OK)
        return err;
    err = create_missing(kafka, plans, count, timeout_ms);
    rd_kafka_destroy(kafka);
    return err;
}
