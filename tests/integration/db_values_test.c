/* Parameters and rows, against a real PostgreSQL. */
#include "tests/integration/db_support.h"

#include <float.h>

#include "db_values_statements.h"

static const struct db_catalog *const CATALOGS[] = {&DB_VALUES_CATALOG, NULL};
static struct db_fixture fixture;

static int open_all(void **state)
{
    (void)state;
    fixture_open(&fixture, NULL, CATALOGS);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static int empty_arena(void **state)
{
    (void)state;
    arena_reset(fixture.arena);
    return 0;
}

static struct db_args args_new(void)
{
    struct db_args args;
    db_args_init(&args, fixture.arena);
    return args;
}

static const struct value_case {
    const char *why;
    int32_t int4;
    int64_t int8;
    double number;
    bool boolean;
    struct str text;
    instant_us at;
    struct date date;
    const char *texts[8]; /* as PostgreSQL writes them */
} VALUES[] = {
    {"ordinary values",
     42,
     -7,
     1.5,
     true,
     {"جسر", 6},
     INT64_C(1764000000123456),
     {2026, 11, 24},
     {"42", "-7", "1.5", "true", "جسر", "\\xd8acd8b3d8b1", "2025-11-24 16:00:00.123456+00", "2026-11-24"}},
    {"least values",
     INT32_MIN,
     INT64_MIN,
     -DBL_MAX,
     false,
     {"", 0},
     0,
     {1, 1, 1},
     {"-2147483648", "-9223372036854775808", "-1.7976931348623157e+308", "false", "", "\\x", "1970-01-01 00:00:00+00", "0001-01-01"}},
    {"greatest values",
     INT32_MAX,
     INT64_MAX,
     DBL_MAX,
     true,
     {"a'b\"c\\", 6},
     -1,
     {9999, 12, 31},
     {"2147483647", "9223372036854775807", "1.7976931348623157e+308", "true", "a'b\"c\\", "\\x61276222635c", "1969-12-31 23:59:59.999999+00",
      "9999-12-31"}},
};

static struct db_args value_args(const struct value_case *value)
{
    struct db_args args = args_new();
    db_arg_id(&args, fixture_id(1));
    db_arg_int4(&args, value->int4);
    db_arg_int8(&args, value->int8);
    db_arg_number(&args, value->number);
    db_arg_bool(&args, value->boolean);
    db_arg_str(&args, value->text);
    db_arg_str(&args, value->text);
    db_arg_instant(&args, value->at);
    db_arg_date(&args, value->date);
    return args;
}

static void values_come_back_as_they_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        const struct value_case *value = &VALUES[i];
        struct db_args args = value_args(value);
        struct db_rows rows;
        assert_int_equal(db_run(fixture.db, &DB_VALUES_ECHO, &args, fixture.arena, &rows), ERR_OK);
        assert_int_equal(rows.count, 1);
        assert_int_equal(id_compare(db_get_id(&rows, 0, 0), fixture_id(1)), 0);
        assert_int_equal(db_get_int(&rows, 0, 1), value->int4);
        assert_true(db_get_int(&rows, 0, 2) == value->int8);
        assert_memory_equal(&(double){db_get_number(&rows, 0, 3)}, &value->number, sizeof(double));
        assert_int_equal(db_get_bool(&rows, 0, 4), value->boolean);
        assert_true(str_equal(db_get_str(&rows, 0, 5), value->text));
        assert_true(str_equal(db_get_str(&rows, 0, 6), value->text));
        assert_true(db_get_instant(&rows, 0, 7) == value->at);
        assert_int_equal(date_compare(db_get_date(&rows, 0, 8), value->date), 0);
    }
}

static void the_server_understands_the_values_as_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        struct db_args args = value_args(&VALUES[i]);
        struct db_rows rows;
        assert_int_equal(db_run(fixture.db, &DB_VALUES_ECHO_TEXT, &args, fixture.arena, &rows), ERR_OK);
        for (int column = 1; column < 9; column++) {
            struct str text = str_copy(fixture.arena, db_get_str(&rows, 0, column));
            assert_string_equal(text.at, VALUES[i].texts[column - 1]);
        }
    }
}

static void null_goes_and_comes_as_each_types_absence(void **state)
{
    (void)state;
    struct db_args args = args_new();
    for (int i = 0; i < 5; i++)
        db_arg_null(&args);
    db_arg_str(&args, (struct str){0});
    db_arg_str(&args, (struct str){0});
    db_arg_instant(&args, INSTANT_NEVER);
    db_arg_date(&args, (struct date){0});
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, &DB_VALUES_ECHO, &args, fixture.arena, &rows), ERR_OK);
    for (int column = 0; column < 9; column++)
        assert_true(db_is_null(&rows, 0, column));
    assert_true(id_is_nil(db_get_id(&rows, 0, 0)));
    assert_int_equal(db_get_int(&rows, 0, 1), 0);
    assert_null(db_get_str(&rows, 0, 5).at);
    assert_true(db_get_instant(&rows, 0, 7) == INSTANT_NEVER);
    assert_int_equal(db_get_date(&rows, 0, 8).year, 0);
}

static void narrow_and_special_types_are_read(void **state)
{
    (void)state;
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, &DB_VALUES_NARROW_TYPES, NULL, fixture.arena, &rows), ERR_OK);
    assert_int_equal(db_get_int(&rows, 0, 0), 7);
    assert_true(db_get_number(&rows, 0, 1) > 1.4 && db_get_number(&rows, 0, 1) < 1.6);
    assert_true(db_get_instant(&rows, 0, 2) == INT64_MAX);
    assert_true(db_get_instant(&rows, 0, 3) == INSTANT_NEVER);
    assert_int_equal(db_get_int(&rows, 0, 4), -1); /* an xid8 is unsigned: all bits are kept */
    assert_true(str_equal(db_get_str(&rows, 0, 5), STR("{\"a\":1}")));
    assert_true(str_equal(db_get_str(&rows, 0, 6), STR("n")));
}

static const enum db_type COLUMN_TYPES[] = {DB_UUID, DB_INT4, DB_INT8, DB_FLOAT8, DB_BOOL, DB_TEXT, DB_BYTES, DB_INSTANT, DB_DATE};

static void columns_fill(struct db_column columns[9], size_t count)
{
    for (size_t c = 0; c < 9; c++)
        db_column_init(&columns[c], fixture.arena, COLUMN_TYPES[c]);
    for (size_t i = 0; i < count; i++) {
        const struct value_case *value = &VALUES[i % COUNT_OF(VALUES)];
        if (i % 4 == 3) { /* every fourth row is absent in all columns */
            for (size_t c = 0; c < 9; c++)
                db_column_null(&columns[c]);
            continue;
        }
        db_column_id(&columns[0], fixture_id((uint32_t)i));
        db_column_int(&columns[1], value->int4);
        db_column_int(&columns[2], value->int8);
        db_column_number(&columns[3], value->number);
        db_column_bool(&columns[4], value->boolean);
        db_column_str(&columns[5], value->text);
        db_column_str(&columns[6], value->text);
        db_column_instant(&columns[7], value->at);
        db_column_date(&columns[8], value->date);
    }
}

static void arrays_of_every_type_keep_values_nulls_and_order(void **state)
{
    (void)state;
    static const size_t SIZES[] = {0, 1, 4, 5, 1000}; /* empty; one; with NULL; after NULL; larger than any first buffer */
    for (size_t s = 0; s < COUNT_OF(SIZES); s++) {
        struct db_column columns[9];
        columns_fill(columns, SIZES[s]);
        struct db_args args = args_new();
        for (size_t c = 0; c < 9; c++)
            db_arg_column(&args, &columns[c]);
        struct db_rows rows;
        assert_int_equal(db_run(fixture.db, &DB_VALUES_UNNEST, &args, fixture.arena, &rows), ERR_OK);
        assert_int_equal(rows.count, SIZES[s]);
        for (size_t i = 0; i < rows.count; i++) {
            const struct value_case *value = &VALUES[i % COUNT_OF(VALUES)];
            assert_int_equal(db_is_null(&rows, i, 0), i % 4 == 3);
            if (i % 4 == 3)
                continue;
            assert_int_equal(id_compare(db_get_id(&rows, i, 0), fixture_id((uint32_t)i)), 0);
            assert_int_equal(db_get_int(&rows, i, 1), value->int4);
            assert_true(db_get_int(&rows, i, 2) == value->int8);
            assert_true(str_equal(db_get_str(&rows, i, 6), value->text));
            assert_true(db_get_instant(&rows, i, 7) == value->at);
            assert_int_equal(date_compare(db_get_date(&rows, i, 8), value->date), 0);
        }
    }
}

static void what_does_not_fit_is_a_limit_and_is_never_sent(void **state)
{
    (void)state;
    struct db_args args = args_new();
    for (int i = 0; i <= DB_ARGS_MAX; i++)
        db_arg_int4(&args, i);
    assert_int_equal(db_run(fixture.db, &DB_VALUES_ECHO, &args, NULL, NULL), ERR_LIMIT);
    struct db_column column;
    db_column_init(&column, fixture.arena, DB_INT4);
    db_column_int(&column, INT64_C(1) << 40);
    args = args_new();
    db_arg_column(&args, &column);
    assert_int_equal(db_run(fixture.db, &DB_VALUES_ECHO, &args, NULL, NULL), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_come_back_as_they_went, empty_arena),
        cmocka_unit_test_setup(the_server_understands_the_values_as_meant, empty_arena),
        cmocka_unit_test_setup(null_goes_and_comes_as_each_types_absence, empty_arena),
        cmocka_unit_test_setup(narrow_and_special_types_are_read, empty_arena),
        cmocka_unit_test_setup(arrays_of_every_type_keep_values_nulls_and_order, empty_arena),
        cmocka_unit_test_setup(what_does_not_fit_is_a_limit_and_is_never_sent, empty_arena),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
