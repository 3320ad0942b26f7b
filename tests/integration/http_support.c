#include "http_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"

#define HELD_MAX 4096
#define LINGERS_US (INT64_C(400) * 1000)

struct finisher {
    pthread_t thread;
    pthread_mutex_t lock;
    struct http_request *held[HELD_MAX];
    size_t count;
    bool stopping;
    struct desk *desk;
};

static void *finish_held(void *context)
{
    struct finisher *finisher = context;
    bool stopping = false;
    while (!stopping) {
        struct http_request *batch[HELD_MAX];
        size_t count = 0;
        pthread_mutex_lock(&finisher->lock);
        if (!atomic_load(&finisher->desk->hold) || finisher->stopping) {
            count = finisher->count;
            memcpy(batch, finisher->held, count * sizeof(batch[0]));
            finisher->count = 0;
        }
        stopping = finisher->stopping;
        pthread_mutex_unlock(&finisher->lock);
        for (size_t i = 0; i < count; i++) {
            http_answer(batch[i], 201, str_copy(batch[i]->arena, batch[i]->body));
            http_finish(batch[i], str_equal(batch[i]->body, STR("\"fail\"")) ? ERR_CONFLICT : ERR_OK);
        }
        if (count == 0)
            clock_sleep_us(200);
    }
    return NULL;
}

static enum err post_park(struct http_request *request, void *service)
{
    struct desk *desk = service;
    struct finisher *finisher = desk->finisher;
    http_park(request);
    pthread_mutex_lock(&finisher->lock);
    finisher->held[finisher->count++] = request;
    pthread_mutex_unlock(&finisher->lock);
    return ERR_OK;
}

static enum err post_echo(struct http_request *request, void *service)
{
    struct desk *desk = service;
    atomic_fetch_add(&desk->handled, 1);
    http_answer(request, 200, request->body);
    return ERR_OK;
}

static enum err post_work(struct http_request *request, void *worker)
{
    struct desk *desk = worker;
    atomic_fetch_add(&desk->handled, 1);
    http_answer(request, 200, request->body);
    return ERR_OK;
}

static enum err next_piece(struct http_request *request, void *worker)
{
    static const char piece[HTTP_PIECE_BYTES];
    struct desk *desk = worker;
    atomic_fetch_add(&desk->pieces, 1);
    request->response.body = (struct str){piece, sizeof(piece)};
    return ERR_OK;
}

static enum err get_pieces(struct http_request *request, void *worker)
{
    enum err err = next_piece(request, worker);
    request->response.content_type = STR("application/octet-stream");
    request->response.more = next_piece;
    request->response.total_bytes = HTTP_UNKNOWN_BYTES;
    return err;
}

static enum err get_thing(struct http_request *request, void *service)
{
    (void)service;
    struct str query = http_query(request, "q");
    if (http_not_modified(request, 7)) {
        http_answer(request, 304, (struct str){0});
        return ERR_OK;
    }
    http_set_etag(request, 7);
    http_answer(request, 200,
                str_format(request->arena, "{\"id\":\"%.*s\",\"q\":\"%.*s\",\"trace\":\"%s\"}", (int)request->params[0].size, request->params[0].at,
                           (int)query.size, query.at ? query.at : "", request->trace.parent));
    return ERR_OK;
}

static enum err get_table(struct http_request *request, void *service)
{
    (void)service;
    request->response.content_type = STR("text/csv");
    http_answer(request, 200, STR("a,b\r\n"));
    return ERR_OK;
}

static enum err get_who(struct http_request *request, void *service)
{
    (void)service;
    http_answer(request, 200,
                str_format(request->arena, "{\"role\":\"%s\",\"subject\":\"%.*s\"}", who_name(request->who.role), (int)request->who.subject.size,
                           request->who.subject.at ? request->who.subject.at : ""));
    return ERR_OK;
}

static enum err post_nothing(struct http_request *request, void *service)
{
    (void)service;
    http_answer(request, 204, (struct str){0});
    return ERR_OK;
}

static enum err post_error(struct http_request *request, void *service)
{
    (void)service;
    struct str name = http_query(request, "err");
    if (!str_equal(name, STR("KEY_REUSED"))) /* that one names no field */
        violations_add(&request->violations, STR("/applicant/phone"), VIOLATION_REQUIRED, NULL);
    for (int i = 0; i < ERR_COUNT; i++)
        if (str_equal(name, str_from(err_info((enum err)i)->name)))
            return (enum err)i;
    return ERR_INTERNAL;
}

static enum err get_stream(struct http_request *request, void *service)
{
    struct desk *desk = service;
    return http_subscribe(request, desk->hub);
}

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/v1/things/{id}", WHO_ANYONE, get_thing, NULL, 0, 0, "a thing"},
    {HTTP_POST, "/v1/echo", WHO_ANYONE, post_echo, NULL, 4096, 0, "the body again, at once"},
    {HTTP_POST, "/v1/large", WHO_ANYONE, post_echo, NULL, 200000, HTTP_ANY_MEDIA, "the same for large bodies of any type"},
    {HTTP_POST, "/v1/park", WHO_ANYONE, post_park, NULL, 4096, 0, "the body again, later"},
    {HTTP_POST, "/v1/work", WHO_ANYONE, NULL, post_work, 4096, 0, "the body again, by a worker"},
    {HTTP_GET, "/v1/pieces", WHO_ANYONE, NULL, get_pieces, 0, HTTP_GIVES_OTHER, "an answer without end, piece by piece"},
    {HTTP_GET, "/v1/table", WHO_ANYONE, get_table, NULL, 0, HTTP_GIVES_CSV, "an answer that is no JSON"},
    {HTTP_GET, "/v1/staff", WHO_AGENT | WHO_ADMIN, get_who, NULL, 0, HTTP_NO_STORE, "who is asking"},
    {HTTP_GET, "/v1/mine", WHO_APPLICANT, get_who, NULL, 0, HTTP_NO_STORE, "who is asking"},
    {HTTP_GET, "/v1/partner", WHO_PARTNER, get_who, NULL, 0, HTTP_NO_STORE, "who is asking"},
    {HTTP_GET, "/v1/anyone", WHO_ANYONE, get_who, NULL, 0, 0, "who is asking"},
    {HTTP_POST, "/v1/parked-mine", WHO_APPLICANT, post_park, NULL, 4096, 0, "verified by a worker, parked there"},
    {HTTP_POST, "/v1/nothing", WHO_ANYONE, post_nothing, NULL, 0, 0, "no body in, none out"},
    {HTTP_POST, "/v1/error", WHO_ANYONE, post_error, NULL, 0, 0, "the error named by err="},
    {HTTP_GET, "/v1/stream", WHO_ANYONE, get_stream, NULL, 0, HTTP_STREAM, "events"},
};

static enum err worker_open(void *service, void **ret_worker)
{
    struct desk *desk = service;
    if (atomic_load(&desk->fails_to_open) > 0) {
        atomic_fetch_sub(&desk->fails_to_open, 1);
        return ERR_UNAVAILABLE;
    }
    atomic_fetch_add(&desk->opened, 1);
    *ret_worker = service;
    return ERR_OK;
}

static void worker_close(void *worker)
{
    struct desk *desk = worker;
    if (atomic_load(&desk->lingers))
        clock_sleep_us(LINGERS_US);
    atomic_fetch_add(&desk->closed, 1);
}

static struct http_options merge(const struct http_options *wanted, struct desk *desk)
{
    struct http_options options = *wanted;
    options.host = "127.0.0.1";
    options.routes = ROUTES;
    options.route_count = ROWS(ROUTES);
    options.service = desk;
    options.worker_open = worker_open;
    options.worker_close = worker_close;
    options.epoll_threads = options.epoll_threads ? options.epoll_threads : 2;
    options.worker_threads = options.worker_threads ? options.worker_threads : 2;
    options.max_connections = options.max_connections ? options.max_connections : 1000;
    options.max_in_flight = options.max_in_flight ? options.max_in_flight : 1000;
    options.request_deadline_ms = options.request_deadline_ms ? options.request_deadline_ms : 3000;
    options.response_deadline_ms = options.response_deadline_ms ? options.response_deadline_ms : 3000;
    options.idle_ms = options.idle_ms ? options.idle_ms : 10000;
    options.request_arena_bytes = options.request_arena_bytes ? options.request_arena_bytes : (size_t)1024 * 1024;
    return options;
}

struct desk *desk_open(const struct http_options *wanted)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    assert_non_null(desk);
    desk->hub = http_hub_new();
    desk->finisher = calloc(1, sizeof(*desk->finisher));
    assert_non_null(desk->finisher);
    desk->finisher->desk = desk;
    pthread_mutex_init(&desk->finisher->lock, NULL);
    assert_int_equal(pthread_create(&desk->finisher->thread, NULL, finish_held, desk->finisher), 0);
    struct http_options options = merge(wanted, desk);
    assert_int_equal(http_server_start(&options, &desk->server), ERR_OK);
    return desk;
}

size_t desk_held(struct desk *desk)
{
    pthread_mutex_lock(&desk->finisher->lock);
    size_t count = desk->finisher->count;
    pthread_mutex_unlock(&desk->finisher->lock);
    return count;
}

/* The server stops first: what the finisher still holds then is answered by the server, and given back by the finisher afterwards. */
void desk_close(struct desk *desk)
{
    http_server_stop(desk->server);
    pthread_mutex_lock(&desk->finisher->lock);
    desk->finisher->stopping = true;
    pthread_mutex_unlock(&desk->finisher->lock);
    pthread_join(desk->finisher->thread, NULL);
    pthread_mutex_destroy(&desk->finisher->lock);
    assert_int_equal(atomic_load(&desk->opened), atomic_load(&desk->closed));
    http_hub_free(desk->hub);
    free(desk->finisher);
    free(desk);
}

int client_connect(const struct desk *desk)
{
    return client_connect_port(http_server_port(desk->server));
}

int client_connect_port(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = WAIT_MS / 1000};
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* The server may have answered and closed already: what matters is what is read afterwards. */
void client_send(int fd, struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.at, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = (struct str){bytes.at + sent, bytes.size - (size_t)sent};
    }
}

/* The library repeats itself when it refuses a Content-Length: what comes before the end is read off. */
bool client_sees_end(int fd, int wait_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    char bytes[1024];
    while (poll(&poll_fd, 1, wait_ms) > 0)
        if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
            return true;
    return false;
}

bool client_awaits(int fd, const char *text, char *buffer, size_t capacity)
{
    size_t size = 0;
    buffer[0] = 0;
    while (size + 1 < capacity) {
        ssize_t got = recv(fd, buffer + size, 1, 0);
        if (got <= 0)
            return false;
        buffer[++size] = 0;
        if (strstr(buffer, text))
            return true;
    }
    return false;
}

struct str answer_header(const struct answer *answer, const char *name)
{
    struct str rest = str_from(answer->head);
    while (!str_empty(rest)) {
        struct str value = str_cut(&rest, '\n');
        struct str key = str_cut(&value, ':');
        if (str_equal_nocase(key, str_from(name)))
            return str_trim(value);
    }
    return STR("");
}

static bool read_exactly(int fd, char *buffer, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = recv(fd, buffer + done, size - done, 0);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

void client_read(int fd, bool is_head, struct answer *ret_answer)
{
    memset(ret_answer, 0, sizeof(*ret_answer));
    if (!client_awaits(fd, "\r\n\r\n", ret_answer->head, sizeof(ret_answer->head)) ||
        sscanf(ret_answer->head, "HTTP/1.1 %d", &ret_answer->status) != 1) {
        ret_answer->status = 0;
        ret_answer->closed = true;
        return;
    }
    int64_t length = 0;
    str_parse_int64(answer_header(ret_answer, "Content-Length"), &length);
    bool has_body = !is_head && ret_answer->status != 304 && ret_answer->status != 204;
    ret_answer->body_size = has_body ? (size_t)length : 0;
    assert_true(ret_answer->body_size < sizeof(ret_answer->body));
    if (!read_exactly(fd, ret_answer->body, ret_answer->body_size))
        ret_answer->status = 0;
}

void client_ask(const struct desk *desk, const char *request, struct answer *ret_answer)
{
    int fd = client_connect(desk);
    client_send(fd, str_from(request));
    client_read(fd, strncmp(request, "HEAD ", 5) == 0, ret_answer);
    ret_answer->closed = ret_answer->closed || client_sees_end(fd, 50);
    close(fd);
}
