#include "app/app.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/log.h"

static _Atomic int state = APP_STARTING;
static _Atomic bool failed;

enum app_state app_state(void)
{
    return (enum app_state)atomic_load(&state);
}

bool app_told_to_stop(void)
{
    sigset_t waiting;
    return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

void app_fail(const char *why)
{
    log_line(LOG_ERROR, "failed", LOG_TEXT("why", why));
    if (!atomic_exchange(&failed, true))
        (void)kill(getpid(), SIGTERM); /* wakes the main thread, which drains: what was accepted may still be answered */
}

/* The signals that end the process are blocked before any thread exists, so that the main thread alone takes them, with sigwait. */
static void signals_block(sigset_t *ret_signals)
{
    (void)sigemptyset(ret_signals);
    (void)sigaddset(ret_signals, SIGTERM);
    (void)sigaddset(ret_signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

struct watchdog {
    int64_t budget_ms;
    pthread_mutex_t lock;
    pthread_cond_t done_changed;
    bool done;
};

/* Ends a process whose drain hangs: an orchestrator would kill it, later and without a line in the log. */
static void *watchdog_run(void *argument)
{
    struct watchdog *watchdog = argument;
    int64_t until_us = clock_monotonic_us() + watchdog->budget_ms * 1000;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    int late = 0;
    (void)pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->done && late == 0)
        late = pthread_cond_timedwait(&watchdog->done_changed, &watchdog->lock, &until);
    bool done = watchdog->done;
    (void)pthread_mutex_unlock(&watchdog->lock);
    if (!done) {
        log_line(LOG_ERROR, "drain-too-long", LOG_INT("budget_ms", watchdog->budget_ms));
        _exit(EXIT_FAILURE);
    }
    return NULL;
}

static bool watchdog_start(struct watchdog *watchdog, int64_t budget_ms, pthread_t *ret_thread)
{
    pthread_condattr_t monotonic;
    *watchdog = (struct watchdog){.budget_ms = budget_ms};
    (void)pthread_mutex_init(&watchdog->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* a shift of the wall clock must not end the process */
    (void)pthread_cond_init(&watchdog->done_changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return pthread_create(ret_thread, NULL, watchdog_run, watchdog) == 0;
}

static void watchdog_stop(struct watchdog *watchdog, pthread_t thread)
{
    (void)pthread_mutex_lock(&watchdog->lock);
    watchdog->done = true;
    (void)pthread_cond_signal(&watchdog->done_changed);
    (void)pthread_mutex_unlock(&watchdog->lock);
    (void)pthread_join(thread, NULL);
    (void)pthread_cond_destroy(&watchdog->done_changed);
    (void)pthread_mutex_destroy(&watchdog->lock);
}

static void stop_parts(const struct app *app, size_t count)
{
    while (count-- > 0)
        if (app->parts[count].stop)
            app->parts[count].stop(app->service);
}

/* How many parts have started; fewer than all when one of them failed. */
static size_t start_parts(const struct app *app)
{
    for (size_t i = 0; i < app->part_count; i++) {
        const struct app_part *part = &app->parts[i];
        enum err err = part->start ? part->start(app->service) : ERR_OK;
        if (err) {
            log_line(app_told_to_stop() ? LOG_INFO : LOG_ERROR, "start-failed", LOG_TEXT("part", part->name), LOG_ERR(err));
            return i;
        }
    }
    return app->part_count;
}

static void drain_parts(const struct app *app)
{
    for (size_t i = 0; i < app->part_count; i++)
        if (app->parts[i].drain)
            app->parts[i].drain(app->service);
}

static void drain_and_stop(const struct app *app, size_t started)
{
    struct watchdog watchdog;
    pthread_t thread;
    bool watched = watchdog_start(&watchdog, app->drain_wait_ms + app->drain_budget_ms, &thread);
    if (started == app->part_count) {
        clock_sleep_us(atomic_load(&failed) ? 0 : app->drain_wait_ms * 1000);
        drain_parts(app);
    }
    stop_parts(app, started);
    if (watched)
        watchdog_stop(&watchdog, thread);
}

int app_run(const struct app *app)
{
    sigset_t signals;
    int64_t from_us = clock_monotonic_us();
    int signal_number = 0;
    signals_block(&signals);
    size_t started = start_parts(app);
    if (started == app->part_count) {
        atomic_store(&state, APP_READY);
        log_line(LOG_INFO, "ready", LOG_INT("after_ms", (clock_monotonic_us() - from_us) / 1000));
        while (sigwait(&signals, &signal_number) != 0)
            continue;
        log_line(LOG_INFO, "draining", LOG_INT("signal", signal_number));
    }
    atomic_store(&state, APP_DRAINING);
    drain_and_stop(app, started);
    bool clean = (started == app->part_count || app_told_to_stop()) && !atomic_load(&failed);
    log_line(LOG_INFO, "stopped", LOG_TEXT("app", app->name), LOG_TEXT("how", clean ? "clean" : "failed"));
    return clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
