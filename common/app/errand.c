#include "app/errand.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "app/app.h"

struct errand {
    int64_t look_every_us;
    bool (*work_one)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic bool stopping;
    bool woken;
};

static bool wait_for_work(struct errand *errand)
{
    int64_t until_us = clock_monotonic_us() + errand->look_every_us;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&errand->lock);
    int waited = 0;
    while (!errand->woken && !errand->stopping && waited == 0)
        waited = pthread_cond_timedwait(&errand->wake, &errand->lock, &until);
    errand->woken = false;
    bool go_on = !errand->stopping;
    pthread_mutex_unlock(&errand->lock);
    return go_on;
}

static void *run(void *context)
{
    struct errand *errand = context;
    while (wait_for_work(errand))
        while (!errand->stopping && errand->work_one(errand->context))
            continue;
    return NULL;
}

static void release(struct errand *errand)
{
    pthread_cond_destroy(&errand->wake);
    pthread_mutex_destroy(&errand->lock);
    free(errand);
}

enum err errand_start(int64_t look_every_us, bool (*work_one)(void *context), void *context, struct errand **ret_errand)
{
    pthread_condattr_t attributes;
    struct errand *errand = calloc(1, sizeof(*errand));
    if (!errand)
        return ERR_MEMORY;
    errand->look_every_us = look_every_us;
    errand->work_one = work_one;
    errand->context = context;
    pthread_mutex_init(&errand->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&errand->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    *ret_errand = errand; /* before its thread may ask for it */
    if (pthread_create(&errand->thread, NULL, run, errand) == 0)
        return ERR_OK;
    *ret_errand = NULL;
    release(errand);
    return ERR_MEMORY;
}

void errand_wake(struct errand *errand)
{
    pthread_mutex_lock(&errand->lock);
    errand->woken = true;
    pthread_cond_signal(&errand->wake);
    pthread_mutex_unlock(&errand->lock);
}

bool errand_is_stopping(const struct errand *errand)
{
    return errand->stopping;
}

void errand_stop(struct errand *errand)
{
    if (!errand)
        return;
    pthread_mutex_lock(&errand->lock);
    errand->stopping = true;
    pthread_cond_signal(&errand->wake);
    pthread_mutex_unlock(&errand->lock);
    pthread_join(errand->thread, NULL);
    release(errand);
}
