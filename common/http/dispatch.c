/* From a whole request to its handler, and back by http_finish(). */
#include "app/app.h"
#include "http/exchange.h"

bool in_flight_take(struct http_server *server)
{
    if (atomic_fetch_add(&server->in_flight, 1) < server->options.max_in_flight) {
        metric_add(server->in_flight_now, 1);
        return true;
    }
    atomic_fetch_sub(&server->in_flight, 1);
    return false;
}

/* The count is what http_server_stop waits for, so it goes down last: the server may be gone afterwards. */
void in_flight_give(struct http_server *server)
{
    metric_add(server->in_flight_now, -1);
    atomic_fetch_sub(&server->in_flight, 1);
}

/* First suspended, then seen as parked: whoever sees it parked may resume it. */
static void suspend(struct http_exchange *exchange)
{
    exchange->suspended = true;
    atomic_store(&exchange->owners, 2);
    MHD_suspend_connection(exchange->mhd);
    atomic_store(&exchange->hold, HOLD_PARKED);
}

void exchange_to_worker(struct http_exchange *exchange)
{
    suspend(exchange);
    workers_push(exchange->server->workers, exchange);
}

/* True: parked, and then *ret_err is nobody's: the exchange may have another owner. The flag is on the caller's stack because a parked request may be
 * finished, answered and used again before the handler returns. */
static bool call_at_once(struct http_exchange *exchange, enum err *ret_err)
{
    bool parked = false;
    /* cppcheck-suppress autoVariables ; only the handler, which this call outlives, sets it */
    exchange->parked = &parked;
    *ret_err = exchange->match.route->at_once(&exchange->request, exchange->server->options.service);
    return parked;
}

bool exchange_dispatch(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->stage = exchange_is_upload(exchange) && !exchange->request.last_piece ? STAGE_PIECE : STAGE_WORKING;
    if (exchange->is_page) {
        exchange->err = web_answer(server->options.web, &exchange->request);
        return false;
    }
    if (!in_flight_take(server)) {
        metric_add(server->refused_in_flight, 1);
        exchange->err = ERR_OVERLOADED;
        return false;
    }
    if (atomic_load(&server->stopping)) {
        in_flight_give(server);
        exchange->err = ERR_DRAINING;
        return false;
    }
    connection_enter(exchange->connection, PHASE_WORKING, exchange->began_us);
    if (exchange->match.route->in_worker || credential_needs_worker(server->options.auth, &exchange->credential)) {
        exchange_to_worker(exchange);
        return true;
    }
    enum err err = ERR_OK;
    if (call_at_once(exchange, &err))
        return true;
    exchange->err = err;
    in_flight_give(server);
    return false;
}

static enum err verify(struct http_exchange *exchange, void *worker)
{
    struct http_request *request = &exchange->request;
    enum err err = credential_verify_on_worker(exchange->server->options.auth, &exchange->credential, worker, exchange->arena, &request->who);
    if (err == ERR_OK)
        err = credential_admit(exchange->match.route->who, &request->who);
    exchange->verified = err == ERR_OK;
    return err;
}

void exchange_work(struct http_exchange *exchange, void *worker)
{
    struct http_request *request = &exchange->request;
    const struct http_route *route = exchange->match.route;
    if (exchange->fetching) {
        http_finish(request, request->response.more(request, worker));
        return;
    }
    enum err err = exchange->verified ? ERR_OK : verify(exchange, worker);
    if (err == ERR_OK && route->in_worker)
        err = route->in_worker(request, worker);
    else if (err == ERR_OK && call_at_once(exchange, &err))
        return;
    http_finish(request, err);
}

void http_park(struct http_request *request)
{
    struct http_exchange *exchange = request->exchange;
    bool *parked = exchange->parked;
    if (!exchange->suspended)
        suspend(exchange);
    *parked = true;
}

void http_finish(struct http_request *request, enum err err)
{
    struct http_exchange *exchange = request->exchange;
    struct http_server *server = exchange->server;
    int parked = HOLD_PARKED;
    exchange->err = err;
    if (!atomic_compare_exchange_strong(&exchange->hold, &parked, HOLD_FINISHED)) {
        exchange_release(exchange);
        return;
    }
    atomic_fetch_sub(&exchange->owners, 1);
    if (exchange->stage == STAGE_PIECE)
        connection_enter(exchange->connection, PHASE_RECEIVING, clock_monotonic_us());
    loop_resume(exchange->loop, &exchange->resume);
    in_flight_give(server);
}

static void abandon(struct connection *connection, void *context)
{
    struct http_server *server = context;
    int parked = HOLD_PARKED;
    pthread_mutex_lock(&connection->lock);
    struct http_exchange *exchange = connection->exchange;
    if (exchange && atomic_compare_exchange_strong(&exchange->hold, &parked, HOLD_ABANDONED)) {
        loop_resume(exchange->loop, &exchange->resume);
        in_flight_give(server);
    }
    pthread_mutex_unlock(&connection->lock);
}

void exchange_abandon_all(struct http_server *server)
{
    connections_each(&server->connections, abandon, server);
}
