#include "charset/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#define UTF8_BYTES_MAX 4 /* of one character */

struct charset {
    iconv_t handle;
};

enum err charset_open(const char *name, struct charset **ret_charset)
{
    struct charset *charset = calloc(1, sizeof(*charset));
    if (!charset)
        return ERR_MEMORY;
    charset->handle = iconv_open("UTF-8", name);
    if (charset->handle == (iconv_t)-1) {
        free(charset);
        return ERR_UNAVAILABLE;
    }
    *ret_charset = charset;
    return ERR_OK;
}

void charset_close(struct charset *charset)
{
    if (!charset)
        return;
    iconv_close(charset->handle);
    free(charset);
}

static bool is_ascii(struct str bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if ((unsigned char)bytes.at[i] >= 0x80)
            return false;
    return true;
}

enum err charset_text(struct charset *charset, struct str bytes, struct arena *arena, struct str *ret_text)
{
    if (is_ascii(bytes)) {
        *ret_text = bytes;
        return ERR_OK;
    }
    size_t room = bytes.size * UTF8_BYTES_MAX, in_left = bytes.size, out_left = room;
    char *text = arena_take(arena, room), *out = text;
    char *in = (char *)(uintptr_t)bytes.at; /* iconv reads it only; its parameter lacks the const */
    if (!text)
        return ERR_LIMIT;
    iconv(charset->handle, NULL, NULL, NULL, NULL);
    if (iconv(charset->handle, &in, &in_left, &out, &out_left) == (size_t)-1)
        return errno == E2BIG ? ERR_INTERNAL : ERR_MALFORMED;
    *ret_text = (struct str){text, room - out_left};
    return ERR_OK;
}
