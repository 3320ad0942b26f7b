/* Routes: templates of whole segments, matched against a request's path. Made once, read by all threads. Knows no library. */
#ifndef JISR_HTTP_ROUTER_H
#define JISR_HTTP_ROUTER_H

#include "base/arena.h"
#include "base/err.h"
#include "http/server.h"

struct router;

struct router_match {
    const struct http_route *route; /* NULL unless ERR_OK */
    size_t index;                   /* of the route in its table */
    struct str params[HTTP_PARAMS_MAX];
    unsigned allowed; /* bit (1 << enum http_method) for every method that the path takes; 0: no such path */
};

/* The table must outlive the router. ERR_INVALID: a template is malformed, a row has not exactly one handler, or two rows are the same;
 * *ret_row then says which. */
enum err router_new(const struct http_route *routes, size_t count, struct router **ret_router, size_t *ret_row) MUST_CHECK;
void router_free(struct router *router);

/* `path` is still percent-encoded, so that an encoded slash stays inside its segment. Of several templates the one with the fewest parameters
 * wins. HEAD is served by GET. ERR_NOT_FOUND, ERR_METHOD (see ret_match->allowed), ERR_BAD_REQUEST (not UTF-8 when decoded). */
enum err router_find(const struct router *router, enum http_method method, struct str path, struct arena *arena,
                     struct router_match *ret_match) MUST_CHECK;

/* "GET, HEAD, POST" */
struct str router_allow(struct arena *arena, unsigned allowed);
enum http_method router_method(struct str name); /* HTTP_METHOD_COUNT: none of ours */
const char *router_method_name(enum http_method method);

#endif
