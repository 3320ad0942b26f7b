/* Problem details: every error has its text in three languages, and what it lists is readable JSON. */
#include "support/check.h"

#include "http/problem.h"
#include "json/wire.h"

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

static const struct json_value *parsed(struct str text, const char *why)
{
    const struct json_value *document = NULL;
    check_int(json_parse(text, arena, &document), ERR_OK, why);
    return document;
}

static void every_error_has_a_title_in_each_language(void **state)
{
    (void)state;
    for (int err = 0; err < ERR_COUNT; err++) {
        const struct err_info *info = err_info((enum err)err);
        struct str titles[LANGUAGE_COUNT];
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            const struct json_value *problem = parsed(problem_text(arena, (enum err)err, (enum language)language, (struct str){0}, NULL), info->name);
            titles[language] = json_member(problem, STR("title"))->string;
            check(!str_empty(titles[language]), info->name);
            check_int((int)json_member(problem, STR("status"))->number, info->http_status, info->name);
            check(str_starts(json_member(problem, STR("type"))->string, STR("urn:jisr:problem:")), info->name);
            check(str_ends(json_member(problem, STR("type"))->string, str_from(info->slug)), info->name);
            check(!json_member(problem, STR("detail")), info->name);
            check((json_member(problem, STR("errors")) != NULL) == (info->http_status == 422), info->name);
        }
        check(!str_equal(titles[LANGUAGE_AR], titles[LANGUAGE_FR]) && !str_equal(titles[LANGUAGE_FR], titles[LANGUAGE_EN]), info->name);
    }
}

static void an_invalid_document_lists_what_is_wrong_with_it(void **state)
{
    (void)state;
    struct violations violations;
    violations_init(&violations, arena);
    violations_add(&violations, STR("/applicant/name/ar"), VIOLATION_REQUIRED, NULL);
    violations_add(&violations, STR("/a~1b\"c"), VIOLATION_TOO_LONG, "5");
    check_text(problem_text(arena, ERR_INVALID, LANGUAGE_EN, STR("two \"things\""), &violations),
               "{\"type\":\"urn:jisr:problem:invalid\",\"title\":\"Some of it needs correcting\",\"status\":422,\"detail\":\"two \\\"things\\\"\","
               "\"errors\":[{\"pointer\":\"/applicant/name/ar\",\"code\":\"required\",\"message\":\"This field is required.\"},"
               "{\"pointer\":\"/a~1b\\\"c\",\"code\":\"too-long\",\"message\":\"Too long: at most 5.\"}]}",
               "pointers and details are escaped");
}

static void a_full_list_fits(void **state)
{
    (void)state;
    struct violations violations;
    violations_init(&violations, arena);
    for (int i = 0; i < VIOLATIONS_MAX + 5; i++)
        violations_add(&violations, str_format(arena, "/members/%d/identity/number", i), VIOLATION_FORMAT, "letters and digits");
    const struct json_value *problem = parsed(problem_text(arena, ERR_INVALID, LANGUAGE_AR, (struct str){0}, &violations), "64 errors");
    check_int(json_member(problem, STR("errors"))->count, VIOLATIONS_MAX, "all that are kept are listed");
}

static void without_memory_there_is_still_a_problem(void **state)
{
    (void)state;
    struct arena *tiny = arena_new(64);
    struct str text = problem_text(tiny, ERR_INVALID, LANGUAGE_EN, (struct str){0}, NULL);
    check_int((int)json_member(parsed(text, "static"), STR("status"))->number, 503, "status of the static text");
    arena_free(tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_title_in_each_language),
        cmocka_unit_test(an_invalid_document_lists_what_is_wrong_with_it),
        cmocka_unit_test(a_full_list_fits),
        cmocka_unit_test(without_memory_there_is_still_a_problem),
    };
    json_setup();
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
