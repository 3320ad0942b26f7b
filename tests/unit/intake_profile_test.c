/* The groups of the statistics, what the public sees of them, and tables that run nothing on whoever opens them. */
#include "support/check.h"

#include <stdlib.h>

#include "base/csv.h"
#include "services/intake/application/profile.h"

static struct date date(const char *text)
{
    struct date date;
    assert_true(date_parse(str_from(text), &date));
    return date;
}

static void a_woman_is_counted_by_her_milieu_and_her_age_on_the_day_she_applied(void **state)
{
    (void)state;
    static const struct {
        const char *milieu, *born, *on;
        enum milieu group;
        enum age_band band;
        const char *why;
    } CASES[] = {
        {"rural", "1991-04-12", "2026-11-24", MILIEU_RURAL, AGE_35_44, "35 years"},
        {"urban", "2008-11-25", "2026-11-24", MILIEU_URBAN, AGE_UNDER_18, "a day before she is 18"},
        {"urban", "2008-11-24", "2026-11-24", MILIEU_URBAN, AGE_18_24, "on the day"},
        {"", "2001-11-25", "2026-11-24", MILIEU_UNKNOWN, AGE_18_24, "she has not said where she lives; 24 until tomorrow"},
        {"rural", "2001-11-24", "2026-11-24", MILIEU_RURAL, AGE_25_34, "25"},
        {"rural", "1961-11-24", "2026-11-24", MILIEU_RURAL, AGE_65_OVER, "65"},
        {"rural", "1900-01-01", "2026-11-24", MILIEU_RURAL, AGE_65_OVER, "any age above"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct form form = {.kind = KIND_PERSON};
        form.applicant.birth_date = date(CASES[i].born);
        form.applicant.address.milieu = str_from(CASES[i].milieu);
        struct profile profile = profile_of(&form, date(CASES[i].on));
        for (int slot = 0; slot < PROFILE_SLOTS; slot++)
            check_int(profile.women[slot], profile_milieu(slot) == CASES[i].group && profile_age_band(slot) == CASES[i].band, CASES[i].why);
    }
}

static void members_are_counted_one_by_one_where_the_cooperative_is(void **state)
{
    (void)state;
    const struct form_member members[] = {{.birth_date = date("1991-04-12")}, {.birth_date = date("1992-04-12")}, {.birth_date = date("1960-04-12")}};
    struct form form = {.kind = KIND_COOPERATIVE, .cooperative = {.members = members, .member_count = 3}};
    form.applicant.birth_date = date("1991-04-12");
    form.applicant.address.milieu = STR("rural");
    struct profile profile = profile_of(&form, date("2026-11-24"));
    assert_int_equal(profile.women[MILIEU_RURAL * AGE_BAND_COUNT + AGE_25_34], 1);
    assert_int_equal(profile.women[MILIEU_RURAL * AGE_BAND_COUNT + AGE_35_44] + profile.women[MILIEU_RURAL * AGE_BAND_COUNT + AGE_65_OVER], 2);
}

static void a_profile_that_changes_nothing_is_not_written(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct form form = {.kind = KIND_PERSON};
    struct profile profile = profile_of(&form, date("2026-11-24")), same = profile;
    struct buf out;
    struct str text;
    buf_init(&out, arena, 1000);
    assert_true(profile_text(&profile, &out));
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    check_text(text, "{1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}", "an array of PostgreSQL");
    profile_add(&profile, &same, -1);
    assert_false(profile_text(&profile, &out));
    arena_free(arena);
}

/* All that somebody outside knows: the exact total, and what is shown of each group. Between which bounds must a group lie, then? */
static void no_group_below_the_step_can_be_had_from_what_is_shown_and_an_exact_total(void **state)
{
    (void)state;
    srandom(1);
    for (int round = 0; round < 20000; round++) {
        int64_t women[PROFILE_SLOTS], total = 0, shown = 0;
        for (int slot = 0; slot < PROFILE_SLOTS; slot++) {
            women[slot] = random() % 3 == 0 ? random() % (round % 40 + 1) : 0;
            total += women[slot];
            shown += profile_shown(women[slot]);
        }
        int64_t hidden = total - shown; /* of all groups together */
        for (int slot = 0; slot < PROFILE_SLOTS; slot++) {
            int64_t rest = PROFILE_STEP - 1 < hidden ? PROFILE_STEP - 1 : hidden; /* the most that this one may hide */
            int64_t others = (PROFILE_SLOTS - 1) * (PROFILE_STEP - 1);
            int64_t least = hidden > others ? hidden - others : 0;
            bool small = women[slot] > 0 && women[slot] < PROFILE_STEP;
            check(!small || rest > least, "more than one number fits");
            check(profile_shown(women[slot]) == 0 || profile_shown(women[slot]) >= PROFILE_STEP, "nothing small is shown");
        }
    }
}

static void what_a_spreadsheet_would_run_is_text_in_our_tables(void **state)
{
    (void)state;
    static const struct {
        const char *field, *line, *why;
    } CASES[] = {
        {"MA-TAO", "MA-TAO", "a code"},
        {"25-34", "25-34", "a band is no formula"},
        {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"", "a formula"},
        {"+1", "'+1", "the old spelling of one"},
        {"-1", "'-1", "another"},
        {"@SUM(A1)", "'@SUM(A1)", "and another"},
        {"\tx", "'\tx", "a tab hides one"},
        {"a,b", "\"a,b\"", "the separator"},
        {"", "", "nothing"},
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct buf out;
        struct str text;
        buf_init(&out, arena, 1000);
        csv_add(&out, str_from(CASES[i].field));
        assert_int_equal(buf_done(&out, &text), ERR_OK);
        check_text(text, CASES[i].line, CASES[i].why);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_woman_is_counted_by_her_milieu_and_her_age_on_the_day_she_applied),
        cmocka_unit_test(members_are_counted_one_by_one_where_the_cooperative_is),
        cmocka_unit_test(a_profile_that_changes_nothing_is_not_written),
        cmocka_unit_test(no_group_below_the_step_can_be_had_from_what_is_shown_and_an_exact_total),
        cmocka_unit_test(what_a_spreadsheet_would_run_is_text_in_our_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
