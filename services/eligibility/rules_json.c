#include "rules_json.h"

#include "rules_text.h"

struct reader {
    struct arena *arena;
    const char *at, *end;
    unsigned depth;
    /* Items and members of what is open, innermost last; copied out when their array or object ends. */
    struct rules_member *open;
    size_t open_count, open_capacity;
    enum err err;
    const char *why;
};

static bool read_value(struct reader *reader, struct rules_value *ret_value);

static bool fail(struct reader *reader, enum err err, const char *why)
{
    if (reader->err == ERR_OK) {
        reader->err = err;
        reader->why = why;
    }
    return false;
}

static bool no_memory(struct reader *reader)
{
    return fail(reader, ERR_LIMIT, "too much memory");
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

static bool next_is(struct reader *reader, char c)
{
    if (reader->at >= reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool open_push(struct reader *reader, struct rules_member member)
{
    if (reader->open_count == reader->open_capacity) {
        size_t capacity = reader->open_capacity ? 2 * reader->open_capacity : 32;
        struct rules_member *larger = arena_take_array(reader->arena, capacity, sizeof(*larger));
        if (!larger)
            return no_memory(reader);
        if (reader->open_count > 0)
            memcpy(larger, reader->open, reader->open_count * sizeof(*larger));
        reader->open = larger;
        reader->open_capacity = capacity;
    }
    reader->open[reader->open_count++] = member;
    return true;
}

/* ── Text ── */

static bool read_hex4(struct reader *reader, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    if (reader->end - reader->at < 4)
        return fail(reader, ERR_MALFORMED, "\\u needs four hex digits");
    for (int i = 0; i < 4; i++) {
        char c = *reader->at++, folded = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4 | (uint32_t)(c - '0');
        else if (folded >= 'a' && folded <= 'f')
            unit = unit << 4 | (uint32_t)(folded - 'a' + 10);
        else
            return fail(reader, ERR_MALFORMED, "\\u needs four hex digits");
    }
    *ret_unit = unit;
    return true;
}

static bool read_escape(struct reader *reader, struct buf *buf)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (reader->at >= reader->end)
        return fail(reader, ERR_MALFORMED, "the text ends within a string");
    char name = *reader->at++;
    if (name == 'u') {
        uint32_t unit = 0;
        if (!read_hex4(reader, &unit))
            return false;
        struct buf half;
        buf_init(&half, reader->arena, 8);
        text_append_point(&half, unit);
        struct str text = {0};
        if (buf_done(&half, &text) != ERR_OK)
            return no_memory(reader);
        text_append(buf, text); /* joins it to the half before it */
        return true;
    }
    const char *found = name ? strchr(names, name) : NULL;
    if (!found)
        return fail(reader, ERR_MALFORMED, "unknown escape in a string");
    buf_byte(buf, values[found - names]);
    return true;
}

/* After the opening quote. */
static bool read_string(struct reader *reader, struct str *ret_text)
{
    const char *from = reader->at;
    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\' && (unsigned char)*reader->at >= 0x20)
        reader->at++;
    if (reader->at < reader->end && *reader->at == '"') {
        *ret_text = (struct str){from, (size_t)(reader->at++ - from)};
        return true;
    }
    struct buf buf;
    buf_init(&buf, reader->arena, SIZE_MAX);
    buf_add(&buf, (struct str){from, (size_t)(reader->at - from)});
    while (reader->at < reader->end && *reader->at != '"') {
        char c = *reader->at++;
        if ((unsigned char)c < 0x20)
            return fail(reader, ERR_MALFORMED, "control character in a string");
        if (c != '\\')
            buf_byte(&buf, c);
        else if (!read_escape(reader, &buf))
            return false;
    }
    if (!next_is(reader, '"'))
        return fail(reader, ERR_MALFORMED, "the text ends within a string");
    return buf_done(&buf, ret_text) == ERR_OK || no_memory(reader);
}

/* ── Numbers and words ── */

static bool read_number(struct reader *reader, struct rules_value *ret_value)
{
    bool negative = next_is(reader, '-');
    struct str rest = {reader->at, (size_t)(reader->end - reader->at)};
    size_t size = text_decimal_size(rest);
    /* JSON's numbers are JavaScript's, but begin with a digit, without a leading zero, and have a digit after the point. */
    const char *point = size ? memchr(rest.at, '.', size) : NULL;
    bool bare_point = point && (point == rest.at || point + 1 == rest.at + size || point[1] < '0' || point[1] > '9');
    bool leading_zero = size > 1 && rest.at[0] == '0' && rest.at[1] >= '0' && rest.at[1] <= '9';
    if (size == 0 || bare_point || leading_zero)
        return fail(reader, ERR_MALFORMED, "not a JSON value");
    double number = text_decimal(reader->arena, (struct str){rest.at, size});
    reader->at += size;
    *ret_value = rules_number(negative ? -number : number);
    return true;
}

static bool read_word(struct reader *reader, struct rules_value *ret_value)
{
    static const struct {
        const char *word;
        struct rules_value value;
    } words[] = {
        {"true", {.kind = RULES_BOOL, .as.boolean = true}},
        {"false", {.kind = RULES_BOOL}},
        {"null", {.kind = RULES_NULL}},
    };
    struct str rest = {reader->at, (size_t)(reader->end - reader->at)};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_starts(rest, str_from(words[i].word))) {
            reader->at += strlen(words[i].word);
            *ret_value = words[i].value;
            return true;
        }
    return fail(reader, ERR_MALFORMED, "not a JSON value");
}

/* ── Arrays and objects ── */

static bool close_array(struct reader *reader, size_t base, struct rules_value *ret_value)
{
    size_t count = reader->open_count - base;
    struct rules_value *items = arena_take_array(reader->arena, count ? count : 1, sizeof(*items));
    if (!items)
        return no_memory(reader);
    for (size_t i = 0; i < count; i++)
        items[i] = reader->open[base + i].value;
    reader->open_count = base;
    *ret_value = rules_array(items, count);
    return true;
}

static bool close_object(struct reader *reader, size_t base, struct rules_value *ret_value)
{
    size_t count = reader->open_count - base;
    struct rules_member *members = arena_take_array(reader->arena, count ? count : 1, sizeof(*members));
    if (!members)
        return no_memory(reader);
    if (count > 0)
        memcpy(members, reader->open + base, count * sizeof(*members));
    reader->open_count = base;
    *ret_value = rules_object(members, count);
    return true;
}

static bool read_array(struct reader *reader, struct rules_value *ret_value)
{
    size_t base = reader->open_count;
    skip_space(reader);
    if (next_is(reader, ']'))
        return close_array(reader, base, ret_value);
    for (;;) {
        struct rules_value item = {0};
        if (!read_value(reader, &item) || !open_push(reader, (struct rules_member){.value = item}))
            return false;
        skip_space(reader);
        if (next_is(reader, ']'))
            return close_array(reader, base, ret_value);
        if (!next_is(reader, ','))
            return fail(reader, ERR_MALFORMED, "an array needs , or ]");
    }
}

/* The last of equal names wins, at the place of the first. */
static bool add_member(struct reader *reader, size_t base, struct rules_member member)
{
    size_t count = reader->open_count - base;
    const struct rules_value *there = count > 0 ? rules_member(rules_object(reader->open + base, count), member.name) : NULL;
    if (there) {
        for (size_t i = base; i < reader->open_count; i++)
            if (&reader->open[i].value == there)
                reader->open[i] = member;
        return true;
    }
    if (count >= RULES_MEMBERS_MAX)
        return fail(reader, ERR_LIMIT, "too many members in an object");
    return open_push(reader, member);
}

static bool read_member(struct reader *reader, size_t base)
{
    struct rules_member member = {0};
    skip_space(reader);
    if (!next_is(reader, '"'))
        return fail(reader, ERR_MALFORMED, "an object needs a name in quotes");
    if (!read_string(reader, &member.name))
        return false;
    skip_space(reader);
    if (!next_is(reader, ':'))
        return fail(reader, ERR_MALFORMED, "a name needs :");
    return read_value(reader, &member.value) && add_member(reader, base, member);
}

static bool read_object(struct reader *reader, struct rules_value *ret_value)
{
    size_t base = reader->open_count;
    skip_space(reader);
    if (next_is(reader, '}'))
        return close_object(reader, base, ret_value);
    for (;;) {
        if (!read_member(reader, base))
            return false;
        skip_space(reader);
        if (next_is(reader, '}'))
            return close_object(reader, base, ret_value);
        if (!next_is(reader, ','))
            return fail(reader, ERR_MALFORMED, "an object needs , or }");
    }
}

static bool read_value(struct reader *reader, struct rules_value *ret_value)
{
    skip_space(reader);
    if (reader->at >= reader->end)
        return fail(reader, ERR_MALFORMED, "the text ends too early");
    if (reader->depth >= RULES_DEPTH_MAX)
        return fail(reader, ERR_LIMIT, "nested too deeply");
    char c = *reader->at;
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, ret_value);
    if (c != '"' && c != '[' && c != '{')
        return read_word(reader, ret_value);
    reader->at++;
    if (c == '"') {
        struct str text = {0};
        if (!read_string(reader, &text))
            return false;
        *ret_value = rules_string(text);
        return true;
    }
    reader->depth++;
    bool good = c == '[' ? read_array(reader, ret_value) : read_object(reader, ret_value);
    reader->depth--;
    return good;
}

enum err rules_read(struct str text, struct arena *arena, struct rules_value *ret_value, const char **ret_why)
{
    struct reader reader = {.arena = arena, .at = text.at, .end = text.at + text.size, .err = ERR_OK};
    struct rules_value value = {0};
    if (!str_is_utf8(text))
        fail(&reader, ERR_MALFORMED, "not UTF-8");
    else if (text.size > UINT32_MAX)
        fail(&reader, ERR_LIMIT, "too long");
    else if (read_value(&reader, &value)) {
        skip_space(&reader);
        if (reader.at != reader.end)
            fail(&reader, ERR_MALFORMED, "something follows the JSON value");
    }
    if (reader.err == ERR_OK)
        *ret_value = value;
    else
        *ret_why = reader.why;
    return reader.err;
}
