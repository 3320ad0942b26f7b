/* Exchanges are used again with their arenas: a request in steady state allocates nothing. */
#include <stdlib.h>

#include "app/app.h"
#include "http/exchange.h"

#define POOLED_MAX 256
#define POOLED_ARENA_BYTES ((size_t)64 * 1024) /* an arena that holds more is given back */

static struct http_exchange *from_pool(struct http_server *server)
{
    pthread_mutex_lock(&server->pool_lock);
    struct http_exchange *exchange = server->pool;
    if (exchange) {
        server->pool = exchange->next;
        server->pooled--;
    }
    pthread_mutex_unlock(&server->pool_lock);
    return exchange;
}

static bool to_pool(struct http_server *server, struct http_exchange *exchange)
{
    bool kept = false;
    pthread_mutex_lock(&server->pool_lock);
    if (server->pooled < POOLED_MAX) {
        exchange->next = server->pool;
        server->pool = exchange;
        server->pooled++;
        kept = true;
    }
    pthread_mutex_unlock(&server->pool_lock);
    return kept;
}

static void exchange_free(struct http_exchange *exchange)
{
    arena_free(exchange->arena);
    free(exchange);
}

struct http_exchange *exchange_new(struct http_server *server)
{
    struct http_exchange *exchange = from_pool(server);
    struct arena *arena = exchange ? exchange->arena : arena_new(server->options.request_arena_bytes);
    if (!exchange)
        exchange = malloc(sizeof(*exchange));
    if (!exchange || !arena) {
        arena_free(arena);
        free(exchange);
        return NULL;
    }
    memset(exchange, 0, sizeof(*exchange));
    exchange->arena = arena;
    exchange->server = server;
    exchange->request.arena = arena;
    exchange->request.exchange = exchange;
    exchange->request.who.role = WHO_ANYONE;
    atomic_store_explicit(&exchange->owners, 1, memory_order_relaxed);
    return exchange;
}

void exchange_release(struct http_exchange *exchange)
{
    if (atomic_fetch_sub_explicit(&exchange->owners, 1, memory_order_acq_rel) > 1)
        return;
    if (exchange->stream)
        stream_close(exchange->stream);
    /* One that outlived its server's interest in it has no pool to go to. */
    bool abandoned = atomic_load(&exchange->hold) == HOLD_ABANDONED;
    bool large = arena_held_bytes(exchange->arena) > POOLED_ARENA_BYTES;
    if (abandoned || large) {
        exchange_free(exchange);
        return;
    }
    arena_reset(exchange->arena);
    if (!to_pool(exchange->server, exchange))
        exchange_free(exchange);
}

void exchange_pool_free(struct http_server *server)
{
    while (server->pool) {
        struct http_exchange *exchange = server->pool;
        server->pool = exchange->next;
        exchange_free(exchange);
    }
    pthread_mutex_destroy(&server->pool_lock);
}
