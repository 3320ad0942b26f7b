#include "http/cursor.h"

#include "crypto/seal.h"

#define CHECK_BYTES 8
#define TEXT_BYTES_MAX ((CURSOR_KEYS_MAX * (CURSOR_KEY_BYTES_MAX + 1) + CHECK_BYTES) * 4 / 3 + 4)

/* The first bytes of SHA-256 over the list's name and the keys. */
static bool check_of(struct arena *arena, const char *list, struct str keys, uint8_t ret_check[CHECK_BYTES])
{
    uint8_t hash[32];
    struct str whole = str_format(arena, "%s|", list);
    struct buf out;
    struct str message;
    buf_init(&out, arena, TEXT_BYTES_MAX + 256);
    buf_add(&out, whole);
    buf_add(&out, keys);
    if (buf_done(&out, &message) != ERR_OK)
        return false;
    sha256(message, hash);
    memcpy(ret_check, hash, CHECK_BYTES);
    return true;
}

struct str cursor_text(struct arena *arena, const char *list, const struct str *keys, size_t count)
{
    uint8_t check[CHECK_BYTES];
    struct buf out;
    struct str bytes;
    if (count > CURSOR_KEYS_MAX)
        return (struct str){0};
    buf_init(&out, arena, TEXT_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (keys[i].size > CURSOR_KEY_BYTES_MAX)
            return (struct str){0};
        buf_byte(&out, (char)keys[i].size);
        buf_add(&out, keys[i]);
    }
    if (buf_done(&out, &bytes) != ERR_OK || !check_of(arena, list, bytes, check))
        return (struct str){0};
    buf_add(&out, (struct str){(const char *)check, CHECK_BYTES});
    return buf_done(&out, &bytes) == ERR_OK ? base64url_text(arena, bytes) : (struct str){0};
}

bool cursor_parse(struct arena *arena, const char *list, struct str text, struct str *ret_keys, size_t count)
{
    uint8_t check[CHECK_BYTES];
    struct str bytes;
    if (text.size > TEXT_BYTES_MAX || base64url_bytes(text, arena, &bytes) != ERR_OK || bytes.size < CHECK_BYTES)
        return false;
    struct str rest = {bytes.at, bytes.size - CHECK_BYTES};
    if (!check_of(arena, list, rest, check) || memcmp(check, rest.at + rest.size, CHECK_BYTES) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t size = rest.size > 0 ? (unsigned char)rest.at[0] : SIZE_MAX;
        if (size >= rest.size)
            return false;
        ret_keys[i] = (struct str){rest.at + 1, size};
        rest = (struct str){rest.at + 1 + size, rest.size - 1 - size};
    }
    return rest.size == 0;
}
