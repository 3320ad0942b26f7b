/* The writing half of rules_json.h. */
#include "rules_json.h"

#include <math.h>

#include "rules_text.h"

static void write_string(struct buf *out, struct str text)
{
    static const char hex[] = "0123456789abcdef";
    buf_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        const char *named = c && c < 0x20 ? strchr("\bb\tt\nn\ff\rr", c) : NULL;
        bool half = c == 0xED && i + 2 < text.size && (unsigned char)text.at[i + 1] >= 0xA0;
        if (c == '"' || c == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, (char)c);
        } else if (named) {
            buf_byte(out, '\\');
            buf_byte(out, named[1]);
        } else if (c < 0x20) {
            buf_add(out, STR("\\u00"));
            buf_byte(out, hex[c >> 4]);
            buf_byte(out, hex[c & 15]);
        } else if (half) {
            buf_format(out, "\\ud%x%x%x", (unsigned)(((unsigned char)text.at[i + 1] & 0x3C) >> 2),
                       (unsigned)(((unsigned char)text.at[i + 1] & 0x03) << 2 | ((unsigned char)text.at[i + 2] & 0x30) >> 4),
                       (unsigned)((unsigned char)text.at[i + 2] & 0x0F));
            i += 2;
        } else {
            buf_byte(out, (char)c);
        }
    }
    buf_byte(out, '"');
}

static bool write_at(struct buf *out, struct rules_value value, unsigned depth);

static bool write_members(struct buf *out, struct rules_value object, unsigned depth)
{
    bool good = true, first = true;
    buf_byte(out, '{');
    for (uint32_t i = 0; i < object.size && good; i++) {
        const struct rules_member *member = &object.as.members[i];
        if (member->value.kind == RULES_UNDEFINED)
            continue;
        if (!first)
            buf_byte(out, ',');
        first = false;
        write_string(out, member->name);
        buf_byte(out, ':');
        good = write_at(out, member->value, depth + 1);
    }
    buf_byte(out, '}');
    return good;
}

static bool write_items(struct buf *out, struct rules_value array, unsigned depth)
{
    bool good = true;
    buf_byte(out, '[');
    for (uint32_t i = 0; i < array.size && good; i++) {
        if (i > 0)
            buf_byte(out, ',');
        good = write_at(out, array.as.items[i], depth + 1);
    }
    buf_byte(out, ']');
    return good;
}

static bool write_at(struct buf *out, struct rules_value value, unsigned depth)
{
    if (depth > RULES_DEPTH_MAX)
        return false;
    switch (value.kind) {
    case RULES_UNDEFINED:
    case RULES_NULL:
        buf_add(out, STR("null"));
        return true;
    case RULES_BOOL:
        buf_add(out, value.as.boolean ? STR("true") : STR("false"));
        return true;
    case RULES_NUMBER:
        buf_add(out, isfinite(value.as.number) ? text_from_number(out->arena, value.as.number) : STR("null"));
        return true;
    case RULES_STRING:
        write_string(out, rules_text(value));
        return true;
    case RULES_ARRAY:
        return write_items(out, value, depth);
    case RULES_OBJECT:
        return write_members(out, value, depth);
    }
    return true;
}

bool rules_write(struct buf *out, struct rules_value value)
{
    return write_at(out, value, 0);
}
