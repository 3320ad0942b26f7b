#include "tests/unit/bus_cluster.h"

#include <stdio.h>

#include "app/app.h"

int bus_cluster_open(void **state)
{
    static struct bus_cluster cluster;
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "3", why, sizeof(why));
    cluster.handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    cluster.mock = rd_kafka_mock_cluster_new(cluster.handle, 1);
    rd_kafka_mock_topic_create(cluster.mock, TOPIC, PARTITIONS, 1);
    cluster.options = (struct bus_options){.brokers = rd_kafka_mock_cluster_bootstraps(cluster.mock), .client_id = "test", .security = "plaintext"};
    *state = &cluster;
    return 0;
}

int bus_cluster_close(void **state)
{
    struct bus_cluster *cluster = *state;
    rd_kafka_mock_cluster_destroy(cluster->mock);
    rd_kafka_destroy(cluster->handle);
    return 0;
}

static void on_report(void *owner, void *tag, enum err err)
{
    struct bus_reports *reports = owner;
    if (err == ERR_OK) {
        reports->good++;
        reports->last = *(int *)tag;
    } else {
        reports->bad++;
    }
}

struct producer *bus_cluster_producer(const struct bus_cluster *cluster, struct bus_reports *reports)
{
    struct producer *producer;
    *reports = (struct bus_reports){0};
    assert_int_equal(producer_open(&cluster->options, on_report, reports, &producer), ERR_OK);
    return producer;
}

static int tags[NUMBERS_MAX];

enum err bus_cluster_send(struct producer *producer, int number, const char *key)
{
    char value[16];
    const struct bus_header headers[] = {{"ce_type", STR("number")}, {"empty", {0}}};
    snprintf(value, sizeof(value), "%d", number);
    tags[number] = number;
    const struct bus_record record = {
        .topic = TOPIC, .key = str_from(key), .value = str_from(value), .headers = headers, .header_count = COUNT_OF(headers), .tag = &tags[number]};
    return producer_send(producer, &record);
}

void bus_cluster_await(struct producer *producer, int seconds)
{
    int64_t until_us = clock_monotonic_us() + seconds * INT64_C(1000000);
    while (producer_waiting(producer) > 0 && clock_monotonic_us() < until_us)
        producer_poll(producer, 50);
}
