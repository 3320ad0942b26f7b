#include <sodium.h>

#include "crypto/seal.h"

static struct str encoded(struct arena *arena, struct str bytes, int variant)
{
    if (bytes.size > SIZE_MAX / 2)
        return (struct str){0};
    size_t size = sodium_base64_encoded_len(bytes.size, variant); /* counts the NUL */
    char *text = arena_take(arena, size);
    if (!text)
        return (struct str){0};
    sodium_bin2base64(text, size, (const unsigned char *)bytes.at, bytes.size, variant);
    return (struct str){text, size - 1};
}

/* libsodium 1.0.18 takes any byte from 0x80 on for a letter. */
static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

/* Without a list of characters to skip and without an end pointer sodium takes the whole text or nothing: no white space, no bits left over. */
static enum err decoded(struct str text, int variant, struct arena *arena, struct str *ret_bytes)
{
    size_t capacity = text.size / 4 * 3 + 3, size = 0;
    unsigned char *bytes = arena_take(arena, capacity);
    if (!bytes)
        return ERR_LIMIT;
    if (!is_ascii(text))
        return ERR_INVALID;
    if (text.size && sodium_base642bin(bytes, capacity, text.at, text.size, NULL, &size, NULL, variant) != 0)
        return ERR_INVALID;
    *ret_bytes = (struct str){(const char *)bytes, size};
    return ERR_OK;
}

struct str base64_text(struct arena *arena, struct str bytes)
{
    return encoded(arena, bytes, sodium_base64_VARIANT_ORIGINAL);
}

struct str base64url_text(struct arena *arena, struct str bytes)
{
    return encoded(arena, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum err base64_bytes(struct str text, struct arena *arena, struct str *ret_bytes)
{
    return decoded(text, sodium_base64_VARIANT_ORIGINAL, arena, ret_bytes);
}

enum err base64url_bytes(struct str text, struct arena *arena, struct str *ret_bytes)
{
    return decoded(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, arena, ret_bytes);
}

struct str hex_text(struct arena *arena, struct str bytes)
{
    size_t size = bytes.size > SIZE_MAX / 4 ? 0 : 2 * bytes.size + 1;
    char *text = size ? arena_take(arena, size) : NULL;
    if (!text)
        return (struct str){0};
    sodium_bin2hex(text, size, (const unsigned char *)bytes.at, bytes.size);
    return (struct str){text, size - 1};
}
