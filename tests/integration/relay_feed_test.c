/* Relay and feed together, in this process: what is held, parked, put back, repeated, fenced, truncated, cut off. */
#include "tests/integration/relay_support.h"
#include "tests/support/check.h"

#include <string.h>

#include "app/app.h"
#include "app/log.h"
#include "app/metrics.h"
#include "proto/topics.h"
#include "relay_checks_statements.h"

static struct relay_fixture fixture;
static struct relay *relay;
static struct feed *feed;

static void end(void)
{
    feed_stop(feed);
    relay_stop(relay);
}

static int begin(bool folds)
{
    fixture = (struct relay_fixture){.folds = folds};
    relay_fixture_open(&fixture);
    relay_fixture_start(&fixture, &relay, &feed);
    return 0;
}

static int start(void **state)
{
    (void)state;
    return begin(false);
}

static int start_folding(void **state)
{
    (void)state;
    return begin(true);
}

static int stop(void **state)
{
    (void)state;
    end();
    relay_fixture_close(&fixture);
    return 0;
}

#define KEY(n) "'00000000-0000-4000-8000-00000000000" #n "'"

static void write_event(const char *key, int version, const char *type, const char *data)
{
    struct str sql = str_format(fixture.arena,
                                "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) "
                                "VALUES (now(), gen_random_uuid(), %s, %s, %d, '%s', '%s')",
                                key, key, version, type, data);
    relay_fixture_run(&fixture, sql.at);
    relay_wake(relay, 1);
}

static void what_comes_before_its_cause_is_held_until_the_cause_comes(void **state)
{
    (void)state;
    write_event(KEY(1), 1, EVENT_DECISION_ASSESSED, "{\"first\":1}");
    write_event(KEY(1), 2, EVENT_DECISION_SHORTLISTED, "{\"second\":1}"); /* not in need of a cause, but behind the first */
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_HELD, 2, 30);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DECISIONS), 0);
    write_event(KEY(1), 1, EVENT_APPLICATION_SUBMITTED, "{\"cause\":1}");
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_DECISIONS, 2, 30);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_HELD), 0);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
}

static void what_the_service_refuses_is_parked_and_can_be_put_back_with_all_behind_it(void **state)
{
    (void)state;
    write_event(KEY(2), 1, EVENT_APPLICATION_SUBMITTED, "{\"poison\":1}");
    write_event(KEY(2), 2, EVENT_APPLICATION_SUBMITTED, "{\"fine\":1}");
    write_event(KEY(3), 1, EVENT_APPLICATION_SUBMITTED, "{\"fine\":1}"); /* another key is not touched by it */
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 1, 30);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_HELD, 1, 30);
    write_event(KEY(2), 3, EVENT_APPLICATION_SUBMITTED, "{\"fine\":1}");
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_HELD, 2, 30);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), 1);
    /* The operator tries again what is still poison: it stays. Then the cause is mended. */
    relay_fixture_run(&fixture, "UPDATE parked SET retry = true WHERE kind = 'POISON'");
    clock_sleep_us(1500000);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), 1);
    relay_fixture_run(&fixture, "UPDATE parked SET data = '{\"mended\":1}' WHERE reason = 'poisoned on purpose'; UPDATE parked SET retry = true "
                                "WHERE reason = 'poisoned on purpose'");
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 4, 30);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_HELD), 0);
}

static void the_one_event_that_fails_its_batch_is_found_and_parked(void **state)
{
    (void)state;
    relay_fixture_run(&fixture, "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) "
                                "SELECT now(), gen_random_uuid(), k, k, 1, 'ma.jisr.application.submitted.v1', "
                                "CASE WHEN n = 77 THEN '{\"explode\":1}' ELSE '{\"fine\":1}' END "
                                "FROM (SELECT n, gen_random_uuid() AS k FROM generate_series(1, 200) n) AS made");
    int64_t poison = relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_POISON); /* 0, or what other tests left in the log */
    relay_wake(relay, 1);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 199, 30);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_POISON, poison + 1, 30);
}

static void an_event_that_there_was_no_memory_for_is_handled_again_and_not_parked(void **state)
{
    (void)state;
    int64_t poison = relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_POISON);
    write_event(KEY(7), 1, EVENT_APPLICATION_SUBMITTED, "{\"misread\":1}");
    write_event(KEY(8), 1, EVENT_APPLICATION_SUBMITTED, "{\"fine\":1}");
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 2, 30);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_POISON), poison);
}

/* A handler may take what it had no memory to read for what is not there, and not notice. */
static void what_was_done_while_memory_was_short_is_done_again(void **state)
{
    (void)state;
    write_event(KEY(9), 1, EVENT_APPLICATION_SUBMITTED, "{\"overlooked\":1}");
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 1, 30);
}

/* What jisrctl replay does, but for the records of other tests before the start of this one. */
static void set_back(void)
{
    relay_fixture_run(&fixture, "UPDATE consumer_offset o SET generation = generation + 1, epoch = epoch + 1, next_offset = s.next_offset "
                                "FROM log_start s WHERE s.topic = o.topic AND s.partition = o.partition");
}

static void produce(const char *id, const char *name, const char *value)
{
    const struct bus_header headers[] = {{"ce_id", str_from(id)},
                                         {"ce_type", STR(EVENT_APPLICATION_SUBMITTED)},
                                         {"ce_source", str_from(fixture.source)},
                                         {name, str_from(value)},
                                         {0}};
    relay_fixture_produce(TOPIC_APPLICATION, "00000000-0000-4000-8000-000000000006", headers, "{}");
}

static void what_is_no_event_holds_back_the_next_of_its_application_and_stays_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *why;
    } CASES[] = {{"ce_aggregateversion", "the second", "no number"}, {"ce_time", "yesterday", "no time"}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        end();
        relay_fixture_run(&fixture,
                          "DELETE FROM parked; DELETE FROM inbox; UPDATE log_start s SET next_offset = o.next_offset FROM consumer_offset o "
                          "WHERE o.topic = s.topic AND o.partition = s.partition");
        produce("0193b2c0-0000-7000-8000-0000000000a1", CASES[i].name, CASES[i].value);
        produce("0193b2c0-0000-7000-8000-0000000000a2", "ce_aggregateversion", "2");
        relay_fixture_start(&fixture, &relay, &feed); /* both are there: they come in one batch */
        relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_POISON, 1, 30);
        check_int(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_HELD), 1, "the next one waits behind it");
        relay_fixture_run(&fixture, "UPDATE parked SET retry = true WHERE kind = 'POISON'");
        clock_sleep_us(2500000);
        end();
        set_back();
        produce("0193b2c0-0000-7000-8000-0000000000a3", "ce_aggregateversion", "3");
        relay_fixture_start(&fixture, &relay, &feed);
        relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_HELD, 2, 30); /* all before the third was read once more */
        check_int(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_HELD), 2, "what is behind it is there once");
        check_int(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_POISON), 1, "read again, it is not parked again");
        check_int(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), 0, CASES[i].why);
    }
}

static void count_up_to(int64_t applications)
{
    for (int i = 0; i < 10; i++)
        relay_fixture_run(&fixture, "INSERT INTO aggregate (n) SELECT (SELECT count(*) FROM aggregate) + generate_series(1, 5)");
    relay_fixture_run(&fixture, "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) "
                                "SELECT now(), gen_random_uuid(), key, key, 1, 'ma.jisr.application.submitted.v1', '{\"fine\":1}' FROM aggregate; "
                                "DELETE FROM aggregate");
    relay_wake(relay, 1);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, applications, 60);
}

static void a_generation_that_is_raised_fences_and_starts_again_without_a_second_effect(void **state)
{
    (void)state;
    count_up_to(50);
    int64_t epochs = relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_EPOCHS);
    set_back();
    count_up_to(100);
    assert_true(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_EPOCHS) > epochs + 24); /* claimed anew */
    clock_sleep_us(500000);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), 100);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
}

static void a_log_shorter_than_the_position_stops_its_partition_until_the_operator_decides(void **state)
{
    (void)state;
    count_up_to(50);
    relay_fixture_run(&fixture, "UPDATE consumer_offset SET epoch = epoch + 1, next_offset = 1000000000 WHERE topic = 'jisr.application.v1'");
    write_event(KEY(4), 1, EVENT_APPLICATION_SUBMITTED, "{\"fine\":1}");
    write_event(KEY(4), 1, EVENT_DECISION_SHORTLISTED, "{\"fine\":1}"); /* the other topic goes on */
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_DECISIONS, 1, 30);
    clock_sleep_us(2000000);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), 50);
    set_back();
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, 51, 40);
}

static void sessions_that_are_cut_off_lose_nothing(void **state)
{
    (void)state;
    for (int i = 1; i <= 6; i++) {
        struct str cut = str_format(
            fixture.arena, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '%s' AND pid <> pg_backend_pid()",
            fixture.service);
        relay_fixture_run(&fixture, cut.at);
        count_up_to(50 * i);
    }
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
}

static void a_referral_counts_as_published_when_both_topics_have_it(void **state)
{
    struct metric *published = metric_counter("relay_published_total", "", "");
    int64_t before = metric_value(published);
    (void)state;
    write_event(KEY(5), 1, EVENT_REFERRAL_OFFERED, "{\"fine\":1}");
    for (int i = 0; i < 500 && metric_value(published) == before; i++)
        clock_sleep_us(10000);
    assert_int_equal(metric_value(published), before + 1);
}

/* The leader's way to Kafka alone is cut; another copy's is not. */
static void a_leader_that_kafka_does_not_hear_makes_room_for_another_copy(void **state)
{
    struct relay_options options = relay_fixture_relay_options(&fixture);
    struct relay *cut_off;
    (void)state;
    relay_stop(relay);
    options.silence_ms = 300;
    options.bus.brokers = "127.0.0.1:1";
    assert_int_equal(relay_start(&options, &cut_off), ERR_OK);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_LEADERS, 1, 10);
    options = relay_fixture_relay_options(&fixture);
    assert_int_equal(relay_start(&options, &relay), ERR_OK);
    count_up_to(50);
    relay_stop(cut_off);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_FOLDING(name)                                 \
    {                                                      \
#name ", folding", name, start_folding, stop, NULL \
    }
    const struct CMUnitTest tests[] = {
        TEST_FOLDING(what_comes_before_its_cause_is_held_until_the_cause_comes),
        TEST_FOLDING(what_the_service_refuses_is_parked_and_can_be_put_back_with_all_behind_it),
        TEST_FOLDING(what_is_no_event_holds_back_the_next_of_its_application_and_stays_what_it_is),
        TEST_FOLDING(the_one_event_that_fails_its_batch_is_found_and_parked),
        TEST(what_comes_before_its_cause_is_held_until_the_cause_comes),
        TEST(what_the_service_refuses_is_parked_and_can_be_put_back_with_all_behind_it),
        TEST(what_is_no_event_holds_back_the_next_of_its_application_and_stays_what_it_is),
        TEST(an_event_that_there_was_no_memory_for_is_handled_again_and_not_parked),
        TEST(what_was_done_while_memory_was_short_is_done_again),
        TEST(the_one_event_that_fails_its_batch_is_found_and_parked),
        TEST(a_generation_that_is_raised_fences_and_starts_again_without_a_second_effect),
        TEST(a_log_shorter_than_the_position_stops_its_partition_until_the_operator_decides),
        TEST(sessions_that_are_cut_off_lose_nothing),
        TEST(a_leader_that_kafka_does_not_hear_makes_room_for_another_copy),
        TEST(a_referral_counts_as_published_when_both_topics_have_it),
    };
    log_setup("relay-feed-test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
