/* The hot path: a batch of submissions in one transaction. Three round trips: the rows (the unique key settles who came first), the identity numbers,
 * and then keys, statistics, outbox and audit rows with COMMIT. */
#include <stdlib.h>

#include "app/app.h"
#include "app/crash.h"
#include "app/log.h"
#include "store.h"
#include "store_statements.h"
#include "store_submit_parts.h"

#define RECEIPT_TRIES 3 /* 50 random bits: after a third collision in a row something else is wrong */
#define UNKNOWN_TRIES 5
#define UNKNOWN_WAIT_US 200000

struct submit_batch {
    struct arena *arena;
    struct submission **items; /* distinct keys, sorted by key */
    size_t count;
};

/* Copies lock unique keys in one order, or two of them wait for each other. */
static int by_key(const void *a, const void *b)
{
    const struct submission *const *left = a, *const *right = b;
    return id_compare((*left)->request_key, (*right)->request_key);
}

/* Of equal keys one that may still be stored comes first, and leads the others: what can only be a replay settles nothing for them. */
static int by_key_and_right(const void *a, const void *b)
{
    const struct submission *const *left = a, *const *right = b;
    int order = by_key(a, b);
    return order != 0 ? order : (int)(*left)->replay_only - (int)(*right)->replay_only;
}

static void make_receipt(struct submission *item)
{
    uint8_t entropy[RECEIPT_ENTROPY_BYTES];
    random_bytes(entropy, sizeof(entropy));
    receipt_make(entropy, item->receipt);
}

static void settle_by_row(struct submission *item, const struct db_rows *rows, size_t row)
{
    item->settled = true;
    item->stored.hash = db_get_id(rows, row, 1);
    item->outcome = id_compare(item->stored.hash, item->request_hash) == 0 ? ERR_OK : ERR_KEY_REUSED;
    item->stored.id = db_get_id(rows, row, 2);
    struct str receipt = db_get_str(rows, row, 3);
    memcpy(item->stored.receipt, receipt.at, RECEIPT_CHARACTERS);
    item->stored.receipt[RECEIPT_CHARACTERS] = '\0';
    item->stored.created_at = db_get_instant(rows, row, 4);
    item->stored.submitted_at = db_is_null(rows, row, 5) ? INSTANT_NEVER : db_get_instant(rows, row, 5);
    item->stored.answer_due_at = db_is_null(rows, row, 6) ? INSTANT_NEVER : db_get_instant(rows, row, 6);
}

static bool is_open(const struct submission *item)
{
    return !item->won && !item->settled;
}

static enum err find_rows_of_losers(struct db *db, const struct submit_batch *batch, struct db_rows *ret_rows)
{
    struct db_column keys;
    struct db_args args;
    db_column_init(&keys, batch->arena, DB_UUID);
    for (size_t i = 0; i < batch->count; i++)
        if (is_open(batch->items[i]))
            db_column_id(&keys, batch->items[i]->request_key);
    db_args_init(&args, batch->arena);
    db_arg_column(&args, &keys);
    return db_run(db, &STORE_FIND_REQUESTS, &args, batch->arena, ret_rows);
}

static void settle_by_rows(struct submission *item, const struct db_rows *rows)
{
    for (size_t row = 0; row < rows->count; row++)
        if (id_compare(item->request_key, db_get_id(rows, row, 0)) == 0)
            settle_by_row(item, rows, row);
}

/* Those that lost against a row of the same key are settled by it; the others may not be stored. */
static enum err settle_losers(struct db *db, const struct submit_batch *batch)
{
    struct db_rows rows;
    enum err err = find_rows_of_losers(db, batch, &rows);
    for (size_t i = 0; err == ERR_OK && i < batch->count; i++) {
        struct submission *item = batch->items[i];
        if (!is_open(item))
            continue;
        settle_by_rows(item, &rows);
        if (item->settled)
            continue;
        item->settled = item->closed = true; /* it lost against no row: its call takes none (any more) */
        item->outcome = ERR_INVALID;
    }
    return err;
}

static size_t count_open(const struct submit_batch *batch)
{
    size_t open = 0;
    for (size_t i = 0; i < batch->count; i++)
        open += is_open(batch->items[i]);
    return open;
}

static enum err insert_all(struct db *db, struct submit_batch *batch)
{
    enum err err = submit_insert(db, batch->arena, batch->items, batch->count);
    return err == ERR_OK && count_open(batch) > 0 ? settle_losers(db, batch) : err;
}

static enum err submit_body(struct db *db, void *context)
{
    struct submit_batch *batch = context;
    struct stat_deltas deltas;
    arena_reset(batch->arena);
    for (size_t i = 0; i < batch->count; i++)
        batch->items[i]->won = batch->items[i]->settled = batch->items[i]->duplicate = batch->items[i]->closed = false;
    enum err err = insert_all(db, batch);
    if (err != ERR_OK)
        return err;
    stat_init(&deltas, batch->arena, 2 * batch->count);
    err = submit_claim(db, batch->arena, batch->items, batch->count, &deltas);
    if (err != ERR_OK)
        return err;
    err = submit_queue_rest(db, batch->arena, batch->items, batch->count, &deltas);
    CRASH_POINT("submit-before-commit");
    return err;
}

static void settle_winners(struct submit_batch *batch, enum err err)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct submission *item = batch->items[i];
        if (err != ERR_OK)
            item->outcome = err;
        if (err != ERR_OK || item->settled)
            continue;
        item->outcome = ERR_OK;
        item->stored = (struct stored_submission){.id = item->id,
                                                  .hash = item->request_hash,
                                                  .created_at = item->created_at,
                                                  .submitted_at = item->submitted_at,
                                                  .answer_due_at = item->answer_due_at};
        memcpy(item->stored.receipt, item->receipt, sizeof(item->receipt));
    }
}

/* A lost answer to COMMIT: the same insert again waits for a backend that is still committing, and finds its own rows when it has. */
static enum err run_until_known(struct db *db, struct submit_batch *batch)
{
    enum err err = arena_excuse(batch->arena, db_transaction(db, submit_body, batch));
    bool unknown = err == ERR_COMMIT_UNKNOWN;
    for (int tries = 0; unknown && tries < UNKNOWN_TRIES && (err == ERR_COMMIT_UNKNOWN || err == ERR_UNAVAILABLE); tries++) {
        clock_sleep_us(UNKNOWN_WAIT_US);
        err = arena_excuse(batch->arena, db_transaction(db, submit_body, batch));
    }
    return unknown && err == ERR_UNAVAILABLE ? ERR_COMMIT_UNKNOWN : err;
}

/* The one row that can conflict in anything but its key: its receipt is another woman's. */
static enum err retry_with_other_receipt(struct db *db, struct submit_batch *single)
{
    enum err err = ERR_CONFLICT;
    for (int tries = 0; err == ERR_CONFLICT && tries < RECEIPT_TRIES; tries++) {
        make_receipt(single->items[0]);
        err = run_until_known(db, single);
    }
    return err;
}

/* A row that can't be stored must not take its neighbours along: the batch is done again in halves until that row is alone. */
static void run_batch(struct db *db, struct submit_batch *batch)
{
    enum err err = run_until_known(db, batch);
    bool row_at_fault = err != ERR_OK && err_info(err)->verdict != VERDICT_RETRY;
    if (row_at_fault && batch->count > 1) {
        struct submit_batch first = {batch->arena, batch->items, batch->count / 2};
        struct submit_batch second = {batch->arena, batch->items + first.count, batch->count - first.count};
        run_batch(db, &first);
        run_batch(db, &second);
        return;
    }
    if (err == ERR_CONFLICT)
        err = retry_with_other_receipt(db, batch);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "batch-failed", LOG_ERR(err), LOG_INT("items", batch->count));
    settle_winners(batch, err);
}

/* A second request of the same key in one batch: the row that the first has made, or met, judges it too. */
static void settle_follower(struct submission *follower, const struct submission *leader)
{
    bool known = leader->outcome == ERR_OK || leader->outcome == ERR_KEY_REUSED;
    follower->outcome = leader->outcome;
    follower->closed = leader->closed;
    if (!known)
        return;
    follower->outcome = id_compare(follower->request_hash, leader->stored.hash) == 0 ? ERR_OK : ERR_KEY_REUSED;
    follower->stored = leader->stored;
}

/* Of sorted items the first of each key, in their order; the others behind them. How many come first. */
static size_t leaders_first(struct submission **items, size_t count)
{
    size_t leaders = 0;
    for (size_t i = 0; i < count; i++) {
        struct submission *item = items[i];
        if (leaders > 0 && by_key(&items[leaders - 1], &item) == 0)
            continue;
        items[i] = items[leaders];
        items[leaders++] = item;
    }
    return leaders;
}

void store_submit(struct db *db, struct arena *arena, struct submission **items, size_t count)
{
    qsort(items, count, sizeof(struct submission *), by_key_and_right);
    size_t leaders = leaders_first(items, count);
    struct submit_batch batch = {arena, items, leaders};
    run_batch(db, &batch);
    for (size_t i = leaders; i < count; i++) {
        struct submission **leader = bsearch(&items[i], items, leaders, sizeof(struct submission *), by_key);
        settle_follower(items[i], *leader);
    }
}
