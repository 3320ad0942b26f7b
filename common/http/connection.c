#include "http/connection.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "app/app.h"

#define ROUND_US (INT64_C(200) * 1000)

struct connection *connection_open(struct connections *connections, int fd)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    connection->fd = fd;
    pthread_mutex_init(&connection->lock, NULL);
    connection_enter(connection, PHASE_WAITING, clock_monotonic_us());
    pthread_mutex_lock(&connections->lock);
    connection->next = connections->first;
    if (connection->next)
        connection->next->previous = connection;
    connections->first = connection;
    pthread_mutex_unlock(&connections->lock);
    atomic_fetch_add(&connections->count, 1);
    return connection;
}

void connection_close(struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&connections->lock);
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    pthread_mutex_unlock(&connections->lock);
    atomic_fetch_sub(&connections->count, 1);
    pthread_mutex_destroy(&connection->lock);
    free(connection);
}

void connection_enter(struct connection *connection, enum phase phase, int64_t now_us)
{
    atomic_store_explicit(&connection->since_us, now_us, memory_order_relaxed);
    atomic_store_explicit(&connection->phase, (int)phase, memory_order_release);
}

void connections_each(struct connections *connections, void (*visit)(struct connection *connection, void *context), void *context)
{
    pthread_mutex_lock(&connections->lock);
    for (struct connection *connection = connections->first; connection; connection = connection->next)
        visit(connection, context);
    pthread_mutex_unlock(&connections->lock);
}

/* Shutting the socket down, not closing it: its thread sees the end, cleans up and closes. The list's lock keeps the descriptor ours meanwhile. */
static void cut_slow(struct connections *connections, int64_t now_us)
{
    for (struct connection *connection = connections->first; connection; connection = connection->next) {
        int phase = atomic_load_explicit(&connection->phase, memory_order_acquire);
        int64_t since_us = atomic_load_explicit(&connection->since_us, memory_order_relaxed);
        if (connections->limit_us[phase] == 0 || now_us - since_us <= connections->limit_us[phase])
            continue;
        if (!atomic_compare_exchange_strong(&connection->phase, &phase, (int)PHASE_CUT))
            continue;
        shutdown(connection->fd, SHUT_RDWR);
        if (phase != PHASE_WAITING)
            connections->on_cut(connections->context);
    }
}

static void *reap(void *context)
{
    struct connections *connections = context;
    pthread_mutex_lock(&connections->lock);
    while (!connections->stopping) {
        int64_t until_us = clock_monotonic_us() + ROUND_US;
        struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
        pthread_cond_timedwait(&connections->wake, &connections->lock, &until);
        if (connections->stopping)
            break;
        int64_t now_us = clock_monotonic_us();
        cut_slow(connections, now_us);
        pthread_mutex_unlock(&connections->lock);
        connections->on_tick(connections->context, now_us);
        pthread_mutex_lock(&connections->lock);
    }
    pthread_mutex_unlock(&connections->lock);
    return NULL;
}

enum err connections_start(struct connections *connections)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&connections->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&connections->lock, NULL);
    if (pthread_create(&connections->reaper, NULL, reap, connections) != 0)
        return ERR_MEMORY;
    connections->started = true;
    return ERR_OK;
}

void connections_stop(struct connections *connections)
{
    if (!connections->started)
        return;
    pthread_mutex_lock(&connections->lock);
    connections->stopping = true;
    pthread_cond_signal(&connections->wake);
    pthread_mutex_unlock(&connections->lock);
    pthread_join(connections->reaper, NULL);
    pthread_cond_destroy(&connections->wake);
    pthread_mutex_destroy(&connections->lock);
}
