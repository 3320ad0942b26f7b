/* The guard: refuses on sight what libmicrohttpd 0.9.75 lets pass and an HTTP/1.1 server must not (RFC 9110, RFC 9112; request smuggling).
 * Pure functions over what the library parsed: the raw-socket table in tests/integration shows each on the wire.
 * What the library itself refuses (no version, a malformed Content-Length, a header past its memory: 431) it answers in its own words, and closes: no
 * API changes that, and behind HAProxy nobody sees it. */
#ifndef JISR_HTTP_GUARD_H
#define JISR_HTTP_GUARD_H

#include "base/err.h"
#include "base/str.h"

struct guard_header {
    struct str name, value;
};

struct guard_request {
    struct str method, target, version; /* as received */
    const struct guard_header *headers;
    size_t header_count;
};

/* ERR_OK, or the error to answer before the connection is closed, with *ret_why a static sentence. Order of checks = order of the table in guard.c.
 */
enum err guard_check(const struct guard_request *request, const char **ret_why) MUST_CHECK;

#endif
