#include "base/instant.h"

/* The spans in which Morocco's clocks showed UTC until it kept UTC for good; at all other times before that they showed UTC+1. Each begins and ends
 * at 02:00 UTC of the days given. Until October 2018 they are the winters and the Ramadans of summer time; since decree 2-18-855 (28 October 2018)
 * they are the Ramadans, from the Sunday before to the Sunday after. On 20 September 2026 UTC+1 ended, and Ramadan moves no clock any more. Source:
 * tzdata 2026f (the end of UTC+1 is in it since 2026c), zone Africa/Casablanca, as `zdump -v -c 2017,2100` prints it. The pages have the same in
 * services/intake/web/clock.js. */
static const struct span {
    struct date from, to;
} UTC_SPANS[] = {
    /* clang-format off */
    {{2017, 10, 29}, {2018, 3, 25}}, {{2018, 5, 13}, {2018, 6, 17}}, {{2019, 5, 5}, {2019, 6, 9}},
    {{2020, 4, 19}, {2020, 5, 31}}, {{2021, 4, 11}, {2021, 5, 16}}, {{2022, 3, 27}, {2022, 5, 8}},
    {{2023, 3, 19}, {2023, 4, 23}}, {{2024, 3, 10}, {2024, 4, 14}}, {{2025, 2, 23}, {2025, 4, 6}},
    {{2026, 2, 15}, {2026, 3, 22}},
    /* clang-format on */
};

#define SPAN_COUNT (sizeof(UTC_SPANS) / sizeof(UTC_SPANS[0]))

static const struct date UTC_FOR_GOOD = {2026, 9, 20};

static instant_us switch_at(struct date date, int hour)
{
    return date_to_days(date) * INSTANT_DAY + hour * (3600 * INSTANT_SECOND);
}

int instant_casablanca_offset_s(instant_us at)
{
    if (at >= switch_at(UTC_FOR_GOOD, 1))
        return 0;
    for (size_t i = 0; i < SPAN_COUNT; i++)
        if (at >= switch_at(UTC_SPANS[i].from, 2) && at < switch_at(UTC_SPANS[i].to, 2))
            return 0;
    return 3600;
}

static int64_t casablanca_days(instant_us at)
{
    instant_us local = at + instant_casablanca_offset_s(at) * INSTANT_SECOND;
    return local / INSTANT_DAY - (local % INSTANT_DAY < 0);
}

struct date instant_casablanca_date(instant_us at)
{
    return date_from_days(casablanca_days(at));
}

instant_us instant_deadline(instant_us at, int days)
{
    instant_us local_midnight = (casablanca_days(at) + days + 1) * INSTANT_DAY;
    /* Clocks changed at 01:00 or 02:00 UTC, never around midnight, so the offset an hour before or after is the one that holds. */
    return local_midnight - instant_casablanca_offset_s(local_midnight - 3600 * INSTANT_SECOND) * INSTANT_SECOND;
}
