#include "http/admin.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/metrics.h"
#include "http/server.h"

#define METRICS_MAX_BYTES ((size_t)2 * 1024 * 1024)

struct http_admin {
    struct http_server *server;
};

static enum err say(struct http_request *request, struct str text)
{
    request->response.content_type = STR("text/plain; charset=utf-8");
    http_answer(request, 200, text);
    return ERR_OK;
}

static enum err get_livez(struct http_request *request, void *service)
{
    (void)service;
    return say(request, STR("alive\n"));
}

static enum err get_readyz(struct http_request *request, void *service)
{
    (void)service;
    switch (app_state()) {
    case APP_STARTING:
        return ERR_UNAVAILABLE;
    case APP_READY:
        return say(request, STR("ready\n"));
    case APP_DRAINING:
        break;
    }
    return ERR_DRAINING;
}

static enum err get_startupz(struct http_request *request, void *service)
{
    (void)service;
    return app_state() == APP_STARTING ? ERR_UNAVAILABLE : say(request, STR("started\n"));
}

static enum err get_metrics(struct http_request *request, void *service)
{
    (void)service;
    struct buf out;
    struct str text;
    buf_init(&out, request->arena, METRICS_MAX_BYTES);
    metrics_print(&out);
    enum err err = buf_done(&out, &text);
    if (err != ERR_OK)
        return err;
    request->response.content_type = STR("text/plain; version=0.0.4; charset=utf-8");
    http_answer(request, 200, text);
    return ERR_OK;
}

#define ROW(path, handler, what)                                                             \
    {                                                                                        \
        HTTP_GET, path, WHO_ANYONE, handler, NULL, 0, HTTP_NO_STORE | HTTP_GIVES_OTHER, what \
    }
static const struct http_route ROUTES[] = {
    ROW("/livez", get_livez, "the process turns"),
    ROW("/readyz", get_readyz, "takes requests: neither starting nor draining"),
    ROW("/startupz", get_startupz, "has started"),
    ROW("/metrics", get_metrics, "figures in Prometheus' text format"),
};

enum err http_admin_start(const char *host, uint16_t port, struct http_admin **ret_admin)
{
    struct http_admin *admin = calloc(1, sizeof(*admin));
    if (!admin)
        return ERR_MEMORY;
    struct http_options options = {
        .host = host,
        .port = port,
        .routes = ROUTES,
        .route_count = sizeof(ROUTES) / sizeof(ROUTES[0]),
        .epoll_threads = 1,
        .max_connections = 64,
        .max_in_flight = 64,
        .request_deadline_ms = 5000,
        .response_deadline_ms = 10000,
        .idle_ms = 60000,
        .request_arena_bytes = 4 * METRICS_MAX_BYTES,
    };
    enum err err = http_server_start(&options, &admin->server);
    if (err != ERR_OK) {
        free(admin);
        return err;
    }
    *ret_admin = admin;
    return ERR_OK;
}

void http_admin_stop(struct http_admin *admin)
{
    if (!admin)
        return;
    http_server_stop(admin->server);
    free(admin);
}
