/* The life of one request, as libmicrohttpd tells it: the request line (exchange_on_line), then the access handler once for the headers, once for
 * each piece of the body, once when it is whole, and once more after a resume; then exchange_on_completed. An answer given at the headers closes the
 * connection with what is still coming, and a client that goes on sending never sees it: so a refusal waits until the body has been read off, unless
 * it is larger than anybody means well with. */
#include "http/exchange.h"

#include "app/app.h"
#include "http/fields.h"

#define DISCARDED_MAX_BYTES ((uint64_t)32 * 1024 * 1024) /* three times the largest document: a photo too large gets its 413 */
#define REFUSED_MAX_BYTES ((uint64_t)64 * 1024)
#define FIRST_BODY_BYTES ((size_t)16 * 1024)

/* Requests refused at their first line, without an exchange: the context is one of these. */
enum refusal_kind { REFUSAL_FULL, REFUSAL_BUSY, REFUSAL_BUSY_DISCARDING, REFUSAL_MEMORY, REFUSAL_COUNT };

static struct refusal {
    enum err err;
    bool waits_for_body; /* keeps the connection when the body is small */
} refusals[REFUSAL_COUNT] = {
    [REFUSAL_FULL] = {ERR_OVERLOADED, false},
    [REFUSAL_BUSY] = {ERR_OVERLOADED, true},
    [REFUSAL_BUSY_DISCARDING] = {ERR_OVERLOADED, false},
    [REFUSAL_MEMORY] = {ERR_MEMORY, false},
};

static struct refusal *refusal_of(void *context)
{
    for (size_t i = 0; i < REFUSAL_COUNT; i++)
        if (context == &refusals[i])
            return &refusals[i];
    return NULL;
}

static struct connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void hold_exchange(struct connection *connection, struct http_exchange *exchange)
{
    pthread_mutex_lock(&connection->lock);
    connection->exchange = exchange;
    pthread_mutex_unlock(&connection->lock);
}

static bool is_full(struct http_server *server)
{
    return (uint64_t)atomic_load(&server->connections.count) * 10 > (uint64_t)server->options.max_connections * 9;
}

void *exchange_on_line(void *context, const char *uri, struct MHD_Connection *mhd)
{
    struct http_server *server = context;
    struct connection *connection = connection_of(mhd);
    if (!connection)
        return &refusals[REFUSAL_MEMORY];
    int64_t now_us = clock_monotonic_us();
    connection_enter(connection, PHASE_RECEIVING, now_us);
    if (is_full(server)) {
        metric_add(server->refused_connections, 1);
        return &refusals[REFUSAL_FULL];
    }
    if (atomic_load(&server->in_flight) >= server->options.max_in_flight) {
        metric_add(server->refused_in_flight, 1);
        return &refusals[REFUSAL_BUSY];
    }
    struct http_exchange *exchange = exchange_new(server);
    if (!exchange)
        return &refusals[REFUSAL_MEMORY];
    exchange->began_us = now_us;
    exchange->connection = connection;
    exchange->mhd = exchange->resume.mhd = mhd;
    exchange->loop = loop_current();
    exchange->line_at = uri;
    exchange->target = uri ? str_copy(exchange->arena, str_from(uri)) : (struct str){0};
    exchange->request.received_at = clock_wall_us();
    hold_exchange(connection, exchange);
    atomic_fetch_add(&server->exchanges, 1);
    return exchange;
}

static enum language language_of(struct MHD_Connection *mhd)
{
    return language_choose(str_from(MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Accept-Language")));
}

struct framing {
    unsigned lengths;
    uint64_t length;
    bool unusual;
};

static enum MHD_Result see_framing(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct framing *framing = context;
    struct str text = str_from(name);
    if (str_equal_nocase(text, STR("Content-Length"))) {
        framing->lengths++;
        framing->length = field_length(str_from(value));
    }
    if (str_equal_nocase(text, STR("Expect")) || (text.size >= 8 && str_equal_nocase((struct str){text.at, 8}, STR("Transfer"))))
        framing->unusual = true;
    return MHD_YES;
}

/* A body that is small and plainly framed can be read off, and the connection kept. */
static bool body_is_small(struct MHD_Connection *mhd)
{
    struct framing framing = {0};
    MHD_get_connection_values(mhd, MHD_HEADER_KIND, see_framing, &framing);
    return !framing.unusual && framing.lengths <= 1 && framing.length <= REFUSED_MAX_BYTES;
}

static enum MHD_Result refuse(struct http_server *server, struct MHD_Connection *mhd, size_t *upload_size, void **context)
{
    const struct refusal *refusal = refusal_of(*context);
    if (refusal->waits_for_body && body_is_small(mhd)) {
        *context = &refusals[REFUSAL_BUSY_DISCARDING];
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    figures_count(server, server->options.route_count, err_info(refusal->err)->http_status, 0);
    return answer_refusal(server, mhd, refusal->err, language_of(mhd));
}

static enum MHD_Result begin(struct http_exchange *exchange, const char *method, const char *version)
{
    exchange->err = exchange_receive(exchange, method, version);
    exchange->stage = exchange->err == ERR_OK ? STAGE_BODY : STAGE_DISCARD;
    if (exchange->err == ERR_OK)
        return MHD_YES;
    bool readable = !exchange->why && exchange->content_length <= DISCARDED_MAX_BYTES && str_empty(exchange_header(exchange, STR("Expect")));
    return readable ? MHD_YES : exchange_answer(exchange);
}

/* The buffer grows with what has come, not with what was announced. */
static bool body_reserve(struct http_exchange *exchange, size_t more)
{
    size_t needed = exchange->body_size + more;
    if (needed <= exchange->body_capacity)
        return true;
    size_t capacity = exchange->body_capacity ? exchange->body_capacity * 4 : FIRST_BODY_BYTES;
    if (capacity > exchange->content_length)
        capacity = (size_t)exchange->content_length;
    if (capacity < needed)
        capacity = needed;
    char *body = arena_take(exchange->arena, capacity + 1);
    if (!body)
        return false;
    if (exchange->body_size > 0)
        memcpy(body, exchange->body, exchange->body_size);
    exchange->body = body;
    exchange->body_capacity = capacity;
    return true;
}

static void take_body(struct http_exchange *exchange, const char *piece, size_t size)
{
    size_t limit = exchange->match.route ? exchange->match.route->max_body_bytes : 0;
    if (limit == 0) /* an unwanted one */
        return;
    if (size > limit - exchange->body_size || !body_reserve(exchange, size)) {
        exchange->err = ERR_LIMIT;
        exchange->stage = STAGE_DISCARD;
        return;
    }
    memcpy(exchange->body + exchange->body_size, piece, size);
    exchange->body_size += size;
}

static enum MHD_Result go_on(struct http_exchange *exchange)
{
    if (exchange->stage == STAGE_BODY) {
        exchange->request.body = (struct str){exchange->body, exchange->body_size};
        exchange->request.piece_offset = exchange->received - (exchange_is_upload(exchange) ? exchange->body_size : 0);
        exchange->request.last_piece = true;
        return exchange_dispatch(exchange) ? MHD_YES : exchange_answer(exchange);
    }
    if (atomic_load(&exchange->hold) == HOLD_ABANDONED)
        return answer_refusal(exchange->server, exchange->mhd, ERR_DRAINING, LANGUAGE_EN);
    return exchange_answer(exchange);
}

/* NOLINTNEXTLINE(readability-function-size): the library sets the parameters */
enum MHD_Result exchange_on_access(void *server, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                   const char *upload, size_t *upload_size, void **context)
{
    (void)url;
    if (refusal_of(*context))
        return refuse(server, mhd, upload_size, context);
    struct http_exchange *exchange = *context;
    if (!exchange || exchange->stage == STAGE_ANSWERED)
        return MHD_NO;
    if (exchange->stage == STAGE_BEGUN)
        return begin(exchange, method, version);
    if (exchange->stage == STAGE_PIECE && upload_resume(exchange) == MHD_NO)
        return MHD_NO;
    if (*upload_size == 0)
        return go_on(exchange);
    if (exchange->stage == STAGE_BODY && exchange_is_upload(exchange))
        return upload_take(exchange, upload, upload_size);
    if (exchange->stage == STAGE_BODY)
        take_body(exchange, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
}

void exchange_on_completed(void *context_of_server, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode how)
{
    (void)how;
    struct http_server *server = context_of_server;
    struct connection *connection = connection_of(mhd);
    struct http_exchange *exchange = refusal_of(*context) ? NULL : *context;
    *context = NULL;
    if (exchange) {
        hold_exchange(exchange->connection, NULL);
        exchange_release(exchange);
    }
    if (connection)
        connection_enter(connection, PHASE_WAITING, clock_monotonic_us());
    if (exchange)
        atomic_fetch_sub(&server->exchanges, 1);
}
