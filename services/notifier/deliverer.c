#include "deliverer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "app/crash.h"
#include "app/log.h"
#include "app/metrics.h"
#include "flight.h"
#include "queue.h"
#include "recorder.h"
#include "store_statements.h"
#include "target.h"

#define CLAIM_MAX 512       /* deliveries of one claim */
#define TARGETS_A_CLAIM 256 /* endpoints asked for in one claim; the next claim goes on with the others */
#define POLL_FIRST_US 20000
#define POLL_LAST_US 500000      /* other copies' commits are seen after that at the latest */
#define RELOAD_US INSTANT_SECOND /* and their changes of endpoints after that */
#define CLAIM_BYTES_MAX ((size_t)32 << 20)
#define LANDING_US (5 * INSTANT_SECOND)
#define ANSWER_BYTES_MAX 1024

struct deliverer {
    struct deliverer_options options;
    struct net_client *client;
    struct recorder *recorder;
    pthread_t thread;

    /* Of the thread alone. */
    struct db *db;
    struct arena *arena;
    struct targets targets;
    struct flight *pool;
    int32_t out; /* flights that are not in the pool */
    int64_t reload_us;
    struct db_rows claimed;
    struct queue queue;
    struct metric *out_gauge;

    pthread_mutex_t lock; /* the rest is shared */
    pthread_cond_t news;
    struct flight *returned;
    bool woken, reload, stopping;
};

/* ── From other threads ── */

static void tell(struct deliverer *deliverer, bool *flag)
{
    pthread_mutex_lock(&deliverer->lock);
    *flag = true;
    deliverer->woken = true;
    pthread_cond_signal(&deliverer->news);
    pthread_mutex_unlock(&deliverer->lock);
}

void deliverer_wake(struct deliverer *deliverer)
{
    if (deliverer)
        tell(deliverer, &deliverer->woken);
}

void deliverer_reload(struct deliverer *deliverer)
{
    if (deliverer)
        tell(deliverer, &deliverer->reload);
}

static void on_landed(struct flight *flight)
{
    struct deliverer *deliverer = flight->owner;
    CRASH_POINT("webhook-answered");
    recorder_put(deliverer->recorder, flight);
}

static void on_recorded(void *owner, struct flight **flights, size_t count)
{
    struct deliverer *deliverer = owner;
    pthread_mutex_lock(&deliverer->lock);
    for (size_t i = 0; i < count; i++) {
        flights[i]->next = deliverer->returned;
        deliverer->returned = flights[i];
    }
    deliverer->woken = true;
    pthread_cond_signal(&deliverer->news);
    pthread_mutex_unlock(&deliverer->lock);
}

/* ── Flights come back ── */

static void account(struct deliverer *deliverer, struct flight *flight)
{
    struct target *target = targets_find(&deliverer->targets, flight->endpoint);
    const struct delivery_verdict *verdict = &flight->verdict;
    deliverer->out--;
    flight->next = deliverer->pool;
    deliverer->pool = flight;
    if (!target)
        return;
    target->out--;
    if (verdict->fate == DELIVERY_UNSENT)
        return;
    circuit_note(&target->circuit, verdict->fate == DELIVERY_DONE, (int32_t)deliverer->options.settings->per_endpoint, flight->answered_at);
    if (verdict->pause_until)
        circuit_pause(&target->circuit, verdict->pause_until);
    if (verdict->fate == DELIVERY_GONE) {
        target->enabled = false;
        queue_look(&deliverer->queue);
    }
}

static void take_returned(struct deliverer *deliverer)
{
    pthread_mutex_lock(&deliverer->lock);
    struct flight *returned = deliverer->returned;
    deliverer->returned = NULL;
    deliverer->woken = false;
    if (deliverer->reload) {
        deliverer->reload_us = 0;
        queue_look(&deliverer->queue);
    }
    deliverer->reload = false;
    pthread_mutex_unlock(&deliverer->lock);
    while (returned) {
        struct flight *next = returned->next;
        account(deliverer, returned);
        returned = next;
    }
}

/* ── Claim ── */

/* How much each endpoint has room for, beginning after where the last claim ended. Returns how many have any. */
static size_t ask_for(struct deliverer *deliverer, struct db_column *endpoints, struct db_column *rooms, instant_us now)
{
    struct targets *targets = &deliverer->targets;
    size_t asked = 0;
    db_column_init(endpoints, deliverer->arena, DB_UUID);
    db_column_init(rooms, deliverer->arena, DB_INT4);
    for (size_t seen = 0; seen < targets->count && asked < TARGETS_A_CLAIM; seen++) {
        const struct target *target = targets->items[targets->next++ % targets->count];
        int32_t room = target->enabled ? circuit_room(&target->circuit, target->out, now) : 0;
        if (room <= 0)
            continue;
        db_column_id(endpoints, target->endpoint);
        db_column_int(rooms, room);
        asked++;
    }
    targets->next = targets->count ? (targets->next + 1) % targets->count : 0; /* full circle: another one is first next time */
    return asked;
}

static enum err claim(struct db *db, void *context)
{
    struct deliverer *deliverer = context;
    const struct notifier_settings *settings = deliverer->options.settings;
    struct db_column endpoints, rooms;
    struct db_args args;
    instant_us now = clock_wall_us();
    int64_t places = settings->in_flight - deliverer->out;
    deliverer->claimed.count = 0;
    arena_reset(deliverer->arena);
    if (ask_for(deliverer, &endpoints, &rooms, now) == 0)
        return ERR_OK;
    db_args_init(&args, deliverer->arena);
    db_arg_column(&args, &endpoints);
    db_arg_column(&args, &rooms);
    db_arg_instant(&args, now);
    db_arg_instant(&args, now + settings->lease_ms * 1000);
    db_arg_int4(&args, (int32_t)(places < CLAIM_MAX ? places : CLAIM_MAX));
    enum err err = db_queue(db, &STORE_LIGHTLY, NULL);
    return err == ERR_OK ? db_ask(db, &STORE_CLAIM, &args, deliverer->arena, &deliverer->claimed) : err; /* its rows come with COMMIT */
}

/* ── Send ── */

static struct flight *take_flight(struct deliverer *deliverer)
{
    struct flight *flight = deliverer->pool;
    if (flight)
        deliverer->pool = flight->next;
    else
        flight = flight_new();
    if (flight) {
        flight->owner = deliverer;
        flight->landed = on_landed;
    }
    return flight;
}

/* What can't be sent for want of memory is left to the end of its lease. */
static void send_claimed(struct deliverer *deliverer)
{
    for (size_t row = 0; row < deliverer->claimed.count; row++) {
        struct flight *flight = take_flight(deliverer);
        if (!flight)
            return;
        enum err err = flight_load(flight, &deliverer->claimed, row);
        struct target *target = err == ERR_OK ? targets_find(&deliverer->targets, flight->endpoint) : NULL;
        if (target)
            err = flight_sign(flight, target, &deliverer->options.webhook_key, clock_wall_us());
        if (!target || err != ERR_OK) {
            flight->next = deliverer->pool;
            deliverer->pool = flight;
            continue;
        }
        target->out++;
        deliverer->out++;
        CRASH_POINT("webhook-before-send");
        net_client_send(deliverer->client, &flight->request);
        CRASH_POINT("webhook-sent");
    }
}

/* ── The turn ── */

static enum err reload_if_due(struct deliverer *deliverer, int64_t now_us)
{
    if (now_us < deliverer->reload_us)
        return ERR_OK;
    enum err err = targets_load(&deliverer->targets, deliverer->db, &deliverer->options.secret_key, clock_wall_us());
    if (err == ERR_OK)
        deliverer->reload_us = now_us + RELOAD_US;
    return err;
}

/* True: there may be more to do at once. */
static bool turn(struct deliverer *deliverer)
{
    int64_t now_us = clock_monotonic_us(), most = deliverer->options.settings->in_flight;
    take_returned(deliverer);
    bool more = queue_turn(&deliverer->queue, deliverer->db, deliverer->arena, now_us);
    enum err err = reload_if_due(deliverer, now_us);
    deliverer->claimed.count = 0;
    /* Nearly full: a claim for a handful costs as much as one for hundreds. */
    bool has_places = deliverer->out < most && (deliverer->out == 0 || most - deliverer->out >= most / 8);
    if (err == ERR_OK && has_places)
        err = db_transaction(deliverer->db, claim, deliverer);
    if (err != ERR_OK) {
        deliverer->claimed.count = 0;
        log_line(LOG_WARNING, "webhook-claim-failed", LOG_ERR(err));
        return false;
    }
    send_claimed(deliverer);
    metric_set(deliverer->out_gauge, deliverer->out);
    return more || deliverer->claimed.count > 0;
}

/* Until there is news, or so much later. */
static bool wait_for_news(struct deliverer *deliverer, int64_t wait_us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (wait_us % INSTANT_SECOND) * 1000;
    until.tv_sec += wait_us / INSTANT_SECOND + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&deliverer->lock);
    int ended = 0;
    while (!deliverer->woken && !deliverer->stopping && ended == 0)
        ended = pthread_cond_timedwait(&deliverer->news, &deliverer->lock, &until);
    bool woken = deliverer->woken;
    pthread_mutex_unlock(&deliverer->lock);
    return woken;
}

static bool is_stopping(struct deliverer *deliverer)
{
    pthread_mutex_lock(&deliverer->lock);
    bool stopping = deliverer->stopping;
    pthread_mutex_unlock(&deliverer->lock);
    return stopping;
}

static void *run(void *context)
{
    struct deliverer *deliverer = context;
    int64_t poll_us = POLL_FIRST_US;
    while (!is_stopping(deliverer)) {
        if (turn(deliverer) || wait_for_news(deliverer, poll_us))
            poll_us = POLL_FIRST_US;
        else
            poll_us = 2 * poll_us < POLL_LAST_US ? 2 * poll_us : POLL_LAST_US;
    }
    return NULL;
}

/* ── Start and stop ── */

static enum err start_thread(struct deliverer *deliverer)
{
    sigset_t all, before; /* signals are the main thread's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&deliverer->thread, NULL, run, deliverer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? ERR_MEMORY : ERR_OK;
}

static void init(struct deliverer *deliverer, const struct deliverer_options *options)
{
    pthread_condattr_t attributes;
    deliverer->options = *options;
    targets_init(&deliverer->targets);
    pthread_mutex_init(&deliverer->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&deliverer->news, &attributes);
    pthread_condattr_destroy(&attributes);
    deliverer->out_gauge = metric_gauge("jisr_webhooks_out", "", "Deliveries taken and not settled.");
    queue_init(&deliverer->queue);
}

static void done(struct deliverer *deliverer)
{
    while (deliverer->pool) {
        struct flight *flight = deliverer->pool;
        deliverer->pool = flight->next;
        flight_free(flight);
    }
    targets_done(&deliverer->targets);
    db_close(deliverer->db);
    arena_free(deliverer->arena);
    pthread_mutex_destroy(&deliverer->lock);
    pthread_cond_destroy(&deliverer->news);
    secret_wipe(&deliverer->options, sizeof(deliverer->options));
    free(deliverer);
}

static enum err start_helpers(struct deliverer *deliverer)
{
    const struct notifier_settings *settings = deliverer->options.settings;
    const struct recorder_options recorder = {deliverer->options.service, (size_t)settings->in_flight, on_recorded, deliverer};
    const struct net_options client = {
        .max_connections = (unsigned)settings->connections,
        .max_connections_per_host = (unsigned)settings->connections_per_host,
        .connect_timeout_ms = settings->connect_timeout_ms,
        .timeout_ms = settings->timeout_ms,
        .max_answer_bytes = ANSWER_BYTES_MAX,
        .allow_local = service_is_one_machine(deliverer->options.service),
        .ca_file = settings->webhook_ca_file[0] ? settings->webhook_ca_file : NULL,
    };
    enum err err = recorder_start(&recorder, &deliverer->recorder);
    if (err != ERR_OK)
        return err;
    err = net_client_start(&client, &deliverer->client);
    if (err == ERR_OK && (err = start_thread(deliverer)) != ERR_OK)
        net_client_stop(deliverer->client);
    if (err != ERR_OK)
        recorder_stop(deliverer->recorder);
    return err;
}

enum err deliverer_start(const struct deliverer_options *options, struct deliverer **ret_deliverer)
{
    struct deliverer *deliverer = calloc(1, sizeof(*deliverer));
    if (!deliverer)
        return ERR_MEMORY;
    init(deliverer, options);
    deliverer->arena = arena_new(CLAIM_BYTES_MAX);
    enum err err = deliverer->arena ? service_open_db(options->service, "claims", &deliverer->db) : ERR_MEMORY;
    if (err == ERR_OK)
        err = start_helpers(deliverer);
    if (err != ERR_OK) {
        done(deliverer);
        return err;
    }
    *ret_deliverer = deliverer;
    return ERR_OK;
}

void deliverer_stop(struct deliverer *deliverer)
{
    tell(deliverer, &deliverer->stopping);
    pthread_join(deliverer->thread, NULL);
    int64_t deadline_us = clock_monotonic_us() + LANDING_US;
    for (take_returned(deliverer); deliverer->out > 0 && clock_monotonic_us() < deadline_us; take_returned(deliverer))
        clock_sleep_us(2000);
    net_client_stop(deliverer->client); /* what is still out ends unsent, and goes back to the queue */
    recorder_stop(deliverer->recorder);
    take_returned(deliverer);
    done(deliverer);
}
