#include "base/instant.h"

#include <stdio.h>

#define EARLIEST (INT64_C(-62135596800) * INSTANT_SECOND) /* 0001-01-01T00:00:00Z */
#define LATEST (INT64_C(253402300800) * INSTANT_SECOND)   /* 10000-01-01T00:00:00Z: the first that has no text */

static void put(char *at, int digits, int64_t value)
{
    while (digits-- > 0) {
        at[digits] = (char)('0' + value % 10);
        value /= 10;
    }
}

void instant_format(instant_us at, char ret_text[INSTANT_TEXT_SIZE + 1])
{
    if (at < EARLIEST)
        at = EARLIEST;
    if (at >= LATEST)
        at = LATEST - 1;
    int64_t days = at / INSTANT_DAY - (at % INSTANT_DAY < 0);
    int64_t rest_ms = (at - days * INSTANT_DAY) / 1000;
    struct date date = date_from_days(days);
    memcpy(ret_text, "0000-00-00T00:00:00.000Z", 25);
    put(ret_text, 4, date.year);
    put(ret_text + 5, 2, date.month);
    put(ret_text + 8, 2, date.day);
    put(ret_text + 11, 2, rest_ms / 3600000);
    put(ret_text + 14, 2, rest_ms / 60000 % 60);
    put(ret_text + 17, 2, rest_ms / 1000 % 60);
    put(ret_text + 20, 3, rest_ms % 1000);
}

struct str instant_text(struct arena *arena, instant_us at)
{
    char *text = arena_take(arena, INSTANT_TEXT_SIZE + 1);
    if (!text)
        return (struct str){0};
    instant_format(at, text);
    return str_from(text);
}

/* Two digits up to `max`, at the head of *rest; false when they aren't there. */
static bool take_pair(struct str *rest, int max, int64_t *ret_value)
{
    if (rest->size < 2 || rest->at[0] < '0' || rest->at[0] > '9' || rest->at[1] < '0' || rest->at[1] > '9')
        return false;
    *ret_value = (rest->at[0] - '0') * 10 + (rest->at[1] - '0');
    *rest = (struct str){rest->at + 2, rest->size - 2};
    return *ret_value <= max;
}

static bool take_byte(struct str *rest, char byte)
{
    if (rest->size == 0 || rest->at[0] != byte)
        return false;
    *rest = (struct str){rest->at + 1, rest->size - 1};
    return true;
}

/* ".5" … ".123456789"; nothing at all is 0. */
static bool take_fraction(struct str *rest, int64_t *ret_us)
{
    *ret_us = 0;
    if (!take_byte(rest, '.'))
        return true;
    int64_t weight_us = INSTANT_SECOND / 10;
    int decimals = 0;
    for (; rest->size && rest->at[0] >= '0' && rest->at[0] <= '9' && decimals < 10; decimals++) {
        *ret_us += (rest->at[0] - '0') * weight_us;
        weight_us /= 10;
        *rest = (struct str){rest->at + 1, rest->size - 1};
    }
    return decimals >= 1 && decimals <= 9;
}

/* "Z", "+01:00", "-00:30": the seconds to take off. */
static bool take_offset(struct str *rest, int64_t *ret_s)
{
    *ret_s = 0;
    if (take_byte(rest, 'Z') || take_byte(rest, 'z'))
        return true;
    bool west = rest->size && rest->at[0] == '-';
    int64_t hours, minutes;
    if (!take_byte(rest, west ? '-' : '+') || !take_pair(rest, 23, &hours) || !take_byte(rest, ':') || !take_pair(rest, 59, &minutes))
        return false;
    *ret_s = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool instant_parse(struct str text, instant_us *ret_at)
{
    struct date date;
    if (text.size < 20 || !date_parse((struct str){text.at, 10}, &date))
        return false;
    char separator = text.at[10];
    if (separator != 'T' && separator != 't' && separator != ' ')
        return false;
    struct str rest = {text.at + 11, text.size - 11};
    int64_t hour, minute, second, fraction_us, offset_s;
    if (!take_pair(&rest, 23, &hour) || !take_byte(&rest, ':') || !take_pair(&rest, 59, &minute) || !take_byte(&rest, ':') ||
        !take_pair(&rest, 60, &second))
        return false;
    if (!take_fraction(&rest, &fraction_us) || !take_offset(&rest, &offset_s) || rest.size != 0)
        return false;
    instant_us at = date_to_days(date) * INSTANT_DAY + (hour * 3600 + minute * 60 + second - offset_s) * INSTANT_SECOND + fraction_us;
    if (at < EARLIEST || at >= LATEST)
        return false;
    *ret_at = at;
    return true;
}
