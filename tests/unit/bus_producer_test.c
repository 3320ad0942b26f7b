/* The producer against librdkafka's mock cluster, errors included. */
#include "tests/unit/bus_cluster.h"

#include "app/app.h"
#include "app/log.h"

#define PRODUCE_REQUEST 0

static void every_record_gets_its_report(void **state)
{
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(*state, &reports);
    for (int i = 0; i < 500; i++)
        assert_int_equal(bus_cluster_send(producer, i, "k"), ERR_OK);
    assert_int_equal(producer_waiting(producer), 500);
    bus_cluster_await(producer, 10);
    assert_int_equal(reports.good, 500);
    assert_int_equal(reports.last, 499);
    assert_false(producer_broken(producer));
    producer_close(producer);
}

static void what_mends_itself_does_not_break_the_producer(void **state)
{
    static const rd_kafka_resp_err_t errors[] = {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                                 RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS};
    struct bus_cluster *cluster = *state;
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(cluster, &reports);
    rd_kafka_mock_push_request_errors_array(cluster->mock, PRODUCE_REQUEST, COUNT_OF(errors), errors);
    for (int i = 0; i < 20; i++)
        assert_int_equal(bus_cluster_send(producer, i, "k"), ERR_OK);
    bus_cluster_await(producer, 20);
    assert_int_equal(reports.good, 20);
    assert_false(producer_broken(producer));
    producer_close(producer);
}

static void a_failed_report_breaks_the_producer(void **state)
{
    static const rd_kafka_resp_err_t errors[] = {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED};
    struct bus_cluster *cluster = *state;
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(cluster, &reports);
    rd_kafka_mock_push_request_errors_array(cluster->mock, PRODUCE_REQUEST, COUNT_OF(errors), errors);
    assert_int_equal(bus_cluster_send(producer, 1, "k"), ERR_OK);
    bus_cluster_await(producer, 10);
    assert_int_equal(reports.bad, 1);
    assert_true(producer_broken(producer));
    assert_int_equal(bus_cluster_send(producer, 2, "k"), ERR_UNAVAILABLE); /* nothing may overtake what failed */
    producer_close(producer);
}

static void closing_reports_what_was_not_sent(void **state)
{
    struct bus_cluster *cluster = *state;
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(cluster, &reports);
    rd_kafka_mock_broker_set_down(cluster->mock, 1);
    for (int i = 0; i < 10; i++)
        assert_int_equal(bus_cluster_send(producer, i, "k"), ERR_OK);
    producer_poll(producer, 100);
    assert_int_equal(reports.good, 0);
    int64_t started_us = clock_monotonic_us();
    producer_close(producer);
    assert_int_equal(reports.bad, 10);
    assert_true(clock_monotonic_us() - started_us < 1500000);
    rd_kafka_mock_broker_set_up(cluster->mock, 1);
}

static void memory_is_bounded_while_kafka_is_away(void **state)
{
    struct bus_cluster *cluster = *state;
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(cluster, &reports);
    static int tag;
    static char value[100000];
    const struct bus_record record = {.topic = TOPIC, .key = STR("k"), .value = {value, sizeof(value)}, .tag = &tag};
    rd_kafka_mock_broker_set_down(cluster->mock, 1);
    enum err err = ERR_OK;
    size_t taken = 0;
    while (taken < 1000 && (err = producer_send(producer, &record)) == ERR_OK)
        taken++;
    assert_int_equal(err, ERR_OVERLOADED);
    assert_false(producer_broken(producer));
    producer_close(producer);
    rd_kafka_mock_broker_set_up(cluster->mock, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bus_cluster_open, bus_cluster_close)
    const struct CMUnitTest tests[] = {
        TEST(every_record_gets_its_report),      TEST(what_mends_itself_does_not_break_the_producer), TEST(a_failed_report_breaks_the_producer),
        TEST(closing_reports_what_was_not_sent), TEST(memory_is_bounded_while_kafka_is_away),
    };
    log_setup("bus-producer-test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
