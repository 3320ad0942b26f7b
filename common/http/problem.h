/* Problem details (RFC 9457) for every error, in ar, fr or en: {type, title, status, detail, instance?, errors[{pointer, code, message}]}.
 * `type` is "urn:jisr:problem:<slug>". Pure: makes text, sends nothing. */
#ifndef JISR_HTTP_PROBLEM_H
#define JISR_HTTP_PROBLEM_H

#include "base/err.h"
#include "base/violation.h"

/* `violations` may be NULL. `detail` (already in the right language) may be empty. */
struct str problem_text(struct arena *arena, enum err err, enum language language, struct str detail, const struct violations *violations);

#endif
