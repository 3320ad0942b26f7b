/* Free-form JSON: what is refused, what is kept, and how numbers and strings are printed. */
#include "support/check.h"

#include <float.h>
#include <math.h>
#include <pthread.h>

#include "json/wire.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    json_setup();
    arena = arena_new(16 * 1024 * 1024);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void numbers_are_printed_as_javascript_prints_them(void **state)
{
    static const struct {
        double number;
        const char *text, *why;
    } CASES[] = {
        {0, "0", "zero"},
        {-0.0, "0", "JavaScript shows no sign of it"},
        {1, "1", "no decimals"},
        {-17, "-17", "negative"},
        {9.12, "9.12", "an RSU index"},
        {0.1 + 0.2, "0.30000000000000004", "seventeen digits where they are needed"},
        {1.0 / 3, "0.3333333333333333", "sixteen where they suffice"},
        {100.5, "100.5", "few decimals"},
        {123456789012345.67, "123456789012345.67", "many digits"},
        {9007199254740992, "9007199254740992", "beyond exact integers"},
        {1e20, "100000000000000000000", "up to 21 digits in full"},
        {123456789012345680000.0, "123456789012345680000", "21 digits"},
        {1e21, "1e+21", "beyond: with an exponent"},
        {1.5e300, "1.5e+300", "large"},
        {0.000001, "0.000001", "six zeros in full"},
        {0.0000001, "1e-7", "beyond: with an exponent"},
        {1.25e-9, "1.25e-9", "small"},
        {5e-324, "5e-324", "the smallest"},
        {DBL_MIN, "2.2250738585072014e-308", "the smallest normal one"},
        {DBL_MAX, "1.7976931348623157e+308", "the largest"},
        {7.120236347223045e-307, "7.120236347223045e-307", "a power of two, whose nearest decimal of 16 digits is its neighbour's"},
        {(double)NAN, "null", "JSON has no NaN"},
        {(double)INFINITY, "null", "nor infinity"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct buf out;
        struct str text;
        buf_init(&out, arena, 100);
        json_add_number(&out, CASES[i].number);
        check_int(buf_done(&out, &text), ERR_OK, CASES[i].why);
        check_text(text, CASES[i].text, CASES[i].why);
    }
}

static void strings_are_escaped_and_always_utf8(void **state)
{
    static const struct {
        struct str text;
        const char *json, *why;
    } CASES[] = {
        {{"", 0}, "\"\"", "nothing"},
        {{"فاطمة", 10}, "\"فاطمة\"", "Arabic as it is"},
        {{"a\"b\\c", 5}, "\"a\\\"b\\\\c\"", "quotes and backslashes"},
        {{"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\"", "short escapes"},
        {{"\0\x1f", 2}, "\"\\u0000\\u001f\"", "other controls"},
        {{"a\xff"
          "b",
          3},
         "\"a\xef\xbf\xbd"
         "b\"",
         "what isn't UTF-8 becomes U+FFFD"},
        {{"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "a surrogate too"},
        {{"</script>", 9}, "\"</script>\"", "slashes stay"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct buf out;
        struct str text;
        buf_init(&out, arena, 100);
        json_add_string(&out, CASES[i].text);
        check_int(buf_done(&out, &text), ERR_OK, CASES[i].why);
        check_text(text, CASES[i].json, CASES[i].why);
    }
}

static void a_document_is_read_and_printed_in_its_own_order(void **state)
{
    static const struct {
        const char *text, *compact, *why; /* compact NULL: refused */
    } CASES[] = {
        {" { \"z\" : [ 1 , 2.50 , { } ] , \"a\" : null } ", "{\"z\":[1,2.5,{}],\"a\":null}", "members in the order of the text"},
        {"true", "true", "a value alone"},
        {"\"\\u0641\\ud83c\\udf3f\"", "\"ف🌿\"", "escapes are characters"},
        {"12345678901234567890", "12345678901234567000", "a large integer is a double, as in JavaScript"},
        {"[[],{},\"\"]", "[[],{},\"\"]", "empty ones"},
        {"{\"\":1}", "{\"\":1}", "a member without a name"},
        {"1e400", NULL, "beyond all bounds"},
        {"{\"a\":1,\"a\":2}", NULL, "a member given twice"},
        {"[1,]", NULL, "a comma too many"},
        {"[1] 2", NULL, "more after the end"},
        {"{'a':1}", NULL, "other quotes"},
        {"[NaN]", NULL, "not JSON"},
        {"01", NULL, "a leading zero"},
        {"\"\\ud800\"", NULL, "half a surrogate pair"},
        {"\"\\u0000\"", NULL, "NUL, which C and PostgreSQL can't keep"},
        {"\"a\nb\"", NULL, "a line end within a string"},
        {"\xef\xbb\xbf{}", NULL, "a byte order mark"},
        {"\"caf\xe9\"", NULL, "Latin-1"},
        {"", NULL, "nothing"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        const struct json_value *value;
        enum err err = json_parse(str_from(CASES[i].text), arena, &value);
        check_int(err, CASES[i].compact ? ERR_OK : ERR_MALFORMED, CASES[i].why);
        if (err)
            continue;
        struct buf out;
        struct str text;
        buf_init(&out, arena, 1000);
        json_add_value(&out, value);
        check_int(buf_done(&out, &text), ERR_OK, CASES[i].why);
        check_text(text, CASES[i].compact, CASES[i].why);
    }
    const struct json_value *value;
    check_int(json_parse((struct str){"[1]\0", 4}, arena, &value), ERR_MALFORMED, "a NUL byte after the end");
    check_int(json_parse((struct str){NULL, 0}, arena, &value), ERR_MALFORMED, "no text");
}

static void depth_stops_at_32(void **state)
{
    (void)state;
    char text[200];
    const struct json_value *value;
    for (size_t depth = 31; depth <= 34; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        enum err err = json_parse((struct str){text, 2 * depth}, arena, &value);
        check_int(err, depth <= 32 ? ERR_OK : ERR_MALFORMED, "32 is the deepest");
    }
    check_int(json_parse(STR("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[\""), arena, &value), ERR_OK,
              "brackets within a string are text");
}

static void a_document_made_to_swell_meets_a_ceiling(void **state)
{
    (void)state;
    size_t size = 3 * 80000;
    char *text = arena_take(arena, size + 2);
    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < size / 3; i++)
        memcpy(text + 1 + 3 * i, "{},", 3);
    text[size] = ']';
    const struct json_value *value;
    struct arena *small = arena_new(64 * 1024);
    check_int(json_parse((struct str){text, size + 1}, small, &value), ERR_LIMIT, "not the memory of the machine");
    check_int(json_parse(STR("{}"), small, &value), ERR_OK, "and the next document is read as ever");
    arena_free(small);
}

static void members_are_found_by_name(void **state)
{
    (void)state;
    const struct json_value *value;
    check_int(json_parse(STR("{\"a\":1,\"ab\":\"x\"}"), arena, &value), ERR_OK, "a document");
    const struct json_value *found = json_member(value, STR("ab"));
    check(found && found->kind == JSON_KIND_STRING, "the whole name counts");
    check_text(found->string, "x", "its value");
    check(!json_member(value, STR("b")) && !json_member(found, STR("a")) && !json_member(NULL, STR("a")), "none");
}

static void a_copy_has_other_values_in_the_same_order_and_new_members_behind(void **state)
{
    (void)state;
    static const struct json_replacement TABLE[] = {{"b", {.kind = JSON_KIND_BOOL}}, {"c", {.kind = JSON_KIND_NUMBER, .number = 3}}};
    const struct json_value *value;
    struct str before, after;
    struct buf out;
    check_int(json_parse(STR("{\"b\":[true],\"a\":null}"), arena, &value), ERR_OK, "a document");
    struct json_value copy = json_with(value, TABLE, 2, arena);
    buf_init(&out, arena, 100);
    json_add_value(&out, &copy);
    check_int(buf_done(&out, &after), ERR_OK, "printed");
    check_text(after, "{\"b\":false,\"a\":null,\"c\":3}", "the copy");
    buf_init(&out, arena, 100);
    json_add_value(&out, value);
    check_int(buf_done(&out, &before), ERR_OK, "printed");
    check_text(before, "{\"b\":[true],\"a\":null}", "what was copied is as it was");
}

static void *parse_often(void *failures)
{
    struct arena *own = arena_new(1024 * 1024);
    for (int i = 0; i < 2000; i++) {
        const struct json_value *value;
        if (json_parse(STR("{\"a\":[1,2,{\"b\":\"c\"}],\"d\":null}"), own, &value) != ERR_OK || json_member(value, STR("a"))->count != 3)
            ++*(int *)failures;
        arena_reset(own);
    }
    arena_free(own);
    return NULL;
}

static void threads_parse_side_by_side(void **state)
{
    (void)state;
    pthread_t threads[4];
    int failures[4] = {0};
    for (size_t i = 0; i < ROWS(threads); i++)
        check_int(pthread_create(&threads[i], NULL, parse_often, &failures[i]), 0, "a thread");
    for (size_t i = 0; i < ROWS(threads); i++) {
        check_int(pthread_join(threads[i], NULL), 0, "its end");
        check_int(failures[i], 0, "every document was read right");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printed_as_javascript_prints_them),
        cmocka_unit_test(strings_are_escaped_and_always_utf8),
        cmocka_unit_test(a_document_is_read_and_printed_in_its_own_order),
        cmocka_unit_test(depth_stops_at_32),
        cmocka_unit_test(a_document_made_to_swell_meets_a_ceiling),
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(a_copy_has_other_values_in_the_same_order_and_new_members_behind),
        cmocka_unit_test(threads_parse_side_by_side),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
