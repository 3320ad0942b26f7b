#include "base/wording.h"

static const char *const MONTHS[12][LANGUAGE_COUNT] = {
    {"يناير", "janvier", "January"},
    {"فبراير", "février", "February"},
    {"مارس", "mars", "March"},
    {"أبريل", "avril", "April"},
    {"ماي", "mai", "May"},
    {"يونيو", "juin", "June"},
    {"يوليوز", "juillet", "July"},
    {"غشت", "août", "August"},
    {"شتنبر", "septembre", "September"},
    {"أكتوبر", "octobre", "October"},
    {"نونبر", "novembre", "November"},
    {"دجنبر", "décembre", "December"},
};

struct str wording_day(struct arena *arena, struct date date, enum language language)
{
    const char *ordinal = language == LANGUAGE_FR && date.day == 1 ? "er" : "";
    return str_format(arena, "%d%s %s %d", date.day, ordinal, MONTHS[(date.month + 11) % 12][language], date.year);
}

static enum plural arabic(int64_t count)
{
    int64_t last_two = count % 100;
    if (count == 1)
        return PLURAL_ONE;
    if (count == 2)
        return PLURAL_TWO;
    if (last_two >= 3 && last_two <= 10)
        return PLURAL_FEW;
    return last_two >= 11 ? PLURAL_MANY : PLURAL_OTHER;
}

enum plural wording_plural(int64_t count, enum language language)
{
    if (language == LANGUAGE_AR)
        return arabic(count);
    return count == 1 || (count == 0 && language == LANGUAGE_FR) ? PLURAL_ONE : PLURAL_OTHER;
}

struct str wording_count(struct arena *arena, const char *const forms[PLURAL_COUNT], int64_t count, enum language language)
{
    const char *form = forms[wording_plural(count, language)];
    struct str after = str_from(form ? form : forms[PLURAL_OTHER]), whole = after;
    struct str before = str_cut(&after, '#');
    if (before.size == whole.size)
        return whole;
    return str_format(arena, "%.*s%lld%.*s", (int)before.size, before.at, (long long)count, (int)after.size, after.at ? after.at : "");
}
