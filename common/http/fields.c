#include "http/fields.h"

#define KEY_MAX 255

bool if_match_takes(const struct if_match *condition, int64_t version)
{
    for (size_t i = 0; i < condition->count; i++)
        if (condition->versions[i] == version)
            return true;
    return !condition->restricts;
}

static void skip_blanks(struct str *rest)
{
    while (rest->size > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
        *rest = (struct str){rest->at + 1, rest->size - 1};
}

/* entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a comma may be one of its letters. Ours are never empty. */
static bool take_tag(struct str *rest, bool *ret_weak, struct str *ret_tag)
{
    *ret_weak = str_starts(*rest, STR("W/"));
    if (*ret_weak)
        *rest = (struct str){rest->at + 2, rest->size - 2};
    if (rest->size < 3 || rest->at[0] != '"')
        return false;
    const char *end = memchr(rest->at + 1, '"', rest->size - 1);
    if (!end || end == rest->at + 1)
        return false;
    *ret_tag = (struct str){rest->at + 1, (size_t)(end - rest->at) - 1};
    size_t used = ret_tag->size + 2;
    *rest = (struct str){rest->at + used, rest->size - used};
    skip_blanks(rest);
    return rest->size == 0 || rest->at[0] == ',';
}

enum err field_if_match(struct str value, struct if_match *ret_condition)
{
    struct str rest = str_trim(value), tag;
    struct if_match condition = {.restricts = !str_equal(rest, STR("*"))};
    bool weak, any_tag = false;
    int64_t version;
    if (str_empty(rest))
        return ERR_PRECONDITION;
    while (condition.restricts && rest.size > 0) {
        if (rest.at[0] == ',') { /* an element of a list may be empty (§5.6.1) */
            rest = (struct str){rest.at + 1, rest.size - 1};
            skip_blanks(&rest);
            continue;
        }
        if (!take_tag(&rest, &weak, &tag))
            return ERR_BAD_REQUEST;
        any_tag = true;
        if (weak || !str_parse_int64(tag, &version) || version <= 0)
            continue;
        if (condition.count == IF_MATCH_TAGS_MAX)
            return ERR_BAD_REQUEST;
        condition.versions[condition.count++] = version;
    }
    if (condition.restricts && !any_tag)
        return ERR_BAD_REQUEST;
    *ret_condition = condition;
    return ERR_OK;
}

bool field_names_tag(struct str if_none_match, struct str tag)
{
    while (!str_empty(if_none_match)) {
        struct str one = str_trim(str_cut(&if_none_match, ','));
        if (str_starts(one, STR("W/")))
            one = (struct str){one.at + 2, one.size - 2};
        if (str_equal(one, STR("*")) || str_equal(one, tag))
            return true;
    }
    return false;
}

static bool is_visible(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte >= 0x7f || byte <= 0x20)
            return false;
    }
    return true;
}

/* RFC 8941 §3.3.3: within the quotes only \" and \\ are escapes. */
static enum err unquote(struct str inner, struct arena *arena, struct str *ret_text)
{
    char *copy = arena_take(arena, inner.size + 1);
    size_t size = 0;
    if (!copy)
        return ERR_MEMORY;
    for (size_t i = 0; i < inner.size; i++) {
        char byte = inner.at[i];
        if (byte == '"')
            return ERR_BAD_REQUEST;
        if (byte == '\\') {
            if (++i == inner.size || (inner.at[i] != '"' && inner.at[i] != '\\'))
                return ERR_BAD_REQUEST;
            byte = inner.at[i];
        }
        copy[size++] = byte;
    }
    *ret_text = (struct str){copy, size};
    return ERR_OK;
}

enum err field_idempotency_key(struct str value, struct arena *arena, struct str *ret_key)
{
    value = str_trim(value);
    if (str_empty(value))
        return ERR_KEY_MISSING;
    struct str key = value;
    bool quoted = value.at[0] == '"';
    if (quoted) {
        if (value.size < 2 || value.at[value.size - 1] != '"')
            return ERR_BAD_REQUEST;
        enum err err = unquote((struct str){value.at + 1, value.size - 2}, arena, &key);
        if (err != ERR_OK)
            return err;
    }
    if (key.size < 1 || key.size > KEY_MAX || !is_visible(key) || (!quoted && memchr(key.at, '"', key.size)))
        return ERR_BAD_REQUEST;
    *ret_key = key;
    return ERR_OK;
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] < 0x20)
            return true;
    return str_has_control(text);
}

static bool needs_decoding(struct str text, bool plus_is_space)
{
    return text.size > 0 && (memchr(text.at, '%', text.size) || (plus_is_space && memchr(text.at, '+', text.size)));
}

/* The byte that %XX at text[i] stands for; -1: not two digits. */
static int escaped_byte(struct str text, size_t i)
{
    int high = i + 2 < text.size ? hex_value(text.at[i + 1]) : -1;
    int low = i + 2 < text.size ? hex_value(text.at[i + 2]) : -1;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text)
{
    char *copy = arena_take(arena, text.size + 1);
    size_t size = 0;
    if (!copy)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        int byte = (unsigned char)text.at[i];
        if (byte == '+' && plus_is_space)
            byte = ' ';
        if (byte == '%') {
            byte = escaped_byte(text, i);
            i += 2;
        }
        if (byte == -1)
            return false;
        copy[size++] = (char)byte;
    }
    *ret_text = (struct str){copy, size};
    return true;
}

bool field_percent_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text)
{
    struct str decoded = text;
    if (needs_decoding(text, plus_is_space) && !decode(arena, text, plus_is_space, &decoded))
        return false;
    if (!str_is_utf8(decoded) || has_control(decoded))
        return false;
    *ret_text = decoded;
    return true;
}

uint64_t field_length(struct str value)
{
    int64_t length = 0;
    if (str_empty(value) || !str_parse_int64(value, &length) || length < 0)
        return 0;
    return (uint64_t)length;
}
