/* Calls as data: what keeps one from being published, and the answers to the fields that it adds. */
#include "support/check.h"

#include "json/wire.h"
#include "services/intake/calls/call_document.h"
#include "services/intake/calls/rulesets.h"
#include "services/intake/application/messages.h"
#include "services/intake/application/validate_parts.h"

#define T "{\"ar\":\"ن\",\"fr\":\"t\",\"en\":\"t\"}"
#define PROVINCES "\"provinces\":[{\"code\":\"XA-AAA\",\"name\":" T ",\"places\":3}]"
#define CLOCK "\"clock\":{\"answer_days\":60,\"complement_days\":15,\"counting\":\"calendar\"}"
#define HEAD "\"id\":\"abc\",\"title\":" T ",\"region\":{\"code\":\"XA-01\",\"name\":" T "},"
#define DATES "\"opens_at\":\"2026-01-01T00:00:00Z\",\"closes_at\":\"2027-01-01T00:00:00Z\","
#define CONSENTS "\"consents\":[{\"purpose\":\"processing\",\"version\":\"1\",\"text\":" T "}],"
#define REST "\"shortlisting\":\"automatic\",\"ruleset\":\"r\""
#define CALL(provinces, dates, kinds, consents, clock, more) "{" HEAD provinces "," dates kinds consents clock "," REST more "}"
#define KINDS "\"kinds\":[\"person\"],"
#define WHOLE CALL(PROVINCES, DATES, KINDS, CONSENTS, CLOCK, "")
#define FIELD(rest) ",\"fields\":[{\"id\":\"f\",\"label\":" T "," rest "}]"

static instant_us now(void)
{
    instant_us at = 0;
    assert_true(instant_parse(STR("2026-11-24T12:00:00Z"), &at));
    return at;
}

/* "pointer code, …" */
static struct str shown(const struct violations *violations)
{
    struct buf out;
    struct str text;
    buf_init(&out, violations->arena, 8192);
    for (size_t i = 0; i < violations->count; i++)
        buf_format(&out, "%s%.*s %s", i ? ", " : "", (int)violations->items[i].pointer.size, violations->items[i].pointer.at,
                   violation_slug(violations->items[i].code));
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

static struct str problems(const char *body, const char *published, struct arena *arena)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call_document document, before;
    violations_init(violations, arena);
    assert_int_equal(call_document_decode(str_from(body), arena, &document, violations), ERR_OK);
    if (published)
        assert_int_equal(call_document_decode(str_from(published), arena, &before, violations), ERR_OK);
    call_document_check(&document, published ? &before : NULL, now(), violations);
    return shown(violations);
}

static void what_is_wrong_with_a_call_is_said_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *body, *published, *problems, *why;
    } CASES[] = {
        {WHOLE, NULL, "", "a whole call"},
        {WHOLE, WHOLE, "", "published again as it was"},
        {CALL("\"provinces\":[]", DATES, KINDS, CONSENTS, CLOCK, ""), NULL, "/provinces too-few", "no quota at all"},
        {CALL("\"provinces\":[{\"code\":\"MA-TAO\",\"name\":" T ",\"places\":-1}]", DATES, KINDS, CONSENTS, CLOCK, ""), NULL,
         "/provinces/0/code format, /provinces/0/places format", "a province of another country, and fewer than no places"},
        {CALL("\"provinces\":[{\"code\":\"XA-AAA\",\"name\":" T ",\"places\":1},{\"code\":\"XA-AAA\",\"name\":" T ",\"places\":2}]", DATES, KINDS,
              CONSENTS, CLOCK, ""),
         NULL, "/provinces/1/code duplicate", "a province twice"},
        {CALL("\"provinces\":[{\"code\":\"XA-BBB\",\"name\":" T ",\"places\":1}]", DATES, KINDS, CONSENTS, CLOCK, ""), WHOLE,
         "/provinces not-allowed", "a published province left out"},
        {CALL(PROVINCES, "\"opens_at\":\"2027-01-01T00:00:00Z\",\"closes_at\":\"2026-12-01T00:00:00Z\",", KINDS, CONSENTS, CLOCK, ""), NULL,
         "/closes_at format", "it closes before it opens"},
        {CALL(PROVINCES, "\"opens_at\":\"2025-01-01T00:00:00Z\",\"closes_at\":\"2025-12-01T00:00:00Z\",", KINDS, CONSENTS, CLOCK, ""), NULL,
         "/closes_at format", "it is over"},
        {CALL(PROVINCES, DATES, "\"kinds\":[\"cat\"],", CONSENTS, CLOCK, ""), NULL, "/kinds/0 choice", "no kind of applicant"},
        {CALL(PROVINCES, DATES, KINDS, "\"consents\":[],", CLOCK, ""), NULL, "/consents consent", "the law asks for the processing consent"},
        {CALL(PROVINCES, DATES, KINDS, CONSENTS, "\"clock\":{\"answer_days\":0,\"complement_days\":15,\"counting\":\"working\"}", ""), NULL,
         "/clock/answer_days format, /clock/calendar required", "no days, and working days of no calendar"},
        {CALL(PROVINCES, DATES, KINDS, CONSENTS, "\"clock\":{\"answer_days\":90,\"complement_days\":20,\"counting\":\"calendar\"}", ""), WHOLE,
         "/clock/answer_days not-allowed", "a receipt has promised 60 days; the time for complements may change"},
        {CALL(PROVINCES, DATES, KINDS, CONSENTS, CLOCK, FIELD("\"type\":\"colour\"")), NULL, "/fields/0/type choice", "no type"},
        {CALL(PROVINCES, DATES, KINDS, CONSENTS, CLOCK, FIELD("\"type\":\"choice\"")), NULL, "/fields/0/choices not-allowed", "nothing to choose"},
        {CALL(PROVINCES, DATES, KINDS, CONSENTS, CLOCK, FIELD("\"type\":\"integer\",\"min\":5,\"max\":4")), NULL, "/fields/0/max format",
         "no number fits"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct arena *arena = arena_new((size_t)4 << 20);
        check_text(problems(CASES[i].body, CASES[i].published, arena), CASES[i].problems, CASES[i].why);
        arena_free(arena);
    }
}

static struct str judged(const char *extra, const char *fields, struct arena *arena)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call_terms terms = {0};
    struct form form;
    violations_init(violations, arena);
    assert_int_equal(call_fields_read(str_from(fields), arena, &terms), ERR_OK);
    struct str body = str_format(arena, "{\"call\":\"c\",\"kind\":\"person\",\"extra\":%s}", extra);
    enum err err = form_decode(body, arena, &form, violations);
    assert_true(err == ERR_OK || err == ERR_INVALID);
    struct judge judge = {violations, {2026, 11, 24}};
    if (err == ERR_OK)
        judge_extra(&judge, &form, &terms);
    return shown(violations);
}

static void answers_to_added_fields_are_typed_and_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *field, *extra, *problems, *why;
    } CASES[] = {
        {"\"type\":\"yes-no\",\"required\":true", "{\"f\":false}", "", "no is an answer"},
        {"\"type\":\"yes-no\",\"required\":true", "{}", "/extra/f required", "none given"},
        {"\"type\":\"yes-no\",\"required\":true", "null", "/extra/f required", "nothing given at all"},
        {"\"type\":\"yes-no\"", "{\"f\":\"yes\"}", "/extra/f type", "a text is no yes"},
        {"\"type\":\"integer\",\"min\":1,\"max\":9", "{\"f\":9}", "", "the bound itself"},
        {"\"type\":\"integer\",\"min\":1,\"max\":9", "{\"f\":10}", "/extra/f too-large", "past it"},
        {"\"type\":\"integer\",\"min\":1,\"max\":9", "{\"f\":0}", "/extra/f too-small", "below it"},
        {"\"type\":\"integer\"", "{\"f\":1e300}", "/extra/f type", "no whole number that can be kept"},
        {"\"type\":\"money\"", "{\"f\":-1}", "/extra/f too-small", "money is not owed"},
        {"\"type\":\"date\"", "{\"f\":\"2026-02-30\"}", "/extra/f date", "no such day"},
        {"\"type\":\"text\",\"min\":2,\"max\":3", "{\"f\":\"ننن\"}", "", "length counts characters, not bytes"},
        {"\"type\":\"text\",\"min\":2,\"max\":3", "{\"f\":\"n\"}", "/extra/f too-short", "too short"},
        {"\"type\":\"text\"", "{\"f\":[]}", "/extra/f type", "a list"},
        {"\"type\":\"choice\",\"choices\":[{\"id\":\"a\"},{\"id\":\"b\"}]", "{\"f\":\"b\"}", "", "one of them"},
        {"\"type\":\"choice\",\"choices\":[{\"id\":\"a\"},{\"id\":\"b\"}]", "{\"f\":\"c\"}", "/extra/f choice", "none of them"},
        {"\"type\":\"text\",\"kinds\":[\"cooperative\"],\"required\":true", "{}", "", "asked of cooperatives alone"},
        {"\"type\":\"text\",\"kinds\":[\"cooperative\"]", "{\"f\":\"x\"}", "/extra/f unknown-field", "answered by a person"},
        {"\"type\":\"text\"", "{\"g\":\"x\"}", "/extra/g unknown-field", "a field that the call does not have"},
        {"\"type\":\"text\"", "{\"g~/h\":\"x\"}", "/extra/g~0~1h unknown-field", "its name as a pointer has it"},
        {"\"type\":\"text\"", "[1]", "/extra type", "no object"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct arena *arena = arena_new((size_t)4 << 20);
        struct str fields = str_format(arena, "[{\"id\":\"f\",%s}]", CASES[i].field);
        check_text(judged(CASES[i].extra, fields.at, arena), CASES[i].problems, CASES[i].why);
        arena_free(arena);
    }
}

static void a_ruleset_is_one_that_eligibility_is_built_with(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        bool known;
        const char *why;
    } CASES[] = {
        {"fes-meknes-2026", true, "a file of proto/rulesets has this id"},
        {"fes-meknes-2027", false, "no file has it"},
        {"fes-meknes", false, "the beginning of one is not one"},
        {"", false, "nothing is none"},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if (ruleset_is_known(str_from(CASES[i].id), arena) != CASES[i].known)
            fail_msg("%s: %s", CASES[i].id, CASES[i].why);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ruleset_is_one_that_eligibility_is_built_with),
        cmocka_unit_test(what_is_wrong_with_a_call_is_said_with_its_place),
        cmocka_unit_test(answers_to_added_fields_are_typed_and_bounded),
    };
    json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
