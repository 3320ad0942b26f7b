/* A service's life: start parts in order, serve, drain, stop parts in reverse order. Owns the main thread and the signals;
 * http/admin.h shows its state (/livez /readyz /startupz). SIGTERM or SIGINT starts the drain: not ready, wait `drain_wait_ms` (two checks of the
 * front door), then each part's `drain` in order (stop accepting, finish what was accepted), then each part's `stop` in reverse order. A second
 * signal changes nothing. While parts start the signals wait: a start that waits for somebody else asks app_told_to_stop(). A part that calls
 * app_fail() ends the process with exit status 1 after a log line (the supervisor starts it again). */
#ifndef JISR_APP_APP_H
#define JISR_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app_part {
    const char *name;
    enum err (*start)(void *service); /* NULL allowed, as for the others; an error ends the start: what has started is stopped */
    void (*drain)(void *service);     /* may block until what was accepted is finished, within the drain budget */
    void (*stop)(void *service);
};

struct app {
    const char *name;
    int64_t drain_wait_ms;   /* not ready, still serving */
    int64_t drain_budget_ms; /* the whole of drain and stop, after that wait; past it, exit status 1 */
    const struct app_part *parts;
    size_t part_count;
    void *service; /* handed to every part */
};

/* Runs until told to stop; the exit status. Handles SIGTERM, SIGINT; ignores SIGPIPE. */
int app_run(const struct app *app);
enum app_state { APP_STARTING, APP_READY, APP_DRAINING };
enum app_state app_state(void); /* from any thread */
/* Has a signal come that is not taken yet? For starts, on the main thread: give up with ERR_UNAVAILABLE, and the process ends with exit status 0. */
bool app_told_to_stop(void);
/* From any thread: something is broken for good (not "PostgreSQL is away": that is waited for). */
void app_fail(const char *why);

/* Monotonic and wall clocks, and entropy: the only places where common code asks the system for them. */
int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void); /* instant_us of now */
void clock_sleep_us(int64_t duration_us);

#endif
