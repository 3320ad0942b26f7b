/* Every open connection and what it is doing, so that a reaper can cut the ones that take too long: libmicrohttpd's own timeout is idle-only,
 * and a client that drips a byte now and then would never meet it. One thread a server; it also ticks the streams' heartbeat. */
#ifndef JISR_HTTP_CONNECTION_H
#define JISR_HTTP_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct http_exchange;

enum phase {
    PHASE_WAITING,   /* for a request line: silent or dripping, for idle_ms at most */
    PHASE_RECEIVING, /* from the request line on: request_deadline_ms */
    PHASE_WORKING,   /* ours: no limit here */
    PHASE_ANSWERING, /* response_deadline_ms */
    PHASE_STREAMING, /* no limit; TCP's own user timeout ends dead ones */
    PHASE_CUT,
    PHASE_COUNT
};

struct connection {
    struct connection *next, *previous; /* guarded by connections.lock */
    int fd;
    _Atomic int phase;
    _Atomic int64_t since_us;       /* monotonic; written before phase, read after it: a reader never sees a new phase with an older time */
    pthread_mutex_t lock;           /* guards `exchange` against http_server_stop */
    struct http_exchange *exchange; /* the request being worked on */
};

struct connections {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct connection *first;
    _Atomic unsigned count;
    int64_t limit_us[PHASE_COUNT]; /* 0: none */
    pthread_t reaper;
    bool stopping, started;
    void (*on_tick)(void *context, int64_t now_us); /* each round of the reaper */
    void (*on_cut)(void *context);
    void *context;
};

enum err connections_start(struct connections *connections) MUST_CHECK; /* limits and callbacks are set already */
void connections_stop(struct connections *connections);
/* NULL without memory. */
struct connection *connection_open(struct connections *connections, int fd);
void connection_close(struct connections *connections, struct connection *connection); /* before the descriptor is closed */
void connection_enter(struct connection *connection, enum phase phase, int64_t now_us);
/* Calls `visit` for every connection, under the lock of the list. */
void connections_each(struct connections *connections, void (*visit)(struct connection *connection, void *context), void *context);

#endif
