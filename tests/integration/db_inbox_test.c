/* What a consumer's transaction holds: fenced offsets, inbox rows, parked and held events. */
#include "tests/integration/db_support.h"

#include <pthread.h>

#include "app/app.h"
#include "db/inbox.h"
#include "db_plumbing_statements.h"

extern const struct embedded_file PLUMBING_FILES[];
static const struct db_catalog *const CATALOGS[] = {&INBOX_CATALOG, &DB_PLUMBING_CATALOG, NULL};
static struct db_fixture fixture;

static int open_all(void **state)
{
    (void)state;
    fixture_open(&fixture, PLUMBING_FILES, CATALOGS);
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
    fixture_script(fixture.db, "TRUNCATE consumer_offset, inbox, parked RESTART IDENTITY");
    return 0;
}

#define TOPIC_A "jisr.application.v1"
#define TOPIC_B "jisr.decision.v1"

static struct db_rows ask(const struct db_statement *statement)
{
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, statement, NULL, fixture.arena, &rows), ERR_OK);
    return rows;
}

static int64_t next_offset(const char *topic, int32_t partition)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, fixture.arena);
    db_arg_str(&args, str_from(topic));
    db_arg_int4(&args, partition);
    assert_int_equal(db_run(fixture.db, &DB_PLUMBING_OFFSET_OF, &args, fixture.arena, &rows), ERR_OK);
    return rows.count ? db_get_int(&rows, 0, 0) : -1;
}

/* ── Fencing ── */

static enum err enter_body(struct db *db, void *context)
{
    return inbox_enter(db, fixture.arena, context);
}

static enum err advance(const struct inbox_position *positions, size_t count)
{
    return db_transaction(fixture.db, enter_body, &(struct inbox_entry){.positions = positions, .position_count = count});
}

static void a_claim_starts_at_zero_and_raises_the_epoch_each_time(void **state)
{
    (void)state;
    struct inbox_position first = {.topic = TOPIC_A, .partition = 3}, second = first;
    assert_int_equal(inbox_claim(fixture.db, &first), ERR_OK);
    assert_int_equal(first.next_offset, 0);
    assert_int_equal(first.generation, 1);
    first.next_offset = 17;
    assert_int_equal(advance(&first, 1), ERR_OK);
    assert_int_equal(inbox_claim(fixture.db, &second), ERR_OK);
    assert_int_equal(second.epoch, first.epoch + 1);
    assert_int_equal(second.next_offset, 17);
}

static void a_batch_of_an_older_epoch_changes_nothing(void **state)
{
    (void)state;
    struct inbox_position mine[] = {{.topic = TOPIC_B, .partition = 1}, {.topic = TOPIC_A, .partition = 2}, {.topic = TOPIC_A, .partition = 0}};
    for (size_t i = 0; i < COUNT_OF(mine); i++) {
        assert_int_equal(inbox_claim(fixture.db, &mine[i]), ERR_OK);
        mine[i].next_offset = 10;
    }
    assert_int_equal(advance(mine, COUNT_OF(mine)), ERR_OK);
    struct inbox_position theirs = mine[1];
    assert_int_equal(inbox_claim(fixture.db, &theirs), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(mine); i++)
        mine[i].next_offset = 20;
    assert_int_equal(advance(mine, COUNT_OF(mine)), ERR_FENCED);
    for (size_t i = 0; i < COUNT_OF(mine); i++)
        assert_int_equal(next_offset(mine[i].topic, mine[i].partition), 10);
    theirs.next_offset = 11;
    assert_int_equal(advance(&theirs, 1), ERR_OK);
}

static void a_partition_that_nobody_claimed_is_fenced(void **state)
{
    (void)state;
    const struct inbox_position position = {.topic = TOPIC_A, .partition = 9, .epoch = 1, .next_offset = 5};
    assert_int_equal(advance(&position, 1), ERR_FENCED);
}

struct holder {
    struct db *db;
    struct inbox_position position;
    pthread_barrier_t *met;
    enum err gave;
};

static enum err claim_while_open(struct db *db, void *context)
{
    struct holder *holder = context;
    struct inbox_position moved = holder->position;
    moved.next_offset = 30;
    enum err err = inbox_enter(db, fixture.arena, &(struct inbox_entry){.positions = &moved, .position_count = 1});
    pthread_barrier_wait(holder->met); /* the other one claims now, and waits for this transaction */
    clock_sleep_us(200000);
    return err;
}

static void *claim_main(void *argument)
{
    struct holder *holder = argument;
    pthread_barrier_wait(holder->met);
    holder->gave = inbox_claim(holder->db, &holder->position);
    return NULL;
}

static void a_claim_waits_for_the_batch_in_hand_and_sees_its_offset(void **state)
{
    (void)state;
    pthread_barrier_t met;
    pthread_t thread;
    pthread_barrier_init(&met, NULL, 2);
    struct holder mine = {fixture.db, {.topic = TOPIC_A, .partition = 0}, &met, ERR_OK};
    assert_int_equal(inbox_claim(fixture.db, &mine.position), ERR_OK);
    struct holder other = {fixture_connect(&fixture, CATALOGS, 5000), {.topic = TOPIC_A, .partition = 0}, &met, ERR_OK};
    assert_int_equal(db_connect(other.db), ERR_OK);
    assert_int_equal(pthread_create(&thread, NULL, claim_main, &other), 0);
    assert_int_equal(db_transaction(fixture.db, claim_while_open, &mine), ERR_OK);
    pthread_join(thread, NULL);
    db_close(other.db);
    pthread_barrier_destroy(&met);
    assert_int_equal(other.gave, ERR_OK);
    assert_int_equal(other.position.next_offset, 30);
    mine.position.next_offset = 40;
    assert_int_equal(advance(&mine.position, 1), ERR_FENCED);
}

/* ── Inbox rows ── */

static void insert_events(const uint32_t *numbers, size_t count, bool *ret_new)
{
    struct event *events = arena_take_array(fixture.arena, count + 1, sizeof(*events));
    const struct event **pointers = arena_take_array(fixture.arena, count + 1, sizeof(*pointers));
    int *behind = arena_take_array(fixture.arena, count + 1, sizeof(*behind));
    for (size_t i = 0; i < count; i++) {
        events[i].id = fixture_id(numbers[i]);
        events[i].topic = TOPIC_A;
        pointers[i] = &events[i];
    }
    struct inbox_entry entry = {.events = pointers, .count = count, .is_new = ret_new, .behind = behind};
    assert_int_equal(db_transaction(fixture.db, enter_body, &entry), ERR_OK);
}

static const struct inbox_case {
    const char *why;
    size_t count;
    uint32_t numbers[6];
    bool is_new[6];
} INSERTIONS[] = {
    {"nothing to write is nothing to do", 0, {0}, {false}},
    {"what was never seen is new, in whatever order", 3, {5, 2, 9}, {true, true, true}},
    {"what was seen is not", 3, {2, 3, 9}, {false, true, false}},
    {"twice in one call counts once, the first", 6, {7, 5, 7, 8, 8, 7}, {true, false, false, true, false, false}},
    {"all seen", 2, {7, 8}, {false, false}},
};

static void each_event_is_new_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(INSERTIONS); i++) {
        bool is_new[6] = {false};
        insert_events(INSERTIONS[i].numbers, INSERTIONS[i].count, is_new);
        for (size_t j = 0; j < INSERTIONS[i].count; j++)
            if (is_new[j] != INSERTIONS[i].is_new[j])
                fail_msg("%s: event %zu", INSERTIONS[i].why, j);
    }
    struct db_rows rows = ask(&DB_PLUMBING_COUNT_INBOX);
    assert_int_equal(db_get_int(&rows, 0, 0), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_claim_starts_at_zero_and_raises_the_epoch_each_time, empty_tables),
        cmocka_unit_test_setup(a_batch_of_an_older_epoch_changes_nothing, empty_tables),
        cmocka_unit_test_setup(a_partition_that_nobody_claimed_is_fenced, empty_tables),
        cmocka_unit_test_setup(a_claim_waits_for_the_batch_in_hand_and_sees_its_offset, empty_tables),
        cmocka_unit_test_setup(each_event_is_new_once, empty_tables),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
