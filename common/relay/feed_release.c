/* The second half of feed_batch.h: events that were held or parked get another try, in transactions of their own, so that one of them at fault is
 * never confused with what has just arrived. */
#include "app/log.h"
#include "feed_statements.h"
#include "relay/feed_batch.h"
#include "relay/feed_waves.h"

#define PASSES_MAX 8  /* over what was released: one may be the cause of another */
#define ROUNDS_MAX 64 /* transactions */

struct release {
    struct feed_batch *batch;
    const struct event *const *keys; /* whose held events are wanted */
    size_t key_count;
    size_t max;
    enum err condemned; /* `suspect` is at fault */
    int64_t suspect;    /* row of the parked table: another copy may have locked it since, and then the first one is another */
    /* Filled on the way. */
    struct event **events;
    size_t count;
    size_t outbox_rows;
};

static enum err find_behind(const struct release *release, bool *ready)
{
    struct feed_batch *batch = release->batch;
    struct db_column keys, topics, parked_ids;
    db_column_init(&keys, batch->scratch, DB_UUID);
    db_column_init(&topics, batch->scratch, DB_TEXT);
    db_column_init(&parked_ids, batch->scratch, DB_INT8);
    for (size_t i = 0; i < release->count; i++) {
        db_column_id(&keys, release->events[i]->key);
        db_column_str(&topics, str_from(release->events[i]->topic));
        db_column_int(&parked_ids, release->events[i]->parked_id);
    }
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, batch->scratch);
    db_arg_column(&args, &keys);
    db_arg_column(&args, &topics);
    db_arg_column(&args, &parked_ids);
    enum err err = db_run(batch->db, &FEED_BEHIND_PARKED, &args, batch->scratch, &rows);
    for (size_t i = 0; err == ERR_OK && i < rows.count; i++) {
        size_t at = (size_t)db_get_int(&rows, i, 0) - 1;
        ready[at] = false;
        release->events[at]->outcome = ERR_NO_CAUSE;
        release->events[at]->reason = FEED_BEHIND;
    }
    return err;
}

static enum err mark_ready(const struct release *release, bool *ready)
{
    for (size_t i = 0; i < release->count; i++) {
        struct event *event = release->events[i];
        bool readable = !id_is_nil(event->id) && !id_is_nil(event->key) && !str_empty(event->type);
        bool condemned = release->condemned != ERR_OK && event->parked_id == release->suspect;
        ready[i] = readable && !condemned;
        if (condemned)
            event->outcome = release->condemned;
        else if (!readable)
            event->outcome = ERR_MALFORMED;
    }
    return find_behind(release, ready);
}

/* What is held stays ready for another pass. True: one was done and another waits; the one may have been the cause of the other. */
static bool sort_pass(const struct release *release, bool *ready)
{
    bool some_done = false, some_wait = false;
    for (size_t i = 0; i < release->count; i++) {
        if (!ready[i])
            continue;
        enum verdict verdict = err_info(release->events[i]->outcome)->verdict;
        ready[i] = verdict == VERDICT_HOLD;
        some_done |= verdict == VERDICT_DONE;
        some_wait |= ready[i];
    }
    return some_done && some_wait;
}

static enum err handle_all(const struct release *release, bool *ready, struct outbox *outbox)
{
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        for (size_t i = 0; i < release->count; i++)
            if (ready[i])
                release->events[i]->outcome = ERR_OK;
        enum err err = feed_batch_handle(release->batch, &(struct events_at_hand){release->events, ready, release->count}, outbox);
        if (err != ERR_OK || !sort_pass(release, ready))
            return err;
    }
    return ERR_OK;
}

static enum err put_away(const struct release *release)
{
    struct feed_batch *batch = release->batch;
    for (size_t i = 0; i < release->count; i++) {
        const struct event *event = release->events[i];
        enum verdict verdict = err_info(event->outcome)->verdict;
        const char *reason = event->reason ? event->reason : err_info(event->outcome)->text;
        enum err err;
        if (verdict == VERDICT_DONE)
            err = inbox_unpark(batch->db, batch->scratch, event->parked_id);
        else
            err = inbox_park(batch->db, batch->scratch, event, verdict == VERDICT_HOLD ? PARKED_HELD : PARKED_POISON, reason);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err release_body(struct db *db, void *context)
{
    struct release *release = context;
    struct feed_batch *batch = release->batch;
    arena_reset(batch->scratch);
    struct outbox outbox;
    outbox_init(&outbox, batch->scratch);
    release->count = 0;
    enum err err = inbox_released(db, batch->scratch, release->keys, release->key_count, release->max, &release->events, &release->count);
    if (err != ERR_OK || release->count == 0)
        return err;
    bool *ready = arena_take_array(batch->scratch, release->count, sizeof(*ready));
    if (!ready)
        return ERR_LIMIT;
    err = mark_ready(release, ready);
    if (err == ERR_OK)
        err = handle_all(release, ready, &outbox);
    if (err == ERR_OK)
        err = put_away(release);
    release->outbox_rows = outbox.count;
    if (err == ERR_OK && (outbox.count > 0 || outbox.failed))
        err = outbox_write(&outbox, db);
    return err;
}

/* Their keys are what the next round asks for: who was behind them may go on. */
static void keep_done(const struct release *release)
{
    struct feed_batch *batch = release->batch;
    batch->key_count = 0;
    for (size_t i = 0; i < release->count; i++) {
        const struct event *event = release->events[i];
        if (err_info(event->outcome)->verdict == VERDICT_DONE)
            batch->keys[batch->key_count++].key = event->key;
    }
    metric_add(batch->events[FEED_RELEASED], (int64_t)batch->key_count);
}

/* One round; halves `max` until the one at fault is alone, then condemns it. */
static enum err run_round(struct release *release)
{
    for (;;) {
        enum err err = arena_excuse(release->batch->scratch, db_transaction(release->batch->db, release_body, release));
        enum verdict verdict = err_info(err)->verdict;
        if (verdict != VERDICT_PARK && verdict != VERDICT_HOLD)
            return err;
        if (release->max > 1) {
            release->max /= 2;
            continue;
        }
        int64_t alone = release->count > 0 ? release->events[0]->parked_id : 0;
        if (alone == 0 || alone == release->suspect)
            return ERR_INTERNAL; /* it can't even be parked: ours */
        release->condemned = err;
        release->suspect = alone;
    }
}

enum err feed_batch_release(struct feed_batch *batch)
{
    size_t key_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct feed_item *item = &batch->items[i];
        if (item->is_new && err_info(item->event.outcome)->verdict == VERDICT_DONE)
            batch->key_refs[key_count++] = &item->event;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct release release = {.batch = batch, .keys = batch->key_refs, .key_count = key_count, .max = FEED_RELEASE_MAX};
        enum err err = run_round(&release);
        if (err != ERR_OK || release.count == 0)
            return err;
        keep_done(&release);
        feed_batch_announce(batch, release.outbox_rows);
        if (release.condemned == ERR_OK && batch->key_count == 0)
            return ERR_OK; /* nothing moved */
        for (key_count = 0; key_count < batch->key_count; key_count++)
            batch->key_refs[key_count] = &batch->keys[key_count];
    }
    return ERR_OK;
}
