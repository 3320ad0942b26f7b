#include "base/instant.h"

/* The spans in which Morocco's clocks show UTC; all others show UTC+1. Each begins and ends at 02:00 UTC of the days given.
 * Source: tzdata 2025b, zone Africa/Casablanca, as `zdump -v -c 2017,2088` prints it. Until October 2018 they are the winters and the Ramadans of
 * summer time; since decree 2-18-855 (28 October 2018) they are the Ramadans, from the Sunday before to the Sunday after, predicted by tzdata up to
 * 2087. */
static const struct span {
    struct date from, to;
} UTC_SPANS[] = {
    /* clang-format off */
    {{2017, 10, 29}, {2018, 3, 25}}, {{2018, 5, 13}, {2018, 6, 17}}, {{2019, 5, 5}, {2019, 6, 9}},
    {{2020, 4, 19}, {2020, 5, 31}}, {{2021, 4, 11}, {2021, 5, 16}}, {{2022, 3, 27}, {2022, 5, 8}},
    {{2023, 3, 19}, {2023, 4, 23}}, {{2024, 3, 10}, {2024, 4, 14}}, {{2025, 2, 23}, {2025, 4, 6}},
    {{2026, 2, 15}, {2026, 3, 22}}, {{2027, 2, 7}, {2027, 3, 14}}, {{2028, 1, 23}, {2028, 3, 5}},
    {{2029, 1, 14}, {2029, 2, 18}}, {{2029, 12, 30}, {2030, 2, 10}}, {{2030, 12, 22}, {2031, 1, 26}},
    {{2031, 12, 14}, {2032, 1, 18}}, {{2032, 11, 28}, {2033, 1, 9}}, {{2033, 11, 20}, {2033, 12, 25}},
    {{2034, 11, 5}, {2034, 12, 17}}, {{2035, 10, 28}, {2035, 12, 9}}, {{2036, 10, 19}, {2036, 11, 23}},
    {{2037, 10, 4}, {2037, 11, 15}}, {{2038, 9, 26}, {2038, 10, 31}}, {{2039, 9, 18}, {2039, 10, 23}},
    {{2040, 9, 2}, {2040, 10, 14}}, {{2041, 8, 25}, {2041, 9, 29}}, {{2042, 8, 10}, {2042, 9, 21}},
    {{2043, 8, 2}, {2043, 9, 13}}, {{2044, 7, 24}, {2044, 8, 28}}, {{2045, 7, 9}, {2045, 8, 20}},
    {{2046, 7, 1}, {2046, 8, 5}}, {{2047, 6, 23}, {2047, 7, 28}}, {{2048, 6, 7}, {2048, 7, 19}},
    {{2049, 5, 30}, {2049, 7, 4}}, {{2050, 5, 15}, {2050, 6, 26}}, {{2051, 5, 7}, {2051, 6, 18}},
    {{2052, 4, 28}, {2052, 6, 2}}, {{2053, 4, 13}, {2053, 5, 25}}, {{2054, 4, 5}, {2054, 5, 10}},
    {{2055, 3, 28}, {2055, 5, 2}}, {{2056, 3, 12}, {2056, 4, 23}}, {{2057, 3, 4}, {2057, 4, 8}},
    {{2058, 2, 17}, {2058, 3, 31}}, {{2059, 2, 9}, {2059, 3, 23}}, {{2060, 2, 1}, {2060, 3, 7}},
    {{2061, 1, 16}, {2061, 2, 27}}, {{2062, 1, 8}, {2062, 2, 12}}, {{2062, 12, 31}, {2063, 2, 4}},
    {{2063, 12, 16}, {2064, 1, 27}}, {{2064, 12, 7}, {2065, 1, 11}}, {{2065, 11, 22}, {2066, 1, 3}},
    {{2066, 11, 14}, {2066, 12, 26}}, {{2067, 11, 6}, {2067, 12, 11}}, {{2068, 10, 21}, {2068, 12, 2}},
    {{2069, 10, 13}, {2069, 11, 17}}, {{2070, 10, 5}, {2070, 11, 9}}, {{2071, 9, 20}, {2071, 11, 1}},
    {{2072, 9, 11}, {2072, 10, 16}}, {{2073, 8, 27}, {2073, 10, 8}}, {{2074, 8, 19}, {2074, 9, 30}},
    {{2075, 8, 11}, {2075, 9, 15}}, {{2076, 7, 26}, {2076, 9, 6}}, {{2077, 7, 18}, {2077, 8, 22}},
    {{2078, 7, 10}, {2078, 8, 14}}, {{2079, 6, 25}, {2079, 8, 6}}, {{2080, 6, 16}, {2080, 7, 21}},
    {{2081, 6, 1}, {2081, 7, 13}}, {{2082, 5, 24}, {2082, 6, 28}}, {{2083, 5, 16}, {2083, 6, 20}},
    {{2084, 4, 30}, {2084, 6, 11}}, {{2085, 4, 22}, {2085, 5, 27}}, {{2086, 4, 14}, {2086, 5, 19}},
    {{2087, 3, 30}, {2087, 5, 11}},
    /* clang-format on */
};

#define SPAN_COUNT (sizeof(UTC_SPANS) / sizeof(UTC_SPANS[0]))

static instant_us switch_at(struct date date)
{
    return date_to_days(date) * INSTANT_DAY + 7200 * INSTANT_SECOND;
}

int instant_casablanca_offset_s(instant_us at)
{
    size_t first = 0, end = SPAN_COUNT; /* the first span that ends after `at` */
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (switch_at(UTC_SPANS[middle].to) > at)
            end = middle;
        else
            first = middle + 1;
    }
    return first < SPAN_COUNT && at >= switch_at(UTC_SPANS[first].from) ? 0 : 3600;
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
    /* Clocks change at 02:00 UTC, never around midnight, so the offset an hour before or after is the one that holds. */
    return local_midnight - instant_casablanca_offset_s(local_midnight - 3600 * INSTANT_SECOND) * INSTANT_SECOND;
}
