/* Transactions: what is kept, what is undone, and what is tried again. */
#include "tests/integration/db_play.h"

#include <pthread.h>
#include <semaphore.h>

#include "db_transaction_statements.h"

static struct db_args nameless(void)
{
    return play_thing(3, NULL);
}

static struct db_args nul_in_text(void)
{
    struct db_args args = play_args();
    db_arg_id(&args, fixture_id(4));
    db_arg_str(&args, (struct str){"a\0b", 3});
    return args;
}

static struct db_args size_of_zero(void)
{
    struct db_args args = play_thing(5, "five");
    db_arg_int4(&args, 0);
    return args;
}

static struct db_args zero(void)
{
    struct db_args args = play_args();
    db_arg_int4(&args, 0);
    return args;
}

static struct db_args eight_bytes_for_four(void)
{
    struct db_args args = play_args();
    db_arg_int8(&args, 1);
    return args;
}

static struct db_args long_sleep(void)
{
    struct db_args args = play_args();
    db_arg_number(&args, 30);
    return args;
}

static struct db_args orphan(void)
{
    struct db_args args = play_args();
    db_arg_int4(&args, 1);
    db_arg_int4(&args, 999);
    return args;
}

static struct db_args too_many(void)
{
    struct db_args args = play_args();
    for (int i = 0; i <= DB_ARGS_MAX; i++)
        db_arg_null(&args);
    return args;
}

static struct db_args unknown_setting(void)
{
    struct db_args args = play_args();
    db_arg_str(&args, STR("no.such_setting"));
    return args;
}

/* ── Outcomes ── */

static const struct outcome_case {
    const char *why;
    enum err gives;
    int64_t things; /* left afterwards */
    struct step steps[6];
} OUTCOMES[] = {
    {"nothing to do is no transaction", ERR_OK, 0, {{END, NULL, NULL, ERR_OK}}},
    {"what is only queued is kept too", ERR_OK, 2, {{QUEUE, INSERT, play_thing_1, ERR_OK}, {QUEUE, INSERT, play_thing_2, ERR_OK}}},
    {"queued and run keep their order", ERR_OK, 2, {{QUEUE, INSERT, play_thing_1, ERR_OK}, {RUN, INSERT, play_thing_2, ERR_OK}}},
    {"the body's own error undoes all", ERR_NOT_FOUND, 0, {{RUN, INSERT, play_thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_NOT_FOUND}}},
    {"and what was only queued", ERR_STALE, 0, {{QUEUE, INSERT, play_thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_STALE}}},
    {"a unique violation is a conflict", ERR_CONFLICT, 0, {{RUN, INSERT, play_thing_1, ERR_OK}, {RUN, INSERT, play_thing_1, ERR_CONFLICT}}},
    {"the error of a queued statement shows at the next run",
     ERR_CONFLICT,
     0,
     {{QUEUE, INSERT, play_thing_1, ERR_OK}, {QUEUE, INSERT, play_thing_1, ERR_OK}, {RUN, INSERT, play_thing_2, ERR_CONFLICT}}},
    {"or at COMMIT", ERR_CONFLICT, 0, {{RUN, INSERT, play_thing_1, ERR_OK}, {QUEUE, INSERT, play_thing_1, ERR_OK}}},
    {"after an error nothing more is done",
     ERR_CONFLICT,
     0,
     {{RUN, INSERT, play_thing_1, ERR_OK},
      {RUN, INSERT, play_thing_1, ERR_CONFLICT},
      {RUN, INSERT, play_thing_2, ERR_CONFLICT},
      {QUEUE, INSERT, play_thing_2, ERR_CONFLICT}}},
    {"a failed queue behind a failing body does not hinder the way back",
     ERR_FORBIDDEN,
     0,
     {{QUEUE, INSERT, play_thing_1, ERR_OK}, {QUEUE, INSERT, play_thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_FORBIDDEN}}},
    {"not-null is invalid", ERR_INVALID, 0, {{RUN, INSERT, nameless, ERR_INVALID}}},
    {"a check is invalid", ERR_INVALID, 0, {{RUN, &DB_TRANSACTION_INSERT_CHECKED, size_of_zero, ERR_INVALID}}},
    {"a NUL in a text is invalid", ERR_INVALID, 0, {{RUN, INSERT, nul_in_text, ERR_INVALID}}},
    {"a foreign key that is checked at COMMIT is invalid",
     ERR_INVALID,
     0,
     {{RUN, INSERT, play_thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_INSERT_DEFERRED, orphan, ERR_OK}}},
    {"a division by zero is invalid", ERR_INVALID, 0, {{RUN, INSERT, play_thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_DIVIDE, zero, ERR_INVALID}}},
    {"a parameter of the wrong width is our fault", ERR_INTERNAL, 0, {{RUN, &DB_TRANSACTION_DIVIDE, eight_bytes_for_four, ERR_INTERNAL}}},
    {"so is a setting that isn't there", ERR_INTERNAL, 0, {{RUN, &DB_TRANSACTION_SETTING, unknown_setting, ERR_INTERNAL}}},
    {"what never could be sent undoes the rest", ERR_LIMIT, 0, {{RUN, INSERT, play_thing_1, ERR_OK}, {RUN, INSERT, too_many, ERR_LIMIT}}},
    {"the statement timeout is unavailability",
     ERR_UNAVAILABLE,
     0,
     {{RUN, INSERT, play_thing_1, ERR_OK}, {RUN, &DB_TRANSACTION_SLEEP, long_sleep, ERR_UNAVAILABLE}}},
};

static void every_end_of_a_transaction_keeps_all_or_nothing_and_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(OUTCOMES); i++) {
        fixture_script(play_fixture.db, "TRUNCATE thing, pair");
        enum err err = play_steps(OUTCOMES[i].steps, NULL);
        if (err != OUTCOMES[i].gives)
            fail_msg("%s: %s instead of %s", OUTCOMES[i].why, err_info(err)->name, err_info(OUTCOMES[i].gives)->name);
        if (play_count() != OUTCOMES[i].things)
            fail_msg("%s: %ld things", OUTCOMES[i].why, (long)play_count());
        fixture_script(play_fixture.db, "TRUNCATE thing, pair");
        static const struct step AGAIN[] = {{RUN, INSERT, play_thing_2, ERR_OK}, {FAIL, NULL, NULL, ERR_ERASED}};
        if (play_steps(AGAIN, NULL) != ERR_ERASED)
            fail_msg("%s: the connection is of no use afterwards", OUTCOMES[i].why);
    }
}

static void errors_outside_a_transaction_leave_the_connection_usable(void **state)
{
    (void)state;
    struct db_args args = zero();
    assert_int_equal(db_run(play_fixture.db, &DB_TRANSACTION_DIVIDE, &args, NULL, NULL), ERR_INVALID);
    args = play_thing_1();
    assert_int_equal(db_run(play_fixture.db, INSERT, &args, NULL, NULL), ERR_OK);
    assert_int_equal(db_queue(play_fixture.db, INSERT, &args), ERR_INTERNAL);
    assert_int_equal(db_script(play_fixture.db, STR("BEGIN; INSERT INTO thing VALUES (gen_random_uuid(), 'x'); SELECT nonsense; COMMIT")),
                     ERR_INTERNAL);
    assert_int_equal(play_count(), 1);
}

static enum err nested_body(struct db *db, void *context)
{
    (void)context;
    return db_transaction(db, nested_body, NULL);
}

static void a_transaction_in_a_transaction_is_refused(void **state)
{
    (void)state;
    assert_int_equal(db_transaction(play_fixture.db, nested_body, NULL), ERR_INTERNAL);
}

/* ── Questions that go together ── */

struct questions {
    struct db_rows before, inserted, after, at_commit;
};

/* Answers are in the order of the questions, each with whoever asked; the last one's come with COMMIT. */
static enum err ask_together(struct db *db, void *context)
{
    struct questions *questions = context;
    struct db_args thing = play_thing_1(), other = play_thing_2();
    enum err err = db_ask(db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &questions->before);
    if (!err)
        err = db_ask(db, INSERT, &thing, play_fixture.arena, &questions->inserted);
    if (!err)
        err = db_queue(db, INSERT, &other);
    if (!err)
        err = db_run(db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &questions->after);
    return err ? err : db_ask(db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &questions->at_commit);
}

static void questions_that_go_together_are_answered_each_to_who_asked(void **state)
{
    (void)state;
    struct questions questions = {0};
    assert_int_equal(db_transaction(play_fixture.db, ask_together, &questions), ERR_OK);
    assert_int_equal(db_get_int(&questions.before, 0, 0), 0);
    assert_int_equal(questions.inserted.affected, 1);
    assert_int_equal(db_get_int(&questions.after, 0, 0), 2);
    assert_int_equal(db_get_int(&questions.at_commit, 0, 0), 2);
    assert_int_equal(db_ask(play_fixture.db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &questions.before), ERR_INTERNAL);
    assert_int_equal(db_wait(play_fixture.db), ERR_INTERNAL); /* neither outside a transaction */
}

struct tight {
    struct arena *arena;
    struct db_rows rows;
};

/* Its question is answered with COMMIT, when the arena has no byte left. */
static enum err ask_and_fill_up(struct db *db, void *context)
{
    struct tight *tight = context;
    struct db_args thing = play_thing_1();
    enum err err = db_queue(db, INSERT, &thing);
    if (!err)
        err = db_ask(db, &DB_TRANSACTION_COUNT, NULL, tight->arena, &tight->rows);
    while (arena_take(tight->arena, 1))
        continue;
    return err;
}

static void an_answer_that_comes_with_commit_has_its_place_already(void **state)
{
    (void)state;
    struct tight tight = {.arena = arena_new(4096)};
    assert_int_equal(db_transaction(play_fixture.db, ask_and_fill_up, &tight), ERR_OK);
    assert_int_equal(db_get_int(&tight.rows, 0, 0), 1);
    while (arena_take(tight.arena, 1))
        continue;
    assert_int_equal(db_run(play_fixture.db, &DB_TRANSACTION_COUNT, NULL, tight.arena, &tight.rows), ERR_LIMIT); /* nothing was sent */
    arena_free(tight.arena);
    assert_int_equal(play_count(), 1);
}

/* What is asked and not waited for is never written to once the body has failed. */
static enum err ask_and_fail(struct db *db, void *context)
{
    struct db_rows gone;
    enum err err = db_ask(db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &gone);
    return err ? err : *(enum err *)context;
}

static enum err ask_in_vain(struct db *db, void *context)
{
    struct questions *questions = context;
    struct db_args divisor = zero();
    enum err err = db_ask(db, &DB_TRANSACTION_DIVIDE, &divisor, play_fixture.arena, &questions->before);
    if (!err)
        err = db_ask(db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &questions->after);
    return err ? err : db_wait(db);
}

static void a_question_that_fails_leaves_those_behind_it_unanswered(void **state)
{
    (void)state;
    struct questions questions = {0};
    enum err own = ERR_NOT_FOUND;
    assert_int_equal(db_transaction(play_fixture.db, ask_in_vain, &questions), ERR_INVALID);
    assert_null(questions.before.result);
    assert_null(questions.after.result);
    assert_int_equal(db_transaction(play_fixture.db, ask_and_fail, &own), ERR_NOT_FOUND);
    assert_int_equal(play_count(), 0);
}

static enum err queue_thousands(struct db *db, void *context)
{
    (void)context;
    static char filler[4000];
    memset(filler, 'x', sizeof(filler));
    enum err err = ERR_OK;
    for (uint32_t i = 0; !err && i < 5000; i++) {
        struct db_args args = play_args();
        db_arg_id(&args, fixture_id(i));
        db_arg_str(&args, (struct str){filler, sizeof(filler)});
        err = db_queue(db, INSERT, &args);
    }
    return err;
}

static void twenty_megabytes_of_queued_statements_neither_deadlock_nor_get_lost(void **state)
{
    (void)state;
    assert_int_equal(db_transaction(play_fixture.db, queue_thousands, NULL), ERR_OK);
    assert_int_equal(play_count(), 5000);
}

/* ── Tried again ── */

struct crossing {
    struct db *db;
    uint32_t first, second;
    pthread_barrier_t *met;
    sem_t *ended; /* posted once a crossing has ended */
    unsigned runs;
    enum err gave;
};

static enum err cross_body(struct db *db, void *context)
{
    struct crossing *crossing = context;
    struct arena *arena = arena_new(65536);
    enum err err = ERR_OK;
    const uint32_t order[] = {crossing->first, crossing->second};
    if (crossing->runs > 0) /* the one that gave way waits: else it could meet the other again before that one has its second row */
        sem_wait(crossing->ended);
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
    sem_post(crossing->ended);
    return NULL;
}

static void two_that_deadlock_both_end_well(void **state)
{
    (void)state;
    fixture_script(play_fixture.db,
                   "INSERT INTO thing VALUES ('01935cdf-0000-7000-8000-000000000001', 'a', 1), ('01935cdf-0000-7000-8000-000000000002', 'b', 1)");
    pthread_barrier_t met;
    sem_t ended;
    pthread_barrier_init(&met, NULL, 2);
    sem_init(&ended, 0, 0);
    struct db *other = fixture_connect(&play_fixture, PLAY_CATALOGS, 5000);
    struct crossing crossings[] = {{play_fixture.db, 1, 2, &met, &ended, 0, ERR_OK}, {other, 2, 1, &met, &ended, 0, ERR_OK}};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cross_main, &crossings[1]), 0);
    cross_main(&crossings[0]);
    pthread_join(thread, NULL);
    db_close(other);
    sem_destroy(&ended);
    pthread_barrier_destroy(&met);
    assert_int_equal(crossings[0].gave, ERR_OK);
    assert_int_equal(crossings[1].gave, ERR_OK);
    assert_int_equal(crossings[0].runs + crossings[1].runs, 3); /* one of them gave way, once */
}

static void what_is_always_in_the_way_is_given_up_after_five_more_tries(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{RUN, INSERT, play_thing_1, ERR_OK}, {FAIL, NULL, NULL, ERR_SERIALIZATION}};
    unsigned runs = 0;
    assert_int_equal(play_steps(STEPS, &runs), ERR_SERIALIZATION);
    assert_int_equal(runs, 6);
    assert_int_equal(play_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_end_of_a_transaction_keeps_all_or_nothing_and_the_connection, play_empty_tables),
        cmocka_unit_test_setup(errors_outside_a_transaction_leave_the_connection_usable, play_empty_tables),
        cmocka_unit_test_setup(a_transaction_in_a_transaction_is_refused, play_empty_tables),
        cmocka_unit_test_setup(questions_that_go_together_are_answered_each_to_who_asked, play_empty_tables),
        cmocka_unit_test_setup(an_answer_that_comes_with_commit_has_its_place_already, play_empty_tables),
        cmocka_unit_test_setup(a_question_that_fails_leaves_those_behind_it_unanswered, play_empty_tables),
        cmocka_unit_test_setup(twenty_megabytes_of_queued_statements_neither_deadlock_nor_get_lost, play_empty_tables),
        cmocka_unit_test_setup(two_that_deadlock_both_end_well, play_empty_tables),
        cmocka_unit_test_setup(what_is_always_in_the_way_is_given_up_after_five_more_tries, play_empty_tables),
    };
    return cmocka_run_group_tests(tests, play_open, play_close);
}
