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

uint32_t str_utf8_point(struct str *rest)
{
    unsigned char lead = (unsigned char)rest->at[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size > rest->size) {
        rest->size = 0;
        return 0;
    }
    uint32_t point = size == 1 ? lead : lead & (0x7fu >> size);
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)rest->at[i] & 0x3fu);
    *rest = (struct str){rest->at + size, rest->size - size};
    return point;
}

bool str_point_is_within(const struct str_range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count && point >= ranges[i].first; i++)
        if (point <= ranges[i].last)
            return true;
    return false;
}

/* Source of this table and the next: Unicode 15, general categories. */
static const struct str_range HIDING[] = {
    {0x0000, 0x0008, "C0"},
    {0x000b, 0x000c, "C0, but for TAB and LF"},
    {0x000e, 0x001f, "C0, but for CR"},
    {0x007f, 0x009f, "DEL, C1"},
    {0x2028, 0x202e, "line and paragraph separators, bidi embeddings and overrides"},
    {0x2066, 0x2069, "bidi isolates"},
    {0xe000, 0xf8ff, "private use"},
    {0xfff9, 0xfffb, "interlinear annotations"},
    {0xfffe, 0xffff, "no characters"},
    {0xe0000, 0x10ffff, "tags, variation selectors beyond the first 16, private use"},
};

bool str_has_control(struct str s)
{
    while (s.size > 0)
        if (STR_IS_WITHIN(HIDING, str_utf8_point(&s)))
            return true;
    return false;
}

static const struct str_range UNSEEN[] = {
    {0x0000, 0x0020, "controls, space"},
    {0x007f, 0x00a0, "controls, no-break space"},
    {0x00ad, 0x00ad, "soft hyphen"},
    {0x0300, 0x036f, "combining accents"},
    {0x0610, 0x061a, "Arabic marks"},
    {0x061c, 0x061c, "Arabic letter mark"},
    {0x0640, 0x0640, "tatweel"},
    {0x064b, 0x065f, "harakat"},
    {0x0670, 0x0670, "superscript alef"},
    {0x06d6, 0x06ed, "Koranic marks"},
    {0x115f, 0x1160, "Hangul fillers"},
    {0x1680, 0x1680, "ogham space"},
    {0x180b, 0x180e, "Mongolian selectors"},
    {0x1ab0, 0x1aff, "combining accents"},
    {0x1dc0, 0x1dff, "combining accents"},
    {0x2000, 0x200f, "spaces, joiners, direction marks"},
    {0x2028, 0x202f, "separators, bidi controls, narrow space"},
    {0x205f, 0x206f, "spaces, invisible operators, bidi isolates"},
    {0x20d0, 0x20ff, "combining symbols"},
    {0x2800, 0x2800, "empty braille cell"},
    {0x3000, 0x3000, "ideographic space"},
    {0x3164, 0x3164, "Hangul filler"},
    {0xe000, 0xf8ff, "private use"},
    {0xfe00, 0xfe0f, "variation selectors"},
    {0xfe20, 0xfe2f, "combining halves"},
    {0xfeff, 0xfeff, "byte order mark"},
    {0xffa0, 0xffa0, "half-width Hangul filler"},
    {0xfff0, 0xffff, "specials"},
    {0xe0000, 0x10ffff, "tags, private use"},
};

bool str_is_blank(struct str s)
{
    while (s.size > 0)
        if (!STR_IS_WITHIN(UNSEEN, str_utf8_point(&s)))
            return false;
    return true;
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
