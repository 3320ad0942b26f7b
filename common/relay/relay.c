#include "relay/relay.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"
#include "relay/relay_pump.h"

#define MS INT64_C(1000)
#define LEAD_EVERY_US (500 * MS)
#define STOP_WITHIN_US (2000 * MS)
#define BACK_OFF_FIRST_US (50 * MS)
#define BACK_OFF_MAX_US (1000 * MS)
#define REPORT_WAIT_MS 5       /* a wake does not interrupt this wait */
#define REPORT_WAIT_AWAY_MS 50 /* Kafka has said nothing for a second */
#define AWAY_US (1000 * MS)

struct relay {
    struct relay_options options;
    struct arena *arena;
    struct metric *leader, *failures;
    pthread_t thread;
    int wake_fd;
    atomic_bool woken, stopping;
    atomic_size_t announced; /* rows, since the thread last took note */
    struct pump pump;
    bool leads;
    int64_t back_off_us;
};

/* ── Waking and waiting ── */

void relay_wake(struct relay *relay, size_t rows)
{
    atomic_fetch_add(&relay->announced, rows);
    if (atomic_exchange(&relay->woken, true))
        return; /* it knows already */
    uint64_t one = 1;
    ssize_t written = write(relay->wake_fd, &one, sizeof(one)); /* non-blocking; a counter that is full wakes as well */
    (void)written;
}

/* `woken` says whether there is news, the descriptor only ends a wait: a write that comes after its `woken` was taken must not end all others. */
static void clear_wake(struct relay *relay)
{
    uint64_t count;
    ssize_t got = read(relay->wake_fd, &count, sizeof(count));
    (void)got;
}

static bool take_wake(struct relay *relay)
{
    if (!atomic_exchange(&relay->woken, false))
        return false;
    clear_wake(relay);
    return true;
}

static bool is_stopping(const struct relay *relay)
{
    return atomic_load(&relay->stopping);
}

static void sleep_until_woken(struct relay *relay, int64_t duration_us)
{
    struct pollfd fd = {.fd = relay->wake_fd, .events = POLLIN};
    int ready = poll(&fd, 1, (int)((duration_us + MS - 1) / MS));
    if (ready > 0)
        clear_wake(relay);
    else if (ready < 0 && errno != EINTR)
        clock_sleep_us(MS);
}

/* For who is not the leader, or has failed: commits of this process don't end the wait, relay_stop does. */
static void rest(struct relay *relay, int64_t duration_us)
{
    int64_t until_us = clock_monotonic_us() + duration_us, left_us;
    while (!is_stopping(relay) && (left_us = until_us - clock_monotonic_us()) > 0) {
        sleep_until_woken(relay, left_us);
        if (take_wake(relay))
            clock_sleep_us(10 * MS);
    }
}

/* ── Leading ── */

static void wait_for_work(struct relay *relay)
{
    struct pump *pump = &relay->pump;
    int64_t now_us = clock_monotonic_us();
    int64_t left_us = pump_due_us(pump) - now_us;
    if (left_us <= 0)
        return;
    if (pump->flight.rows == 0) {
        sleep_until_woken(relay, left_us);
        return;
    }
    int64_t most_ms = now_us - pump->heard_at_us > AWAY_US ? REPORT_WAIT_AWAY_MS : REPORT_WAIT_MS;
    int64_t wait_ms = (left_us + MS - 1) / MS;
    producer_poll(pump->producer, (int)(wait_ms < most_ms ? wait_ms : most_ms));
}

/* After the last look, as soon as nothing is on its way; at last even so. */
static bool may_stop(const struct pump *pump, int64_t stop_at_us, int64_t now_us)
{
    bool last_look_done = pump->looked_at_us >= stop_at_us - STOP_WITHIN_US;
    return stop_at_us > 0 && ((last_look_done && pump_idle(pump)) || now_us >= stop_at_us);
}

/* Until something fails, or all is sent after relay_stop. */
static enum err lead(struct relay *relay)
{
    struct pump *pump = &relay->pump;
    int64_t stop_at_us = 0;
    enum err err = pump_start(pump, clock_monotonic_us());
    while (err == ERR_OK) {
        int64_t now_us = clock_monotonic_us();
        bool woken = take_wake(relay);
        if (is_stopping(relay) && stop_at_us == 0) {
            stop_at_us = now_us + STOP_WITHIN_US;
            woken = true; /* a last look */
        }
        if (woken)
            pump_wake(pump, atomic_exchange(&relay->announced, 0), now_us);
        err = pump_serve(pump, 0);
        if (err == ERR_OK)
            err = pump_work(pump);
        if (err != ERR_OK)
            break;
        relay->back_off_us = BACK_OFF_FIRST_US;
        if (pump_unheard(pump, now_us)) {
            relay->back_off_us = BACK_OFF_MAX_US; /* whoever else there is asks twice meanwhile */
            return ERR_UNAVAILABLE;
        }
        if (may_stop(pump, stop_at_us, now_us))
            return pump_save(pump);
        wait_for_work(relay);
    }
    return err;
}

static enum err try_to_lead(struct relay *relay)
{
    bool leads = false;
    enum err err = window_lead(&relay->pump.window, relay->options.service, &leads);
    if (err != ERR_OK)
        return err;
    relay->leads = leads;
    metric_set(relay->leader, leads);
    if (!leads)
        return ERR_OK;
    log_line(LOG_INFO, "relay-leads", LOG_TEXT("service", relay->options.service));
    return lead(relay);
}

static void fall_back(struct relay *relay, enum err err)
{
    log_line(LOG_WARNING, "relay-stopped", LOG_ERR(err), LOG_INT("in_flight", relay->pump.flight.rows),
             LOG_INT("again_in_ms", relay->back_off_us / MS));
    metric_add(relay->failures, 1);
    pump_stop(&relay->pump);
    if (window_resign(&relay->pump.window) != ERR_OK)
        log_line(LOG_INFO, "relay-session-lost", LOG_TEXT("service", relay->options.service)); /* and the leadership with it */
    metric_set(relay->leader, 0);
    rest(relay, relay->back_off_us);
    relay->back_off_us *= 2;
    if (relay->back_off_us > BACK_OFF_MAX_US)
        relay->back_off_us = BACK_OFF_MAX_US;
}

static void *run(void *context)
{
    struct relay *relay = context;
    while (!is_stopping(relay)) {
        enum err err = try_to_lead(relay);
        if (err != ERR_OK)
            fall_back(relay, err);
        else if (!relay->leads)
            rest(relay, LEAD_EVERY_US);
    }
    metric_set(relay->leader, 0);
    pump_done(&relay->pump); /* ends the session, and with it the leadership */
    return NULL;
}

/* ── Life ── */

static enum err open_parts(struct relay *relay)
{
    relay->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (relay->wake_fd < 0)
        return ERR_MEMORY;
    relay->leader = metric_gauge("relay_leader", "", "1: this copy carries the outbox");
    relay->failures = metric_counter("relay_failures_total", "", "times the relay had to start again");
    struct str source = str_format(relay->arena, "/jisr/%s", relay->options.service);
    if (!source.at)
        return ERR_MEMORY;
    enum err err = pump_init(&relay->pump, &relay->options, source);
    if (err != ERR_OK)
        return err;
    return pthread_create(&relay->thread, NULL, run, relay) == 0 ? ERR_OK : ERR_MEMORY;
}

static void release(struct relay *relay)
{
    if (relay->wake_fd >= 0)
        close(relay->wake_fd);
    arena_free(relay->arena);
    free(relay);
}

enum err relay_start(const struct relay_options *options, struct relay **ret_relay)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    if (!relay)
        return ERR_MEMORY;
    relay->options = *options;
    relay->wake_fd = -1;
    relay->back_off_us = BACK_OFF_FIRST_US;
    relay->arena = arena_new(4096);
    enum err err = relay->arena ? open_parts(relay) : ERR_MEMORY;
    if (err != ERR_OK) {
        pump_done(&relay->pump);
        release(relay);
        return err;
    }
    *ret_relay = relay;
    return ERR_OK;
}

void relay_stop(struct relay *relay)
{
    if (!relay)
        return;
    atomic_store(&relay->stopping, true);
    relay_wake(relay, 0);
    pthread_join(relay->thread, NULL);
    release(relay);
}
