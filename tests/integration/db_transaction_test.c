/* Transactions: what is kept, what is undone, what is tried again, and what is said when the server or the network goes away. */
#include "tests/integration/db_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "db_transaction_statements.h"

static const char SETUP[] =
    "CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL, size integer CHECK (size > 0));"
    "CREATE TABLE pair (id integer PRIMARY KEY, partner integer REFERENCES pair DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE doomed (id integer PRIMARY KEY);"
    "CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); "
    "PERFORM pg_sleep(1); RETURN NULL; END $$;"
    "CREATE FUNCTION raise_text(word text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', word; END $$;"
    "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON doomed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_session();";

static const struct db_catalog *const CATALOGS[] = {&DB_TRANSACTION_CATALOG, NULL};
static struct db_fixture fixture;

static int open_all(void **state)
{
    (void)state;
    fixture_open(&fixture, SETUP, CATALOGS);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static int empty_tables(void **state)
{
    (void)state;
    arena_reset(fixture.arena);
    fixture_script(fixture.db, "TRUNCATE thing, pair, doomed");
    return 0;
}

static int64_t count_things(void)
{
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, &DB_TRANSACTION_COUNT, NULL, fixture.arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

/* ── A transaction as a list of steps ── */

enum verb { END, RUN, QUEUE, FAIL };

struct step {
    enum verb verb;
    const struct db_statement *statement;
    struct db_args (*args)(void);
    enum err gives; /* what this step must give; FAIL: what body gives back */
};

struct play {
    const struct step *steps;
    unsigned runs;
};

static enum err play_body(struct db *db, void *context)
{
    struct play *play = context;
    play->runs++;
    enum err last = ERR_OK;
    for (const struct step *step = play->steps; step->verb != END; step++) {
        struct db_args args;
        db_args_init(&args, fixture.arena);
        if (step->args)
            args = step->args();
        if (step->verb == FAIL)
            return step->gives;
        last = step->verb == QUEUE ? db_queue(db, step->statement, &args) : db_run(db, step->statement, &args, NULL, NULL);
        assert_int_equal(last, step->gives);
    }
    return ERR_OK; /* an error that body forgets must still undo the transaction */
}

static enum err play(const struct step *steps, unsigned *ret_runs)
{
    struct play context = {steps, 0};
    enum err err = db_transaction(fixture.db, play_body, &context);
    if (ret_runs)
        *ret_runs = context.runs;
    return err;
}

static struct db_args args_new(void)
{
    struct db_args args;
    db_args_init(&args, fixture.arena);
    return args;
}

static struct db_args thing(uint32_t number, const char *name)
{
    struct db_args args = args_new();
    db_arg_id(&args, fixture_id(number));
    db_arg_str(&args, str_from(name));
    return args;
}

static struct db_args thing_1(void)
{
    return thing(1, "one");
}

static struct db_args thing_2(void)
{
    return thing(2, "two");
}

static struct db_args nameless(void)
{
    return thing(3, NULL);
}

static struct db_args nul_in_text(void)
{
    struct db_args args = args_new();
    db_arg_id(&args, fixture_id(4));
    db_arg_str(&args, (struct str){"a\0b", 3});
    return args;
}

static struct db_args size_of_zero(void)
{
    struct db_args args = thing(5, "five");
    db_arg_int4(&args, 0);
    return args;
}

static struct db_args zero(void)
{
    struct db_args args = args_new();
    db_arg_int4(&args, 0);
    return args;
}

static struct db_args eight_bytes_for_four(void)
{
    struct db_args args = args_new();
    db_arg_int8(&args, 1);
    return args;
}

static struct db_args secret_word(void)
{
    struct db_args args = args_new();
    db_arg_str(&args, STR("canary-BK123456"));
    return args;
}

static struct db_args long_sleep(void)
{
    struct db_args args = args_new();
    db_arg_number(&args, 30);
    return args;
}

static struct db_args orphan(void)
{
    struct db_args args = args_new();
    db_arg_int4(&args, 1);
    db_arg_int4(&args, 999);
    return args;
}

static struct db_args too_many(void)
{
    struct db_args args = args_new();
    for (int i = 0; i <= DB_ARGS_MAX; i++)
        db_arg_null(&args);
    return args;
}

static struct db_args unknown_setting(void)
{
    struct db_args args = args_new();
    db_arg_str(&args, STR("no.such_setting"));
    return args;
}

#define INSERT &DB_TRANSACTION_INSERT

/* ── Outcomes ── */

static const struct outcome_case {
    const char *why;
    enum err gives;
    int64_t things; /* left afterwards */
    struct step steps[6];
} OUTCOMES[] = {
    {"nothing to do is no transaction", ERR_OK, 0, {{END, NULL, NULL, ERR_OK}}},
    {"what is only queued is kept too", ERR_OK, 2, {{QUEUE, INSERT, thing_1, ERR_OK}, {QUEUE, INSERT, thing_2, ERR_OK}}},
    {"queued and run keep their order", ERR_OK, 2, {{QUEUE, INSERT, thing_1, ERR_OK}, {RUN, INSERT, thing_2, ERR_OK}}},
    {"the body's own error undoes all", ERR_NOT_FOUND, 0, {{RUN, INSERT, thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_NOT_FOUND}}},
    {"and what was only queued", ERR_STALE, 0, {{QUEUE, INSERT, thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_STALE}}},
    {"a unique violation is a conflict", ERR_CONFLICT, 0, {{RUN, INSERT, thing_1, ERR_OK}, {RUN, INSERT, thing_1, ERR_CONFLICT}}},
    {"the error of a queued statement shows at the next run",
     ERR_CONFLICT,
     0,
     {{QUEUE, INSERT, thing_1, ERR_OK}, {QUEUE, INSERT, thing_1, ERR_OK}, {RUN, INSERT, thing_2, ERR_CONFLICT}}},
    {"or at COMMIT", ERR_CONFLICT, 0, {{RUN, INSERT, thing_1, ERR_OK}, {QUEUE, INSERT, thing_1, ERR_OK}}},
    {"after an error nothing more is done",
     ERR_CONFLICT,
     0,
     {{RUN, INSERT, thing_1, ERR_OK},
      {RUN, INSERT, thing_1, ERR_CONFLICT},
      {RUN, INSERT, thing_2, ERR_CONFLICT},
      {QUEUE, INSERT, thing_2, ERR_CONFLICT}}},
    {"a failed queue behind a failing body does not hinder the way back",
     ERR_FORBIDDEN,
     0,
     {{QUEUE, INSERT, thing_1, ERR_OK}, {QUEUE, INSERT, thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_FORBIDDEN}}},
    {"not-null is invalid", ERR_INVALID, 0, {{RUN, INSERT, nameless, ERR_INVALID}}},
    {"a check is invalid", ERR_INVALID, 0, {{RUN, &DB_TRANSACTION_INSERT_CHECKED, size_of_zero, ERR_INVALID}}},
    {"a NUL in a text is invalid", ERR_INVALID, 0, {{RUN, INSERT, nul_in_text, ERR_INVALID}}},
    {"a foreign key that is checked at COMMIT is invalid",
     ERR_INVALID,
     0,
     {{RUN, INSERT, thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_INSERT_DEFERRED, orphan, ERR_OK}}},
    {"a division by zero is invalid", ERR_INVALID, 0, {{RUN, INSERT, thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_DIVIDE, zero, ERR_INVALID}}},
    {"a parameter of the wrong width is our fault", ERR_INTERNAL, 0, {{RUN, &DB_TRANSACTION_DIVIDE, eight_bytes_for_four, ERR_INTERNAL}}},
    {"so is a setting that isn't there", ERR_INTERNAL, 0, {{RUN, &DB_TRANSACTION_SETTING, unknown_setting, ERR_INTERNAL}}},
    {"what never could be sent undoes the rest", ERR_LIMIT, 0, {{RUN, INSERT, thing_1, ERR_OK}, {RUN, INSERT, too_many, ERR_LIMIT}}},
    {"the statement timeout is unavailability",
     ERR_UNAVAILABLE,
     0,
     {{RUN, INSERT, thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_SLEEP, long_sleep, ERR_UNAVAILABLE}}},
};

static void every_end_of_a_transaction_keeps_all_or_nothing_and_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(OUTCOMES); i++) {
        fixture_script(fixture.db, "TRUNCATE thing, pair");
        enum err err = play(OUTCOMES[i].steps, NULL);
        if (err != OUTCOMES[i].gives)
            fail_msg("%s: %s instead of %s", OUTCOMES[i].why, err_info(err)->name, err_info(OUTCOMES[i].gives)->name);
        if (count_things() != OUTCOMES[i].things)
            fail_msg("%s: %ld things", OUTCOMES[i].why, (long)count_things());
        fixture_script(fixture.db, "TRUNCATE thing, pair");
        static const struct step AGAIN[] = {{RUN, INSERT, thing_2, ERR_OK}, {FAIL, NULL, NULL, ERR_ERASED}};
        if (play(AGAIN, NULL) != ERR_ERASED)
            fail_msg("%s: the connection is of no use afterwards", OUTCOMES[i].why);
    }
}

static void errors_outside_a_transaction_leave_the_connection_usable(void **state)
{
    (void)state;
    struct db_args args = zero();
    assert_int_equal(db_run(fixture.db, &DB_TRANSACTION_DIVIDE, &args, NULL, NULL), ERR_INVALID);
    args = thing_1();
    assert_int_equal(db_run(fixture.db, INSERT, &args, NULL, NULL), ERR_OK);
    assert_int_equal(db_queue(fixture.db, INSERT, &args), ERR_INTERNAL);
    assert_int_equal(db_script(fixture.db, STR("BEGIN; INSERT INTO thing VALUES (gen_random_uuid(), 'x'); SELECT nonsense; COMMIT")), ERR_INTERNAL);
    assert_int_equal(count_things(), 1);
}

static enum err nested_body(struct db *db, void *context)
{
    (void)context;
    return db_transaction(db, nested_body, NULL);
}

static void a_transaction_in_a_transaction_is_refused(void **state)
{
    (void)state;
    assert_int_equal(db_transaction(fixture.db, nested_body, NULL), ERR_INTERNAL);
}

static enum err queue_thousands(struct db *db, void *context)
{
    (void)context;
    static char filler[4000];
    memset(filler, 'x', sizeof(filler));
    enum err err = ERR_OK;
    for (uint32_t i = 0; !err && i < 5000; i++) {
        struct db_args args = args_new();
        db_arg_id(&args, fixture_id(i));
        db_arg_str(&args, (struct str){filler, sizeof(filler)});
        err = db_queue(db, INSERT, &args);
    }
    return err;
}

static void twenty_megabytes_of_queued_statements_neither_deadlock_nor_get_lost(void **state)
{
    (void)state;
    assert_int_equal(db_transaction(fixture.db, queue_thousands, NULL), ERR_OK);
    assert_int_equal(count_things(), 5000);
}

/* ── Tried again ── */

static struct db_args key_args(int64_t key)
{
    struct db_args args = args_new();
    db_arg_int8(&args, key);
    return args;
}

struct crossing {
    struct db *db;
    uint32_t first, second;
    pthread_barrier_t *met;
    unsigned runs;
    enum err gave;
};

static enum err cross_body(struct db *db, void *context)
{
    struct crossing *crossing = context;
    struct arena *arena = arena_new(65536);
    enum err err = ERR_OK;
    const uint32_t order[] = {crossing->first, crossing->second};
    for (size_t i = 0; !err && i < 2; i++) {
        struct db_args args;
        db_args_init(&args, arena);
        db_arg_id(&args, fixture_id(order[i]));
        err = db_run(db, &DB_TRANSACTION_RAISE_SIZE, &args, NULL, NULL);
        if (i == 0 && crossing->runs == 0) /* only the first time: both hold one row before either asks for the other */
            pthread_barrier_wait(crossing->met);
    }
    crossing->runs++;
    arena_free(arena);
    return err;
}

static void *cross_main(void *argument)
{
    struct crossing *crossing = argument;
    crossing->gave = db_transaction(crossing->db, cross_body, crossing);
    return NULL;
}

static void two_that_deadlock_both_end_well(void **state)
{
    (void)state;
    fixture_script(fixture.db,
                   "INSERT INTO thing VALUES ('01935cdf-0000-7000-8000-000000000001', 'a', 1), ('01935cdf-0000-7000-8000-000000000002', 'b', 1)");
    pthread_barrier_t met;
    pthread_barrier_init(&met, NULL, 2);
    struct db *other = fixture_connect(&fixture, CATALOGS, 5000);
    struct crossing crossings[] = {{fixture.db, 1, 2, &met, 0, ERR_OK}, {other, 2, 1, &met, 0, ERR_OK}};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cross_main, &crossings[1]), 0);
    cross_main(&crossings[0]);
    pthread_join(thread, NULL);
    db_close(other);
    pthread_barrier_destroy(&met);
    assert_int_equal(crossings[0].gave, ERR_OK);
    assert_int_equal(crossings[1].gave, ERR_OK);
    assert_int_equal(crossings[0].runs + crossings[1].runs, 3);
}

static void what_is_always_in_the_way_is_given_up_after_five_more_tries(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{RUN, INSERT, thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_SERIALIZATION}};
    unsigned runs = 0;
    assert_int_equal(play(STEPS, &runs), ERR_SERIALIZATION);
    assert_int_equal(runs, 6);
    assert_int_equal(count_things(), 0);
}

/* ── The server goes away ── */

static int32_t backend_of(struct db *db)
{
    struct db_rows rows;
    assert_int_equal(db_run(db, &DB_TRANSACTION_MY_BACKEND, NULL, fixture.arena, &rows), ERR_OK);
    return (int32_t)db_get_int(&rows, 0, 0);
}

static void kill_backend(int32_t backend)
{
    struct db *killer = fixture_connect(&fixture, CATALOGS, 5000);
    struct db_args args = args_new();
    db_arg_int4(&args, backend);
    assert_int_equal(db_run(killer, &DB_TRANSACTION_TERMINATE, &args, NULL, NULL), ERR_OK);
    db_close(killer);
    clock_sleep_us(100000);
}

enum moment { IDLE, BEFORE_RUN, BEFORE_COMMIT, QUEUED_BEFORE_COMMIT };

static enum err killed_body(struct db *db, void *context)
{
    const enum moment *moment = context;
    struct db_args one = thing_1(), two = thing_2();
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
        fixture_script(fixture.db, "TRUNCATE thing");
        if (KILLED[i].moment == IDLE)
            kill_backend(backend_of(fixture.db));
        enum moment moment = KILLED[i].moment;
        enum err err = db_transaction(fixture.db, killed_body, &moment);
        if (err != KILLED[i].gives || count_things() != KILLED[i].things)
            fail_msg("%s: %s, %ld things", KILLED[i].why, err_info(err)->name, (long)count_things());
    }
}

static struct db_args one(void)
{
    struct db_args args = args_new();
    db_arg_int4(&args, 1);
    return args;
}

static struct db_args own_backend(void)
{
    struct db_args args = args_new();
    db_arg_int4(&args, 0); /* the statement takes the session's own */
    return args;
}

static void a_session_that_ends_while_it_commits_leaves_the_outcome_unknown(void **state)
{
    (void)state;
    static const struct step STEPS[] = {
        {RUN, INSERT, thing_1, ERR_OK}, {QUEUE, &DB_TRANSACTION_INSERT_DOOMED, one, ERR_OK}, {END, NULL, NULL, ERR_OK}};
    assert_int_equal(play(STEPS, NULL), ERR_COMMIT_UNKNOWN);
    assert_int_equal(count_things(), 0);
}

static void a_session_that_ends_in_a_statement_sent_with_commit_is_certain(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{RUN, INSERT, thing_1, ERR_OK},
                                        {QUEUE, &DB_TRANSACTION_END_MYSELF, own_backend, ERR_OK},
                                        {QUEUE, INSERT, thing_2, ERR_OK},
                                        {END, NULL, NULL, ERR_OK}};
    assert_int_equal(play(STEPS, NULL), ERR_UNAVAILABLE);
    assert_int_equal(count_things(), 0);
}

static void without_a_server_everything_is_unavailable(void **state)
{
    (void)state;
    const struct db_options options = {
        .conninfo = "host=127.0.0.1 port=1", .application_name = "nobody", .catalogs = CATALOGS, .statement_timeout_ms = 100};
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
    fixture_script(fixture.db, "ALTER TABLE thing RENAME TO thing_away");
    struct db *db = fixture_connect(&fixture, CATALOGS, 5000);
    assert_int_equal(db_connect(db), ERR_INTERNAL);
    fixture_script(fixture.db, "ALTER TABLE thing_away RENAME TO thing");
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
        struct db_args args = args_new();
        db_arg_str(&args, str_from(SETTINGS[i].name));
        struct db_rows rows;
        assert_int_equal(db_run(fixture.db, &DB_TRANSACTION_SETTING, &args, fixture.arena, &rows), ERR_OK);
        assert_true(str_equal(db_get_str(&rows, 0, 0), str_from(SETTINGS[i].value)));
    }
}

static void a_lock_that_is_not_given_is_unavailability(void **state)
{
    (void)state;
    fixture_script(fixture.db, "SELECT pg_advisory_lock(4711)");
    struct db *other = fixture_connect(&fixture, CATALOGS, 5000);
    struct db_args args = key_args(4711);
    int64_t started_at = clock_monotonic_us();
    assert_int_equal(db_run(other, &DB_TRANSACTION_LOCK_KEY, &args, NULL, NULL), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_us() - started_at, 1900000, 4000000);
    db_close(other);
    fixture_script(fixture.db, "SELECT pg_advisory_unlock(4711)");
}

static void durability_is_demanded(void **state)
{
    (void)state;
    fixture_script(fixture.db, "SET synchronous_commit = off");
    assert_int_equal(db_require_durability(fixture.db), ERR_INTERNAL);
    fixture_script(fixture.db, "RESET synchronous_commit");
}

/* Standard error goes to a file meanwhile. */
static void values_of_parameters_reach_neither_log_nor_error_text(void **state)
{
    (void)state;
    char path[] = "/tmp/db-test-XXXXXX", text[8192];
    int file = mkstemp(path), kept = dup(STDERR_FILENO);
    assert_true(file >= 0 && kept >= 0 && dup2(file, STDERR_FILENO) >= 0);
    struct db_args word = secret_word(), named = thing(1, "canary-BK123456"), long_name = secret_word();
    enum err errors[] = {
        db_run(fixture.db, &DB_TRANSACTION_TO_NUMBER, &word, NULL, NULL),
        db_run(fixture.db, INSERT, &named, NULL, NULL),
        db_run(fixture.db, INSERT, &named, NULL, NULL),
        db_run(fixture.db, &DB_TRANSACTION_RAISE, &long_name, NULL, NULL),
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
    assert_null(strstr(db_last_error(fixture.db).at, "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_end_of_a_transaction_keeps_all_or_nothing_and_the_connection, empty_tables),
        cmocka_unit_test_setup(errors_outside_a_transaction_leave_the_connection_usable, empty_tables),
        cmocka_unit_test_setup(a_transaction_in_a_transaction_is_refused, empty_tables),
        cmocka_unit_test_setup(twenty_megabytes_of_queued_statements_neither_deadlock_nor_get_lost, empty_tables),
        cmocka_unit_test_setup(two_that_deadlock_both_end_well, empty_tables),
        cmocka_unit_test_setup(what_is_always_in_the_way_is_given_up_after_five_more_tries, empty_tables),
        cmocka_unit_test_setup(a_killed_session_before_commit_is_certain_to_have_done_nothing, empty_tables),
        cmocka_unit_test_setup(a_session_that_ends_while_it_commits_leaves_the_outcome_unknown, empty_tables),
        cmocka_unit_test_setup(a_session_that_ends_in_a_statement_sent_with_commit_is_certain, empty_tables),
        cmocka_unit_test_setup(without_a_server_everything_is_unavailable, empty_tables),
        cmocka_unit_test_setup(a_statement_that_does_not_fit_the_schema_is_our_fault_at_connect, empty_tables),
        cmocka_unit_test_setup(a_session_has_the_settings_that_were_asked_for, empty_tables),
        cmocka_unit_test_setup(a_lock_that_is_not_given_is_unavailability, empty_tables),
        cmocka_unit_test_setup(durability_is_demanded, empty_tables),
        cmocka_unit_test_setup(values_of_parameters_reach_neither_log_nor_error_text, empty_tables),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
