#include "http/server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"
#include "http/exchange.h"
#include "http/listener.h"

/* What one connection's header section, header table and answer's header share. libmicrohttpd zeroes all of it after each request, so it is resident:
 * small enough for thousands of connections, large enough for a 4 kB token among the usual fields. */
#define CONNECTION_BYTES ((size_t)12 * 1024)
#define SPARE_DESCRIPTORS 256
#define ANSWERS_LEAVE_US (INT64_C(500) * 1000)
#define HANDLERS_END_US (INT64_C(100) * 1000)

static void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = context;
    struct connection *connection = *socket_context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (connection)
            connection_close(&server->connections, connection);
        metric_add(server->connections_now, connection ? -1 : 0);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info ? connection_open(&server->connections, info->connect_fd) : NULL;
    metric_add(server->connections_now, *socket_context ? 1 : 0);
}

/* The last resort, past the point where requests are refused with 503. */
static enum MHD_Result on_accept(void *context, const struct sockaddr *address, socklen_t size)
{
    (void)address;
    (void)size;
    struct http_server *server = context;
    if (atomic_load(&server->connections.count) < server->options.max_connections)
        return MHD_YES;
    metric_add(server->refused_connections, 1);
    return MHD_NO;
}

/* Decoding is the router's and the query's; libmicrohttpd would decode in place, before anyone has seen what was sent. */
static size_t leave_encoded(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

static void on_tick(void *context, int64_t now_us)
{
    struct http_server *server = context;
    pthread_mutex_lock(&server->hubs_lock);
    for (size_t i = 0; i < HUBS_MAX && server->hubs[i]; i++)
        hub_tick(server->hubs[i], now_us);
    pthread_mutex_unlock(&server->hubs_lock);
}

static void on_cut(void *context)
{
    struct http_server *server = context;
    metric_add(server->refused_slow, 1);
}

static void wake_streams(struct http_server *server)
{
    pthread_mutex_lock(&server->hubs_lock);
    for (size_t i = 0; i < HUBS_MAX && server->hubs[i]; i++)
        hub_wake(server->hubs[i]);
    pthread_mutex_unlock(&server->hubs_lock);
}

static void register_route(struct route_figures *figures, const char *method, const char *path)
{
    static const char *const CLASSES[STATUS_CLASSES] = {NULL, "1xx", "2xx", "3xx", "4xx", "5xx"};
    char labels[256];
    for (int hundreds = 2; hundreds < STATUS_CLASSES; hundreds++) {
        (void)snprintf(labels, sizeof(labels), "route=\"%s%s%s\",class=\"%s\"", method, *method ? " " : "", path, CLASSES[hundreds]);
        figures->requests[hundreds] = metric_counter("http_requests_total", labels, "Requests answered, by route and class of status.");
    }
    figures->requests[1] = figures->requests[2];
    (void)snprintf(labels, sizeof(labels), "route=\"%s%s%s\"", method, *method ? " " : "", path);
    figures->duration = metric_histogram_s("http_request_seconds", labels, "From the request line to the answer's being queued.");
}

static enum err register_figures(struct http_server *server)
{
    const struct http_options *options = &server->options;
    server->figures = calloc(options->route_count + 1, sizeof(server->figures[0]));
    if (!server->figures)
        return ERR_MEMORY;
    for (size_t i = 0; i < options->route_count; i++)
        register_route(&server->figures[i], router_method_name(options->routes[i].method), options->routes[i].path);
    register_route(&server->figures[options->route_count], "", "other");
    static const char REFUSED[] = "Requests refused before their handler was called, and slow clients cut, by reason.";
    server->in_flight_now = metric_gauge("http_in_flight", "", "Requests parked, queued or with a handler.");
    server->connections_now = metric_gauge("http_connections", "", "Open connections.");
    server->refused_in_flight = metric_counter("http_refused_total", "why=\"in-flight\"", REFUSED);
    server->refused_connections = metric_counter("http_refused_total", "why=\"connections\"", REFUSED);
    server->refused_slow = metric_counter("http_refused_total", "why=\"slow\"", REFUSED);
    server->refused_guard = metric_counter("http_refused_total", "why=\"guard\"", REFUSED);
    return ERR_OK;
}

static bool options_are_sound(const struct http_options *options)
{
    bool workers_needed = options->auth && (options->auth->verify_basic || options->auth->verify_partner);
    for (size_t i = 0; i < options->route_count; i++)
        workers_needed = workers_needed || options->routes[i].in_worker;
    return options->max_connections > 0 && options->max_in_flight > 0 && options->request_arena_bytes > 0 &&
           (!workers_needed || options->worker_threads > 0);
}

static void allow_descriptors(unsigned connections)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections + SPARE_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted)
        log_line(LOG_WARNING, "http-few-descriptors", LOG_INT("allowed", limit.rlim_cur), LOG_INT("wanted", wanted));
}

/* Connections gather on any thread, so each daemon's own limit lies above the real one, which on_accept() keeps. */
static struct MHD_Daemon *daemon_start(struct http_server *server, int listen_fd)
{
    const struct http_options *options = &server->options;
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, on_accept, server, exchange_on_access, server, MHD_OPTION_LISTEN_SOCKET,
                            listen_fd, MHD_OPTION_CONNECTION_LIMIT, options->max_connections + 64, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_line, server,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                            MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, server, MHD_OPTION_END);
}

/* Each daemon closes the listening socket it was given, so each gets a copy. */
static enum err loops_start(struct http_server *server)
{
    unsigned count = server->options.epoll_threads > 0 ? server->options.epoll_threads : 1;
    server->loops = calloc(count, sizeof(server->loops[0]));
    if (!server->loops)
        return ERR_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        int listen_fd = fcntl(server->listen_fd, F_DUPFD_CLOEXEC, 0);
        struct MHD_Daemon *daemon = listen_fd < 0 ? NULL : daemon_start(server, listen_fd);
        if (!daemon)
            return ERR_UNAVAILABLE;
        server->loop_count++;
        enum err err = loop_start(&server->loops[i], daemon);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err parts_start(struct http_server *server)
{
    const struct http_options *options = &server->options;
    size_t row = 0;
    enum err err = router_new(options->routes, options->route_count, &server->router, &row);
    if (err == ERR_INVALID)
        log_line(LOG_ERROR, "http-route-not-sound", LOG_TEXT("path", options->routes[row].path));
    if (err == ERR_OK)
        err = register_figures(server);
    if (err == ERR_OK)
        err = answer_refusals_make(server);
    if (err == ERR_OK && options->worker_threads > 0)
        err = workers_start(server, &server->workers);
    if (err == ERR_OK)
        err = connections_start(&server->connections);
    if (err == ERR_OK)
        err = listener_open(options->host, options->port, &server->listen_fd, &server->port);
    if (err != ERR_OK)
        return err;
    allow_descriptors(options->max_connections);
    return loops_start(server);
}

enum err http_server_start(const struct http_options *options, struct http_server **ret_server)
{
    if (!options_are_sound(options))
        return ERR_INVALID;
    struct http_server *server = calloc(1, sizeof(*server));
    if (!server)
        return ERR_MEMORY;
    server->options = *options;
    server->listen_fd = -1;
    server->connections.limit_us[PHASE_WAITING] = options->idle_ms * 1000;
    server->connections.limit_us[PHASE_RECEIVING] = options->request_deadline_ms * 1000;
    server->connections.limit_us[PHASE_ANSWERING] = options->response_deadline_ms * 1000;
    server->connections.on_tick = on_tick;
    server->connections.on_cut = on_cut;
    server->connections.context = server;
    pthread_mutex_init(&server->pool_lock, NULL);
    pthread_mutex_init(&server->hubs_lock, NULL);
    enum err err = parts_start(server);
    if (err != ERR_OK) {
        http_server_stop(server);
        return err;
    }
    *ret_server = server;
    return ERR_OK;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

static void stop_listening(struct http_server *server)
{
    if (atomic_exchange(&server->draining, true))
        return;
    for (unsigned i = 0; i < server->loop_count; i++)
        loop_quiet(&server->loops[i]);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    server->listen_fd = -1;
}

static bool wait_for_zero(const _Atomic unsigned *count, int64_t until_us)
{
    while (atomic_load(count) > 0) {
        if (clock_monotonic_us() >= until_us)
            return false;
        clock_sleep_us(1000);
    }
    return true;
}

void http_server_drain(struct http_server *server, int64_t deadline_us)
{
    stop_listening(server);
    wake_streams(server);
    if (!wait_for_zero(&server->exchanges, deadline_us))
        log_line(LOG_WARNING, "http-drain-incomplete", LOG_INT("requests", atomic_load(&server->exchanges)));
}

/* Nothing may be suspended when the daemon stops. Handlers that are running may still park, hence the loop. */
static void finish_all(struct http_server *server)
{
    atomic_store(&server->stopping, true);
    wake_streams(server);
    wait_for_zero(&server->in_flight, clock_monotonic_us() + HANDLERS_END_US);
    do
        exchange_abandon_all(server);
    while (!wait_for_zero(&server->in_flight, clock_monotonic_us() + 1000));
    wait_for_zero(&server->exchanges, clock_monotonic_us() + ANSWERS_LEAVE_US);
}

void http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    stop_listening(server);
    finish_all(server);
    workers_stop(server->workers);
    for (unsigned i = 0; i < server->loop_count; i++)
        loop_stop(&server->loops[i]);
    free(server->loops);
    connections_stop(&server->connections);
    answer_refusals_free(server);
    router_free(server->router);
    free(server->figures);
    exchange_pool_free(server);
    pthread_mutex_destroy(&server->hubs_lock);
    free(server);
}
