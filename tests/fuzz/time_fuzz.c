/* Times and days as RFC 3339 has them, and what is reckoned from them in Casablanca. */
#include "base/wording.h"
#include "fuzz.h"

static void hold_days_are_days(struct date date, struct arena *arena)
{
    struct date again;
    HOLD(date_compare(date_from_days(date_to_days(date)), date) == 0, "a day is its number");
    HOLD(date_parse(date_text(arena, date), &again) && date_compare(date, again) == 0, "and reads back");
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        HOLD(wording_day(arena, date, (enum language)language).at, "and can be told");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str text = str_fold_digits(arena, fuzz_text(bytes, size));
    struct date date;
    instant_us at, again;
    char shown[INSTANT_TEXT_SIZE + 1];
    if (date_parse(text, &date))
        hold_days_are_days(date, arena);
    if (!instant_parse(text, &at))
        return 0;
    instant_format(at, shown);
    HOLD(instant_parse(str_from(shown), &again) && again <= at && at - again < 1000, "a time reads back to the millisecond");
    struct date day = instant_casablanca_date(at);
    HOLD(day.year >= 0 && day.year <= 10000, "and has its day in Casablanca");
    for (int days = 0; days < 70; days += 23) {
        instant_us due = instant_deadline(at, days);
        HOLD(due > at && due - at <= (days + 1) * INSTANT_DAY + INSTANT_DAY / 24, "a deadline is so many days away");
    }
    return 0;
}
