#include "expiry.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "app/log.h"
#include "changes.h"
#include "closure.h"

#define CHUNK 200
#define ARENA_BYTES ((size_t)8 << 20)
#define EVERY_S 60

struct expiry {
    struct service *service;
    struct db *db;
    int64_t offer_days;
    void (*committed)(void *service);
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool stopping, woken;
};

struct expiring {
    struct arena *arena;
    instant_us before, now;
    size_t expired;
};

static enum err expire(struct db *db, void *context)
{
    struct expiring *expiring = context;
    struct arena *arena = expiring->arena;
    struct referral_set referrals;
    struct subscription_set to_tell;
    struct outbox outbox;
    arena_reset(arena);
    outbox_init(&outbox, arena);
    enum err err = store_lock_expired(db, arena, expiring->before, CHUNK, &referrals);
    expiring->expired = err == ERR_OK ? referrals.count : 0;
    if (err != ERR_OK || referrals.count == 0)
        return err;
    struct id *partners = arena_take_array(arena, referrals.count, sizeof *partners);
    if (!partners)
        return ERR_LIMIT;
    for (size_t i = 0; i < referrals.count; i++) {
        partners[i] = referrals.items[i].partner;
        referrals.items[i].outcome = STR("EXPIRED");
    }
    err = store_lock_subscriptions(db, arena, &(struct id_set){partners, referrals.count}, &to_tell);
    struct changes changes = {db, arena, &outbox, &to_tell, expiring->now};
    if (err == ERR_OK)
        err = changes_apply(&changes, &referrals, REFERRAL_EXPIRE);
    return err == ERR_OK ? outbox_write(&outbox, db) : err;
}

enum err expiry_run_once(struct db *db, instant_us before, instant_us now, size_t *ret_expired)
{
    struct expiring expiring = {arena_new(ARENA_BYTES), before, now, 0};
    if (!expiring.arena)
        return ERR_MEMORY;
    enum err err = db_transaction(db, expire, &expiring);
    arena_free(expiring.arena);
    if (err == ERR_OK)
        *ret_expired = expiring.expired;
    return err;
}

/* Or less, when it is woken. True: told to stop. */
static bool wait_a_minute(struct expiry *expiry)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += EVERY_S;
    pthread_mutex_lock(&expiry->lock);
    int ended = 0;
    while (!expiry->stopping && !expiry->woken && ended == 0)
        ended = pthread_cond_timedwait(&expiry->told, &expiry->lock, &until);
    bool stopping = expiry->stopping;
    expiry->woken = false;
    pthread_mutex_unlock(&expiry->lock);
    return stopping;
}

static void expire_all(struct expiry *expiry)
{
    size_t expired = CHUNK;
    enum err err = ERR_OK;
    while (err == ERR_OK && expired == CHUNK) {
        instant_us now = clock_wall_us();
        err = expiry_run_once(expiry->db, now - expiry->offer_days * INSTANT_DAY, now, &expired);
        if (err == ERR_OK && expired > 0)
            expiry->committed(expiry->service);
    }
    if (err != ERR_OK)
        log_line(LOG_WARNING, "offers-not-expired", LOG_ERR(err));
}

static void finish_closures(struct expiry *expiry)
{
    bool found = true;
    enum err err = ERR_OK;
    while (err == ERR_OK && found) {
        err = closure_run_once(expiry->db, clock_wall_us(), &found);
        if (err == ERR_OK && found)
            expiry->committed(expiry->service);
    }
    if (err != ERR_OK)
        log_line(LOG_WARNING, "referrals-of-closed-partner-not-revoked", LOG_ERR(err));
}

static void *run(void *context)
{
    struct expiry *expiry = context;
    while (!wait_a_minute(expiry)) {
        expire_all(expiry);
        finish_closures(expiry);
    }
    return NULL;
}

static void done(struct expiry *expiry)
{
    db_close(expiry->db);
    pthread_mutex_destroy(&expiry->lock);
    pthread_cond_destroy(&expiry->told);
    free(expiry);
}

static enum err start_thread(struct expiry *expiry)
{
    sigset_t all, before; /* signals are the main thread's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&expiry->thread, NULL, run, expiry);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? ERR_MEMORY : ERR_OK;
}

enum err expiry_start(struct service *service, int64_t offer_days, void (*committed)(void *service), struct expiry **ret_expiry)
{
    struct expiry *expiry = calloc(1, sizeof(*expiry));
    pthread_condattr_t attributes;
    if (!expiry)
        return ERR_MEMORY;
    expiry->service = service;
    expiry->offer_days = offer_days;
    expiry->committed = committed;
    pthread_mutex_init(&expiry->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&expiry->told, &attributes);
    pthread_condattr_destroy(&attributes);
    enum err err = service_open_db(service, "expiry", &expiry->db);
    if (err == ERR_OK)
        err = start_thread(expiry);
    if (err != ERR_OK)
        done(expiry);
    else
        *ret_expiry = expiry;
    return err;
}

static void tell(struct expiry *expiry, bool *what)
{
    pthread_mutex_lock(&expiry->lock);
    *what = true;
    pthread_cond_signal(&expiry->told);
    pthread_mutex_unlock(&expiry->lock);
}

void expiry_wake(struct expiry *expiry)
{
    if (expiry)
        tell(expiry, &expiry->woken);
}

void expiry_stop(struct expiry *expiry)
{
    tell(expiry, &expiry->stopping);
    pthread_join(expiry->thread, NULL);
    done(expiry);
}
