/* Wire tables: decoding, bounds, violations, encoding. The struct below has a member of each type. */
#include "support/check.h"

#include "json/wire.h"

struct inner {
    struct str name;
    int64_t amount;
};

struct sample {
    struct str text;
    int64_t whole;
    double number;
    bool flag;
    struct id id;
    instant_us at;
    struct date day;
    int kind;
    struct inner inner;
    bool has_extra;
    struct inner extra;
    struct wire_list items, words;
    struct str raw;
};

static const char *const KINDS[] = {"person", "cooperative", NULL};

static const struct wire_field INNER_FIELDS[] = {
    WIRE_TEXT(inner, name, WIRE_REQUIRED, 1, 5),
    WIRE_INT(inner, amount, 0, 0, 10),
};
static WIRE_TABLE(INNER, inner, INNER_FIELDS);

static const struct wire_field SAMPLE_FIELDS[] = {
    WIRE_TEXT(sample, text, WIRE_NULLABLE, 2, 5),
    WIRE_INT(sample, whole, WIRE_OMIT, -1000, 1e15),
    WIRE_NUMBER(sample, number, WIRE_OMIT, -1.5, 100),
    WIRE_BOOL(sample, flag, 0),
    WIRE_ID(sample, id, WIRE_NULLABLE | WIRE_OMIT),
    WIRE_INSTANT(sample, at, WIRE_NULLABLE),
    WIRE_DATE(sample, day, WIRE_NULLABLE | WIRE_OMIT),
    WIRE_CHOICE(sample, kind, WIRE_REQUIRED, KINDS),
    WIRE_OBJECT(sample, inner, WIRE_REQUIRED, inner, &INNER),
    WIRE_GIVEN(sample, extra, has_extra, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct inner, NULL, &INNER),
    WIRE_LIST(sample, items, WIRE_OMIT, 1, 2, &INNER),
    WIRE_TEXTS(sample, words, WIRE_OMIT, 0, 3),
    WIRE_RAW(sample, raw, WIRE_OMIT),
};
static WIRE_TABLE(SAMPLE, sample, SAMPLE_FIELDS);

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(4 * 1024 * 1024);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void what_is_decoded_is_encoded_again(void **state)
{
    static const struct {
        const char *text, *again, *why;
    } CASES[] = {
        {"{\"kind\":\"person\",\"inner\":{\"name\":\"a\"}}",
         "{\"text\":null,\"flag\":false,\"at\":null,\"kind\":\"person\",\"inner\":{\"name\":\"a\",\"amount\":0},\"extra\":null}",
         "the least: nullable ones are null, omitted ones are left out"},
        {"{\"raw\": { \"b\" : [ 1.50 , \"é\" ] , \"a\" : null },\"words\":[\"x\",\"\"],\"items\":[{\"amount\":3,\"name\":\"i\"}],"
         "\"extra\":{\"name\":\"e\",\"amount\":1},\"inner\":{\"name\":\"فاطمة\",\"amount\":10},\"kind\":\"cooperative\",\"day\":\"2024-02-29\","
         "\"at\":\"2026-11-24T07:16:17.5+01:00\",\"id\":\"017F22E2-79B0-7000-8000-000000000001\",\"flag\":true,\"number\":-1.5,\"whole\":"
         "1000000000000000,"
         "\"text\":\"ab\"}",
         "{\"text\":\"ab\",\"whole\":1000000000000000,\"number\":-1.5,\"flag\":true,\"id\":\"017f22e2-79b0-7000-8000-000000000001\","
         "\"at\":\"2026-11-24T06:16:17.500Z\",\"day\":\"2024-02-29\",\"kind\":\"cooperative\",\"inner\":{\"name\":\"فاطمة\",\"amount\":10},"
         "\"extra\":{\"name\":\"e\",\"amount\":1},\"items\":[{\"name\":\"i\",\"amount\":3}],\"words\":[\"x\",\"\"],\"raw\":{\"b\":[1.5,\"é\"],\"a\":"
         "null}}",
         "everything, in the order of the table"},
        {"{\"text\":null,\"at\":null,\"extra\":null,\"kind\":\"person\",\"inner\":{\"name\":\"a\",\"amount\":5.0}}",
         "{\"text\":null,\"flag\":false,\"at\":null,\"kind\":\"person\",\"inner\":{\"name\":\"a\",\"amount\":5},\"extra\":null}",
         "null is the same as missing, 5.0 is a whole number"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct sample sample;
        struct violations violations;
        struct str again;
        violations_init(&violations, arena);
        check_int(wire_decode(&SAMPLE, str_from(CASES[i].text), WIRE_REFUSE_UNKNOWN, arena, &sample, &violations), ERR_OK, CASES[i].why);
        check_int(violations.count, 0, CASES[i].why);
        check_int(wire_text(&SAMPLE, &sample, arena, &again), ERR_OK, CASES[i].why);
        check_text(again, CASES[i].again, CASES[i].why);
    }
}

#define WITH(members) "{\"kind\":\"person\",\"inner\":{\"name\":\"a\"}," members "}"

static void each_violation_has_its_place_and_code(void **state)
{
    static const struct {
        const char *text, *pointer;
        enum violation_code code;
        const char *detail, *why;
    } CASES[] = {
        {"[]", "", VIOLATION_TYPE, "object", "not an object"},
        {"null", "", VIOLATION_TYPE, "object", "nothing"},
        {"{\"kind\":\"person\"}", "/inner", VIOLATION_REQUIRED, "a value", "missing"},
        {"{\"kind\":\"person\",\"inner\":null}", "/inner", VIOLATION_REQUIRED, "a value", "null"},
        {"{\"kind\":\"person\",\"inner\":{}}", "/inner/name", VIOLATION_REQUIRED, "a value", "missing within"},
        {WITH("\"flag\":null"), "/flag", VIOLATION_TYPE, "a value", "neither required nor nullable: it may be missing, not null"},
        {WITH("\"flag\":1"), "/flag", VIOLATION_TYPE, "boolean", "a number is no boolean"},
        {WITH("\"text\":7"), "/text", VIOLATION_TYPE, "string", "a number is no text"},
        {WITH("\"text\":\"a\""), "/text", VIOLATION_TOO_SHORT, "2", "shorter than 2"},
        {WITH("\"text\":\"فاطمةفاطمة\""), "/text", VIOLATION_TOO_LONG, "5", "ten code points"},
        {WITH("\"text\":\"a\\u202eb\""), "/text", VIOLATION_TEXT, "", "a bidi override"},
        {WITH("\"text\":\"a\\u0007b\""), "/text", VIOLATION_TEXT, "", "a control character"},
        {WITH("\"whole\":1.5"), "/whole", VIOLATION_TYPE, "integer", "not whole"},
        {WITH("\"whole\":\"1\""), "/whole", VIOLATION_TYPE, "integer", "text is no number"},
        {WITH("\"whole\":-1001"), "/whole", VIOLATION_TOO_SMALL, "-1000", "below its bound"},
        {WITH("\"whole\":99999999999999999999999"), "/whole", VIOLATION_TOO_LARGE, "1000000000000000", "readable, though beyond 64 bits"},
        {WITH("\"number\":100.1"), "/number", VIOLATION_TOO_LARGE, "100", "above its bound"},
        {WITH("\"number\":true"), "/number", VIOLATION_TYPE, "number", "a boolean is no number"},
        {WITH("\"id\":\"42\""), "/id", VIOLATION_FORMAT, "UUID", "not a UUID"},
        {WITH("\"at\":\"2026-11-24\""), "/at", VIOLATION_FORMAT, "RFC 3339", "a date is no instant"},
        {WITH("\"day\":\"2023-02-29\""), "/day", VIOLATION_DATE, "", "no such day"},
        {WITH("\"extra\":{\"name\":\"abcdef\"}"), "/extra/name", VIOLATION_TOO_LONG, "5", "within an optional object"},
        {WITH("\"items\":{}"), "/items", VIOLATION_TYPE, "array", "not a list"},
        {WITH("\"items\":[]"), "/items", VIOLATION_TOO_FEW, "1", "an empty list where one is needed"},
        {WITH("\"items\":[1,2,3]"), "/items", VIOLATION_TOO_MANY, "2", "too long a list is not looked into"},
        {WITH("\"items\":[{\"name\":\"a\"},{\"name\":\"\"}]"), "/items/1/name", VIOLATION_TOO_SHORT, "1", "the second item"},
        {WITH("\"words\":[\"a\",1]"), "/words/1", VIOLATION_TYPE, "string", "the second word"},
        {WITH("\"un~k/n\":1"), "/un~0k~1n", VIOLATION_UNKNOWN_FIELD, "", "a name escaped as RFC 6901 wants"},
        {"{\"kind\":\"x\",\"inner\":{\"name\":\"a\"}}", "/kind", VIOLATION_CHOICE, "person, cooperative", "says what there is to choose"},
        {"{\"kind\":\"person\",\"inner\":{\"name\":\"a\",\"w\":1}}", "/inner/w", VIOLATION_UNKNOWN_FIELD, "", "unknown within"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct sample sample;
        struct violations violations;
        violations_init(&violations, arena);
        enum err err = wire_decode(&SAMPLE, str_from(CASES[i].text), WIRE_REFUSE_UNKNOWN, arena, &sample, &violations);
        check_int(err, ERR_INVALID, CASES[i].why);
        check_int(violations.count, 1, CASES[i].why);
        check_text(violations.items[0].pointer, CASES[i].pointer, CASES[i].why);
        check_text(str_from(violation_slug(violations.items[0].code)), violation_slug(CASES[i].code), CASES[i].why);
        check_text(violations.items[0].detail, CASES[i].detail, CASES[i].why);
    }
}

static void all_violations_are_told_at_once(void **state)
{
    (void)state;
    struct sample sample;
    struct violations violations;
    violations_init(&violations, arena);
    struct str text = STR("{\"text\":\"\",\"whole\":1.5,\"kind\":\"x\",\"inner\":{\"name\":1},\"items\":[{},{\"name\":\"\"}],\"z\":0}");
    check_int(wire_decode(&SAMPLE, text, WIRE_REFUSE_UNKNOWN, arena, &sample, &violations), ERR_INVALID, "wrong in many places");
    check_int(violations.count, 7, "each of them");
}

static void what_is_not_json_is_told_with_its_place_but_not_its_content(void **state)
{
    static const struct {
        const char *text, *detail, *why;
    } CASES[] = {
        {"", "JSON (the end is missing, line 1, column 0)", "nothing"},
        {"{\"kind\":\n\"secret name", "JSON (the end is missing, line 2, column 12)", "cut short"},
        {"{\"kind\": secret}", "JSON (not JSON, line 1, column 15)", "a word"},
        {"{\"a\":1,\"a\":2}", "JSON (a member given twice, line 1, column 10)", "duplicate members"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "JSON (nested too deep)", "33 deep"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct sample sample;
        struct violations violations;
        violations_init(&violations, arena);
        enum err err = wire_decode(&SAMPLE, str_from(CASES[i].text), WIRE_REFUSE_UNKNOWN, arena, &sample, &violations);
        check_int(err, ERR_MALFORMED, CASES[i].why);
        check_int(violations.count, 1, CASES[i].why);
        check_text(violations.items[0].pointer, "", CASES[i].why);
        check_text(violations.items[0].detail, CASES[i].detail, CASES[i].why);
    }
}

static void a_newer_writer_s_members_are_ignored_in_events(void **state)
{
    (void)state;
    struct sample sample;
    struct violations violations;
    violations_init(&violations, arena);
    struct str text = STR(WITH("\"new\":{\"a\":[1]},\"text\":\"abc\""));
    check_int(wire_decode(&SAMPLE, text, WIRE_IGNORE_UNKNOWN, arena, &sample, &violations), ERR_OK, "compatible");
    check_text(sample.text, "abc", "and the rest is read");
    check(sample.at == INSTANT_NEVER, "no instant is never");
    check(!sample.has_extra, "not given");
}

static void an_arena_that_is_too_small_is_a_limit(void **state)
{
    (void)state;
    struct arena *small = arena_new(64);
    struct sample sample;
    struct violations violations;
    violations_init(&violations, small);
    struct str text = STR(WITH("\"words\":[\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"]"));
    check_int(wire_decode(&SAMPLE, text, WIRE_REFUSE_UNKNOWN, small, &sample, &violations), ERR_LIMIT,
              "not a crash, not half a struct taken for whole");
    check_int(violations.count, 0, "nothing is wrong with the document");
    arena_free(small);
}

static void more_unknown_members_than_are_told_take_no_more_memory(void **state)
{
    (void)state;
    enum { UNKNOWN = 5000 };
    struct arena *small = arena_new(64 * 1024);
    struct sample sample;
    struct violations violations;
    struct buf out;
    struct str text;
    buf_init(&out, arena, 1 << 20);
    buf_byte(&out, '{');
    for (int i = 0; i < UNKNOWN; i++)
        buf_format(&out, "\"u%d\":1,", i);
    buf_add(&out, STR("\"kind\":\"person\",\"inner\":{\"name\":\"a\"}}"));
    check_int(buf_done(&out, &text), ERR_OK, "there is room");
    violations_init(&violations, small);
    check_int(wire_decode(&SAMPLE, text, WIRE_REFUSE_UNKNOWN, small, &sample, &violations), ERR_INVALID, "each is refused");
    check_int(violations.count, VIOLATIONS_MAX, "as many are told as there is room for");
    check_int(violations.count + violations.more, UNKNOWN, "and the others are counted");
    check_text(violations.items[VIOLATIONS_MAX - 1].pointer, "/u63", "each with its place");
    check(arena_take(small, 8 * 1024), "and memory is left for the answer");
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_decoded_is_encoded_again),
        cmocka_unit_test(each_violation_has_its_place_and_code),
        cmocka_unit_test(all_violations_are_told_at_once),
        cmocka_unit_test(what_is_not_json_is_told_with_its_place_but_not_its_content),
        cmocka_unit_test(a_newer_writer_s_members_are_ignored_in_events),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_limit),
        cmocka_unit_test(more_unknown_members_than_are_told_take_no_more_memory),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
