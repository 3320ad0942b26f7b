#include "base/instant.h"

/* Days and civil dates: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (eras of 400 years, years that begin in March). */
int64_t date_to_days(struct date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct date){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (int32_t)month,
        .day = (int32_t)(day_of_year - (153 * march_month + 2) / 5 + 1),
    };
}

/* `count` digits and nothing else; -1 otherwise. */
static int32_t digits(const char *at, int count)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

bool date_parse(struct str text, struct date *ret_date)
{
    if (text.size != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    struct date date = {digits(text.at, 4), digits(text.at + 5, 2), digits(text.at + 8, 2)};
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31)
        return false;
    if (date_compare(date_from_days(date_to_days(date)), date) != 0) /* 31 April becomes 1 May */
        return false;
    *ret_date = date;
    return true;
}

struct str date_text(struct arena *arena, struct date date)
{
    return str_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

int date_years_between(struct date from, struct date to)
{
    bool before_birthday = to.month < from.month || (to.month == from.month && to.day < from.day);
    return to.year - from.year - before_birthday;
}
