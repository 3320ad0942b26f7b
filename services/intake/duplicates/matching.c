#include "matching.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "duplicates_statements.h"
#include "matching_pairs.h"
#include "proto/topics.h"

#define ARENA_BYTES ((size_t)32 << 20)
#define CHANGES_A_STEP 64 /* a step holds its transaction open, and with it the relay's horizon: it stays well under 100 ms */
#define LOOK_EVERY_US INT64_C(500000)
#define REST_FACTOR 4 /* rests four times as long as it has worked: submissions come first */

struct matching {
    struct intake *intake;
    struct db *db;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    struct matching_step step;
};

struct seal_key matching_key(const struct intake_keys *keys)
{
    struct seal_key key;
    seal_key_derive(&keys->identity, "traits", &key);
    return key;
}

static const char *const COMPARED[] = {EVENT_APPLICATION_SUBMITTED, EVENT_APPLICATION_AMENDED,
                                       EVENT_APPLICATION_CONFIRMED, /* her name or her phone may have been put right */
                                       NULL};
/* Nothing is found of these, and what a comparison that was under way has written goes. */
static const char *const CLOSED[] = {EVENT_APPLICATION_RESTRICTED, EVENT_APPLICATION_ERASED, NULL};

static bool has(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_compare(ids[i], id) == 0)
            return true;
    return false;
}

static enum err drop_closed_pairs(struct db *db, struct arena *arena, const struct id *ids, size_t count)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_ids(&args, ids, count);
    return db_queue(db, &DUPLICATES_DROP_CLOSED_PAIRS, &args);
}

static enum err move_cursor(struct db *db, struct arena *arena, int64_t xid, int64_t id)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int8(&args, xid);
    db_arg_int8(&args, id);
    return db_queue(db, &DUPLICATES_MOVE_CURSOR, &args);
}

static enum err read_changes(struct db *db, struct arena *arena, const struct db_rows *cursor, struct db_rows *ret_changes)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int8(&args, db_get_int(cursor, 0, 0));
    db_arg_int8(&args, db_get_int(cursor, 0, 1));
    db_arg_int4(&args, CHANGES_A_STEP);
    return db_run(db, &DUPLICATES_NEXT_CHANGES, &args, arena, ret_changes);
}

static enum err step(struct db *db, void *context)
{
    struct matching_step *matching = context;
    struct arena *arena = matching->arena;
    struct db_args none;
    struct db_rows cursor, changes;
    struct id ids[CHANGES_A_STEP];
    size_t count = 0;
    bool closed = false;
    arena_reset(arena);
    matching->more = false;
    db_args_init(&none, arena);
    enum err err = db_run(db, &DUPLICATES_TAKE_CURSOR, &none, arena, &cursor);
    if (err != ERR_OK || cursor.count == 0)
        return err;
    err = read_changes(db, arena, &cursor, &changes);
    if (err != ERR_OK || changes.count == 0)
        return err;
    for (size_t row = 0; row < changes.count; row++) {
        struct id id = db_get_id(&changes, row, 2);
        bool ends = str_is_one_of(db_get_str(&changes, row, 3), CLOSED);
        if ((ends || str_is_one_of(db_get_str(&changes, row, 3), COMPARED)) && !has(ids, count, id))
            ids[count++] = id;
        closed |= ends;
    }
    if (count > 0)
        err = matching_compare(db, matching, ids, count);
    if (err == ERR_OK && closed)
        err = drop_closed_pairs(db, arena, ids, count);
    if (err != ERR_OK)
        return err;
    matching->more = changes.count == CHANGES_A_STEP;
    return move_cursor(db, arena, db_get_int(&changes, changes.count - 1, 0), db_get_int(&changes, changes.count - 1, 1));
}

enum err matching_run(struct db *db, struct matching_step *matching)
{
    return db_transaction(db, step, matching);
}

static void *run(void *context)
{
    struct matching *matching = context;
    while (!atomic_load(&matching->stopping)) {
        int64_t began_us = clock_monotonic_us();
        enum err err = matching_run(matching->db, &matching->step);
        if (err != ERR_OK)
            log_line(LOG_WARNING, "duplicates-not-searched", LOG_ERR(err));
        int64_t rest_us = (clock_monotonic_us() - began_us) * REST_FACTOR;
        clock_sleep_us(err == ERR_OK && matching->step.more ? (rest_us < LOOK_EVERY_US ? rest_us : LOOK_EVERY_US) : LOOK_EVERY_US);
    }
    return NULL;
}

enum err matching_start(struct intake *intake, struct matching **ret_matching)
{
    struct matching *matching = calloc(1, sizeof(*matching));
    if (!matching)
        return ERR_MEMORY;
    matching->intake = intake;
    matching->step = (struct matching_step){.intake = intake, .arena = arena_new(ARENA_BYTES), .key = matching_key(&intake->keys)};
    enum err err = matching->step.arena ? service_open_db(intake->service, "matching", &matching->db) : ERR_MEMORY;
    if (err == ERR_OK && pthread_create(&matching->thread, NULL, run, matching) != 0)
        err = ERR_MEMORY;
    matching->running = err == ERR_OK;
    if (err == ERR_OK)
        *ret_matching = matching;
    else
        matching_free(matching);
    return err;
}

void matching_free(struct matching *matching)
{
    if (!matching)
        return;
    if (matching->running) {
        atomic_store(&matching->stopping, true);
        pthread_join(matching->thread, NULL);
    }
    db_close(matching->db);
    arena_free(matching->step.arena);
    secret_wipe(&matching->step.key, sizeof(matching->step.key));
    free(matching);
}
