#include "rules_text.h"

#include <stdint.h>

/* Walks WTF-8 unit by unit: a code point past U+FFFF gives two. */
struct units {
    struct str rest;
    uint32_t low; /* the second half that is still to come; 0: none */
};

#define UNITS_END UINT32_MAX

static uint32_t point_next(struct str *rest)
{
    const unsigned char *at = (const unsigned char *)rest->at;
    uint32_t lead = at[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    static const uint32_t lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    if (size > rest->size) /* never in well-formed text */
        size = rest->size;
    uint32_t point = lead & lead_bits[size];
    for (size_t i = 1; i < size; i++)
        point = point << 6 | (at[i] & 0x3Fu);
    rest->at += size;
    rest->size -= size;
    return point;
}

static uint32_t units_next(struct units *units)
{
    if (units->low) {
        uint32_t low = units->low;
        units->low = 0;
        return low;
    }
    if (units->rest.size == 0)
        return UNITS_END;
    uint32_t point = point_next(&units->rest);
    if (point < 0x10000)
        return point;
    units->low = 0xDC00u + ((point - 0x10000) & 0x3FFu);
    return 0xD800u + ((point - 0x10000) >> 10);
}

static bool is_ascii(struct str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.size; i++)
        all |= (unsigned char)text.at[i];
    return all < 0x80;
}

/* Has a half of a pair in it (ED A0..BF xx). */
static bool has_half(struct str text)
{
    for (size_t i = 0; i + 1 < text.size; i++)
        if ((unsigned char)text.at[i] == 0xED && (unsigned char)text.at[i + 1] >= 0xA0)
            return true;
    return false;
}

size_t text_units(struct str text)
{
    if (is_ascii(text))
        return text.size;
    struct units units = {text, 0};
    size_t count = 0;
    while (units_next(&units) != UNITS_END)
        count++;
    return count;
}

void text_append_point(struct buf *buf, uint32_t point)
{
    if (point < 0x80) {
        buf_byte(buf, (char)point);
    } else if (point < 0x800) {
        buf_byte(buf, (char)(0xC0 | point >> 6));
        buf_byte(buf, (char)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        buf_byte(buf, (char)(0xE0 | point >> 12));
        buf_byte(buf, (char)(0x80 | (point >> 6 & 0x3F)));
        buf_byte(buf, (char)(0x80 | (point & 0x3F)));
    } else {
        buf_byte(buf, (char)(0xF0 | point >> 18));
        buf_byte(buf, (char)(0x80 | (point >> 12 & 0x3F)));
        buf_byte(buf, (char)(0x80 | (point >> 6 & 0x3F)));
        buf_byte(buf, (char)(0x80 | (point & 0x3F)));
    }
}

static bool is_high(uint32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}
static bool is_low(uint32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

void text_append(struct buf *buf, struct str text)
{
    if (!buf->failed && buf->size >= 3 && text.size >= 3) {
        struct str tail = {buf->at + buf->size - 3, 3}, rest = text;
        bool tail_is_half = (unsigned char)tail.at[0] == 0xED && (unsigned char)tail.at[1] >= 0xA0;
        uint32_t high = tail_is_half ? point_next(&tail) : 0;
        uint32_t low = (unsigned char)text.at[0] == 0xED ? point_next(&rest) : 0;
        if (is_high(high) && is_low(low)) {
            buf->size -= 3;
            text_append_point(buf, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            text = rest;
        }
    }
    buf_add(buf, text);
}

struct str text_slice(struct arena *arena, struct str text, size_t first, size_t count)
{
    if (is_ascii(text))
        return (struct str){text.at + first, count};
    struct buf buf;
    buf_init(&buf, arena, text.size + 8);
    struct units units = {text, 0};
    for (size_t i = 0; i < first; i++)
        units_next(&units);
    for (uint32_t unit = 0; count > 0 && (unit = units_next(&units)) != UNITS_END; count--) {
        if (is_high(unit) && units.low && count > 1) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (units_next(&units) - 0xDC00);
            count--;
        }
        text_append_point(&buf, unit);
    }
    struct str slice = {0};
    if (buf_done(&buf, &slice) != ERR_OK)
        return (struct str){0};
    return slice;
}

int text_compare(struct str a, struct str b)
{
    if (is_ascii(a) && is_ascii(b))
        return str_compare(a, b);
    struct units units_a = {a, 0}, units_b = {b, 0};
    for (;;) {
        uint32_t unit_a = units_next(&units_a), unit_b = units_next(&units_b);
        if (unit_a == UNITS_END || unit_b == UNITS_END)
            return (unit_a != UNITS_END) - (unit_b != UNITS_END);
        if (unit_a != unit_b)
            return unit_a < unit_b ? -1 : 1;
    }
}

static bool units_start(struct units units, struct str part)
{
    struct units wanted = {part, 0};
    for (;;) {
        uint32_t unit = units_next(&wanted);
        if (unit == UNITS_END)
            return true;
        if (unit != units_next(&units))
            return false;
    }
}

bool text_contains(struct str text, struct str part)
{
    if (part.size == 0)
        return true;
    if (!has_half(part))
        return text.size >= part.size && memmem(text.at, text.size, part.at, part.size) != NULL;
    /* A half may be found inside a pair: unit by unit. */
    for (struct units units = {text, 0};;) {
        if (units_start(units, part))
            return true;
        if (units_next(&units) == UNITS_END)
            return false;
    }
}
