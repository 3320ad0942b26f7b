/* The consumer against librdkafka's mock cluster, errors included. */
#include "tests/unit/bus_cluster.h"

#include "app/log.h"
#include "bus/consumer.h"

#define FETCH_REQUEST 1
#define SYNC_GROUP_REQUEST 14

struct owner {
    int64_t start[PARTITIONS];
    size_t assigned, revoked, asked;
    enum err assign_answer, range_answer;
    int64_t range_offset;
};

static enum err on_assigned(void *context, const char *topic, int32_t partition, int64_t *ret_offset)
{
    struct owner *owner = context;
    assert_string_equal(topic, TOPIC);
    owner->assigned++;
    *ret_offset = owner->start[partition];
    return owner->assign_answer;
}

static void on_revoked(void *context, const char *topic, int32_t partition)
{
    (void)topic;
    (void)partition;
    ((struct owner *)context)->revoked++;
}

static enum err on_out_of_range(void *context, const char *topic, int32_t partition, int64_t low, int64_t high, int64_t *ret_offset)
{
    struct owner *owner = context;
    (void)topic;
    (void)partition;
    assert_true(low <= high);
    owner->asked++;
    *ret_offset = owner->range_offset;
    return owner->range_answer;
}

static struct consumer *open_consumer(const struct bus_cluster *cluster, struct owner *owner, const char *group)
{
    static const char *const topics[] = {TOPIC, NULL};
    const struct consumer_options options = {
        .bus = cluster->options,
        .group = group,
        .topics = topics,
        .session_timeout_ms = 6000,
        .max_poll_interval_ms = 60000,
        .assigned = on_assigned,
        .revoked = on_revoked,
        .out_of_range = on_out_of_range,
        .owner = owner,
    };
    struct consumer *consumer;
    assert_int_equal(consumer_open(&options, &consumer), ERR_OK);
    return consumer;
}

/* The next message; fails when there is none within 20 s. */
static void next_message(struct consumer *consumer, struct bus_message *ret_message)
{
    for (int i = 0; i < 200; i++) {
        assert_int_equal(consumer_poll(consumer, 100, ret_message), ERR_OK);
        if (ret_message->raw)
            return;
    }
    fail_msg("no message came");
}

/* `count` numbers under one key: they land in one partition, whose number is given. */
static int32_t fill_partition(const struct bus_cluster *cluster, const char *key, int count, struct owner *owner, const char *group)
{
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(cluster, &reports);
    for (int i = 0; i < count; i++)
        assert_int_equal(bus_cluster_send(producer, i, key), ERR_OK);
    bus_cluster_await(producer, 10);
    assert_int_equal(reports.good, count);
    producer_close(producer);
    struct bus_message message;
    struct consumer *consumer = open_consumer(cluster, owner, group);
    int32_t partition = -1;
    for (int i = 0; i < count; i++) {
        next_message(consumer, &message);
        if (str_equal(message.key, str_from(key)))
            partition = message.partition;
        consumer_release(&message);
    }
    consumer_close(consumer);
    assert_true(partition >= 0);
    return partition;
}

static void records_arrive_with_key_headers_and_offset(void **state)
{
    struct owner owner = {0};
    struct bus_reports reports;
    struct producer *producer = bus_cluster_producer(*state, &reports);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bus_cluster_send(producer, i, "the-key"), ERR_OK);
    bus_cluster_await(producer, 10);
    producer_close(producer);
    struct consumer *consumer = open_consumer(*state, &owner, "g-arrive");
    assert_int_equal(consumer_lag(consumer), -1); /* it does not know its share yet */
    for (int i = 0; i < 3; i++) {
        struct bus_message message;
        next_message(consumer, &message);
        assert_int_equal(message.offset, i);
        assert_true(str_equal(message.key, STR("the-key")));
        assert_true(str_equal(consumer_header(&message, "ce_type"), STR("number")));
        assert_non_null(consumer_header(&message, "empty").at);
        assert_int_equal(consumer_header(&message, "empty").size, 0);
        assert_null(consumer_header(&message, "absent").at);
        consumer_release(&message);
    }
    assert_int_equal(owner.assigned, PARTITIONS);
    /* Unknown until each partition, the empty ones too, has been fetched from once. */
    for (int tries = 0; consumer_lag(consumer) < 0 && tries < 100; tries++) {
        struct bus_message none;
        assert_int_equal(consumer_poll(consumer, 100, &none), ERR_OK);
    }
    assert_int_equal(consumer_lag(consumer), 0);
    consumer_close(consumer);
    assert_int_equal(owner.revoked, PARTITIONS);
}

static void a_partition_starts_where_its_owner_says_and_can_be_sought(void **state)
{
    struct owner owner = {0};
    struct bus_message message;
    int32_t partition = fill_partition(*state, "sought", 10, &owner, "g-sought");
    owner.start[partition] = 7;
    struct consumer *consumer = open_consumer(*state, &owner, "g-sought");
    next_message(consumer, &message);
    assert_int_equal(message.offset, 7);
    const char *topic = message.topic;
    consumer_release(&message);
    assert_int_equal(consumer_seek(consumer, topic, partition, 2), ERR_OK);
    next_message(consumer, &message);
    assert_int_equal(message.offset, 2);
    consumer_release(&message);
    consumer_hint(consumer, topic, partition, 3);
    consumer_close(consumer);
}

static void a_position_past_the_log_is_asked_about_and_never_reset_in_silence(void **state)
{
    struct owner owner = {.range_answer = ERR_INTERNAL};
    struct bus_message message;
    int32_t partition = fill_partition(*state, "range", 5, &owner, "g-range");
    owner.start[partition] = 100;
    struct consumer *consumer = open_consumer(*state, &owner, "g-range");
    for (int i = 0; i < 100 && owner.asked == 0; i++) {
        assert_int_equal(consumer_poll(consumer, 100, &message), ERR_OK);
        assert_null(message.raw);
    }
    assert_int_equal(owner.asked, 1);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(consumer_poll(consumer, 100, &message), ERR_OK); /* the others go on */
        assert_null(message.raw);
    }
    assert_int_equal(owner.asked, 1); /* not again at once */
    consumer_close(consumer);

    owner.asked = 0;
    owner.range_answer = ERR_OK;
    owner.range_offset = 3;
    consumer = open_consumer(*state, &owner, "g-range");
    next_message(consumer, &message);
    assert_int_equal(owner.asked, 1);
    assert_int_equal(message.offset, 3);
    consumer_release(&message);
    consumer_close(consumer);
}

static void an_owner_that_refuses_a_partition_makes_the_consumer_fail(void **state)
{
    struct owner owner = {.assign_answer = ERR_UNAVAILABLE};
    struct bus_message message;
    struct consumer *consumer = open_consumer(*state, &owner, "g-refused");
    enum err err = ERR_OK;
    for (int i = 0; i < 200 && err == ERR_OK; i++)
        err = consumer_poll(consumer, 100, &message);
    assert_int_equal(err, ERR_UNAVAILABLE);
    assert_int_equal(owner.assigned, 1);
    consumer_close(consumer);
}

/* How a group looks to a copy that has joined it while others come and go. */
static void a_consumer_that_was_never_given_a_share_ends_well(void **state)
{
    enum { ANSWERS = 100, POLLS = 50 };
    struct bus_cluster *cluster = *state;
    rd_kafka_resp_err_t errors[ANSWERS];
    struct owner owner = {0};
    struct bus_message message;
    for (size_t i = 0; i < ANSWERS; i++)
        errors[i] = RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
    rd_kafka_mock_push_request_errors_array(cluster->mock, SYNC_GROUP_REQUEST, ANSWERS, errors);
    struct consumer *consumer = open_consumer(cluster, &owner, "g-unassigned");
    for (int i = 0; i < POLLS; i++)
        assert_int_equal(consumer_poll(consumer, 100, &message), ERR_OK);
    consumer_close(consumer);
    assert_int_equal(owner.assigned, 0);
}

static void fetch_errors_do_not_lose_a_record(void **state)
{
    static const rd_kafka_resp_err_t errors[] = {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_UNKNOWN};
    struct bus_cluster *cluster = *state;
    struct owner owner = {0};
    struct bus_message message;
    int32_t partition = fill_partition(cluster, "errors", 50, &owner, "g-errors");
    rd_kafka_mock_push_request_errors_array(cluster->mock, FETCH_REQUEST, COUNT_OF(errors), errors);
    struct consumer *consumer = open_consumer(cluster, &owner, "g-errors");
    for (int64_t wanted = 0; wanted < 50;) {
        next_message(consumer, &message);
        if (message.partition == partition)
            assert_int_equal(message.offset, wanted++);
        consumer_release(&message);
    }
    consumer_close(consumer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bus_cluster_open, bus_cluster_close)
    const struct CMUnitTest tests[] = {
        TEST(records_arrive_with_key_headers_and_offset),
        TEST(a_partition_starts_where_its_owner_says_and_can_be_sought),
        TEST(a_position_past_the_log_is_asked_about_and_never_reset_in_silence),
        TEST(an_owner_that_refuses_a_partition_makes_the_consumer_fail),
        TEST(a_consumer_that_was_never_given_a_share_ends_well),
        TEST(fetch_errors_do_not_lose_a_record),
    };
    log_setup("bus-consumer-test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
