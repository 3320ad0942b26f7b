/* libmicrohttpd 0.9.75 cuts a header value at a NUL byte, takes a bare line feed for a line's end and glues folded lines to the *name*. It parses in
 * place, so what it cut shows in where the pieces lie: each line must follow the one before it after exactly CR LF. Applies to that version alone. */
#ifndef JISR_HTTP_LAYOUT_H
#define JISR_HTTP_LAYOUT_H

#include <stdbool.h>

#include "base/str.h"

struct layout {
    const char *next; /* where the next line must begin; NULL: this library's layout is not known */
    bool torn;
};

/* `target`: as the library reported it first; `version`: the text after it. */
void layout_begin(struct layout *layout, struct str target, const char *version);
void layout_header(struct layout *layout, struct str name, struct str value);
void layout_end(struct layout *layout); /* the empty line */

#endif
