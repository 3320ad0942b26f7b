/* The search for duplicates on a real PostgreSQL: each file is compared once, whoever works and whatever breaks off. */
#include "tests/integration/intake_support.h"

#include <pthread.h>
#include <stdio.h>

#include "app/app.h"
#include "services/intake/duplicates/matching.h"

static struct intake_fixture fixture;
static struct intake_settings settings = {.match_likely = 64, .match_same = 84};
static struct matching_step step;

static struct submission *stored(const char *key, const char *number, const char *member)
{
    struct submission *item = intake_submission(&fixture, &(struct intake_form){.key = key, .number = number, .member = member, .title = "Huile"});
    intake_submit(&fixture, &item, 1);
    assert_int_equal(item->outcome, ERR_OK);
    return item;
}

/* Until the cursor has passed what is committed: transactions of other databases hold the horizon back for a moment. */
static void search(struct db *db)
{
    for (int i = 0; i < 200; i++) {
        assert_int_equal(matching_run(db, &step), ERR_OK);
        if (!step.more && intake_count(&fixture, "SELECT count(*) FROM outbox o, duplicate_cursor c WHERE (o.xid, o.id) > (c.xid, c.id)") == 0)
            return;
        clock_sleep_us(20000);
    }
    fail_msg("the search does not come to its end");
}

static int64_t pairs(const char *about)
{
    return intake_count(&fixture, str_format(fixture.arena, "SELECT count(*) FROM duplicate WHERE about = '%s'", about).at);
}

static void the_same_woman_under_another_number_is_found_once(void **state)
{
    (void)state;
    stored("match-1", "MT100001", NULL);
    stored("match-2", "MT200002", NULL);
    search(fixture.db);
    assert_int_equal(pairs("woman"), 1);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM trait"), 2);
    search(fixture.db);
    assert_int_equal(pairs("woman"), 1);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application WHERE state <> 'SUBMITTED'"), 0); /* it changes no state */
}

static void a_number_with_leading_zeros_is_the_same_number(void **state)
{
    (void)state;
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM duplicate WHERE score = 100");
    stored("match-3", "ZZ0043210", NULL);
    stored("match-4", "ZZ43210", NULL);
    search(fixture.db);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM duplicate WHERE score = 100"), before + 1);
}

/* The form's name, date and phone are everybody's here; the signs that many share bring the first hundred of them, and she is not among those. */
static void a_number_finds_her_among_hundreds_who_share_all_else(void **state)
{
    (void)state;
    char key[24], number[16];
    for (int i = 0; i < 120; i++) {
        snprintf(key, sizeof(key), "match-crowd-%d", i);
        snprintf(number, sizeof(number), "ZN50%03d", i);
        stored(key, number, NULL);
    }
    search(fixture.db);
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM duplicate WHERE score = 100");
    stored("match-crowd-again", "ZN0050119", NULL);
    search(fixture.db);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM duplicate WHERE score = 100"), before + 1);
}

static void two_copies_compare_each_file_once(void **state)
{
    (void)state;
    struct db *other = intake_fixture_connect(&fixture);
    struct matching_step theirs;
    assert_int_equal(matching_step_open(&fixture.intake, &theirs), ERR_OK);
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM trait");
    for (int i = 0; i < 20; i++) {
        char key[24], number[16];
        snprintf(key, sizeof(key), "match-many-%d", i);
        snprintf(number, sizeof(number), "MM%06d", i);
        stored(key, number, NULL);
        assert_int_equal(matching_run(other, &theirs), ERR_OK);
        assert_int_equal(matching_run(fixture.db, &step), ERR_OK);
    }
    search(fixture.db);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM trait"), before + 20);
    matching_step_close(&theirs);
    db_close(other);
}

#define TAKERS 4
#define TAKINGS 1500

struct taker {
    pthread_t thread;
    struct db *db;
    struct arena *arena;
    int64_t taken; /* how often the cursor was this copy's */
    bool had;
};

static enum err take_and_move(struct db *db, void *context)
{
    struct taker *taker = context;
    struct matching_cursor cursor;
    enum err err = matching_take_cursor(db, taker->arena, &cursor);
    taker->had = err == ERR_OK && cursor.taken;
    cursor.id++;
    return taker->had ? matching_move_cursor(db, taker->arena, &cursor) : err;
}

static void *take_all(void *context)
{
    struct taker *taker = context;
    for (int i = 0; i < TAKINGS; i++) {
        arena_reset(taker->arena);
        assert_int_equal(db_transaction(taker->db, take_and_move, taker), ERR_OK);
        taker->taken += taker->had;
    }
    return NULL;
}

/* Or the same files would be compared by two copies, and the cursor would go back by what one of them had done. */
static void no_two_copies_begin_at_the_same_place(void **state)
{
    struct taker takers[TAKERS] = {0};
    int64_t taken = 0, before = intake_count(&fixture, "SELECT id FROM duplicate_cursor");
    (void)state;
    for (size_t i = 0; i < TAKERS; i++) {
        takers[i].db = intake_fixture_connect(&fixture);
        takers[i].arena = arena_new(1 << 20);
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_all, &takers[i]), 0);
    }
    for (size_t i = 0; i < TAKERS; i++) {
        pthread_join(takers[i].thread, NULL);
        taken += takers[i].taken;
        db_close(takers[i].db);
        arena_free(takers[i].arena);
    }
    assert_int_equal(intake_count(&fixture, "SELECT id FROM duplicate_cursor"), before + taken);
}

static void no_plain_value_is_kept(void **state)
{
    (void)state;
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM trait t WHERE t::text LIKE '%Fatima%' OR t::text LIKE '%MT100001%'"), 0);
}

static int open_fixture(void **state)
{
    (void)state;
    intake_fixture_open(&fixture);
    fixture.intake.settings = &settings;
    assert_int_equal(matching_step_open(&fixture.intake, &step), ERR_OK);
    return step.arena ? 0 : -1;
}

static int close_fixture(void **state)
{
    (void)state;
    matching_step_close(&step);
    intake_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_woman_under_another_number_is_found_once),
        cmocka_unit_test(a_number_with_leading_zeros_is_the_same_number),
        cmocka_unit_test(a_number_finds_her_among_hundreds_who_share_all_else),
        cmocka_unit_test(two_copies_compare_each_file_once),
        cmocka_unit_test(no_plain_value_is_kept),
        cmocka_unit_test(no_two_copies_begin_at_the_same_place),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
