/* The webhook engine against real PostgreSQL and a receiver that misbehaves on demand. */
#include "tests/integration/notifier_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "notifier_checks_statements.h"
#include "services/notifier/changes.h"
#include "services/notifier/target.h"
#include "store_statements.h"

#define ALL "ma.jisr.referral.*"
#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static struct deliverer *deliverer;

static void start(void)
{
    const struct deliverer_options options = {&test_service, &test_settings, test_notifier.secret, test_notifier.webhook};
    assert_int_equal(deliverer_start(&options, &deliverer), ERR_OK);
}

static int stop(void **state)
{
    (void)state;
    if (deliverer)
        deliverer_stop(deliverer);
    deliverer = NULL;
    return 0;
}

/* `count` webhooks for an endpoint, of applications number first, first + 1 … `times` each, in one transaction. */
struct batch_of {
    struct id endpoint;
    uint32_t first_application, applications, times;
};

static enum err add_webhooks(struct db *db, void *context)
{
    const struct batch_of *batch = context;
    struct db_column events, applications, traces, bodies, delivery_events, endpoints, delivery_applications, gone;
    struct db_args messages = test_args(), deliveries = test_args();
    instant_us now = clock_wall_us();
    struct db_column *const ids[] = {&events, &applications, &delivery_events, &endpoints, &delivery_applications};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        db_column_init(ids[i], test_arena, DB_UUID);
    db_column_init(&traces, test_arena, DB_TEXT);
    db_column_init(&bodies, test_arena, DB_TEXT);
    db_column_init(&gone, test_arena, DB_TEXT);
    for (uint32_t time = 0; time < batch->times; time++)
        for (uint32_t i = 0; i < batch->applications; i++) {
            struct id event = fresh_id(now), application = fixture_id(batch->first_application + i);
            db_column_id(&events, event);
            db_column_id(&applications, application);
            db_column_str(&traces, STR(TRACE));
            db_column_str(&bodies, str_format(test_arena, "{\"application\":%u,\"time\":%u}", batch->first_application + i, time));
            db_column_id(&delivery_events, event);
            db_column_id(&endpoints, batch->endpoint);
            db_column_id(&delivery_applications, application);
            db_column_null(&gone);
        }
    db_arg_column(&messages, &events);
    db_arg_column(&messages, &applications);
    db_arg_column(&messages, &traces);
    db_arg_column(&messages, &bodies);
    db_arg_column(&deliveries, &delivery_events);
    db_arg_column(&deliveries, &endpoints);
    db_arg_column(&deliveries, &delivery_applications);
    db_arg_column(&deliveries, &gone);
    db_arg_instant(&deliveries, now);
    enum err err = db_queue(db, &STORE_ADD_MESSAGES, &messages);
    return err == ERR_OK ? db_queue(db, &STORE_ADD_DELIVERIES, &deliveries) : err;
}

static void queue(struct id endpoint, uint32_t first_application, uint32_t applications, uint32_t times)
{
    struct batch_of batch = {endpoint, first_application, applications, times};
    assert_int_equal(db_transaction(test_db, add_webhooks, &batch), ERR_OK);
    deliverer_reload(deliverer);
}

static void wait_until_nothing_is_pending(void)
{
    int64_t deadline_us = clock_monotonic_us() + 15 * INSTANT_SECOND;
    while (test_count(&NOTIFIER_CHECKS_PENDING) > 0) {
        if (clock_monotonic_us() > deadline_us)
            fail_msg("%lld deliveries are still pending", (long long)test_count(&NOTIFIER_CHECKS_PENDING));
        clock_sleep_us(5000);
    }
}

static struct db_rows deliveries_of(struct id endpoint)
{
    struct db_args args = test_args();
    db_arg_id(&args, endpoint);
    return test_ask(&NOTIFIER_CHECKS_DELIVERY, &args);
}

static void assert_delivery(struct id endpoint, const char *state, int attempts, int status, const char *failure)
{
    struct db_rows rows = deliveries_of(endpoint);
    struct db_args args = test_args();
    assert_true(rows.count > 0);
    assert_true(str_equal(db_get_str(&rows, 0, 0), str_from(state)));
    assert_int_equal(db_get_int(&rows, 0, 1), attempts);
    assert_int_equal(db_get_int(&rows, 0, 2), status);
    assert_true(str_equal(db_get_str(&rows, 0, 3), str_from(failure)));
    db_arg_id(&args, db_get_id(&rows, 0, 4));
    struct db_rows kept = test_ask(&NOTIFIER_CHECKS_ATTEMPTS, &args);
    assert_int_equal(db_get_int(&kept, 0, 0), attempts);
}

static void a_webhook_arrives_signed_and_is_done(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    start();
    queue(endpoint, 1, 1, 1);
    receiver_wait("/ok", 1);
    wait_until_nothing_is_pending();
    struct received got = receiver_get("/ok", 0);
    struct db_rows rows = deliveries_of(endpoint);
    assert_true(str_equal(str_from(got.id), id_text(test_arena, db_get_id(&rows, 0, 4))));
    assert_string_equal(got.body, "{\"application\":1,\"time\":0}");
    assert_string_equal(got.content_type, "application/cloudevents+json");
    assert_string_equal(got.traceparent, TRACE);
    struct str secret = STR(TEST_SECRET);
    struct str expected = webhook_signature(test_arena, &(struct webhook_content){str_from(got.id), atoll(got.timestamp), str_from(got.body)},
                                            &secret, 1, &test_notifier.webhook);
    assert_true(str_equal(str_from(got.signature), expected));
    assert_in_range(atoll(got.timestamp), clock_wall_us() / INSTANT_SECOND - 10, clock_wall_us() / INSTANT_SECOND);
    assert_delivery(endpoint, "DONE", 1, 204, "");
}

static void while_a_secret_rotates_both_sign(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    struct db_args args = test_args();
    struct str sealed;
    assert_int_equal(seal(&test_notifier.secret, target_secret_context(test_arena, endpoint), STR("old secret of 24 bytes.."), test_arena, &sealed),
                     ERR_OK);
    db_arg_id(&args, endpoint);
    db_arg_str(&args, sealed);
    test_ask(&NOTIFIER_CHECKS_SET_OLD_SECRET, &args);
    start();
    queue(endpoint, 1, 1, 1);
    receiver_wait("/ok", 1);
    struct received got = receiver_get("/ok", 0);
    const struct str secrets[] = {STR(TEST_SECRET), STR("old secret of 24 bytes..")};
    struct str expected = webhook_signature(test_arena, &(struct webhook_content){str_from(got.id), atoll(got.timestamp), str_from(got.body)},
                                            secrets, 2, &test_notifier.webhook);
    assert_true(str_equal(str_from(got.signature), expected));
}

static void what_fails_is_sent_again_with_the_same_id(void **state)
{
    static const struct {
        const char *path, *why;
        int64_t least_wait_us;
    } rows[] = {
        {"/500-once", "a fault of the partner's", 0},
        {"/301-once", "a redirect is a failure, and is not followed", 0},
        {"/429-once", "Retry-After is obeyed", 2 * INSTANT_SECOND},
        {"/silent-once", "no answer in time", 0},
    };
    (void)state;
    struct id partner = add_partner(1), endpoints[4];
    for (uint32_t i = 0; i < 4; i++)
        endpoints[i] = add_endpoint(partner, i, rows[i].path, ALL, "");
    start();
    for (uint32_t i = 0; i < 4; i++)
        queue(endpoints[i], 1, 1, 1);
    for (uint32_t i = 0; i < 4; i++) {
        receiver_wait(rows[i].path, 2);
        struct received first = receiver_get(rows[i].path, 0), again = receiver_get(rows[i].path, 1);
        if (strcmp(first.id, again.id) != 0 || strcmp(first.body, again.body) != 0 || again.at_us - first.at_us < rows[i].least_wait_us)
            fail_msg("%s: %s", rows[i].path, rows[i].why);
    }
    wait_until_nothing_is_pending();
    for (uint32_t i = 0; i < 4; i++)
        assert_delivery(endpoints[i], "DONE", 2, 204, "");
    assert_int_equal(receiver_count("/ok"), 0);
}

static void gone_disables_the_endpoint_and_buries_what_waits(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/410", ALL, ""), other = add_endpoint(partner, 2, "/ok", ALL, "");
    start();
    queue(endpoint, 1, 1, 5); /* one application: four wait behind the first */
    wait_until_nothing_is_pending();
    queue(other, 1, 1, 1);
    receiver_wait("/ok", 1);
    struct db_rows rows = deliveries_of(endpoint);
    for (size_t i = 0; i < 5; i++) {
        assert_true(str_equal(db_get_str(&rows, i, 0), STR("DEAD")));
        assert_true(str_equal(db_get_str(&rows, i, 3), STR("endpoint gone")));
    }
    assert_int_equal(receiver_count("/410"), 1);
    struct db_args args = test_args();
    db_arg_id(&args, endpoint);
    struct db_rows state_row = test_ask(&NOTIFIER_CHECKS_ENDPOINT_STATE, &args);
    assert_true(str_equal(db_get_str(&state_row, 0, 0), STR("DISABLED")));
}

/* What had been given up before makes a chunk of its own: the deliverer has its turn before anything of the rest is back. */
static void what_comes_back_a_chunk_at_a_time_is_sent_before_what_came_after_it(void **state)
{
    enum { APPLICATIONS = 100, GIVEN_UP = 1100, BEFORE = 1, AFTER = 0 };
    (void)state;
    struct id endpoint = add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    bool told[APPLICATIONS + 1] = {false};
    queue(endpoint, APPLICATIONS + 1, GIVEN_UP, 1);
    fixture_script(test_db, "UPDATE delivery SET state = 'DEAD', last_failure = 'failed', finished_at = now()");
    queue(endpoint, 1, APPLICATIONS, 1);
    fixture_script(test_db, "UPDATE delivery SET state = 'DEAD', last_failure = 'endpoint gone', finished_at = now() WHERE state = 'PENDING'; "
                            "UPDATE message SET body = replace(body, '\"time\":0', '\"time\":1'); "
                            "INSERT INTO arrears (endpoint, source, reason) SELECT id, id, 'endpoint gone' FROM endpoint");
    queue(endpoint, 1, APPLICATIONS, 1);
    start();
    receiver_wait("/ok", 2 * APPLICATIONS);
    for (size_t i = 0; i < 2 * APPLICATIONS; i++) {
        int application, time;
        assert_int_equal(sscanf(receiver_get("/ok", i).body, "{\"application\":%d,\"time\":%d}", &application, &time), 2);
        assert_int_equal(time, told[application] ? AFTER : BEFORE);
        told[application] = true;
    }
}

static void after_75_hours_a_failure_is_the_end_and_says_why(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/500", ALL, "");
    queue(endpoint, 1, 1, 1);
    test_ask(&NOTIFIER_CHECKS_AGE_DELIVERIES, NULL);
    start();
    wait_until_nothing_is_pending();
    assert_delivery(endpoint, "DEAD", 1, 500, "failed");
}

static void webhooks_of_one_application_arrive_in_order_whatever_fails(void **state)
{
    enum { APPLICATIONS = 40, TIMES = 5 };
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/500-once", ALL, "");
    queue(endpoint, 1, APPLICATIONS, TIMES);
    start();
    receiver_wait("/500-once", 1);
    int64_t deadline_us = clock_monotonic_us() + 60 * INSTANT_SECOND;
    while (test_count(&NOTIFIER_CHECKS_PENDING) > 0 && clock_monotonic_us() < deadline_us)
        clock_sleep_us(20000);
    assert_int_equal(test_count(&NOTIFIER_CHECKS_PENDING), 0);
    int expected[APPLICATIONS + 1] = {0};
    for (size_t i = 0; i < receiver_count("/500-once"); i++) {
        struct received got = receiver_get("/500-once", i);
        int application, time;
        assert_int_equal(sscanf(got.body, "{\"application\":%d,\"time\":%d}", &application, &time), 2);
        assert_in_range(time, expected[application] > 0 ? expected[application] - 1 : 0, expected[application]);
        if (time == expected[application])
            expected[application]++;
    }
    for (size_t i = 1; i <= APPLICATIONS; i++)
        assert_int_equal(expected[i], TIMES);
}

static void a_silent_endpoint_holds_nobody_up(void **state)
{
    (void)state;
    struct id partner = add_partner(1), silent = add_endpoint(partner, 1, "/silent", ALL, ""), quick = add_endpoint(partner, 2, "/ok", ALL, "");
    queue(silent, 1, 500, 1);
    start();
    receiver_wait("/silent", 1);
    int64_t began_us = clock_monotonic_us();
    queue(quick, 1, 300, 1);
    receiver_wait("/ok", 300);
    assert_true(clock_monotonic_us() - began_us < 3 * INSTANT_SECOND);
    assert_true(receiver_count("/silent") < 100); /* and it isn't hammered */
}

static void another_copy_waits_for_the_lease_and_then_takes_over(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    queue(endpoint, 1, 1, 1);
    test_ask(&NOTIFIER_CHECKS_LEASE_DELIVERIES, NULL); /* somebody has it, and was killed */
    int64_t began_us = clock_monotonic_us();
    start();
    receiver_wait("/ok", 1);
    assert_true(clock_monotonic_us() - began_us > 800000);
}

static void stopping_gives_back_what_was_not_answered(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/silent", ALL, "");
    int64_t timeout_ms = test_settings.timeout_ms;
    test_settings.timeout_ms = 20000;
    queue(endpoint, 1, 3, 1);
    start();
    receiver_wait("/silent", 3);
    stop(NULL);
    test_settings.timeout_ms = timeout_ms;
    struct db_rows rows = deliveries_of(endpoint);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_equal(db_get_str(&rows, i, 0), STR("PENDING")) && (db_get_int(&rows, i, 1) == 0 || db_get_int(&rows, i, 1) == 1));
}

static void two_copies_share_the_work_and_nothing_arrives_twice(void **state)
{
    enum { MANY = 2000 };
    (void)state;
    struct deliverer *other;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    const struct deliverer_options options = {&test_service, &test_settings, test_notifier.secret, test_notifier.webhook};
    const struct notifier_settings usual = test_settings;
    test_settings.timeout_ms = 20000; /* a slow machine is no failure: what times out would rightly be sent again */
    test_settings.lease_ms = 60000;
    queue(endpoint, 1, MANY, 1);
    start();
    assert_int_equal(deliverer_start(&options, &other), ERR_OK);
    wait_until_nothing_is_pending();
    deliverer_stop(other);
    stop(NULL);
    test_settings = usual;
    assert_int_equal(receiver_count("/ok"), MANY);
}

static void a_committed_webhook_is_on_its_way_at_once(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    start();
    queue(endpoint, 1, 1, 1);
    receiver_wait("/ok", 1);
    int64_t total_us = 0;
    for (uint32_t i = 0; i < 50; i++) {
        struct batch_of batch = {endpoint, 100 + i, 1, 1};
        assert_int_equal(db_transaction(test_db, add_webhooks, &batch), ERR_OK);
        int64_t committed_us = clock_monotonic_us();
        deliverer_wake(deliverer);
        receiver_wait("/ok", i + 2);
        total_us += receiver_get("/ok", i + 1).at_us - committed_us;
        clock_sleep_us(2000);
    }
    print_message("[   INFO   ] from commit to receipt: %lld us on average\n", (long long)(total_us / 50));
    assert_true(total_us / 50 < 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notifier_clear, stop)
        TEST(a_webhook_arrives_signed_and_is_done),
        TEST(while_a_secret_rotates_both_sign),
        TEST(what_fails_is_sent_again_with_the_same_id),
        TEST(gone_disables_the_endpoint_and_buries_what_waits),
        TEST(what_comes_back_a_chunk_at_a_time_is_sent_before_what_came_after_it),
        TEST(after_75_hours_a_failure_is_the_end_and_says_why),
        TEST(webhooks_of_one_application_arrive_in_order_whatever_fails),
        TEST(a_silent_endpoint_holds_nobody_up),
        TEST(another_copy_waits_for_the_lease_and_then_takes_over),
        TEST(stopping_gives_back_what_was_not_answered),
        TEST(two_copies_share_the_work_and_nothing_arrives_twice),
        TEST(a_committed_webhook_is_on_its_way_at_once),
#undef TEST
    };
    return cmocka_run_group_tests(tests, notifier_open, notifier_close);
}
