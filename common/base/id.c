#include "base/id.h"

static const char BASE32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* https://www.crockford.com/base32.html */

struct id id_make(int64_t unix_ms, const uint8_t entropy[10])
{
    struct id id;
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
    memcpy(id.bytes + 6, entropy, 10);
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f)); /* version 7 */
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f)); /* variant of RFC 9562 */
    return id;
}

struct id id_first_of(int64_t unix_ms)
{
    static const uint8_t no_entropy[10];
    return id_make(unix_ms, no_entropy);
}

struct id id_from_hash(const uint8_t hash[16])
{
    struct id id;
    memcpy(id.bytes, hash, 16);
    id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0f)); /* version 8 */
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A hyphen stands before bytes 4, 6, 8 and 10. */
static bool hyphen_before(int byte)
{
    return byte >= 4 && byte <= 10 && byte % 2 == 0;
}

bool id_parse(struct str text, struct id *ret_id)
{
    if (text.size != ID_TEXT_SIZE)
        return false;
    struct id id;
    const char *at = text.at;
    for (int i = 0; i < 16; i++) {
        if (hyphen_before(i) && *at++ != '-')
            return false;
        int high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high < 0 || low < 0)
            return false;
        id.bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *ret_id = id;
    return true;
}

void id_format(struct id id, char ret_text[ID_TEXT_SIZE + 1])
{
    char *at = ret_text;
    for (int i = 0; i < 16; i++) {
        if (hyphen_before(i))
            *at++ = '-';
        *at++ = "0123456789abcdef"[id.bytes[i] >> 4];
        *at++ = "0123456789abcdef"[id.bytes[i] & 15];
    }
    *at = '\0';
}

struct str id_text(struct arena *arena, struct id id)
{
    char *text = arena_take(arena, ID_TEXT_SIZE + 1);
    if (!text)
        return (struct str){0};
    id_format(id, text);
    return (struct str){text, ID_TEXT_SIZE};
}

int id_compare(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes));
}

bool id_is_nil(struct id id)
{
    static const struct id nil;
    return id_compare(id, nil) == 0;
}

void id_base32(const uint8_t *bytes, unsigned count, char *ret_text)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned value = 0;
        for (unsigned bit = 5 * i; bit < 5 * i + 5; bit++)
            value = value << 1 | ((unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1u);
        ret_text[i] = BASE32[value];
    }
    ret_text[count] = '\0';
}

/* The symbol that a typed character stands for; '\0': none. */
static char base32_symbol(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    return c != '\0' && strchr(BASE32, c) ? c : '\0';
}

bool id_base32_fold(struct str text, unsigned count, char *ret_text)
{
    unsigned filled = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '-' || text.at[i] == ' ')
            continue;
        char symbol = base32_symbol(text.at[i]);
        if (symbol == '\0' || filled == count)
            return false;
        ret_text[filled++] = symbol;
    }
    if (filled != count)
        return false;
    ret_text[count] = '\0';
    return true;
}

char id_base32_check(const char *text, unsigned count)
{
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++) {
        char symbol = base32_symbol(text[i]);
        value = (value * 32 + (symbol ? (unsigned)(strchr(BASE32, symbol) - BASE32) : 0)) % 31;
    }
    return BASE32[value];
}
