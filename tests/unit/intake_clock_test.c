/* The legal clock: when an answer is due, and what a pause does. */
#include "support/check.h"

#include "services/intake/application/clock.h"

static instant_us at(const char *text)
{
    instant_us instant;
    assert_true(instant_parse(str_from(text), &instant));
    return instant;
}

static int64_t day(const char *text)
{
    struct date date;
    assert_true(date_parse(str_from(text), &date));
    return date_to_days(date);
}

#define SATURDAY_AND_SUNDAY (32u | 64u)

static void an_answer_is_due_after_so_many_days_that_count(void **state)
{
    (void)state;
    const int64_t holidays[] = {day("2026-11-06"), day("2026-11-18")};
    const struct {
        bool working;
        unsigned weekend;
        const char *from;
        int64_t days;
        const char *due, *why;
    } CASES[] = {
        {false, 0, "2026-11-02T09:00:00Z", 60, "2027-01-02T00:00:00Z", "calendar days: the end of the sixtieth day, in Casablanca"},
        {false, 0, "2026-11-02T23:59:59Z", 1, "2026-11-04T00:00:00Z", "the last second of a day in Casablanca"},
        {true, SATURDAY_AND_SUNDAY, "2026-11-02T09:00:00Z", 3, "2026-11-06T00:00:00Z", "Monday and three days"},
        {true, SATURDAY_AND_SUNDAY, "2026-11-02T09:00:00Z", 4, "2026-11-10T00:00:00Z", "Friday is a feast, then the weekend"},
        {true, SATURDAY_AND_SUNDAY, "2026-11-07T09:00:00Z", 1, "2026-11-10T00:00:00Z", "sent on a Saturday"},
        {true, 16u | 32u, "2026-11-11T09:00:00Z", 2, "2026-11-16T00:00:00Z", "where Friday and Saturday are the weekend: Thursday, then Sunday"},
        {true, 127u, "2026-11-02T09:00:00Z", 5, "2026-11-08T00:00:00Z", "a calendar without a working day counts all of them"},
        {false, 0, "2026-11-02T09:00:00Z", 0, "2026-11-03T00:00:00Z", "today"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct clock_terms terms = {.working = CASES[i].working, .weekend = CASES[i].weekend, .holidays = holidays, .holiday_count = 2};
        instant_us due = clock_due(&terms, at(CASES[i].from), CASES[i].days);
        check_int(due, at(CASES[i].due), CASES[i].why);
        if (CASES[i].weekend != 127u)
            check_int(clock_days_left(&terms, at(CASES[i].from), due), CASES[i].days, CASES[i].why);
    }
}

static void days_left_fall_to_nought_on_the_last_day_and_below_it_after(void **state)
{
    (void)state;
    const struct clock_terms calendar = {0}, working = {.working = true, .weekend = SATURDAY_AND_SUNDAY};
    const struct {
        const struct clock_terms *terms;
        const char *now;
        int64_t left;
        const char *why;
    } CASES[] = {
        {&calendar, "2026-11-10T12:00:00Z", 3, "Tuesday, due on Friday"},
        {&calendar, "2026-11-13T23:59:59Z", 0, "the last second of the last day"},
        {&calendar, "2026-11-14T00:00:00Z", -1, "a second later"},
        {&working, "2026-11-16T12:00:00Z", -1, "the weekend did not count against anybody"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(clock_days_left(CASES[i].terms, at(CASES[i].now), at("2026-11-14T00:00:00Z")), CASES[i].left, CASES[i].why);
}

static void a_pause_leaves_as_many_days_as_were_left(void **state)
{
    (void)state;
    const struct clock_terms calendar = {0}, working = {.working = true, .weekend = SATURDAY_AND_SUNDAY};
    const struct {
        const struct clock_terms *terms;
        const char *due, *paused, *resumed, *due_then, *why;
    } CASES[] = {
        {&calendar, "2027-01-02T00:00:00Z", "2026-11-12T08:00:00Z", "2026-11-22T20:00:00Z", "2027-01-12T00:00:00Z", "ten days later"},
        {&calendar, "2027-01-02T00:00:00Z", "2026-11-12T08:00:00Z", "2026-11-12T09:00:00Z", "2027-01-02T00:00:00Z", "the same day: nothing moves"},
        {&working, "2026-11-14T00:00:00Z", "2026-11-10T08:00:00Z", "2026-11-20T08:00:00Z", "2026-11-26T00:00:00Z",
         "three working days after a Friday"},
        {&calendar, "2026-11-11T00:00:00Z", "2026-11-12T08:00:00Z", "2026-11-22T08:00:00Z", "2026-11-11T00:00:00Z",
         "overdue already: a pause mends nothing"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(clock_resume(CASES[i].terms, at(CASES[i].due), at(CASES[i].paused), at(CASES[i].resumed)), at(CASES[i].due_then), CASES[i].why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_due_after_so_many_days_that_count),
        cmocka_unit_test(days_left_fall_to_nought_on_the_last_day_and_below_it_after),
        cmocka_unit_test(a_pause_leaves_as_many_days_as_were_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
