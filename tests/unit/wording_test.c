/* Days and counts as people read them. */
#include "support/check.h"

#include "base/wording.h"

static struct arena *arena;

static void a_day_is_written_as_it_is_said_in_morocco(void **state)
{
    static const struct {
        struct date date;
        enum language language;
        const char *text, *why;
    } CASES[] = {
        {{2026, 11, 29}, LANGUAGE_AR, "29 نونبر 2026", "not نوفمبر"},
        {{2026, 7, 2}, LANGUAGE_AR, "2 يوليوز 2026", "not يوليو"},
        {{2026, 11, 29}, LANGUAGE_FR, "29 novembre 2026", "no zero, no hyphen"},
        {{2026, 8, 1}, LANGUAGE_FR, "1er août 2026", "the first is an ordinal in French"},
        {{2026, 8, 1}, LANGUAGE_EN, "1 August 2026", "and in no other language"},
        {{2027, 12, 31}, LANGUAGE_EN, "31 December 2027", "the last month"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_text(wording_day(arena, CASES[i].date, CASES[i].language), CASES[i].text, CASES[i].why);
}

static void a_count_has_the_form_of_its_language(void **state)
{
    static const char *const WOMEN[LANGUAGE_COUNT][PLURAL_COUNT] = {
        [LANGUAGE_AR] = {"امرأة واحدة", "امرأتان", "# نساء", "# امرأة مميزة", "# امرأة"},
        [LANGUAGE_FR] = {[PLURAL_ONE] = "# femme", [PLURAL_OTHER] = "# femmes"},
        [LANGUAGE_EN] = {[PLURAL_OTHER] = "# counted"},
    };
    static const struct {
        int64_t count;
        enum language language;
        const char *text, *why;
    } CASES[] = {
        {0, LANGUAGE_AR, "0 امرأة", "none"},
        {1, LANGUAGE_AR, "امرأة واحدة", "one is said without its number"},
        {2, LANGUAGE_AR, "امرأتان", "two have a form of their own"},
        {3, LANGUAGE_AR, "3 نساء", "from three"},
        {10, LANGUAGE_AR, "10 نساء", "to ten the plural"},
        {11, LANGUAGE_AR, "11 امرأة مميزة", "from eleven"},
        {99, LANGUAGE_AR, "99 امرأة مميزة", "to ninety-nine the accusative singular"},
        {100, LANGUAGE_AR, "100 امرأة", "hundreds"},
        {102, LANGUAGE_AR, "102 امرأة", "and two"},
        {103, LANGUAGE_AR, "103 نساء", "the last two digits decide"},
        {0, LANGUAGE_FR, "0 femme", "French counts none as one"},
        {1, LANGUAGE_FR, "1 femme", "one"},
        {2, LANGUAGE_FR, "2 femmes", "more"},
        {1, LANGUAGE_EN, "1 counted", "a gap is filled by the other form"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_text(wording_count(arena, WOMEN[CASES[i].language], CASES[i].count, CASES[i].language), CASES[i].text, CASES[i].why);
    check_int(wording_plural(0, LANGUAGE_EN), PLURAL_OTHER, "English counts none as many");
}

int main(void)
{
    arena = arena_new((size_t)1 << 16);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_written_as_it_is_said_in_morocco),
        cmocka_unit_test(a_count_has_the_form_of_its_language),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
