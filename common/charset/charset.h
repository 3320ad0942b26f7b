/* Text of other encodings to UTF-8, on the C library's iconv. The only folder that includes iconv.h. A charset is owned by one thread. */
#ifndef JISR_CHARSET_CHARSET_H
#define JISR_CHARSET_CHARSET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct charset;

/* "WINDOWS-1256", as iconv -l names them. ERR_UNAVAILABLE: this machine's C library came without its table. */
enum err charset_open(const char *name, struct charset **ret_charset) MUST_CHECK;
void charset_close(struct charset *charset); /* NULL is allowed */
/* The text in the arena; borrowed from `bytes` where all of it is ASCII. ERR_MALFORMED: it has a byte that the encoding doesn't know. */
enum err charset_text(struct charset *charset, struct str bytes, struct arena *arena, struct str *ret_text) MUST_CHECK;

#endif
