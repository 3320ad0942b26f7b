#include "expiry.h"

#include "awaiting.h"
#include "expiry_statements.h"
#include "progress.h"
#include "proto/topics.h"

#define CHUNK 500
#define CHUNKS_MAX 20 /* a round; the rest waits for the next */

struct round {
    const struct calls_snapshot *calls;
    struct arena *arena;
    instant_us now;
    size_t ended;
};

static enum err find_late(struct db *db, struct round *round, struct id **ret_ids, size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, round->arena);
    db_arg_instant(&args, round->now);
    db_arg_int4(&args, CHUNK);
    enum err err = db_run(db, &EXPIRY_LATE, &args, round->arena, &rows);
    struct id *ids = err == ERR_OK ? arena_take_array(round->arena, rows.count + 1, sizeof(*ids)) : NULL;
    if (!ids)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        ids[row] = db_get_id(&rows, row, 0);
    *ret_ids = ids;
    *ret_count = rows.count;
    return ERR_OK;
}

static enum err queue_for(struct db *db, const struct db_statement *statement, struct arena *arena, const struct id *ids, size_t count)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_ids(&args, ids, count);
    return db_queue(db, statement, &args);
}

/* Of a draft no partner has heard. */
static enum err close_to_partners(struct db *db, struct arena *arena, const struct application_row *rows, size_t count)
{
    struct id *heard_of = arena_take_array(arena, count, sizeof(*heard_of));
    size_t heard_count = 0;
    if (!heard_of)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        if (rows[i].state != STATE_DRAFT)
            heard_of[heard_count++] = rows[i].id;
    return heard_count > 0 ? queue_for(db, &EXPIRY_CLOSE_TO_PARTNERS, arena, heard_of, heard_count) : ERR_OK;
}

static enum err end_one(struct round *round, struct application_row *row, struct outbox *outbox, struct stat_deltas *deltas)
{
    struct application_change *change = arena_take(round->arena, sizeof(*change));
    struct progress progress = {
        .row = row,
        .call = calls_by_id(round->calls, row->call_id),
        .change = change,
        .happened_at = round->now,
        .now = round->now,
        /* Nobody but intake knew of a draft. */
        .type = row->state == STATE_DRAFT ? EVENT_APPLICATION_PROGRESSED : EVENT_APPLICATION_EXPIRED,
        .actor = STR("service:intake"),
        .action = STR("expire"),
    };
    if (!change)
        return ERR_LIMIT;
    change->state = row->state;
    enum err err = progress.call ? application_expire(change) : ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    if (row->state != STATE_DRAFT)
        stat_move(deltas, row, row->state, change->state);
    row->state = change->state;
    row->history = history_add(round->arena, row->history, row->state, round->now, (struct str){0});
    return str_empty(row->history) ? ERR_LIMIT : progress_tell(&progress, outbox);
}

static enum err end_chunk(struct db *db, void *context)
{
    struct round *round = context;
    struct application_row *rows = NULL, **changed = NULL;
    struct outbox outbox;
    struct stat_deltas deltas;
    struct id *ids = NULL;
    size_t count = 0;
    round->ended = 0;
    enum err err = find_late(db, round, &ids, &count);
    if (err != ERR_OK || count == 0)
        return err;
    err = store_lock_for_events(db, round->arena, ids, count, &rows, &count);
    changed = err == ERR_OK ? arena_take_array(round->arena, count, sizeof(struct application_row *)) : NULL;
    if (!changed)
        return err == ERR_OK ? ERR_LIMIT : err;
    outbox_init(&outbox, round->arena);
    stat_init(&deltas, round->arena, 2 * count);
    err = close_to_partners(db, round->arena, rows, count); /* while their states say which are drafts */
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        changed[i] = &rows[i];
        err = end_one(round, &rows[i], &outbox, &deltas);
    }
    if (err == ERR_OK)
        err = store_progress(db, round->arena, changed, count);
    if (err == ERR_OK)
        err = queue_for(db, &EXPIRY_WAIT_NO_MORE, round->arena, ids, count);
    if (err == ERR_OK)
        err = awaiting_follow(db, round->arena, changed, count, round->now);
    if (err == ERR_OK)
        err = stat_write(&deltas, db, round->arena);
    if (err == ERR_OK)
        err = outbox_write(&outbox, db);
    round->ended = count;
    return err;
}

enum err expiry_run(struct db *db, struct calls *calls, struct arena *arena, instant_us now)
{
    struct round round = {calls_hold(calls, arena), arena, now, CHUNK};
    enum err err = round.calls ? ERR_OK : ERR_UNAVAILABLE;
    for (int chunk = 0; err == ERR_OK && round.ended == CHUNK && chunk < CHUNKS_MAX; chunk++)
        err = db_transaction(db, end_chunk, &round);
    return err;
}
