/* What is wrong with a document, in three languages. */
#include "support/check.h"

#include "base/violation.h"

static void every_violation_has_a_slug_and_a_text_in_each_language(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1024 * 1024);
    for (int code = 0; code < VIOLATION_COUNT; code++) {
        struct violation violation = {STR("/x"), (enum violation_code)code, STR("<detail>")};
        struct str ar = violation_text(arena, &violation, LANGUAGE_AR), fr = violation_text(arena, &violation, LANGUAGE_FR);
        struct str en = violation_text(arena, &violation, LANGUAGE_EN);
        const char *slug = violation_slug((enum violation_code)code);
        check(*slug && !str_empty(ar) && !str_empty(fr) && !str_empty(en), slug);
        check(!str_equal(fr, en) && !str_equal(ar, en), slug);
        check_int(strstr(ar.at, "<detail>") != NULL, strstr(en.at, "<detail>") != NULL, slug);
        check_int(strstr(fr.at, "<detail>") != NULL, strstr(en.at, "<detail>") != NULL, slug);
        check(!strstr(ar.at, "%s") && !strstr(fr.at, "%s") && !strstr(en.at, "%s"), slug);
        for (int earlier = 0; earlier < code; earlier++)
            check(strcmp(slug, violation_slug((enum violation_code)earlier)) != 0, slug);
    }
    arena_free(arena);
}

static void what_is_expected_is_told_in_the_readers_language(void **state)
{
    static const struct {
        const char *given, *fr, *ar, *why;
    } CASES[] = {
        {"15 digits", "15 chiffres", "15 رقما", "in words"},
        {"1 … 200", "1 … 200", "1 … 200", "numbers are the same everywhere"},
        {"Private-Use (RFC 1918)", "adresse privée (RFC 1918)", "عنوان خاص (RFC 1918)", "the kind, and where it is written"},
        {"JSON (the end is missing, line 2, column 10)", "JSON (il manque la fin, ligne 2, colonne 10)", "JSON (النهاية ناقصة، السطر 2، العمود 10)",
         "part by part"},
        {"JSON (nested too deep)", "JSON (imbriqué trop profondément)", "JSON (تداخل أعمق من اللازم)", "one part"},
        {"x (y, z)", "x (y, z)", "x (y، z)", "what is not known stays"},
    };
    (void)state;
    struct arena *arena = arena_new(64 * 1024);
    for (size_t i = 0; i < ROWS(CASES); i++) {
        check_text(violation_detail(str_from(CASES[i].given), LANGUAGE_EN, arena), CASES[i].given, "as it was given");
        check_text(violation_detail(str_from(CASES[i].given), LANGUAGE_FR, arena), CASES[i].fr, CASES[i].why);
        check_text(violation_detail(str_from(CASES[i].given), LANGUAGE_AR, arena), CASES[i].ar, CASES[i].why);
    }
    arena_free(arena);
}

static void groups_of_digits_keep_their_order_in_an_arabic_sentence(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 * 1024);
    const struct violation digits = {STR("/phone"), VIOLATION_FORMAT, STR("06 12")}, words = {STR("/ice"), VIOLATION_FORMAT, STR("15 digits")};
    check(strstr(violation_text(arena, &digits, LANGUAGE_AR).at, "\xe2\x81\xa6"
                                                                 "06 12"
                                                                 "\xe2\x81\xa9"),
          "isolated: they run from left to right");
    check(strstr(violation_text(arena, &digits, LANGUAGE_FR).at, ": 06 12."), "as it is in French");
    check(!strstr(violation_text(arena, &words, LANGUAGE_AR).at, "\xe2\x81\xa6"), "words in Arabic need nothing");
    arena_free(arena);
}

static void a_list_of_violations_is_bounded_and_says_so(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1024 * 1024);
    struct violations violations;
    char pointer[] = "/a";
    violations_init(&violations, arena);
    for (int i = 0; i < VIOLATIONS_MAX + 5; i++)
        violations_add(&violations, str_from(pointer), VIOLATION_REQUIRED, NULL);
    pointer[1] = 'b';
    check_int(violations.count, VIOLATIONS_MAX, "a bounded list");
    check_int(violations.more, 5, "and how many more there are");
    check_text(violations.items[0].pointer, "/a", "the pointer was copied");
    arena_free(arena);
}

static void the_language_is_the_one_asked_for_or_arabic(void **state)
{
    static const struct {
        const char *header;
        enum language language;
        const char *why;
    } CASES[] = {
        {"", LANGUAGE_AR, "nothing asked for"},
        {"fr", LANGUAGE_FR, "one language"},
        {"fr-MA", LANGUAGE_FR, "one of a country"},
        {"FR-fr", LANGUAGE_FR, "case does not matter"},
        {"en-GB,en;q=0.9,fr;q=0.8", LANGUAGE_EN, "the first"},
        {"fr;q=0.3, en;q=0.8", LANGUAGE_EN, "the better quality"},
        {"de, fr;q=0.5", LANGUAGE_FR, "the one we have"},
        {"de", LANGUAGE_AR, "none that we have"},
        {"*", LANGUAGE_AR, "whatever we like"},
        {"ar;q=0, *;q=0.5", LANGUAGE_FR, "anything but Arabic"},
        {"fr;q=0", LANGUAGE_AR, "not French"},
        {"fr;q=2, en", LANGUAGE_EN, "a quality beyond 1 can't be read"},
        {"french", LANGUAGE_AR, "a longer word is another language"},
        {",,;q=1,", LANGUAGE_AR, "nonsense"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_text(str_from(language_code(language_choose(str_from(CASES[i].header)))), language_code(CASES[i].language), CASES[i].why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_violation_has_a_slug_and_a_text_in_each_language),
        cmocka_unit_test(what_is_expected_is_told_in_the_readers_language),
        cmocka_unit_test(groups_of_digits_keep_their_order_in_an_arabic_sentence),
        cmocka_unit_test(a_list_of_violations_is_bounded_and_says_so),
        cmocka_unit_test(the_language_is_the_one_asked_for_or_arabic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
