/* The HTTP server, on libmicrohttpd: epoll threads that read, guard, route and decode; worker threads that may block on PostgreSQL.
 * The only folder that includes libmicrohttpd. A request lives in one arena from its first byte to the end of its answer.
 *
 * Way of a request: guard (http/guard.h) → route → admission → authentication and role → body (bounded) → handler → answer.
 * - `at_once` handlers run on an HTTP thread and never block; they may park the request with http_park() and hand it to somebody
 *   who later calls http_finish() from any thread (the group commit does).
 * - `in_worker` handlers run on a worker thread that owns a `worker` (a database connection and what belongs to it).
 * - Bodies larger than memory go in pieces (pieces.c): an HTTP_UPLOAD route's handler is called once a piece, and the client is read no further
 *   until it returns; an answer with `more` is fetched piece by piece as the client takes it.
 * Admission: past `max_in_flight` parked or queued requests, or `max_connections`, or when the service's own `admits` says no, the answer is 503 with
 * Retry-After, before the body is read.
 * Slow clients: the whole request must have arrived `request_deadline_ms` after its first byte; idle keep-alive ends after `idle_ms`; the answer
 * must have been taken `response_deadline_ms` after it began (streams excepted). */
#ifndef JISR_HTTP_SERVER_H
#define JISR_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"
#include "base/violation.h"
#include "http/auth.h"
#include "http/fields.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHOD_COUNT };

struct http_server;

/* W3C Trace Context. Taken from `traceparent`, or made new; passed on in events and webhooks. */
struct http_trace {
    char parent[56]; /* 00-<32 hex>-<16 hex>-<2 hex>, ended by NUL */
};

#define HTTP_PARAMS_MAX 4
#define HTTP_RESPONSE_HEADERS_MAX 12

struct http_header {
    struct str name, value;
};

/* What every route that takes JSON takes (the contract's 256 kB); what a member may hold is the matter of its table. */
#define HTTP_JSON_BYTES_MAX ((size_t)256 * 1024)
#define HTTP_PIECE_BYTES ((size_t)16 * 1024)
#define HTTP_UNKNOWN_BYTES UINT64_MAX

struct http_request;
typedef enum err (*http_in_worker)(struct http_request *request, void *worker);

struct http_response {
    int status;              /* 0: taken from the handler's err */
    struct str content_type; /* empty: application/json when there is a body */
    struct str body;         /* must live in the arena or be static */
    http_in_worker more;     /* NULL: `body` is all. Called when the client has taken `body`, puts the next piece there (not empty) */
    uint64_t total_bytes;    /* of all pieces, when there is `more`; HTTP_UNKNOWN_BYTES: until a piece is empty */
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t header_count;
};

struct http_request {
    struct arena *arena;
    const struct http_route *route;
    enum http_method method;
    struct str path;                    /* percent-decoded, without the query */
    struct str params[HTTP_PARAMS_MAX]; /* the {…} of the route's path, in order; percent-decoded */
    struct str body;                    /* whole; for routes with max_body_bytes > 0. HTTP_UPLOAD: this piece, until the handler returns */
    uint64_t piece_offset;              /* HTTP_UPLOAD: where in the body this piece begins */
    bool last_piece;                    /* HTTP_UPLOAD: the body ends with it (it may be empty); its answer is the request's */
    struct principal who;
    enum language language; /* from Accept-Language */
    struct http_trace trace;
    instant_us received_at;
    struct violations violations; /* what an ERR_INVALID, ERR_MALFORMED or ERR_BAD_REQUEST answer lists */
    struct http_response response;
    void *job;                      /* of whoever parked it */
    struct http_exchange *exchange; /* libmicrohttpd's side; opaque */
};

/* Header or query parameter, borrowed until the answer; {NULL,0} when absent. Header names without regard to case. */
struct str http_header(const struct http_request *request, const char *name);
struct str http_query(const struct http_request *request, const char *name);

/* Values are borrowed: arena or static. */
void http_set_header(struct http_request *request, const char *name, struct str value);
void http_answer(struct http_request *request, int status, struct str json_body);

/* ETag is the version: `"7"`. If-Match missing → ERR_PRECONDITION, malformed → ERR_BAD_REQUEST; otherwise if_match_takes() answers. */
enum err http_if_match(const struct http_request *request, struct if_match *ret_condition) MUST_CHECK;
void http_set_etag(struct http_request *request, int64_t version);
/* True when If-None-Match names this version: the handler then answers 304 without a body (http_answer(request, 304, (struct str){0})). */
bool http_not_modified(const struct http_request *request, int64_t version);
/* The Idempotency-Key, unquoted (RFC 8941 string, or bare): 1..255 visible ASCII. Missing → ERR_KEY_MISSING, else ERR_BAD_REQUEST. */
enum err http_idempotency_key(const struct http_request *request, struct str *ret_key) MUST_CHECK;

typedef enum err (*http_at_once)(struct http_request *request, void *service);

enum http_route_flag {
    HTTP_NO_STORE = 1,  /* Cache-Control: no-store (answers with a secret or personal data) */
    HTTP_STREAM = 2,    /* the handler ends with http_subscribe() */
    HTTP_ANY_MEDIA = 4, /* the handler looks at Content-Type itself; otherwise a body must be application/json (415) */
    /* What it answers with, other than application/json; to who does not accept that: 406. */
    HTTP_GIVES_CSV = 32,
    HTTP_GIVES_HTML = 64,
    HTTP_GIVES_PDF = 128,
    HTTP_GIVES_JPEG = 256,
    HTTP_GIVES_OTHER = 512, /* the handler looks at Accept itself */
    HTTP_UPLOAD = 16, /* the body comes in pieces of at most HTTP_PIECE_BYTES; an error ends it. The deadline is for each piece. in_worker only */
};

struct http_route { /* NOLINT(clang-analyzer-optin.performance.Padding): in the order in which a table row reads */
    enum http_method method;
    const char *path;     /* "/intake/v1/applications/{id}": whole segments in braces are parameters */
    unsigned who;         /* WHO_… bits of http/auth.h; WHO_ANYONE takes no credential, but checks one that is given and that it can check */
    http_at_once at_once; /* exactly one of the two */
    http_in_worker in_worker;
    size_t max_body_bytes; /* 0: takes none; the `{}` of clients that always send something is thrown away, more than that refused (413) */
    unsigned flags;
    const char *what; /* one line, for the README; the metrics are labelled "METHOD path" */
};

struct http_options {
    const char *host;
    uint16_t port;
    const struct http_route *routes;
    size_t route_count;
    void *service; /* handed to at_once handlers */
    /* Asked when the headers of a request with a body are there: false, and the answer is 503 before the body is looked at. May be NULL. Never
     * blocks. */
    bool (*admits)(void *service, const struct http_route *route);
    unsigned epoll_threads, worker_threads;
    enum err (*worker_open)(void *service, void **ret_worker); /* on the worker's thread; ERR_UNAVAILABLE: tried again while requests get 503 */
    void (*worker_close)(void *worker);
    unsigned max_connections, max_in_flight;
    int64_t request_deadline_ms, response_deadline_ms, idle_ms;
    size_t request_arena_bytes; /* ceiling of one request's memory */
    const struct auth *auth;
    struct http_web *web; /* static pages below "/", or NULL (http/web.h) */
};

enum err http_server_start(const struct http_options *options, struct http_server **ret_server) MUST_CHECK;
uint16_t http_server_port(const struct http_server *server); /* what the system chose when the options said 0 */
/* Stop accepting, answer what is there (Connection: close), wait until nothing is in flight or the deadline (monotonic) passes. */
void http_server_drain(struct http_server *server, int64_t deadline_us);
void http_server_stop(struct http_server *server); /* ends parked requests with 503, streams with the end of stream; frees */

/* Called by an at_once handler, before it hands the request over; it then returns ERR_OK and must not touch the request again. */
void http_park(struct http_request *request);
/* Ends a parked request with `err` (ERR_OK: its response). From any thread, exactly once. */
void http_finish(struct http_request *request, enum err err);

/* Server-sent events: one hub holds the latest message of a topic; every subscriber gets it once, slow ones skip to the newest. */
struct http_hub;
struct http_hub *http_hub_new(void);
void http_hub_free(struct http_hub *hub);                                            /* after the server has stopped */
void http_hub_publish(struct http_hub *hub, struct str event_name, struct str data); /* copies; wakes all; any thread */
/* From an at_once handler of an HTTP_STREAM route; a comment line keeps the way open every 15 s. ERR_OVERLOADED past the hub's 10,000 subscribers. */
enum err http_subscribe(struct http_request *request, struct http_hub *hub) MUST_CHECK;

#endif
