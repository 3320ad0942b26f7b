#include "clock.h"

static int64_t day_of(instant_us at)
{
    return date_to_days(instant_casablanca_date(at));
}

static bool is_holiday(const struct clock_terms *terms, int64_t day)
{
    size_t low = 0, high = terms->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (terms->holidays[middle] == day)
            return true;
        if (terms->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* 1970-01-01 was a Thursday. */
static bool counts(const struct clock_terms *terms, int64_t day)
{
    unsigned weekday = (unsigned)(((day + 3) % 7 + 7) % 7); /* 0: Monday */
    return !terms->working || (!(terms->weekend & (1u << weekday)) && !is_holiday(terms, day));
}

/* A calendar without a working day would never come to an end. */
static bool is_usable(const struct clock_terms *terms)
{
    return !terms->working || (terms->weekend & 127u) != 127u;
}

instant_us clock_due(const struct clock_terms *terms, instant_us from, int64_t days)
{
    int64_t day = day_of(from), first = day;
    if (!is_usable(terms))
        return instant_deadline(from, (int)days);
    while (days > 0)
        days -= counts(terms, ++day);
    return instant_deadline(from, (int)(day - first));
}

/* Days that count in (after, upto]. */
static int64_t count_between(const struct clock_terms *terms, int64_t after, int64_t upto)
{
    if (!terms->working)
        return upto - after;
    int64_t count = 0;
    for (int64_t day = after + 1; day <= upto; day++)
        count += counts(terms, day);
    return count;
}

int64_t clock_days_left(const struct clock_terms *terms, instant_us now, instant_us due_at)
{
    int64_t today = day_of(now), last = day_of(due_at - 1);
    return today <= last ? count_between(terms, today, last) : -count_between(terms, last, today);
}

instant_us clock_resume(const struct clock_terms *terms, instant_us due_at, instant_us paused_since, instant_us now)
{
    if (paused_since >= due_at)
        return due_at;
    return clock_due(terms, now, clock_days_left(terms, paused_since, due_at));
}
