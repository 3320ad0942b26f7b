/* Threads that may block, each with its own context (a database connection), opened when the first request comes to it. */
#include "http/exchange.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"

#define STACK_BYTES ((size_t)1024 * 1024)
#define REOPEN_US (INT64_C(250) * 1000)

struct worker {
    struct workers *workers;
    pthread_t thread;
    void *context;
    bool open;
    int64_t tried_us;
};

struct workers {
    struct http_server *server;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct http_exchange *first, *last;
    bool stopping;
    unsigned count;
    struct worker threads[];
};

/* NULL once stopping and empty. */
static struct http_exchange *next_exchange(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    while (!workers->first && !workers->stopping)
        pthread_cond_wait(&workers->wake, &workers->lock);
    struct http_exchange *exchange = workers->first;
    if (exchange)
        workers->first = exchange->next;
    if (!workers->first)
        workers->last = NULL;
    pthread_mutex_unlock(&workers->lock);
    return exchange;
}

/* Tried again at most every 250 ms: the requests in between are answered at once. */
static enum err worker_ready(struct worker *worker)
{
    const struct http_options *options = &worker->workers->server->options;
    int64_t now_us = clock_monotonic_us();
    if (worker->open || !options->worker_open)
        return ERR_OK;
    if (worker->tried_us != 0 && now_us - worker->tried_us < REOPEN_US)
        return ERR_UNAVAILABLE;
    enum err err = options->worker_open(options->service, &worker->context);
    worker->open = err == ERR_OK;
    worker->tried_us = clock_monotonic_us();
    if (err != ERR_OK)
        log_line(LOG_WARNING, "http-worker-not-open", LOG_ERR(err));
    return err;
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct workers *workers = worker->workers;
    struct http_exchange *exchange;
    while ((exchange = next_exchange(workers)) != NULL) {
        enum err err = atomic_load(&workers->server->stopping) ? ERR_DRAINING : worker_ready(worker);
        if (err == ERR_OK)
            exchange_work(exchange, worker->context);
        else
            http_finish(&exchange->request, err);
    }
    if (worker->open && workers->server->options.worker_close)
        workers->server->options.worker_close(worker->context);
    return NULL;
}

static bool thread_start(struct worker *worker)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    bool started = pthread_create(&worker->thread, &attributes, run, worker) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

enum err workers_start(struct http_server *server, struct workers **ret_workers)
{
    unsigned wanted = server->options.worker_threads;
    struct workers *workers = calloc(1, sizeof(*workers) + wanted * sizeof(workers->threads[0]));
    if (!workers)
        return ERR_MEMORY;
    workers->server = server;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->wake, NULL);
    for (unsigned i = 0; i < wanted; i++) {
        workers->threads[i].workers = workers;
        if (!thread_start(&workers->threads[i])) {
            workers_stop(workers);
            return ERR_MEMORY;
        }
        workers->count++;
    }
    *ret_workers = workers;
    return ERR_OK;
}

void workers_push(struct workers *workers, struct http_exchange *exchange)
{
    exchange->next = NULL;
    pthread_mutex_lock(&workers->lock);
    if (workers->last)
        workers->last->next = exchange;
    else
        workers->first = exchange;
    workers->last = exchange;
    pthread_cond_signal(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
}

void workers_stop(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i].thread, NULL);
    pthread_cond_destroy(&workers->wake);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
