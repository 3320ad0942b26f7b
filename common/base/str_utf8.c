#include "base/str.h"

/* Well-formed UTF-8 by lead byte: Unicode 15, table 3-7. The second byte's range is what refuses overlong forms and surrogates. */
static const struct lead {
    unsigned char first, last;
    unsigned char second_first, second_last;
    unsigned size;
} LEADS[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof(LEADS) / sizeof(LEADS[0]); i++)
        if (byte >= LEADS[i].first && byte <= LEADS[i].last)
            return &LEADS[i];
    return NULL;
}

size_t str_utf8_step(struct str s)
{
    if (s.size == 0)
        return 0;
    const unsigned char *at = (const unsigned char *)s.at;
    if (at[0] < 0x80)
        return 1;
    const struct lead *lead = lead_of(at[0]);
    if (!lead || lead->size > s.size || at[1] < lead->second_first || at[1] > lead->second_last)
        return 0;
    for (unsigned i = 2; i < lead->size; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return lead->size;
}

bool str_is_utf8(struct str s)
{
    while (s.size) {
        size_t step = str_utf8_step(s);
        if (step == 0)
            return false;
        s = (struct str){s.at + step, s.size - step};
    }
    return true;
}

size_t str_utf8_length(struct str s)
{
    size_t length = 0;
    for (size_t i = 0; i < s.size; i++)
        length += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return length;
}

/* The control characters that start with byte `at[0]` ≥ 0x80: C1 is C2 80-9F; bidi controls are E2 80 AA-AE and E2 81 A6-A9. */
static bool is_wide_control(const unsigned char *at, size_t size)
{
    if (at[0] == 0xc2)
        return size > 1 && at[1] >= 0x80 && at[1] <= 0x9f;
    if (at[0] != 0xe2 || size < 3)
        return false;
    return (at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) || (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

bool str_has_control(struct str s)
{
    for (size_t i = 0; i < s.size; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < 0x20 ? c != '\t' && c != '\n' && c != '\r' : c == 0x7f)
            return true;
        if (c >= 0xc2 && is_wide_control((const unsigned char *)s.at + i, s.size - i))
            return true;
    }
    return false;
}

/* U+0660-0669 are D9 A0-A9, U+06F0-06F9 are DB B0-B9. -1: no such digit here. */
static int arabic_digit(const char *at, size_t size)
{
    if (size < 2)
        return -1;
    unsigned char lead = (unsigned char)at[0], low = (unsigned char)at[1];
    if (lead == 0xd9 && low >= 0xa0 && low <= 0xa9)
        return low - 0xa0;
    if (lead == 0xdb && low >= 0xb0 && low <= 0xb9)
        return low - 0xb0;
    return -1;
}

struct str str_fold_digits(struct arena *arena, struct str s)
{
    size_t first = 0;
    while (first < s.size && arabic_digit(s.at + first, s.size - first) < 0)
        first++;
    if (first == s.size)
        return s;
    char *folded = arena_take(arena, s.size + 1);
    if (!folded)
        return (struct str){0};
    size_t size = 0;
    for (size_t i = 0; i < s.size; i++) {
        int digit = arabic_digit(s.at + i, s.size - i);
        folded[size++] = digit < 0 ? s.at[i] : (char)('0' + digit);
        if (digit >= 0)
            i++;
    }
    return (struct str){folded, size};
}
