/* Connections: what they are, and what is said when the server or the network goes away. */
#include "tests/integration/db_play.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "db_transaction_statements.h"

static struct db_args secret_word(void)
{
    struct db_args args = play_args();
    db_arg_str(&args, STR("canary-BK123456"));
    return args;
}

static struct db_args key_args(int64_t key)
{
    struct db_args args = play_args();
    db_arg_int8(&args, key);
    return args;
}

/* ── The server goes away ── */

static int32_t backend_of(struct db *db)
{
    struct db_rows rows;
    assert_int_equal(db_run(db, &DB_TRANSACTION_MY_BACKEND, NULL, play_fixture.arena, &rows), ERR_OK);
    return (int32_t)db_get_int(&rows, 0, 0);
}

static void kill_backend(int32_t backend)
{
    struct db *killer = fixture_connect(&play_fixture, PLAY_CATALOGS, 5000);
    struct db_args args = play_args();
    db_arg_int4(&args, backend);
    assert_int_equal(db_run(killer, &DB_TRANSACTION_TERMINATE, &args, NULL, NULL), ERR_OK);
    db_close(killer);
    clock_sleep_us(100000);
}

enum moment { IDLE, BEFORE_RUN, BEFORE_COMMIT, QUEUED_BEFORE_COMMIT };

static enum err killed_body(struct db *db, void *context)
{
    const enum moment *moment = context;
    struct db_args one = play_thing_1(), two = play_thing_2();
    enum err err = db_run(db, INSERT, &one, NULL, NULL);
    if (!err && *moment != IDLE)
        kill_backend(backend_of(db));
    if (!err && *moment == BEFORE_RUN)
        err = db_run(db, INSERT, &two, NULL, NULL);
    if (!err && *moment == QUEUED_BEFORE_COMMIT)
        err = db_queue(db, INSERT, &two);
    return err;
}

static const struct killed_case {
    const char *why;
    enum moment moment;
    enum err gives;
    int64_t things;
} KILLED[] = {
    {"a session that ended while idle is replaced without a word", IDLE, ERR_OK, 1},
    {"nothing has happened before COMMIT", BEFORE_RUN, ERR_UNAVAILABLE, 0},
    {"COMMIT is not sent on a dead session, so this is certain too", BEFORE_COMMIT, ERR_UNAVAILABLE, 0},
    {"neither are queued statements", QUEUED_BEFORE_COMMIT, ERR_UNAVAILABLE, 0},
};

static void a_killed_session_before_commit_is_certain_to_have_done_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(KILLED); i++) {
        fixture_script(play_fixture.db, "TRUNCATE thing");
        if (KILLED[i].moment == IDLE)
            kill_backend(backend_of(play_fixture.db));
        enum moment moment = KILLED[i].moment;
        enum err err = db_transaction(play_fixture.db, killed_body, &moment);
        if (err != KILLED[i].gives || play_count() != KILLED[i].things)
            fail_msg("%s: %s, %ld things", KILLED[i].why, err_info(err)->name, (long)play_count());
    }
}

static struct db_args one(void)
{
    struct db_args args = play_args();
    db_arg_int4(&args, 1);
    return args;
}

static struct db_args own_backend(void)
{
    struct db_args args = play_args();
    db_arg_int4(&args, 0); /* the statement takes the session's own */
    return args;
}

static void a_session_that_ends_while_it_commits_leaves_the_outcome_unknown(void **state)
{
    (void)state;
    static const struct step STEPS[] = {
        {RUN, INSERT, play_thing_1, ERR_OK}, {QUEUE, &DB_TRANSACTION_INSERT_DOOMED, one, ERR_OK}, {END, NULL, NULL, ERR_OK}};
    assert_int_equal(play_steps(STEPS, NULL), ERR_COMMIT_UNKNOWN);
    assert_int_equal(play_count(), 0);
}

static void a_session_that_ends_in_a_statement_sent_with_commit_is_certain(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{RUN, INSERT, play_thing_1, ERR_OK},
                                        {QUEUE, &DB_TRANSACTION_END_MYSELF, own_backend, ERR_OK},
                                        {QUEUE, INSERT, play_thing_2, ERR_OK},
                                        {END, NULL, NULL, ERR_OK}};
    assert_int_equal(play_steps(STEPS, NULL), ERR_UNAVAILABLE);
    assert_int_equal(play_count(), 0);
}

static void without_a_server_everything_is_unavailable(void **state)
{
    (void)state;
    const struct db_options options = {
        .conninfo = "host=127.0.0.1 port=1", .application_name = "nobody", .catalogs = PLAY_CATALOGS, .statement_timeout_ms = 100};
    struct db *db = NULL;
    assert_int_equal(db_open(&options, &db), ERR_OK);
    assert_int_equal(db_connect(db), ERR_UNAVAILABLE);
    assert_int_equal(db_run(db, &DB_TRANSACTION_COUNT, NULL, NULL, NULL), ERR_UNAVAILABLE);
    assert_int_equal(db_script(db, STR("SELECT 1")), ERR_UNAVAILABLE);
    enum moment moment = IDLE;
    assert_int_equal(db_transaction(db, killed_body, &moment), ERR_UNAVAILABLE);
    assert_false(str_empty(db_last_error(db)));
    db_close(db);
}

/* ── What a connection is ── */

static void a_statement_that_does_not_fit_the_schema_is_our_fault_at_connect(void **state)
{
    (void)state;
    fixture_script(play_fixture.db, "ALTER TABLE thing RENAME TO thing_away");
    struct db *db = fixture_connect(&play_fixture, PLAY_CATALOGS, 5000);
    assert_int_equal(db_connect(db), ERR_INTERNAL);
    fixture_script(play_fixture.db, "ALTER TABLE thing_away RENAME TO thing");
    assert_int_equal(db_connect(db), ERR_OK);
    db_close(db);
}

static const struct setting_case {
    const char *name, *value;
} SETTINGS[] = {
    {"application_name", "db-test"},
    {"statement_timeout", "5s"},
    {"lock_timeout", "2s"},
    {"idle_in_transaction_session_timeout", "10s"},
    {"TimeZone", "UTC"},
    {"client_encoding", "UTF8"},
};

static void a_session_has_the_settings_that_were_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
        struct db_args args = play_args();
        db_arg_str(&args, str_from(SETTINGS[i].name));
        struct db_rows rows;
        assert_int_equal(db_run(play_fixture.db, &DB_TRANSACTION_SETTING, &args, play_fixture.arena, &rows), ERR_OK);
        assert_true(str_equal(db_get_str(&rows, 0, 0), str_from(SETTINGS[i].value)));
    }
}

static void a_lock_that_is_not_given_is_unavailability(void **state)
{
    (void)state;
    fixture_script(play_fixture.db, "SELECT pg_advisory_lock(4711)");
    struct db *other = fixture_connect(&play_fixture, PLAY_CATALOGS, 5000);
    struct db_args args = key_args(4711);
    int64_t started_at = clock_monotonic_us();
    assert_int_equal(db_run(other, &DB_TRANSACTION_LOCK_KEY, &args, NULL, NULL), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_us() - started_at, 1900000, 4000000);
    db_close(other);
    fixture_script(play_fixture.db, "SELECT pg_advisory_unlock(4711)");
}

static void durability_is_demanded(void **state)
{
    (void)state;
    fixture_script(play_fixture.db, "SET synchronous_commit = off");
    assert_int_equal(db_require_durability(play_fixture.db), ERR_INTERNAL);
    fixture_script(play_fixture.db, "RESET synchronous_commit");
}

/* Standard error goes to a file meanwhile. */
static void values_of_parameters_reach_neither_log_nor_error_text(void **state)
{
    (void)state;
    char path[] = "/tmp/db-test-XXXXXX", text[8192];
    int file = mkstemp(path), kept = dup(STDERR_FILENO);
    assert_true(file >= 0 && kept >= 0 && dup2(file, STDERR_FILENO) >= 0);
    struct db_args word = secret_word(), named = play_thing(1, "canary-BK123456"), long_name = secret_word();
    enum err errors[] = {
        db_run(play_fixture.db, &DB_TRANSACTION_TO_NUMBER, &word, NULL, NULL),
        db_run(play_fixture.db, INSERT, &named, NULL, NULL),
        db_run(play_fixture.db, INSERT, &named, NULL, NULL),
        db_run(play_fixture.db, &DB_TRANSACTION_RAISE, &long_name, NULL, NULL),
    };
    dup2(kept, STDERR_FILENO);
    close(kept);
    ssize_t size = pread(file, text, sizeof(text) - 1, 0);
    close(file);
    unlink(path);
    assert_true(size > 0);
    text[size] = '\0';
    static const enum err EXPECTED[] = {ERR_INVALID, ERR_OK, ERR_CONFLICT, ERR_INTERNAL};
    assert_memory_equal(errors, EXPECTED, sizeof(errors));
    assert_non_null(strstr(text, "22P02"));
    assert_non_null(strstr(text, "thing_pkey"));
    assert_null(strstr(text, "canary"));
    assert_null(strstr(text, "01935cdf"));
    assert_null(strstr(db_last_error(play_fixture.db).at, "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_killed_session_before_commit_is_certain_to_have_done_nothing, play_empty_tables),
        cmocka_unit_test_setup(a_session_that_ends_while_it_commits_leaves_the_outcome_unknown, play_empty_tables),
        cmocka_unit_test_setup(a_session_that_ends_in_a_statement_sent_with_commit_is_certain, play_empty_tables),
        cmocka_unit_test_setup(without_a_server_everything_is_unavailable, play_empty_tables),
        cmocka_unit_test_setup(a_statement_that_does_not_fit_the_schema_is_our_fault_at_connect, play_empty_tables),
        cmocka_unit_test_setup(a_session_has_the_settings_that_were_asked_for, play_empty_tables),
        cmocka_unit_test_setup(a_lock_that_is_not_given_is_unavailability, play_empty_tables),
        cmocka_unit_test_setup(durability_is_demanded, play_empty_tables),
        cmocka_unit_test_setup(values_of_parameters_reach_neither_log_nor_error_text, play_empty_tables),
    };
    return cmocka_run_group_tests(tests, play_open, play_close);
}
