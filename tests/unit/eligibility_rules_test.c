/* The rules engine: operators and coercions as JavaScript has them (tests/contract/rules_parity.py compares with the reference itself), the
 * bounds of a run, and that nothing read from outside can make it fall. */
#include "services/eligibility/rules_json.h"
#include "services/eligibility/rules_run.h"
#include "tests/support/check.h"

static struct rules_value parsed(struct arena *arena, const char *json)
{
    struct rules_value value = {0};
    const char *why = "";
    if (rules_read(str_from(json), arena, &value, &why) != ERR_OK)
        fail_msg("%s: %s", json, why);
    return value;
}

static struct str written(struct arena *arena, struct rules_value value)
{
    struct buf out;
    struct str text = {0};
    buf_init(&out, arena, SIZE_MAX);
    assert_true(rules_write(&out, value));
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

/* The result as JSON, or the fault's text. */
static struct str outcome(struct arena *arena, const char *rule, const char *data)
{
    struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
    struct rules_value result = rules_evaluate(&run, parsed(arena, rule), data ? parsed(arena, data) : (struct rules_value){0});
    return run.fault == RULES_FAULT_NONE ? written(arena, result) : str_from(rules_fault_text(run.fault));
}

static void every_operator_gives_what_javascript_gives(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *data, *result, *why;
    } rows[] = {
        {"{\"==\":[1,\"1\"]}", NULL, "true", "== converts text to a number"},
        {"{\"==\":[null,0]}", NULL, "false", "null equals null and undefined alone"},
        {"{\"===\":[1,\"1\"]}", NULL, "false", "=== converts nothing"},
        {"{\"!=\":[[],\"\"]}", NULL, "false", "an empty array is the empty text"},
        {"{\"!==\":[[1],[1]]}", NULL, "true", "two arrays are two arrays"},
        {"{\"<\":[\"10\",\"9\"]}", NULL, "true", "two texts are compared as texts"},
        {"{\"<\":[\"10\",9]}", NULL, "false", "a text beside a number is a number"},
        {"{\"<\":[1,2,3]}", NULL, "true", "three operands: between"},
        {"{\"<=\":[1,1,0]}", NULL, "false", "between, and the second half fails"},
        {"{\">\":[\"a\",1]}", NULL, "false", "no order with what is no number"},
        {"{\"!!\":[[]]}", NULL, "false", "JsonLogic's own: an empty array is false"},
        {"{\"!\":[\"0\"]}", NULL, "false", "\"0\" is true"},
        {"{\"+\":[\"1.5kg\",\"2\"]}", NULL, "3.5", "+ reads the number at the beginning"},
        {"{\"-\":\"3\"}", NULL, "-3", "one operand: negated"},
        {"{\"*\":[\"2\"]}", NULL, "\"2\"", "one factor is given back as it is"},
        {"{\"*\":[]}", NULL, "Reduce of empty array with no initial value", "JavaScript throws"},
        {"{\"/\":[1,0]}", NULL, "null", "infinity is written null"},
        {"{\"%\":[-5,3]}", NULL, "-2", "the sign of the dividend"},
        {"{\"max\":[1,\"7\",null]}", NULL, "7", "all are made numbers"},
        {"{\"min\":[1,\"x\"]}", NULL, "null", "NaN is written null"},
        {"{\"in\":[\"b\",\"abc\"]}", NULL, "true", "part of a text"},
        {"{\"in\":[1,[\"1\"]]}", NULL, "false", "an item is compared strictly"},
        {"{\"cat\":[1e21,\" \",0.1,null,[1,[2]]]}", NULL, "\"1e+21 0.11,2\"", "texts of numbers, null and arrays"},
        {"{\"substr\":[\"jsonlogic\",4,-2]}", NULL, "\"log\"", "a negative end counts from the end"},
        {"{\"substr\":[\"a\\ud83d\\ude00\",1,1]}", NULL, "\"\\ud83d\"", "units, not characters"},
        {"{\"merge\":[1,[2,[3]]]}", NULL, "[1,2,[3]]", "one level is spread"},
        {"{\"if\":[0,1,\"\",2,3]}", NULL, "3", "the else of a chain"},
        {"{\"if\":[false,1]}", NULL, "null", "no else"},
        {"{\"and\":[1,0,{\"no_such\":1}]}", NULL, "0", "the first falsy; what follows isn't run"},
        {"{\"or\":[0,\"x\",{\"no_such\":1}]}", NULL, "\"x\"", "the first truthy"},
        {"{\"no_such\":1}", NULL, "Unrecognized operation", "JavaScript throws"},
        {"{\"var\":\"a.b.1\"}", "{\"a\":{\"b\":[1,2]}}", "2", "through objects and arrays"},
        {"{\"var\":[\"x\",9]}", "{}", "9", "the default"},
        {"{\"var\":\"\"}", "[1]", "[1]", "the data itself"},
        {"{\"var\":\"constructor\"}", "{}", "null", "what objects inherit isn't data"},
        {"{\"missing\":[\"a\",\"b\",\"c\"]}", "{\"a\":null,\"b\":\"\",\"c\":0}", "[\"a\",\"b\"]", "null and \"\" are missing, 0 is not"},
        {"{\"missing_some\":[1,[\"a\",\"b\"]]}", "{\"a\":1}", "[]", "enough of them are there"},
        {"{\"map\":[{\"var\":\"l\"},{\"*\":[{\"var\":\"\"},2]}]}", "{\"l\":[1,2]}", "[2,4]", "the data is the item"},
        {"{\"filter\":[{\"var\":\"l\"},{\">\":[{\"var\":\"\"},1]}]}", "{\"l\":[1,2]}", "[2]", "those that hold"},
        {"{\"reduce\":[[1,2,3],{\"+\":[{\"var\":\"current\"},{\"var\":\"accumulator\"}]},10]}", NULL, "16", "from the initial value"},
        {"{\"all\":[[],true]}", NULL, "false", "all of nothing is false"},
        {"{\"none\":[[],true]}", NULL, "true", "none of nothing is true"},
        {"{\"some\":[[0,1],{\"var\":\"\"}]}", NULL, "true", "one holds"},
        {"{\"cat\":{\"var\":\"o\"}}", "{\"o\":{\"toString\":1,\"b\":2}}", "Cannot convert object to primitive value", "JavaScript throws"},
        {"{\"a\":{\"var\":\"x\"},\"b\":1}", "{\"x\":1}", "{\"a\":{\"var\":\"x\"},\"b\":1}", "two members: not a rule"},
    };
    struct arena *arena = arena_new(1u << 20);
    for (size_t i = 0; i < ROWS(rows); i++) {
        check_text(outcome(arena, rows[i].rule, rows[i].data), rows[i].result, rows[i].why);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void a_compiled_rule_is_flat_and_interned(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1u << 20);
    struct rules_run run = rules_run_begin(arena, 1000);
    struct rules_program program = {0};
    assert_true(
        rules_compile(&run, parsed(arena, "{\"if\":[{\"<\":[{\"var\":\"a.b\"},5]},5,{\"and\":[{\"var\":\"a.b\"},{\"<\":[5,0]}]}]}"), NULL, &program));
    check_int(program.path_count, 1, "the same path twice is one path");
    check_int(program.paths[0].count, 2, "split at its dot");
    check_int(program.constant_count, 2, "5 three times is one constant, and 0");
    check_int(program.operator_count, 1, "the same operator twice is one");
    check_int(program.instructions[program.instruction_count - 1].code, CODE_END, "it ends with an end");
    arena_free(arena);
}

static void a_run_is_bounded(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16u << 20);
    static const struct {
        const char *rule, *fault, *why;
    } rows[] = {
        {"{\"map\":[{\"var\":\"\"},{\"map\":[{\"var\":\"x\"},1]}]}", NULL, "a short one ends by itself"},
        {"{\"reduce\":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28],{\"merge\":[{\"var\":\"accumulator\"},{\"var\":"
         "\"accumulator\"}]},[1]]}",
         "too many steps", "a list that doubles"},
        {"{\"reduce\":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28],{\"cat\":[{\"var\":\"accumulator\"},{\"var\":"
         "\"accumulator\"}]},\"x\"]}",
         "too much memory", "a text that doubles"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
        rules_evaluate(&run, parsed(arena, rows[i].rule), parsed(arena, "[1,2]"));
        check_text(str_from(run.fault ? rules_fault_text(run.fault) : ""), rows[i].fault ? rows[i].fault : "", rows[i].why);
        arena_reset(arena);
    }
    char deep[2 * RULES_DEPTH_MAX + 64];
    memset(deep, '[', sizeof(deep));
    struct rules_value value = {0};
    const char *why = "";
    check_int(rules_read((struct str){deep, sizeof(deep)}, arena, &value, &why), ERR_LIMIT, "depth is bounded where it is read");
    struct str again = STR("{\"missing\":[{\"var\":\"r\"}]}");
    struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
    rules_evaluate(&run, parsed(arena, again.at), parsed(arena, "{\"r\":{\"missing\":[{\"var\":\"r\"}]}}"));
    check_int(run.fault, RULES_FAULT_DEPTH, "a rule in the data that finds itself there ends at the depth");
    arena_free(arena);
}

static void json_is_read_as_javascript_reads_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *result, *why; /* NULL: refused */
    } rows[] = {
        {" [1 , 2.50,-0, 1e2 ] ", "[1,2.5,0,100]", "white space and numbers"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}", "the last of equal names, at the place of the first"},
        {"1e999", "null", "past a double: infinite, written null"},
        {"\"\\u0041\\n\\/\\ud83d\\ude00\\udc00\"", "\"A\\n/😀\\udc00\"", "escapes; halves that meet are a pair"},
        {"\"\\u0000\"", "\"\\u0000\"", "NUL is a character"},
        {"123456789012345680000", "123456789012345680000", "numbers past 64 bits"},
        {"01", NULL, "a leading zero"},
        {"1.", NULL, "no digit after the point"},
        {".5", NULL, "no digit before it"},
        {"+1", NULL, "a plus"},
        {"[1,]", NULL, "a comma before the end"},
        {"{\"a\":1,}", NULL, "the same in an object"},
        {"{a:1}", NULL, "a name without quotes"},
        {"\"a", NULL, "no end"},
        {"\"\\x\"", NULL, "an escape that JSON hasn't"},
        {"\"\t\"", NULL, "a control character"},
        {"\"\xff\"", NULL, "not UTF-8"},
        {"nul", NULL, "half a word"},
        {"1 2", NULL, "two values"},
        {"", NULL, "nothing"},
        {"NaN", NULL, "no JSON"},
    };
    struct arena *arena = arena_new(1u << 20);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct rules_value value = {0};
        const char *why = NULL;
        enum err err = rules_read(str_from(rows[i].text), arena, &value, &why);
        check_int(err, rows[i].result ? ERR_OK : ERR_MALFORMED, rows[i].why);
        if (rows[i].result)
            check_text(written(arena, value), rows[i].result, rows[i].why);
    }
    arena_free(arena);
}

/* xorshift64: the same texts every time. */
static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Rules of random pieces, often cut or changed by a byte: whatever it is, it ends, with a value, a fault or a refusal. */
static void nothing_read_from_outside_makes_it_fall(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "{\"var\":",
        "{\"if\":[",
        "{\"map\":[",
        "{\"reduce\":[",
        "{\"cat\":[",
        "{\"substr\":[",
        "{\"missing_some\":[",
        "{\"merge\":[",
        "{\"in\":[",
        "{\"==\":[",
        "{\"<\":[",
        "{\"+\":[",
        "{\"*\":[",
        "{\"and\":[",
        "{\"all\":[",
        "\"a.b\"",
        "\"length\"",
        "\"\\ud83d\"",
        "\"0\"",
        "1e308",
        "-0",
        "null",
        "true",
        "[",
        "]",
        "]}",
        "}",
        ",",
        "{}",
        "[]",
        "\"\"",
        "\"current\"",
        "{\"a\":1,",
        "\"b\":",
        "-5",
        "\"\xd8\xaa\"",
    };
    static const char data[] = "{\"a\":{\"b\":[1,\"x\",null]},\"l\":[1,2,{\"var\":\"l\"}],\"s\":\"\\ud83d\\ude00\",\"length\":3}";
    struct arena *arena = arena_new(4u << 20);
    uint64_t seed = 20261124;
    for (int round = 0; round < 40000; round++) {
        char text[512];
        size_t size = 0;
        for (uint64_t count = 1 + next(&seed) % 14; count > 0; count--) {
            const char *piece = pieces[next(&seed) % ROWS(pieces)];
            size_t length = strlen(piece);
            memcpy(text + size, piece, length);
            size += length;
        }
        while (size < sizeof(text) && next(&seed) % 4) /* close some of what is open */
            text[size++] = "]}"[next(&seed) % 2];
        if (next(&seed) % 8 == 0)
            text[next(&seed) % size] = (char)next(&seed);
        struct rules_value rule = {0};
        const char *why = "";
        struct rules_run run = rules_run_begin(arena, 20000);
        if (rules_read((struct str){text, size}, arena, &rule, &why) == ERR_OK) {
            struct buf out;
            buf_init(&out, arena, 1u << 20);
            rules_write(&out, rules_evaluate(&run, rule, parsed(arena, data)));
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_gives_what_javascript_gives),
        cmocka_unit_test(a_compiled_rule_is_flat_and_interned),
        cmocka_unit_test(a_run_is_bounded),
        cmocka_unit_test(json_is_read_as_javascript_reads_it),
        cmocka_unit_test(nothing_read_from_outside_makes_it_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
