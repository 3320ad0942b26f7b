/* A borrowed run of bytes, usually UTF-8, not ended by NUL; and a buffer that grows in an arena up to a ceiling.
 * Pure: no locale, no I/O. */
#ifndef JISR_BASE_STR_H
#define JISR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

struct str {
    const char *at; /* may be NULL when size is 0 */
    size_t size;    /* bytes */
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_from(const char *c_string)
{
    return (struct str){c_string, c_string ? strlen(c_string) : 0};
}
static inline bool str_empty(struct str s)
{
    return s.size == 0;
}
static inline bool str_equal(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}
/* ASCII letters without regard to case; other bytes exactly. */
bool str_equal_nocase(struct str a, struct str b);
bool str_is_one_of(struct str s, const char *const *choices); /* NULL-ended; NULL: there are none */
int str_compare(struct str a, struct str b);                  /* bytewise: <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* ASCII white space off both ends */
/* Cuts at the first `separator`: returns what is before it, leaves in *rest what is after (empty when there is none). */
struct str str_cut(struct str *rest, char separator);
bool str_parse_int64(struct str s, int64_t *ret_value); /* the whole of s, decimal, optional '-' */

/* A copy in the arena, ended by NUL as well; {NULL,0} without memory. */
struct str str_copy(struct arena *arena, struct str s);
/* printf into the arena; {NULL,0} without memory. */
struct str str_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool str_is_utf8(struct str s); /* well-formed, no surrogates, no overlong forms */
/* Size in bytes of the character that s begins with; 0 when s is empty or doesn't begin with a well-formed one. */
size_t str_utf8_step(struct str s);
size_t str_utf8_length(struct str s); /* code points of well-formed UTF-8 */
/* Takes one code point of well-formed UTF-8 that is not empty; 0 at a cut. */
uint32_t str_utf8_point(struct str *rest);
/* Code points from first to last; `why` says which. */
struct str_range {
    uint32_t first, last;
    const char *why;
};
bool str_point_is_within(const struct str_range *ranges, size_t count, uint32_t point); /* the ranges are sorted */
#define STR_IS_WITHIN(ranges, point) str_point_is_within(ranges, sizeof(ranges) / sizeof((ranges)[0]), point)
/* What hides or breaks text: C0 (but not TAB, LF, CR), DEL, C1, line and paragraph separators, bidi embeddings, overrides and isolates, private use,
 * tags, and what is no character at all. Marks that people's keyboards leave (U+200E, U+200F, joiners) are none of it. */
bool str_has_control(struct str s);
bool str_is_blank(struct str s); /* nothing in it is seen by itself: white space, invisible characters, and marks on nothing */
/* Arabic-Indic and extended Arabic-Indic digits folded to 0-9; a copy only where something changes. */
struct str str_fold_digits(struct arena *arena, struct str s);

/* A growing buffer. Sticky failure: once `failed`, appends do nothing and buf_done says so; check once, at the end. */
struct buf {
    struct arena *arena;
    char *at;
    size_t size, capacity, ceiling_bytes;
    bool failed;
};

void buf_init(struct buf *buf, struct arena *arena, size_t ceiling_bytes);
void buf_add(struct buf *buf, struct str s);
void buf_byte(struct buf *buf, char byte);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* ERR_LIMIT past the ceiling or memory. The text lives as long as the arena. */
enum err buf_done(const struct buf *buf, struct str *ret_text) MUST_CHECK;

#endif
