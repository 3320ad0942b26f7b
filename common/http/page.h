/* One page of a list: `limit` and `cursor` of the request's query, and the Link to the page after it (RFC 8288). */
#ifndef JISR_HTTP_PAGE_H
#define JISR_HTTP_PAGE_H

#include "http/cursor.h"
#include "http/server.h"

struct http_page_terms {
    const char *list; /* what cursors of it are made for: the list and its order */
    size_t keys;      /* of one row */
    int64_t limit_standard, limit_most;
};

struct http_page {
    int64_t limit;
    bool begins;                       /* no cursor was given */
    struct str after[CURSOR_KEYS_MAX]; /* the keys of the last row of the page before */
};

/* ERR_BAD_REQUEST with a violation that names `limit` or `cursor`. */
enum err http_page_read(struct http_request *request, const struct http_page_terms *terms, struct http_page *ret_page) MUST_CHECK;
/* Sets Link: rel="next", the same request after the row with these keys. ERR_LIMIT without memory. */
enum err http_page_next(struct http_request *request, const struct http_page_terms *terms, const struct str *keys) MUST_CHECK;
/* The same for a list whose one key is an id: nil when no cursor was given. */
struct id http_page_after_id(const struct http_page *page);
enum err http_page_next_id(struct http_request *request, const struct http_page_terms *terms, struct id last) MUST_CHECK;

#endif
