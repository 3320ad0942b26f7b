/* The relay's windows and cursor on a real PostgreSQL: nothing is lost, whatever the order in which transactions take numbers, ids, and end. */
#include "tests/integration/relay_support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/log.h"
#include "relay/relay_window.h"
#include "relay_checks_statements.h"

static struct relay_fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    memset(&fixture, 0, sizeof(fixture));
    relay_fixture_open(&fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    relay_fixture_close(&fixture);
    return 0;
}

static void lead(struct relay_window *window)
{
    bool leader = false;
    const struct db_options options = relay_fixture_db_options(&fixture);
    assert_int_equal(window_init(window, &options), ERR_OK);
    assert_int_equal(window_lead(window, fixture.service, &leader), ERR_OK);
    assert_true(leader);
    assert_int_equal(window_load(window), ERR_OK);
}

/* A second session of a writer, for transactions that stay open. */
static struct db *open_session(void)
{
    struct db *db;
    const struct db_options options = relay_fixture_db_options(&fixture);
    assert_int_equal(db_open(&options, &db), ERR_OK);
    assert_int_equal(db_connect(db), ERR_OK);
    return db;
}

static void run_on(struct db *db, const char *sql)
{
    if (db_script(db, str_from(sql)) != ERR_OK)
        fail_msg("%s: %s", sql, db_last_error(db).at);
}

#define KEY "'00000000-0000-4000-8000-000000000001'"
#define EVENT(version)                                                                                                                        \
    "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) VALUES (now(), gen_random_uuid(), " KEY ", " KEY ", " #version \
    ", 'ma.jisr.application.submitted.v1', '{}');"

/* The next page: of the window that is open, or of a new one. */
static void next_page(struct relay_window *window, bool *ret_moved)
{
    *ret_moved = false;
    if (window->open)
        assert_int_equal(window_read(window), ERR_OK);
    else
        assert_int_equal(window_open(window, ret_moved), ERR_OK);
}

/* Reads all that can be read now; the versions as text. Other writers of the cluster may hold the horizon back for a moment: waits for `wanted` rows.
 */
static void read_versions(struct relay_window *window, size_t wanted, char *ret_text)
{
    char *out = ret_text;
    size_t count = 0;
    *out = '\0';
    int64_t until_us = clock_monotonic_us() + 10000000;
    do {
        bool moved;
        next_page(window, &moved);
        for (size_t i = 0; i < window->row_count; i++, count++)
            out += sprintf(out, "%lld ", (long long)window->rows[i].version);
        if (!window->open && count < wanted)
            clock_sleep_us(2000);
    } while (window->open || (count < wanted && clock_monotonic_us() < until_us));
}

static void a_row_whose_transaction_ends_late_is_neither_lost_nor_overtaken(void **state)
{
    struct relay_window window;
    char versions[64];
    (void)state;
    lead(&window);
    struct db *early = open_session(), *late = open_session();
    run_on(early, "BEGIN; SELECT pg_current_xact_id();"); /* a lower number … */
    run_on(late, EVENT(1));                               /* … than the transaction that writes, and ends, first */
    read_versions(&window, 0, versions);
    assert_string_equal(versions, ""); /* an older transaction still runs */
    run_on(early, EVENT(2) "COMMIT;");
    read_versions(&window, 2, versions);
    assert_string_equal(versions, "1 2 ");

    run_on(early, "BEGIN;" EVENT(3)); /* a lower id that is committed later */
    run_on(late,
           "BEGIN; INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) VALUES (now(), gen_random_uuid(), gen_random_uuid(), "
           "gen_random_uuid(), 9, 'ma.jisr.application.submitted.v1', '{}'); COMMIT;");
    read_versions(&window, 0, versions);
    assert_string_equal(versions, "");
    run_on(early, "COMMIT");
    read_versions(&window, 2, versions);
    assert_string_equal(versions, "3 9 ");
    db_close(early);
    db_close(late);
    window_done(&window);
}

/* Versions 1 and 2 are written; while the bystander's older transaction runs, neither is read. */
static void assert_both_once_it_has_ended(struct relay_window *window, struct db *bystander)
{
    char versions[64];
    read_versions(window, 0, versions);
    assert_string_equal(versions, "");
    run_on(bystander, "COMMIT");
    read_versions(window, 2, versions);
    assert_string_equal(versions, "1 2 ");
}

static void an_effect_is_not_read_before_its_cause(void **state)
{
    struct relay_window window;
    (void)state;
    lead(&window);
    struct db *effect = open_session(), *bystander = open_session();
    run_on(effect, "BEGIN; SELECT pg_current_xact_id();"); /* it takes the lowest number, and then waits for … */
    run_on(bystander, "BEGIN; SELECT pg_current_xact_id();");
    run_on(fixture.db, EVENT(1)); /* … this one, whose number is above that of a transaction which still runs */
    run_on(effect, EVENT(2) "COMMIT;");
    assert_both_once_it_has_ended(&window, bystander);
    db_close(effect);
    db_close(bystander);
    window_done(&window);
}

#define EFFECT                                                                                                                                   \
    "WITH locked AS (SELECT n FROM aggregate WHERE n = 1 FOR UPDATE) INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) " \
    "SELECT now(), gen_random_uuid(), " KEY ", " KEY ", 2, 'ma.jisr.application.submitted.v1', '{}' FROM locked; COMMIT"

static void *write_effect(void *db)
{
    run_on(db, EFFECT);
    return NULL;
}

static void a_statement_that_waits_for_the_cause_itself_is_not_read_before_it(void **state)
{
    struct relay_window window;
    pthread_t waiting;
    (void)state;
    lead(&window);
    struct db *effect = open_session(), *bystander = open_session(), *cause = open_session();
    run_on(fixture.db, "INSERT INTO aggregate (n) VALUES (1)");
    run_on(effect, "BEGIN; SELECT pg_current_xact_id();");
    run_on(bystander, "BEGIN; SELECT pg_current_xact_id();");
    run_on(cause, "BEGIN; UPDATE aggregate SET version = 1 WHERE n = 1;" EVENT(1));
    assert_int_equal(pthread_create(&waiting, NULL, write_effect, effect), 0);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_WAITING, 1, 10); /* its snapshot is taken: there the cause still runs */
    run_on(cause, "COMMIT");
    pthread_join(waiting, NULL);
    assert_both_once_it_has_ended(&window, bystander);
    db_close(effect);
    db_close(bystander);
    db_close(cause);
    window_done(&window);
}

static void a_backlog_is_read_whole_in_the_order_of_ids(void **state)
{
    struct relay_window window;
    (void)state;
    struct db *first = open_session(), *second = open_session();
    /* Two transactions side by side, with ids crosswise, and a third as large as several pages. */
    const char *some = "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) SELECT now() - interval '1 day' * (n % 3), "
                       "gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), n, 'ma.jisr.application.submitted.v1', repeat('x', 500) "
                       "FROM generate_series(1, 700) n;";
    run_on(first, "BEGIN; SELECT pg_current_xact_id()");
    run_on(second, "BEGIN; SELECT pg_current_xact_id()");
    for (int i = 0; i < 4; i++) {
        run_on(second, some);
        run_on(first, some);
        relay_fixture_run(&fixture, some);
    }
    run_on(second, "COMMIT");
    run_on(first, "COMMIT");
    for (int i = 0; i < 8; i++)
        relay_fixture_run(&fixture, some);
    lead(&window);
    int64_t last_id = 0, wanted = relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_OUTBOX), count = 0;
    for (int i = 0; i < 2000 && count < wanted; i++) {
        bool moved;
        next_page(&window, &moved);
        last_id = moved ? 0 : last_id;
        assert_true(window.row_count <= WINDOW_PAGE_ROWS);
        for (size_t r = 0; r < window.row_count; r++, count++) {
            assert_true(window.rows[r].id > last_id);
            last_id = window.rows[r].id;
        }
        if (!window.open)
            clock_sleep_us(5000);
    }
    assert_int_equal(count, wanted);
    db_close(first);
    db_close(second);
    window_done(&window);
}

static void reading_goes_on_in_the_middle_of_a_window(void **state)
{
    struct relay_window window;
    char versions[64];
    (void)state;
    run_on(fixture.db, EVENT(1) EVENT(2) EVENT(3));
    lead(&window);
    read_versions(&window, 3, versions);
    assert_string_equal(versions, "1 2 3 ");
    const struct relay_cursor acked = {window.read.low, window.read.high, window.rows[1].id};
    assert_int_equal(window_save(&window, &acked), ERR_OK);
    window_done(&window); /* killed */
    lead(&window);
    read_versions(&window, 1, versions);
    assert_string_equal(versions, "3 ");
    window_done(&window);
}

static void there_is_one_leader(void **state)
{
    struct relay_window window, rival;
    bool leader = true;
    const struct db_options options = relay_fixture_db_options(&fixture);
    (void)state;
    lead(&window);
    assert_int_equal(window_init(&rival, &options), ERR_OK);
    assert_int_equal(window_lead(&rival, fixture.service, &leader), ERR_OK);
    assert_false(leader);
    window_done(&window);
    for (int i = 0; i < 100 && !leader; i++) { /* the server ends the old session in its own time */
        assert_int_equal(window_lead(&rival, fixture.service, &leader), ERR_OK);
        clock_sleep_us(20000);
    }
    assert_true(leader);
    window_done(&rival);
}

static void a_session_that_was_replaced_moves_nothing(void **state)
{
    struct relay_window window;
    bool moved;
    char sql[128];
    (void)state;
    lead(&window);
    snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld)", (long long)window.session);
    relay_fixture_run(&fixture, sql);
    clock_sleep_us(200000);
    const struct relay_cursor acked = {window.saved.low + 5, window.saved.low + 5, 0};
    enum err err = window_save(&window, &acked); /* a new session: it does not hold the lock */
    assert_true(err == ERR_FENCED || err == ERR_UNAVAILABLE);
    err = window_open(&window, &moved);
    assert_true(err == ERR_FENCED || err == ERR_UNAVAILABLE);
    window_done(&window);
}

static void a_cursor_set_by_somebody_else_is_not_overwritten(void **state)
{
    struct relay_window window;
    struct window_tick tick;
    (void)state;
    run_on(fixture.db, EVENT(1));
    lead(&window);
    const struct relay_cursor first = {10, 10, 0}, second = {20, 20, 0};
    assert_int_equal(window_save(&window, &first), ERR_OK);
    assert_int_equal(window_look(&window, &first, &tick), ERR_OK);
    run_on(fixture.db, "UPDATE relay_cursor SET low = '0', high = '0', last_id = 0"); /* jisrctl replay */
    assert_int_equal(window_save(&window, &second), ERR_FENCED);
    assert_int_equal(window_look(&window, &second, &tick), ERR_FENCED);
    assert_int_equal(window_load(&window), ERR_OK);
    assert_int_equal(window.read.low, 0);
    window_done(&window);
}

static void audit_rows_are_sealed_once_even_after_a_replay(void **state)
{
    static const char audit[] =
        "INSERT INTO audit (at, subject, actor, action) SELECT now(), gen_random_uuid(), 'agent:a', 'read' FROM generate_series(1, 3);";
    struct relay_window window;
    struct window_tick tick;
    bool moved = false;
    (void)state;
    run_on(fixture.db, audit);
    lead(&window);
    for (int i = 0; i < 1000 && relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_UNSEALED) > 0; i++) {
        assert_int_equal(window_open(&window, &moved), ERR_OK);
        const struct relay_cursor acked = {window.read.high, window.read.high, 0};
        assert_int_equal(window_look(&window, &acked, &tick), ERR_OK);
        if (tick.audit_waits)
            assert_int_equal(window_save(&window, &acked), ERR_OK);
        clock_sleep_us(2000);
    }
    run_on(fixture.db, "UPDATE relay_cursor SET low = '0', high = '0', last_id = 0");
    assert_int_equal(window_load(&window), ERR_OK);
    assert_int_equal(window_open(&window, &moved), ERR_OK);
    const struct relay_cursor again = {window.read.high, window.read.high, 0};
    assert_int_equal(window_save(&window, &again), ERR_OK);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_UNSEALED), 0);
    window_done(&window);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(a_row_whose_transaction_ends_late_is_neither_lost_nor_overtaken),
        TEST(an_effect_is_not_read_before_its_cause),
        TEST(a_statement_that_waits_for_the_cause_itself_is_not_read_before_it),
        TEST(a_backlog_is_read_whole_in_the_order_of_ids),
        TEST(reading_goes_on_in_the_middle_of_a_window),
        TEST(there_is_one_leader),
        TEST(a_session_that_was_replaced_moves_nothing),
        TEST(a_cursor_set_by_somebody_else_is_not_overwritten),
        TEST(audit_rows_are_sealed_once_even_after_a_replay),
    };
    log_setup("relay-window-test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
