/* Bodies that are never whole in memory. Upload: a piece is gathered on the HTTP thread, the connection sleeps while a worker has it, and only then
 * is more read from the client: its pace is the database's. Download: the client takes a piece, the connection sleeps while a worker fetches the
 * next. */
#include "app/app.h"
#include "http/exchange.h"

bool exchange_is_upload(const struct http_exchange *exchange)
{
    return exchange->match.route && exchange->match.route->flags & HTTP_UPLOAD;
}

static enum MHD_Result hand_over(struct http_exchange *exchange)
{
    exchange->request.body = (struct str){exchange->body, exchange->body_size};
    exchange->request.piece_offset = exchange->received - exchange->body_size;
    exchange->request.last_piece = false;
    if (!exchange_dispatch(exchange))
        exchange->stage = STAGE_DISCARD;
    return MHD_YES;
}

enum MHD_Result upload_take(struct http_exchange *exchange, const char *bytes, size_t *size)
{
    if (!exchange->body)
        exchange->body = arena_take(exchange->arena, HTTP_PIECE_BYTES);
    if (!exchange->body) {
        exchange->err = ERR_LIMIT;
        exchange->stage = STAGE_DISCARD;
        return MHD_YES;
    }
    size_t room = HTTP_PIECE_BYTES - exchange->body_size;
    size_t taken = *size < room ? *size : room;
    memcpy(exchange->body + exchange->body_size, bytes, taken);
    exchange->body_size += taken;
    exchange->received += taken;
    *size -= taken;
    /* The last piece goes when the library says that the body is whole. */
    bool full = exchange->body_size == HTTP_PIECE_BYTES && exchange->received < exchange->content_length;
    if (!full)
        return MHD_YES;
    enum MHD_Result result = hand_over(exchange);
    if (exchange->stage == STAGE_DISCARD)
        *size = 0;
    return result;
}

enum MHD_Result upload_resume(struct http_exchange *exchange)
{
    /* In the middle of a body the library takes no answer. */
    if (atomic_load(&exchange->hold) == HOLD_ABANDONED)
        return MHD_NO;
    atomic_store(&exchange->hold, HOLD_NONE);
    exchange->suspended = false;
    exchange->body_size = 0;
    exchange->stage = exchange->err == ERR_OK ? STAGE_BODY : STAGE_DISCARD;
    return MHD_YES;
}

/* ── Answers ── */

/* False: the server is stopping. Counted first, so that a stop either is seen here or waits for this. */
static bool fetch(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    atomic_fetch_add(&server->in_flight, 1); /* admitted when it began */
    metric_add(server->in_flight_now, 1);
    if (atomic_load(&server->stopping)) {
        in_flight_give(server);
        return false;
    }
    exchange->fetching = true;
    exchange_to_worker(exchange);
    return true;
}

static bool take_fetched(struct http_exchange *exchange)
{
    exchange->fetching = false;
    exchange->suspended = false;
    exchange->piece_sent = 0;
    if (atomic_load(&exchange->hold) == HOLD_ABANDONED)
        return false;
    atomic_store(&exchange->hold, HOLD_NONE);
    connection_enter(exchange->connection, PHASE_ANSWERING, clock_monotonic_us());
    bool may_be_empty = exchange->request.response.total_bytes == HTTP_UNKNOWN_BYTES;
    return exchange->err == ERR_OK && (may_be_empty || !str_empty(exchange->request.response.body));
}

static ssize_t read_download(void *context, uint64_t position, char *buffer, size_t capacity)
{
    struct http_exchange *exchange = context;
    const struct http_response *answer = &exchange->request.response;
    bool fetched = exchange->fetching;
    if (fetched && !take_fetched(exchange))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = answer->body.size - exchange->piece_sent;
    if (fetched && left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left == 0 && position < answer->total_bytes)
        return fetch(exchange) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
    size_t size = left < capacity ? left : capacity;
    if (size > answer->total_bytes - position)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(buffer, answer->body.at + exchange->piece_sent, size);
    exchange->piece_sent += size;
    return size > 0 ? (ssize_t)size : MHD_CONTENT_READER_END_OF_STREAM;
}

struct MHD_Response *download_response(struct http_exchange *exchange)
{
    _Static_assert(HTTP_UNKNOWN_BYTES == MHD_SIZE_UNKNOWN, "the library's word for it");
    return MHD_create_response_from_callback(exchange->request.response.total_bytes, HTTP_PIECE_BYTES, read_download, exchange, NULL);
}
