/* Instants, dates and Morocco's clock. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/instant.h"

static void instants_are_read_as_rfc_3339(void **state)
{
    static const struct {
        const char *text, *utc, *why; /* utc NULL: refused */
    } CASES[] = {
        {"2026-11-24T06:16:17Z", "2026-11-24T06:16:17.000Z", "UTC"},
        {"2026-11-24T06:16:17.123456Z", "2026-11-24T06:16:17.123Z", "printed in milliseconds"},
        {"2026-11-24T06:16:17.9Z", "2026-11-24T06:16:17.900Z", "one decimal"},
        {"2026-11-24T06:16:17.123456789Z", "2026-11-24T06:16:17.123Z", "nine decimals"},
        {"2026-11-24t06:16:17z", "2026-11-24T06:16:17.000Z", "lower case is allowed"},
        {"2026-11-24 06:16:17Z", "2026-11-24T06:16:17.000Z", "so is a space"},
        {"2026-11-24T00:30:00+01:00", "2026-11-23T23:30:00.000Z", "an offset that changes the day"},
        {"2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z", "or the year"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z", "a leap second is the next second"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", "before the epoch"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "the first"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z", "the last"},
        {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z", "a leap day"},
        {"2023-02-29T12:00:00Z", NULL, "no such day"},
        {"2026-11-24T06:16:17", NULL, "an offset is needed"},
        {"2026-11-24T06:16Z", NULL, "so are seconds"},
        {"2026-11-24T24:00:00Z", NULL, "no such hour"},
        {"2026-11-24T06:60:00Z", NULL, "no such minute"},
        {"2026-11-24T06:16:61Z", NULL, "no such second"},
        {"2026-11-24T06:16:17.Z", NULL, "a point without decimals"},
        {"2026-11-24T06:16:17.1234567890Z", NULL, "ten decimals"},
        {"2026-11-24T06:16:17Zx", NULL, "more after the end"},
        {"2026-11-24T06:16:17+1:00", NULL, "a short offset"},
        {"2026-11-24T06:16:17+24:00", NULL, "an offset of a day"},
        {"9999-12-31T23:59:59-01:00", NULL, "beyond what can be printed"},
        {"0001-01-01T00:00:00+01:00", NULL, "before what can be printed"},
        {"1764000000", NULL, "a count of seconds"},
        {"", NULL, "nothing"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        instant_us at;
        char text[INSTANT_TEXT_SIZE + 1];
        bool taken = instant_parse(str_from(CASES[i].text), &at);
        check_int(taken, CASES[i].utc != NULL, CASES[i].why);
        if (taken) {
            instant_format(at, text);
            check_text(str_from(text), CASES[i].utc, CASES[i].why);
        }
    }
    instant_us epoch;
    check(instant_parse(STR("1970-01-01T00:00:00Z"), &epoch), "the epoch");
    check_int(epoch, 0, "is zero");
}

static void dates_are_those_that_exist(void **state)
{
    static const struct {
        const char *text;
        bool exists;
        const char *why;
    } CASES[] = {
        {"1991-04-12", true, "a birth date"},          {"2000-02-29", true, "divisible by 400"},    {"1900-02-29", false, "divisible by 100"},
        {"2024-02-29", true, "divisible by 4"},        {"2023-02-29", false, "not divisible by 4"}, {"2026-04-31", false, "April has 30"},
        {"2026-13-01", false, "twelve months"},        {"2026-00-10", false, "no month"},           {"2026-01-00", false, "no day"},
        {"0000-01-01", false, "year 0 means no date"}, {"0001-01-01", true, "the first"},           {"9999-12-31", true, "the last"},
        {"26-01-01", false, "four digits a year"},     {"2026-1-1", false, "two digits a month"},   {"2026/01/01", false, "hyphens"},
        {"2026-01-01T", false, "a date alone"},        {"+026-01-01", false, "digits alone"},
    };
    (void)state;
    struct date date;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(date_parse(str_from(CASES[i].text), &date), CASES[i].exists, CASES[i].why);
    for (int64_t days = -800000; days < 2000000; days += 37)
        check_int(date_to_days(date_from_days(days)), days, "days and dates are the same thing");
}

static struct date date_of(const char *text)
{
    struct date date = {0};
    check(date_parse(str_from(text), &date), text);
    return date;
}

static void age_is_counted_in_full_years(void **state)
{
    static const struct {
        const char *born, *on;
        int years;
        const char *why;
    } CASES[] = {
        {"1991-04-12", "2026-04-11", 34, "the day before"},
        {"1991-04-12", "2026-04-12", 35, "the birthday"},
        {"2008-02-29", "2026-02-28", 17, "29 February is not reached on 28 February"},
        {"2008-02-29", "2026-03-01", 18, "but on 1 March"},
        {"2008-02-29", "2028-02-29", 20, "and on its own day"},
        {"2026-01-01", "2026-12-31", 0, "not yet a year"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(date_years_between(date_of(CASES[i].born), date_of(CASES[i].on)), CASES[i].years, CASES[i].why);
}

static instant_us instant_of(const char *text)
{
    instant_us at = 0;
    check(instant_parse(str_from(text), &at), text);
    return at;
}

static void morocco_keeps_utc_since_september_2026_and_before_that_in_ramadan_alone(void **state)
{
    static const struct {
        const char *at;
        int offset_s;
        const char *why;
    } CASES[] = {
        {"2026-02-15T01:59:59Z", 3600, "the second before Ramadan's Sunday, 02:00 UTC"},
        {"2026-02-15T02:00:00Z", 0, "clocks go back"},
        {"2026-03-22T01:59:59Z", 0, "still"},
        {"2026-03-22T02:00:00Z", 3600, "and forward"},
        {"2026-09-20T00:59:59Z", 3600, "the last second of UTC+1"},
        {"2026-09-20T01:00:00Z", 0, "clocks go back for good"},
        {"2026-11-24T12:00:00Z", 0, "and stay there in winter"},
        {"2027-02-20T12:00:00Z", 0, "in Ramadan"},
        {"2027-06-20T12:00:00Z", 0, "and in summer"},
        {"2018-01-15T12:00:00Z", 0, "it was, until October 2018"},
        {"2018-12-15T12:00:00Z", 3600, "when decree 2-18-855 ended it"},
        {"2025-12-24T12:00:00Z", 3600, "a winter of UTC+1"},
        {"2090-01-01T12:00:00Z", 0, "and for as long as the law stands"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(instant_casablanca_offset_s(instant_of(CASES[i].at)), CASES[i].offset_s, CASES[i].why);
}

/* tzdata.zi begins with "# version 2026f". */
static bool zones_are_of(const char *folder, const char *oldest)
{
    char path[512], version[16] = "";
    (void)snprintf(path, sizeof(path), "%s/tzdata.zi", folder);
    FILE *file = fopen(path, "r");
    bool known = file && fscanf(file, "# version %15s", version) == 1;
    if (file)
        (void)fclose(file);
    return known && strcmp(version, oldest) >= 0;
}

/* Zone data from before 2026c says nothing about the law of today. TZDIR names other data than this machine's. */
static void the_table_agrees_with_tzdata_that_knows_the_law_of_2026(void **state)
{
    (void)state;
    const char *folder = getenv("TZDIR");
    if (!zones_are_of(folder ? folder : "/usr/share/zoneinfo", "2026c"))
        skip();
    check_int(setenv("TZ", "Africa/Casablanca", 1), 0, "the zone");
    tzset();
    for (int64_t hours = 420768; hours < 420768 + 24 * 365 * 19;
         hours++) { /* hourly from 2018-01-01 for 19 years: to 2037, where old zone files end */
        time_t seconds = (time_t)(hours * 3600);
        struct tm local;
        check(localtime_r(&seconds, &local), "a time");
        char why[64];
        (void)snprintf(why, sizeof(why), "the law or tzdata has changed: %lld", (long long)seconds);
        check_int(instant_casablanca_offset_s(hours * 3600 * INSTANT_SECOND), local.tm_gmtoff, why);
    }
}

static void a_deadline_runs_out_at_midnight_in_casablanca(void **state)
{
    static const struct {
        const char *from;
        int days;
        const char *ends, *why;
    } CASES[] = {
        {"2026-11-24T10:00:00Z", 60, "2027-01-24T00:00:00.000Z", "sixty days after 24 November is 23 January; its end is 24 January 00:00, at UTC"},
        {"2026-11-24T23:59:59Z", 60, "2027-01-24T00:00:00.000Z", "one second before midnight there is still that day"},
        {"2026-11-25T00:00:00Z", 60, "2027-01-25T00:00:00.000Z", "midnight there is the next day"},
        {"2026-02-10T10:00:00Z", 10, "2026-02-21T00:00:00.000Z", "a deadline within Ramadan ended at midnight UTC"},
        {"2026-02-20T10:00:00Z", 60, "2026-04-21T23:00:00.000Z", "from Ramadan to after it: midnight at UTC+1"},
        {"2026-06-01T22:59:59Z", 60, "2026-07-31T23:00:00.000Z", "before midnight at UTC+1"},
        {"2026-06-01T23:00:00Z", 60, "2026-08-01T23:00:00.000Z", "and at it: the next day, though not in UTC"},
        {"2026-09-01T10:00:00Z", 60, "2026-11-01T00:00:00.000Z", "from UTC+1 to UTC for good"},
        {"2026-09-18T10:00:00Z", 1, "2026-09-19T23:00:00.000Z", "the last midnight at UTC+1"},
        {"2027-02-10T10:00:00Z", 60, "2027-04-12T00:00:00.000Z", "a Ramadan that moves no clock"},
        {"2026-11-24T10:00:00Z", 0, "2026-11-25T00:00:00.000Z", "the end of today"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        char text[INSTANT_TEXT_SIZE + 1];
        instant_format(instant_deadline(instant_of(CASES[i].from), CASES[i].days), text);
        check_text(str_from(text), CASES[i].ends, CASES[i].why);
    }
    check_int(date_compare(instant_casablanca_date(instant_of("2026-06-24T23:30:00Z")), date_of("2026-06-25")), 0, "her day, not UTC's");
    check_int(date_compare(instant_casablanca_date(instant_of("2026-11-24T23:30:00Z")), date_of("2026-11-24")), 0,
              "which are one since September 2026");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read_as_rfc_3339),
        cmocka_unit_test(dates_are_those_that_exist),
        cmocka_unit_test(age_is_counted_in_full_years),
        cmocka_unit_test(morocco_keeps_utc_since_september_2026_and_before_that_in_ramadan_alone),
        cmocka_unit_test(the_table_agrees_with_tzdata_that_knows_the_law_of_2026),
        cmocka_unit_test(a_deadline_runs_out_at_midnight_in_casablanca),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
