/* A small service on common/http, and a client that sends bytes exactly as given and reads one answer at a time. */
#ifndef JISR_TESTS_HTTP_SUPPORT_H
#define JISR_TESTS_HTTP_SUPPORT_H

#include <stdbool.h>

#include "support/check.h"

#include "http/server.h"

#define WAIT_MS 5000

/* ---- the service ---- */
struct desk {
    struct http_server *server;
    struct http_hub *hub;
    struct finisher *finisher; /* a thread that ends what /v1/park parks */
    _Atomic int opened, closed, handled, fails_to_open;
    _Atomic bool hold;    /* /v1/park keeps what it gets until this is false */
    _Atomic bool lingers; /* closing a worker takes a while */
    _Atomic int pieces;   /* of /v1/pieces that a worker was asked for */
};

/* Overrides what is not zero in `options`; routes, service and workers are the desk's. */
struct desk *desk_open(const struct http_options *options);
void desk_close(struct desk *desk);
/* Requests that the finisher holds. */
size_t desk_held(struct desk *desk);

/* ---- the client ---- */
struct answer {
    int status; /* 0: the connection ended before an answer did */
    char head[8192], body[262144];
    size_t body_size;
    bool closed; /* the connection ended after it */
};

int client_connect(const struct desk *desk);
int client_connect_port(uint16_t port);
void client_send(int fd, struct str bytes);
/* One answer with Content-Length (or until the end); `closed` is found out by waiting a moment. */
void client_read(int fd, bool is_head, struct answer *ret_answer);
bool client_sees_end(int fd, int wait_ms);
/* Reads until `text` has come; false when it did not within WAIT_MS. */
bool client_awaits(int fd, const char *text, char *buffer, size_t capacity);
/* Connect, send, read, close. */
void client_ask(const struct desk *desk, const char *request, struct answer *ret_answer);
/* The value of a header of the answer, or "" . */
struct str answer_header(const struct answer *answer, const char *name);

#endif
