#include "http/packed.h"

#include <zlib.h>

#include "crypto/seal.h"
#include "http/fields.h"
#include "http/media.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, in a gzip frame */

/* Empty when zlib fails or nothing is won. */
static struct str gzip(struct arena *arena, struct str plain)
{
    z_stream zip = {0};
    if (deflateInit2(&zip, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct str){0};
    size_t capacity = deflateBound(&zip, plain.size);
    char *bytes = arena_take(arena, capacity);
    struct str zipped = {0};
    if (bytes) {
        /* zlib's next_in lacks a const unless ZLIB_CONST is set for the whole program. */
        zip.next_in = (unsigned char *)(uintptr_t)plain.at;
        zip.avail_in = (unsigned)plain.size;
        zip.next_out = (unsigned char *)bytes;
        zip.avail_out = (unsigned)capacity;
        if (deflate(&zip, Z_FINISH) == Z_STREAM_END && zip.total_out < plain.size)
            zipped = (struct str){bytes, zip.total_out};
    }
    deflateEnd(&zip);
    return zipped;
}

enum err packed_make(struct arena *arena, struct str plain, bool compresses, struct packed *ret_packed)
{
    uint8_t hash[32];
    sha256(plain, hash);
    struct str hex = hex_text(arena, (struct str){(const char *)hash, 16});
    struct packed packed = {
        .plain = plain,
        .gzip = compresses ? gzip(arena, plain) : (struct str){0},
        .tag = str_format(arena, "\"%.*s\"", (int)hex.size, hex.at),
        .gzip_tag = str_format(arena, "\"%.*s-gzip\"", (int)hex.size, hex.at),
    };
    if (!packed.tag.at || !packed.gzip_tag.at)
        return ERR_MEMORY;
    *ret_packed = packed;
    return ERR_OK;
}

static bool takes_gzip(struct str accept_encoding)
{
    while (!str_empty(accept_encoding)) {
        struct str parameters = str_cut(&accept_encoding, ',');
        struct str coding = str_trim(str_cut(&parameters, ';'));
        if (str_equal_nocase(coding, STR("gzip")))
            return media_weight(parameters) > 0;
    }
    return false;
}

void packed_answer(const struct packed *packed, struct http_request *request, int status)
{
    bool zipped = !str_empty(packed->gzip) && takes_gzip(http_header(request, "Accept-Encoding"));
    struct str tag = zipped ? packed->gzip_tag : packed->tag;
    http_answer(request, status, zipped ? packed->gzip : packed->plain);
    http_set_header(request, "Vary", STR("Accept-Encoding"));
    if (status == 200)
        http_set_header(request, "ETag", tag);
    if (status == 200 && field_names_tag(http_header(request, "If-None-Match"), tag))
        http_answer(request, 304, (struct str){0});
    else if (zipped)
        http_set_header(request, "Content-Encoding", STR("gzip"));
}
