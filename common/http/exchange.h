/* What this folder's files share: the server, and one exchange (a request and its answer) from the request line to the last byte.
 *
 * Who may touch an exchange: its HTTP thread, until it is handed over (worker queue, http_park); then the holder alone, until http_finish();
 * then its HTTP thread again. `hold` is that hand-over; `owners` says who frees it when the server stops in between. */
#ifndef JISR_HTTP_EXCHANGE_H
#define JISR_HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "app/metrics.h"
#include "http/connection.h"
#include "http/credential.h"
#include "http/guard.h"
#include "http/loop.h"
#include "http/router.h"
#include "http/server.h"

#define HEADERS_KEPT_MAX 65 /* one more than the guard lets pass, so that it sees the excess */
#define HUBS_MAX 64         /* as many calls as have figures: a hub that was streamed once is never forgotten */
#define STATUS_CLASSES 6

struct workers;
struct stream;

enum stage {
    STAGE_BEGUN,   /* the request line is there */
    STAGE_BODY,    /* headers are good, the body is coming */
    STAGE_PIECE,   /* HTTP_UPLOAD: with a handler, and more of the body is to come */
    STAGE_DISCARD, /* refused; a small body is read and thrown away so that the client sees the answer */
    STAGE_WORKING, /* with a handler, or finished by it */
    STAGE_ANSWERED,
};

enum hold {
    HOLD_NONE,      /* the HTTP thread has it */
    HOLD_PARKED,    /* somebody else has it, the connection is suspended */
    HOLD_FINISHED,  /* given back by http_finish */
    HOLD_ABANDONED, /* the server stopped first: the client gets 503, the holder frees it */
};

struct http_exchange {
    struct http_exchange *next; /* free list, or worker queue */
    struct http_server *server;
    struct connection *connection;
    struct MHD_Connection *mhd;
    struct loop *loop;
    struct resume resume;
    struct arena *arena;
    enum stage stage;
    enum err err;
    const char *why;                               /* of a refusal by the guard */
    const char *line_at;                           /* the request target in libmicrohttpd's buffer: only compared, see layout.h */
    struct guard_header headers[HEADERS_KEPT_MAX]; /* copies in the arena */
    size_t header_count;
    struct str target, query;
    uint64_t content_length;
    char *body;
    size_t body_size, body_capacity;
    struct router_match match;
    struct credential credential;
    bool is_page; /* of the web folder: no route */
    bool suspended;
    bool verified;     /* its credential: once, however many pieces it has */
    bool fetching;     /* the next piece of the answer is with a worker */
    uint64_t received; /* HTTP_UPLOAD: bytes of the body */
    size_t piece_sent; /* of the answer's piece in hand */
    bool *parked;      /* on the stack of whoever called the handler */
    struct stream *stream;
    struct http_request request;
    _Atomic int hold;
    _Atomic int owners;
    int64_t began_us;
};

struct route_figures {
    struct metric *requests[STATUS_CLASSES];
    struct metric *duration;
};

struct http_server {
    struct http_options options;
    struct router *router;
    struct route_figures *figures; /* a row a route, and one for all else */
    struct loop *loops;
    unsigned loop_count;
    int listen_fd;
    uint16_t port;
    struct connections connections;
    struct workers *workers;

    pthread_mutex_t pool_lock;
    struct http_exchange *pool;
    unsigned pooled;

    _Atomic unsigned in_flight;
    _Atomic unsigned exchanges; /* from the request line to the last byte */
    _Atomic bool draining, stopping;
    struct MHD_Response *refusals[ERR_COUNT][LANGUAGE_COUNT]; /* made once: a refusal must cost next to nothing */

    pthread_mutex_t hubs_lock;
    struct http_hub *hubs[HUBS_MAX];

    struct metric *in_flight_now, *connections_now;
    struct metric *refused_in_flight, *refused_connections, *refused_slow, *refused_guard;
};

/* libmicrohttpd's callbacks (exchange.c). */
void *exchange_on_line(void *context, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result exchange_on_access(void *server, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                   const char *upload, size_t *upload_size, void **context);
void exchange_on_completed(void *context_of_server, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode how);

/* pool.c */
struct http_exchange *exchange_new(struct http_server *server); /* NULL without memory */
void exchange_release(struct http_exchange *exchange);          /* one owner less; the last one gives it back */
void exchange_pool_free(struct http_server *server);

/* intake of a request (receive.c): headers, guard, route, media types, credential. ERR_OK: the body may come. */
enum err exchange_receive(struct http_exchange *exchange, const char *method, const char *version) MUST_CHECK;

/* dispatch.c: calls the handler or queues for a worker. True: suspended, somebody will finish it. */
bool exchange_dispatch(struct http_exchange *exchange);
/* On a worker's thread: verify, admit, call, finish. */
void exchange_work(struct http_exchange *exchange, void *worker);
bool in_flight_take(struct http_server *server);
void exchange_to_worker(struct http_exchange *exchange); /* suspends it first */
void in_flight_give(struct http_server *server);
/* Parked and not finished: taken from their holders and resumed. */
void exchange_abandon_all(struct http_server *server);

/* pieces.c: bodies that are never whole in memory */
bool exchange_is_upload(const struct http_exchange *exchange);
/* Takes what fits, and hands a full piece to a worker. */
enum MHD_Result upload_take(struct http_exchange *exchange, const char *bytes, size_t *size);
/* After the handler had a piece: the next may come, or the rest is read off. MHD_NO: the server is stopping, the connection closes. */
enum MHD_Result upload_resume(struct http_exchange *exchange);
struct MHD_Response *download_response(struct http_exchange *exchange);

/* answer.c */
enum MHD_Result exchange_answer(struct http_exchange *exchange);
enum MHD_Result answer_refusal(struct http_server *server, struct MHD_Connection *mhd, enum err err, enum language language);
enum err answer_refusals_make(struct http_server *server) MUST_CHECK;
void answer_refusals_free(struct http_server *server);
bool server_is_closing(const struct http_server *server);
void figures_count(struct http_server *server, size_t row, int status, int64_t duration_us);
struct str exchange_header(const struct http_exchange *exchange, struct str name);

/* workers.c */
enum err workers_start(struct http_server *server, struct workers **ret_workers) MUST_CHECK;
void workers_push(struct workers *workers, struct http_exchange *exchange);
void workers_stop(struct workers *workers); /* what waits is finished with ERR_DRAINING */

/* stream.c */
struct MHD_Response *stream_response(struct stream *stream, struct MHD_Connection *mhd);
void stream_close(struct stream *stream);
void hub_tick(struct http_hub *hub, int64_t now_us); /* heartbeats */
void hub_wake(struct http_hub *hub);                 /* all subscribers look again, and see that the server is draining */

/* web.c: fills the response, 404.html for browsers included; ERR_NOT_FOUND otherwise. */
enum err web_answer(const struct http_web *web, struct http_request *request) MUST_CHECK;
bool web_has(const struct http_web *web, struct str path);

#endif
