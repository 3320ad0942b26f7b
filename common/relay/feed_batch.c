#include "relay/feed_batch.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/crash.h"
#include "app/log.h"
#include "feed_statements.h"
#include "relay/feed_waves.h"
#include "relay/relay.h"

#define MESSAGES_BYTES_MIN ((size_t)4 * 1024 * 1024) /* at least one record of the largest size that Kafka takes */

static const char *const outcome_labels[FEED_OUTCOME_COUNT] = {
#define X(name, label) "outcome=\"" label "\"",
    FEED_OUTCOMES(X)
#undef X
};

enum err feed_batch_init(struct feed_batch *batch, const struct feed_options *options)
{
    size_t messages_bytes = options->arena_bytes / 4 > MESSAGES_BYTES_MIN ? options->arena_bytes / 4 : MESSAGES_BYTES_MIN;
    *batch = (struct feed_batch){
        .options = options,
        .arena = arena_new(messages_bytes),
        .scratch = arena_new(options->arena_bytes),
        .batches = metric_counter("feed_batches_total", "", "transactions that the feed has committed"),
        .seconds = metric_histogram_s("feed_batch_seconds", "", "from the events in hand to COMMIT"),
        .items = calloc(options->max_events, sizeof(*batch->items)),
        .keys = calloc(FEED_RELEASE_MAX, sizeof(*batch->keys)),
        .key_refs = calloc(options->max_events + FEED_RELEASE_MAX, sizeof(const struct event *)),
        .parked_some = true,
    };
    for (int i = 0; i < FEED_OUTCOME_COUNT; i++)
        batch->events[i] = metric_counter("feed_events_total", outcome_labels[i], "events by how their handling ended");
    return batch->arena && batch->scratch && batch->items && batch->keys && batch->key_refs ? ERR_OK : ERR_MEMORY;
}

void feed_batch_done(struct feed_batch *batch)
{
    arena_free(batch->arena);
    arena_free(batch->scratch);
    free(batch->items);
    free(batch->keys);
    free(batch->key_refs);
    *batch = (struct feed_batch){0};
}

void feed_batch_clear(struct feed_batch *batch)
{
    arena_reset(batch->arena);
    batch->count = batch->done = batch->unknown = 0;
}

void feed_batch_announce(struct feed_batch *batch, size_t outbox_rows)
{
    metric_add(batch->batches, 1);
    if (outbox_rows == 0)
        return;
    if (batch->options->relay)
        relay_wake(batch->options->relay, outbox_rows);
    if (batch->options->committed)
        batch->options->committed(batch->options->context);
}

/* ── Waves ── */

bool feed_may_take(const struct feed_call *call, size_t at)
{
    return call->ready[at] && waves_may_take(call->waves, call->events, at);
}

static enum err call_service(struct feed_batch *batch, struct feed_call *call)
{
    call->db = batch->db;
    call->arena = batch->scratch;
    call->now = clock_wall_us();
    call->service = batch->options->context;
    enum err err = batch->options->handle(call);
    if (err_info(err)->verdict != VERDICT_DONE)
        return err;
    if (arena_is_starved(batch->scratch))
        return ERR_MEMORY; /* no outcome is to be trusted */
    for (size_t i = 0; i < call->count; i++) {
        enum verdict verdict = err_info(call->events[i]->outcome)->verdict;
        if (verdict == VERDICT_RETRY || verdict == VERDICT_STOP)
            return call->events[i]->outcome;
    }
    return ERR_OK;
}

static bool is_any_ready(const struct events_at_hand *hand)
{
    for (size_t i = 0; i < hand->count; i++)
        if (hand->ready[i])
            return true;
    return false;
}

static enum err call_in_waves(struct feed_batch *batch, const struct events_at_hand *hand, const struct waves *waves, struct outbox *outbox)
{
    enum err err = ERR_OK;
    struct event **picked = arena_take_array(batch->scratch, hand->count + 1, sizeof(struct event *));
    if (!picked)
        return ERR_LIMIT;
    for (size_t wave = 0; err == ERR_OK && wave < waves->count; wave++) {
        size_t count = waves_pick(waves, wave, hand->events, hand->ready, hand->count, picked);
        if (count > 0)
            err = call_service(batch, &(struct feed_call){.events = picked, .count = count, .outbox = outbox});
    }
    return err;
}

enum err feed_batch_handle(struct feed_batch *batch, const struct events_at_hand *hand, struct outbox *outbox)
{
    struct waves waves;
    if (!is_any_ready(hand))
        return ERR_OK;
    enum err err = waves_plan(hand->events, hand->count, batch->scratch, &waves);
    if (err != ERR_OK)
        return err;
    if (!batch->options->folds)
        return call_in_waves(batch, hand, &waves, outbox);
    struct feed_call all = {.events = hand->events, .count = hand->count, .outbox = outbox, .ready = hand->ready, .waves = &waves};
    return call_service(batch, &all);
}

/* ── The transaction ── */

struct attempt {
    struct feed_batch *batch;
    struct feed_item *items;
    size_t count;
    enum err condemned; /* the only item was found at fault: parked without another try */
    /* Filled on the way. */
    struct event **events; /* those that are readable */
    bool *ready;
    size_t event_count;
    size_t outbox_rows;
};

static int compare_positions(const void *a, const void *b)
{
    const struct inbox_position *left = a, *right = b;
    int order = strcmp(left->topic, right->topic);
    if (order != 0)
        return order;
    return left->partition < right->partition ? -1 : left->partition > right->partition;
}

/* One a partition, behind its last item; in the order in which every copy locks them. */
static size_t gather_positions(const struct attempt *attempt, struct inbox_position *ret_positions)
{
    size_t count = 0;
    for (size_t i = 0; i < attempt->count; i++) {
        const struct feed_item *item = &attempt->items[i];
        const struct event *event = &item->event;
        size_t at = count;
        while (at > 0 && (ret_positions[at - 1].partition != event->partition || ret_positions[at - 1].topic != event->topic))
            at--;
        if (at == 0)
            at = ++count;
        ret_positions[at - 1] = (struct inbox_position){event->topic, event->partition, item->epoch, event->offset + 1, 0};
    }
    qsort(ret_positions, count, sizeof(*ret_positions), compare_positions);
    return count;
}

static enum err list_events(struct attempt *attempt)
{
    struct arena *scratch = attempt->batch->scratch;
    attempt->events = arena_take_array(scratch, attempt->count, sizeof(struct event *));
    attempt->ready = arena_take_array(scratch, attempt->count, sizeof(*attempt->ready));
    if (!attempt->events || !attempt->ready)
        return ERR_LIMIT;
    attempt->event_count = 0;
    for (size_t i = 0; i < attempt->count; i++) {
        struct feed_item *item = &attempt->items[i];
        item->event.outcome = item->unreadable ? ERR_MALFORMED : ERR_OK;
        item->event.reason = item->unreadable;
        item->is_new = item->unreadable != NULL;
        if (!item->unreadable)
            attempt->events[attempt->event_count++] = &item->event;
    }
    return ERR_OK;
}

_Static_assert(offsetof(struct feed_item, event) == 0, "an event of the batch is the head of its item");

/* Before it in this attempt is a record of its topic and key that will be parked, for it can't be an event. */
static bool is_behind_unreadable(const struct attempt *attempt, const struct feed_item *item)
{
    if (attempt->event_count == attempt->count)
        return false; /* there is none */
    for (const struct feed_item *before = attempt->items; before < item; before++)
        if (before->unreadable && before->event.topic == item->event.topic && id_compare(before->event.key, item->event.key) == 0)
            return true;
    return false;
}

/* What the inbox knows already is left alone; what is behind a parked or held event goes there too. */
static void sort_out(struct attempt *attempt, const int *behind)
{
    for (size_t i = 0; i < attempt->event_count; i++) {
        struct event *event = attempt->events[i];
        if (!attempt->ready[i])
            continue;
        ((struct feed_item *)event)->is_new = true;
        const bool waits = behind[i] || is_behind_unreadable(attempt, (const struct feed_item *)event);
        if (!waits && attempt->condemned == ERR_OK)
            continue;
        attempt->ready[i] = false;
        event->outcome = waits ? ERR_NO_CAUSE : attempt->condemned;
        event->reason = waits ? FEED_BEHIND : err_info(attempt->condemned)->text;
    }
}

static enum err enter(struct attempt *attempt)
{
    struct arena *scratch = attempt->batch->scratch;
    struct inbox_position *positions = arena_take_array(scratch, attempt->count, sizeof(*positions));
    int *behind = arena_take_array(scratch, attempt->count, sizeof(*behind));
    if (!positions || !behind)
        return ERR_LIMIT;
    const struct inbox_entry entry = {
        .positions = positions,
        .position_count = gather_positions(attempt, positions),
        .events = (const struct event *const *)attempt->events,
        .count = attempt->event_count,
        .is_new = attempt->ready,
        .behind = behind,
    };
    enum err err = inbox_enter(attempt->batch->db, scratch, &entry);
    if (err == ERR_OK)
        sort_out(attempt, behind);
    return err;
}

static enum err park_leftovers(struct attempt *attempt)
{
    struct feed_batch *batch = attempt->batch;
    for (size_t i = 0; i < attempt->count; i++) {
        const struct event *event = &attempt->items[i].event;
        enum verdict verdict = err_info(event->outcome)->verdict;
        if (verdict == VERDICT_DONE)
            continue;
        enum parked_kind kind = verdict == VERDICT_HOLD ? PARKED_HELD : PARKED_POISON;
        const char *reason = event->reason ? event->reason : err_info(event->outcome)->text;
        enum err err = inbox_park(batch->db, batch->scratch, event, kind, reason);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err attempt_body(struct db *db, void *context)
{
    struct attempt *attempt = context;
    struct feed_batch *batch = attempt->batch;
    arena_reset(batch->scratch);
    struct outbox outbox;
    outbox_init(&outbox, batch->scratch);
    enum err err = list_events(attempt);
    CRASH_POINT("feed-before-offset");
    if (err == ERR_OK)
        err = enter(attempt);
    CRASH_POINT("feed-after-offset");
    if (err == ERR_OK)
        err = feed_batch_handle(batch, &(struct events_at_hand){attempt->events, attempt->ready, attempt->event_count}, &outbox);
    if (err == ERR_OK)
        err = park_leftovers(attempt);
    attempt->outbox_rows = outbox.count;
    if (err == ERR_OK && (outbox.count > 0 || outbox.failed))
        err = outbox_write(&outbox, db);
    CRASH_POINT("feed-before-commit");
    return err;
}

/* ── After COMMIT ── */

static void settle(struct feed_batch *batch, size_t count, size_t outbox_rows)
{
    for (size_t i = batch->done; i < batch->done + count; i++) {
        const struct feed_item *item = &batch->items[i];
        enum verdict verdict = err_info(item->event.outcome)->verdict;
        enum feed_outcome outcome = !item->is_new             ? FEED_DUPLICATE
                                    : verdict == VERDICT_DONE ? FEED_DONE
                                    : verdict == VERDICT_HOLD ? FEED_HELD
                                                              : FEED_PARKED;
        metric_add(batch->events[outcome], 1);
        if (outcome == FEED_PARKED)
            log_line(LOG_WARNING, "event-parked", LOG_TEXT("topic", item->event.topic), LOG_INT("partition", item->event.partition),
                     LOG_INT("offset", item->event.offset), LOG_ERR(item->event.outcome), LOG_TEXT("reason", item->event.reason));
        if (outcome == FEED_PARKED || outcome == FEED_HELD)
            batch->parked_some = true;
    }
    batch->done += count;
    feed_batch_announce(batch, outbox_rows);
}

/* The transaction moved all its offsets or none, so one position tells. */
static enum err resolve_unknown(struct feed_batch *batch)
{
    const struct feed_item *last = &batch->items[batch->done + batch->unknown - 1];
    struct db_args args;
    struct db_rows rows;
    arena_reset(batch->scratch);
    db_args_init(&args, batch->scratch);
    db_arg_str(&args, str_from(last->event.topic));
    db_arg_int4(&args, last->event.partition);
    enum err err = db_run(batch->db, &FEED_POSITION, &args, batch->scratch, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count != 1 || db_get_int(&rows, 0, 0) != last->epoch)
        return ERR_FENCED;
    bool committed = db_get_int(&rows, 0, 1) > last->event.offset;
    log_line(LOG_INFO, "feed-commit-resolved", LOG_TEXT("outcome", committed ? "committed" : "not committed"), LOG_INT("events", batch->unknown));
    if (committed)
        settle(batch, batch->unknown, 1); /* how many it wrote is forgotten: one wakes the relay as well */
    batch->unknown = 0;
    return ERR_OK;
}

/* ── The batch ── */

static enum err run_attempt(struct feed_batch *batch, size_t count, enum err condemned)
{
    struct attempt attempt = {.batch = batch, .items = &batch->items[batch->done], .count = count, .condemned = condemned};
    int64_t started_us = clock_monotonic_us();
    enum err err = arena_excuse(batch->scratch, db_transaction(batch->db, attempt_body, &attempt));
    metric_observe_us(batch->seconds, clock_monotonic_us() - started_us);
    CRASH_POINT("feed-after-commit");
    if (err == ERR_OK)
        settle(batch, count, attempt.outbox_rows);
    else if (err == ERR_COMMIT_UNKNOWN)
        batch->unknown = count;
    return err;
}

static bool is_their_fault(enum err err)
{
    enum verdict verdict = err_info(err)->verdict;
    return verdict == VERDICT_PARK || verdict == VERDICT_HOLD;
}

enum err feed_batch_run(struct feed_batch *batch)
{
    if (batch->unknown > 0) {
        enum err err = resolve_unknown(batch);
        if (err != ERR_OK)
            return err;
    }
    size_t size = batch->count - batch->done; /* of the next transaction: halved until the one at fault is alone */
    while (batch->done < batch->count) {
        size_t left = batch->count - batch->done;
        if (size > left)
            size = left;
        enum err err = run_attempt(batch, size, ERR_OK);
        if (is_their_fault(err) && size == 1) {
            err = run_attempt(batch, 1, err);
            if (is_their_fault(err)) /* it can't even be parked: ours */
                return ERR_INTERNAL;
            size = left; /* only one was at fault, as a rule */
        } else if (is_their_fault(err)) {
            size /= 2;
            continue;
        }
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}
