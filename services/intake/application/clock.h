/* The legal clock (law 55-19): when an answer is due, how many days are left, what a pause moves. Days count in Africa/Casablanca; they are calendar
 * days, or working days of a calendar that is data. Pure. */
#ifndef JISR_INTAKE_CLOCK_H
#define JISR_INTAKE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/instant.h"

struct clock_terms {
    int64_t answer_days;     /* to answer a file */
    int64_t complement_days; /* for her to complete it, once asked */
    int64_t draft_days;      /* a draft is kept; 0: until the call closes */
    bool working;            /* working days count, not calendar days */
    unsigned weekend;        /* bits: 1 Monday … 64 Sunday */
    const int64_t *holidays; /* days since 1970-01-01, ascending */
    size_t holiday_count;
};

/* The end of the last of `days` days that count after the day of `from`: midnight. 0 days: the end of that day. */
instant_us clock_due(const struct clock_terms *terms, instant_us from, int64_t days);
/* How many days that count are still to come after today until the last one: 0 on the last day itself, negative past it. */
int64_t clock_days_left(const struct clock_terms *terms, instant_us now, instant_us due_at);
/* When the answer is due once the clock runs again at `now`: what was left at the pause is left now. What was overdue already stays so. */
instant_us clock_resume(const struct clock_terms *terms, instant_us due_at, instant_us paused_since, instant_us now);

#endif
