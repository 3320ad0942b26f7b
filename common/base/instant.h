/* Points in time and plain dates. An instant is microseconds since 1970-01-01T00:00:00Z, without leap seconds (as PostgreSQL counts).
 * Text is RFC 3339 in UTC. Days and deadlines count in Africa/Casablanca: UTC since 20 September 2026, before that UTC+1 but in Ramadan. Pure. */
#ifndef JISR_BASE_INSTANT_H
#define JISR_BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define INSTANT_SECOND INT64_C(1000000)
#define INSTANT_MINUTE (60 * INSTANT_SECOND)
#define INSTANT_DAY (INT64_C(86400) * INSTANT_SECOND)
#define INSTANT_NEVER INT64_MIN /* "null": no such time */

typedef int64_t instant_us; /* microseconds since the epoch */

struct date {
    int32_t year; /* 1..9999; 0 = no date */
    int32_t month, day;
};

#define INSTANT_TEXT_SIZE 27 /* 2026-11-24T06:16:17.123456Z */

void instant_format(instant_us at, char ret_text[INSTANT_TEXT_SIZE + 1]); /* milliseconds: 2026-11-24T06:16:17.123Z */
struct str instant_text(struct arena *arena, instant_us at);
bool instant_parse(struct str text, instant_us *ret_at); /* RFC 3339, any offset, up to 9 decimals (cut to 6) */

bool date_parse(struct str text, struct date *ret_date); /* YYYY-MM-DD that exists */
struct str date_text(struct arena *arena, struct date date);
int date_compare(struct date a, struct date b);
int64_t date_to_days(struct date date); /* days since 1970-01-01 */
struct date date_from_days(int64_t days);
/* Full years between two dates: 29 February counts on 1 March in other years. */
int date_years_between(struct date from, struct date to);

/* Morocco: UTC+1 all year but UTC in Ramadan (decree 2-18-855). Dates of the switch: tzdata's table, 2018-2087. */
int instant_casablanca_offset_s(instant_us at);
struct date instant_casablanca_date(instant_us at);
/* Midnight at the end of the day that is `days` calendar days after the day of `at`, in Casablanca: when a deadline of so many days runs out. */
instant_us instant_deadline(instant_us at, int days);

#endif
