#include "relay/feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "feed_statements.h"
#include "relay/feed_intake.h"

#define MS INT64_C(1000)
#define GATHER_WAIT_MS 100 /* how late feed_stop may be noticed */
#define TICK_EVERY_US (1000 * MS)
#define BACK_OFF_FIRST_US (20 * MS)
#define BACK_OFF_MAX_US (1000 * MS)
#define HOLD_BATCH_US (FEED_MAX_POLL_INTERVAL_MS * MS / 2) /* longer, and the group would take us for dead: leave it by ourselves */
#define LAG_UNKNOWN (-1)
#define CATALOGS_MAX 20 /* those of a service (SERVICE_CATALOGS_MAX) and its own */

struct feed {
    struct feed_options options;
    const struct db_catalog *catalogs[CATALOGS_MAX];
    pthread_t thread;
    atomic_bool stopping;
    struct feed_batch batch;
    struct feed_intake intake;
    struct metric *lag, *fenced, *parked;
    int64_t tick_at_us;
};

static bool is_stopping(const struct feed *feed)
{
    return atomic_load(&feed->stopping);
}

static void back_off(struct feed *feed, int64_t *duration_us)
{
    int64_t until_us = clock_monotonic_us() + *duration_us;
    while (!is_stopping(feed) && clock_monotonic_us() < until_us)
        clock_sleep_us(10 * MS);
    *duration_us *= 2;
    if (*duration_us > BACK_OFF_MAX_US)
        *duration_us = BACK_OFF_MAX_US;
}

/* ── One batch ── */

/* The same batch until it is committed. Without polling meanwhile: should the group give our partitions to another copy, its claim fences us. */
static enum err run_batch(struct feed *feed)
{
    int64_t started_us = clock_monotonic_us(), wait_us = BACK_OFF_FIRST_US;
    for (;;) {
        enum err err = feed_batch_run(&feed->batch);
        if (err_info(err)->verdict != VERDICT_RETRY)
            return err;
        log_line(LOG_WARNING, "feed-batch-again", LOG_ERR(err), LOG_INT("events", feed->batch.count - feed->batch.done));
        if (is_stopping(feed) || clock_monotonic_us() - started_us > HOLD_BATCH_US)
            return err;
        back_off(feed, &wait_us);
    }
}

/* A failure here is no reason to leave the group: what was not released is tried again with the next batch or tick. */
static void release(struct feed *feed)
{
    enum err err = feed_batch_release(&feed->batch);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "feed-release-failed", LOG_ERR(err));
}

static void count_parked(struct feed *feed)
{
    struct db_rows rows;
    arena_reset(feed->batch.scratch);
    if (db_run(feed->batch.db, &FEED_COUNT_PARKED, NULL, feed->batch.scratch, &rows) != ERR_OK)
        return;
    int64_t count = db_get_int(&rows, 0, 0);
    metric_set(feed->parked, count);
    feed->batch.parked_some = count > 0;
}

static void tick(struct feed *feed)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us < feed->tick_at_us)
        return;
    feed->tick_at_us = now_us + TICK_EVERY_US;
    metric_set(feed->lag, consumer_lag(feed->intake.consumer));
    count_parked(feed);
    if (feed->batch.parked_some && feed->batch.count == 0)
        release(feed);
}

static enum err step(struct feed *feed)
{
    enum err err = intake_gather(&feed->intake, &feed->batch, GATHER_WAIT_MS);
    if (err == ERR_OK && feed->batch.count > 0)
        err = run_batch(feed);
    if (err != ERR_OK)
        return err;
    intake_hint(&feed->intake, &feed->batch);
    if (feed->batch.count > 0 && feed->batch.parked_some)
        release(feed);
    tick(feed);
    return ERR_OK;
}

/* ── Thread ── */

/* PostgreSQL first: without it no partition could be claimed. */
static enum err join_group(struct feed *feed)
{
    enum err err = db_connect(feed->batch.db);
    return err == ERR_OK ? intake_open(&feed->intake) : err;
}

static void leave_group(struct feed *feed, enum err err)
{
    if (err == ERR_FENCED)
        metric_add(feed->fenced, 1);
    log_line(LOG_WARNING, "feed-leaves-group", LOG_ERR(err), LOG_INT("events_dropped", feed->batch.count - feed->batch.done));
    feed_batch_clear(&feed->batch);
    intake_close(&feed->intake);
    metric_set(feed->lag, LAG_UNKNOWN); /* whoever scales or watches by it must not take it for "all is read" */
}

static void *run(void *context)
{
    struct feed *feed = context;
    int64_t wait_us = BACK_OFF_FIRST_US;
    while (!is_stopping(feed)) {
        enum err err = feed->intake.consumer ? step(feed) : join_group(feed);
        if (err == ERR_OK) {
            if (feed->batch.done > 0)
                wait_us = BACK_OFF_FIRST_US;
            continue;
        }
        leave_group(feed, err);
        back_off(feed, &wait_us);
    }
    intake_done(&feed->intake);
    db_close(feed->batch.db);
    feed_batch_done(&feed->batch);
    return NULL;
}

/* ── Life ── */

static bool has_catalog(const struct feed *feed, size_t count, const struct db_catalog *catalog)
{
    for (size_t i = 0; i < count; i++)
        if (feed->catalogs[i] == catalog)
            return true;
    return false;
}

/* The service's statements and those that a batch needs besides. */
static enum err list_catalogs(struct feed *feed)
{
    const struct db_catalog *const *given = feed->options.db.catalogs;
    const struct db_catalog *const needed[] = {&FEED_CATALOG, &INBOX_CATALOG, &OUTBOX_CATALOG};
    size_t count = 0;
    for (; given && *given; given++) {
        if (count == CATALOGS_MAX - 1)
            return ERR_LIMIT;
        feed->catalogs[count++] = *given;
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (has_catalog(feed, count, needed[i]))
            continue;
        if (count == CATALOGS_MAX - 1)
            return ERR_LIMIT;
        feed->catalogs[count++] = needed[i];
    }
    feed->options.db.catalogs = feed->catalogs;
    return ERR_OK;
}

static enum err open_parts(struct feed *feed)
{
    feed->lag = metric_gauge("feed_lag", "", "events in Kafka that were not read yet; -1 unknown");
    metric_set(feed->lag, LAG_UNKNOWN);
    feed->fenced = metric_counter("feed_fenced_total", "", "batches given up because another copy owns the partition");
    feed->parked = metric_gauge("feed_parked", "", "events parked or held");
    enum err err = list_catalogs(feed);
    if (err == ERR_OK)
        err = feed_batch_init(&feed->batch, &feed->options);
    if (err == ERR_OK)
        err = db_open(&feed->options.db, &feed->batch.db);
    if (err != ERR_OK)
        return err;
    intake_init(&feed->intake, &feed->options, feed->batch.db);
    return pthread_create(&feed->thread, NULL, run, feed) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err feed_start(const struct feed_options *options, struct feed **ret_feed)
{
    struct feed *feed = calloc(1, sizeof(*feed));
    if (!feed)
        return ERR_MEMORY;
    feed->options = *options;
    enum err err = open_parts(feed);
    if (err != ERR_OK) {
        db_close(feed->batch.db);
        feed_batch_done(&feed->batch);
        free(feed);
        return err;
    }
    *ret_feed = feed;
    return ERR_OK;
}

void feed_stop(struct feed *feed)
{
    if (!feed)
        return;
    atomic_store(&feed->stopping, true);
    pthread_join(feed->thread, NULL);
    free(feed);
}
