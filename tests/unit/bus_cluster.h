/* librdkafka's mock cluster with one topic, and a producer that fills it: for the tests of common/bus. */
#ifndef JISR_TESTS_BUS_CLUSTER_H
#define JISR_TESTS_BUS_CLUSTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "bus/producer.h"

#define TOPIC "jisr.test.v1"
#define PARTITIONS 3
#define NUMBERS_MAX 1000
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct bus_cluster {
    rd_kafka_t *handle;
    rd_kafka_mock_cluster_t *mock;
    struct bus_options options;
};

struct bus_reports {
    size_t good, bad;
    int last; /* tag of the last good one */
};

/* cmocka's set-up and tear-down; the state is a bus_cluster. */
int bus_cluster_open(void **state);
int bus_cluster_close(void **state);

struct producer *bus_cluster_producer(const struct bus_cluster *cluster, struct bus_reports *reports);
/* `number` (below NUMBERS_MAX) as text. */
enum err bus_cluster_send(struct producer *producer, int number, const char *key);
/* Until every record has its report, or so many seconds have passed. */
void bus_cluster_await(struct producer *producer, int seconds);

#endif
