/* The outbox and its audit rows, and the partitions that both outbox and inbox live in. */
#include "tests/integration/db_support.h"

#include <pthread.h>
#include <stdio.h>

#include "app/app.h"
#include "db/outbox.h"
#include "db_plumbing_statements.h"

extern const struct embedded_file PLUMBING_FILES[];
static const struct db_catalog *const CATALOGS[] = {&OUTBOX_CATALOG, &DB_PLUMBING_CATALOG, NULL};
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
    fixture_script(fixture.db, "TRUNCATE outbox, audit, inbox; UPDATE relay_cursor SET low = '0'");
    return 0;
}

static struct db_rows ask(const struct db_statement *statement)
{
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, statement, NULL, fixture.arena, &rows), ERR_OK);
    return rows;
}

static enum err write_body(struct db *db, void *context)
{
    return outbox_write(context, db);
}

static struct outbox_row row_new(uint32_t number)
{
    return (struct outbox_row){
        .event_id = fixture_id(number),
        .key = fixture_id(500),
        .aggregate_id = fixture_id(501),
        .version = number,
        .type = "ma.jisr.application.submitted.v1",
        .data = STR("{}"),
        .at = clock_wall_us(),
        .actor = STR("service:intake"),
        .action = STR("submit"),
    };
}

static void ids_follow_the_order_of_the_rows(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    struct outbox outbox;
    outbox_init(&outbox, fixture.arena);
    for (uint32_t i = 0; i < ROWS; i++) {
        struct outbox_row row = row_new(ROWS - i); /* neither event ids nor versions are in this order */
        row.at -= i % 3 * INSTANT_DAY;             /* nor times: they go to several partitions */
        if (i == 0)
            row.traceparent = STR("00-trace");
        outbox_add(&outbox, &row);
    }
    assert_int_equal(db_transaction(fixture.db, write_body, &outbox), ERR_OK);
    struct db_rows rows = ask(&DB_PLUMBING_OUTBOX_ROWS), audits = ask(&DB_PLUMBING_AUDIT_ROWS);
    assert_int_equal(rows.count, ROWS);
    assert_int_equal(audits.count, ROWS);
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_int_equal(db_get_int(&rows, i, 2), ROWS - i);
        assert_int_equal(db_get_int(&audits, i, 2), ROWS - i);
        assert_int_equal(id_compare(db_get_id(&rows, i, 1), db_get_id(&audits, i, 1)), 0);
    }
    assert_true(str_equal(db_get_str(&rows, 0, 3), STR("00-trace")));
    assert_true(db_is_null(&rows, 1, 3));
}

static void an_empty_outbox_writes_nothing_and_a_failed_one_is_refused(void **state)
{
    (void)state;
    struct outbox outbox;
    outbox_init(&outbox, fixture.arena);
    assert_int_equal(db_transaction(fixture.db, write_body, &outbox), ERR_OK);
    struct arena *tiny = arena_new(512);
    outbox_init(&outbox, tiny);
    for (uint32_t i = 0; i < 100; i++) {
        struct outbox_row row = row_new(i);
        outbox_add(&outbox, &row);
    }
    assert_int_equal(db_transaction(fixture.db, write_body, &outbox), ERR_LIMIT);
    arena_free(tiny);
    struct db_rows rows = ask(&DB_PLUMBING_OUTBOX_ROWS);
    assert_int_equal(rows.count, 0);
}

static enum err audit_body(struct db *db, void *context)
{
    const char *actor = context;
    const struct audit_row row = {.at = clock_wall_us(), .subject = fixture_id(7), .actor = str_from(actor), .action = STR("read")};
    return audit_write(&row, db, fixture.arena);
}

static void a_read_of_personal_data_is_an_audit_row_without_an_event(void **state)
{
    (void)state;
    char agent[] = "agent:1";
    assert_int_equal(db_transaction(fixture.db, audit_body, agent), ERR_OK);
    struct db_rows rows = ask(&DB_PLUMBING_AUDIT_ROWS);
    assert_int_equal(rows.count, 1);
    assert_int_equal(id_compare(db_get_id(&rows, 0, 0), fixture_id(7)), 0);
    assert_true(db_is_null(&rows, 0, 1) && db_is_null(&rows, 0, 2) && db_is_null(&rows, 0, 5));
}

/* As when there was no memory for the text of it. */
static void nothing_is_on_record_without_who_did_it(void **state)
{
    (void)state;
    struct outbox outbox;
    struct outbox_row row = row_new(1);
    row.actor = (struct str){0};
    outbox_init(&outbox, fixture.arena);
    outbox_add(&outbox, &row);
    assert_int_equal(db_transaction(fixture.db, write_body, &outbox), ERR_LIMIT);
    assert_int_equal(db_transaction(fixture.db, audit_body, NULL), ERR_LIMIT);
    assert_int_equal(ask(&DB_PLUMBING_AUDIT_ROWS).count, 0);
}

/* ── Partitions ── */

static int64_t maintain(int32_t outbox_days, int32_t inbox_days)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, fixture.arena);
    db_arg_int4(&args, outbox_days);
    db_arg_int4(&args, inbox_days);
    assert_int_equal(db_run(fixture.db, &DB_PLUMBING_MAINTAIN, &args, fixture.arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

static bool exists(const char *parent, int32_t days_from_now)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, fixture.arena);
    db_arg_str(&args, str_from(parent));
    db_arg_int4(&args, days_from_now);
    assert_int_equal(db_run(fixture.db, &DB_PLUMBING_RELATION_EXISTS, &args, fixture.arena, &rows), ERR_OK);
    return db_get_bool(&rows, 0, 0);
}

static void in_days(const char *format_sql, int32_t days)
{
    struct str sql =
        str_format(fixture.arena,
                   "DO $$ DECLARE day date := (now() AT TIME ZONE 'UTC')::date + %d; BEGIN EXECUTE replace($q$%s$q$, 'DAY', to_char(day, "
                   "'YYYYMMDD')); END $$",
                   days, format_sql);
    fixture_script(fixture.db, sql.at);
}

static void write_at(int32_t days_from_now)
{
    struct outbox outbox;
    struct outbox_row row = row_new(1);
    row.at += days_from_now * INSTANT_DAY;
    outbox_init(&outbox, fixture.arena);
    outbox_add(&outbox, &row);
    assert_int_equal(db_transaction(fixture.db, write_body, &outbox), ERR_OK);
}

static void partitions_are_there_before_their_day(void **state)
{
    (void)state;
    static const char *const PARENTS[] = {"outbox", "inbox"};
    for (size_t i = 0; i < COUNT_OF(PARENTS); i++)
        for (int32_t day = -1; day <= 4; day++)
            assert_int_equal(exists(PARENTS[i], day), day >= 0 && day <= 3);
    assert_int_equal(maintain(30, 30), 0);
}

static void rows_that_came_before_their_partition_move_into_it(void **state)
{
    (void)state;
    in_days("DROP TABLE outbox_DAY, inbox_DAY", 0);
    write_at(0);
    struct id now = id_make(clock_wall_us() / 1000, (const uint8_t[10]){1});
    char text[ID_TEXT_SIZE + 1];
    id_format(now, text);
    struct str insert = str_format(fixture.arena, "INSERT INTO inbox VALUES ('%s')", text);
    fixture_script(fixture.db, insert.at);
    struct db_rows before = ask(&DB_PLUMBING_ROWS_OF_DEFAULT);
    assert_int_equal(db_get_int(&before, 0, 0), 1);
    assert_int_equal(db_get_int(&before, 0, 1), 1);
    assert_int_equal(maintain(30, 30), 2);
    struct db_rows after = ask(&DB_PLUMBING_ROWS_OF_DEFAULT), rows = ask(&DB_PLUMBING_OUTBOX_ROWS), inbox = ask(&DB_PLUMBING_COUNT_INBOX);
    assert_int_equal(db_get_int(&after, 0, 0), 0);
    assert_int_equal(db_get_int(&after, 0, 1), 0);
    assert_int_equal(rows.count, 1);
    assert_int_equal(db_get_int(&inbox, 0, 0), 1);
}

static const struct drop_case {
    const char *why;
    int32_t age_days;
    bool published;
    int32_t outbox_days, inbox_days;
    bool outbox_kept, inbox_kept;
} DROPS[] = {
    {"old and published: dropped", 40, true, 30, 30, false, false},
    {"old but not published: the outbox keeps it", 40, false, 30, 30, true, false},
    {"not old enough", 30, true, 30, 30, true, true},
    {"the inbox remembers as long as the outbox can repeat", 40, true, 60, 10, true, true},
    {"and longer where it is told to", 40, true, 30, 60, false, true},
};

static void old_partitions_go_but_never_what_is_unpublished(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(DROPS); i++) {
        const struct drop_case *drop = &DROPS[i];
        struct str make = str_format(fixture.arena,
                                     "DO $$ DECLARE day date := (now() AT TIME ZONE 'UTC')::date - %d; BEGIN PERFORM make_partition('outbox', day); "
                                     "PERFORM make_partition('inbox', day); END $$; UPDATE relay_cursor SET low = '0'",
                                     drop->age_days);
        fixture_script(fixture.db, make.at);
        write_at(-drop->age_days);
        if (drop->published)
            fixture_script(fixture.db, "UPDATE relay_cursor SET low = pg_snapshot_xmin(pg_current_snapshot())");
        maintain(drop->outbox_days, drop->inbox_days);
        if (exists("outbox", -drop->age_days) != drop->outbox_kept || exists("inbox", -drop->age_days) != drop->inbox_kept)
            fail_msg("%s", drop->why);
        fixture_script(fixture.db, "TRUNCATE outbox");
        maintain(0, 0);
        assert_false(exists("outbox", -drop->age_days));
    }
}

static void maintenance_gives_up_within_a_second_when_a_lock_is_held(void **state)
{
    (void)state;
    in_days("DROP TABLE outbox_DAY", 3);
    struct db *other = fixture_connect(&fixture, CATALOGS, 5000);
    fixture_script(other, "BEGIN; INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) "
                          "VALUES (now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 't', '{}')");
    struct db_args args;
    db_args_init(&args, fixture.arena);
    db_arg_int4(&args, 30);
    db_arg_int4(&args, 30);
    int64_t started_at = clock_monotonic_us();
    assert_int_equal(db_run(fixture.db, &DB_PLUMBING_MAINTAIN, &args, NULL, NULL), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_us() - started_at, 900000, 1900000);
    fixture_script(other, "COMMIT");
    db_close(other);
    assert_int_equal(maintain(30, 30), 1);
}

static void *maintain_beside(void *context)
{
    struct db *db = fixture_connect(&fixture, CATALOGS, 5000);
    struct arena *arena = arena_new(65536);
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int4(&args, 30);
    db_arg_int4(&args, 30);
    *(enum err *)context = db_run(db, &DB_PLUMBING_MAINTAIN, &args, NULL, NULL);
    db_close(db);
    arena_free(arena);
    return NULL;
}

static void maintenance_waits_for_a_consumer_between_its_inbox_and_its_outbox(void **state)
{
    (void)state;
    pthread_t thread;
    static enum err maintained = ERR_INTERNAL;
    in_days("DROP TABLE outbox_DAY, inbox_DAY", 3);
    struct db *consumer = fixture_connect(&fixture, CATALOGS, 5000);
    fixture_script(consumer, "BEGIN; INSERT INTO inbox VALUES (gen_random_uuid())");
    assert_int_equal(pthread_create(&thread, NULL, maintain_beside, &maintained), 0);
    clock_sleep_us(300000);
    int64_t started_at = clock_monotonic_us();
    fixture_script(consumer, "INSERT INTO outbox (at, event_id, key, aggregate_id, version, type, data) "
                             "VALUES (now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 't', '{}'); COMMIT");
    assert_in_range(clock_monotonic_us() - started_at, 0, 300000);
    pthread_join(thread, NULL);
    assert_int_equal(maintained, ERR_OK);
    assert_true(exists("outbox", 3) && exists("inbox", 3));
    db_close(consumer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ids_follow_the_order_of_the_rows, empty_tables),
        cmocka_unit_test_setup(an_empty_outbox_writes_nothing_and_a_failed_one_is_refused, empty_tables),
        cmocka_unit_test_setup(a_read_of_personal_data_is_an_audit_row_without_an_event, empty_tables),
        cmocka_unit_test_setup(nothing_is_on_record_without_who_did_it, empty_tables),
        cmocka_unit_test_setup(partitions_are_there_before_their_day, empty_tables),
        cmocka_unit_test_setup(rows_that_came_before_their_partition_move_into_it, empty_tables),
        cmocka_unit_test_setup(old_partitions_go_but_never_what_is_unpublished, empty_tables),
        cmocka_unit_test_setup(maintenance_gives_up_within_a_second_when_a_lock_is_held, empty_tables),
        cmocka_unit_test_setup(maintenance_waits_for_a_consumer_between_its_inbox_and_its_outbox, empty_tables),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
