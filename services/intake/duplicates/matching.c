#include "matching.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "duplicates_statements.h"
#include "matching_pairs.h"
#include "services/intake/imports/import_work.h"
#include "proto/topics.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define GROUP_BYTES ((size_t)32 << 20)
#define CHANGES_A_STEP 64 /* looked at; half of them are no submissions */
#define FILES_A_STEP 16   /* each is compared with hundreds, which are all in memory at once */
#define LOOK_EVERY_US INT64_C(500000)
#define BUSY_REST_FACTOR 4 /* while women apply, or a file of them is taken, it rests four times as long as it has worked: submissions come first */
#define IDLE_REST_PART 8   /* otherwise an eighth: what has gathered meanwhile is looked through within a minute */

struct matching {
    struct intake *intake;
    struct db *db;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    uint64_t submissions; /* when it last looked */
    struct matching_step step;
};

enum err matching_step_open(struct intake *intake, struct matching_step *ret_step)
{
    *ret_step =
        (struct matching_step){.intake = intake, .arena = arena_new(ARENA_BYTES), .group = arena_new(GROUP_BYTES), .answers = arena_new(GROUP_BYTES)};
    seal_key_derive(&intake->keys.identity, "traits", &ret_step->key);
    return ret_step->arena && ret_step->group && ret_step->answers ? ERR_OK : ERR_MEMORY;
}

void matching_step_close(struct matching_step *step)
{
    arena_free(step->arena);
    arena_free(step->group);
    arena_free(step->answers);
    secret_wipe(&step->key, sizeof(step->key));
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

enum err matching_take_cursor(struct db *db, struct arena *arena, struct matching_cursor *ret_cursor)
{
    struct db_rows lock, cursor;
    enum err err = db_ask(db, &DUPLICATES_TAKE_SEARCH, NULL, arena, &lock);
    if (err == ERR_OK)
        err = db_run(db, &DUPLICATES_READ_CURSOR, NULL, arena, &cursor);
    if (err == ERR_OK)
        *ret_cursor = (struct matching_cursor){db_get_bool(&lock, 0, 0), db_get_int(&cursor, 0, 0), db_get_int(&cursor, 0, 1)};
    return err;
}

enum err matching_move_cursor(struct db *db, struct arena *arena, const struct matching_cursor *cursor)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int8(&args, cursor->xid);
    db_arg_int8(&args, cursor->id);
    return db_queue(db, &DUPLICATES_MOVE_CURSOR, &args);
}

static enum err read_changes(struct db *db, struct arena *arena, const struct matching_cursor *cursor, struct db_rows *ret_changes)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int8(&args, cursor->xid);
    db_arg_int8(&args, cursor->id);
    db_arg_int4(&args, CHANGES_A_STEP);
    return db_run(db, &DUPLICATES_NEXT_CHANGES, &args, arena, ret_changes);
}

/* Files that the changes are about, up to so many; ret_rows: how many changes that covers. */
struct chosen {
    struct id ids[FILES_A_STEP];
    size_t count, rows;
    bool closed;
};

static void choose(const struct db_rows *changes, struct chosen *ret_chosen)
{
    *ret_chosen = (struct chosen){.count = 0};
    for (; ret_chosen->rows < changes->count && ret_chosen->count < FILES_A_STEP; ret_chosen->rows++) {
        struct id id = db_get_id(changes, ret_chosen->rows, 2);
        struct str type = db_get_str(changes, ret_chosen->rows, 3);
        bool ends = str_is_one_of(type, CLOSED);
        if ((ends || str_is_one_of(type, COMPARED)) && !has(ret_chosen->ids, ret_chosen->count, id))
            ret_chosen->ids[ret_chosen->count++] = id;
        ret_chosen->closed |= ends;
    }
}

static enum err step(struct db *db, void *context)
{
    struct matching_step *matching = context;
    struct arena *arena = matching->arena;
    struct matching_cursor cursor;
    struct db_rows changes;
    struct chosen chosen;
    arena_reset(arena);
    matching->more = false;
    enum err err = matching_take_cursor(db, arena, &cursor);
    if (err != ERR_OK || !cursor.taken)
        return err;
    err = read_changes(db, arena, &cursor, &changes);
    if (err != ERR_OK || changes.count == 0)
        return err;
    choose(&changes, &chosen);
    if (chosen.count > 0)
        err = matching_compare(db, matching, chosen.ids, chosen.count);
    if (err == ERR_OK && chosen.closed)
        err = drop_closed_pairs(db, arena, chosen.ids, chosen.count);
    if (err != ERR_OK)
        return err;
    matching->more = changes.count == CHANGES_A_STEP || chosen.rows < changes.count;
    const struct matching_cursor next = {true, db_get_int(&changes, chosen.rows - 1, 0), db_get_int(&changes, chosen.rows - 1, 1)};
    return matching_move_cursor(db, arena, &next);
}

enum err matching_run(struct db *db, struct matching_step *matching)
{
    return db_transaction(db, step, matching);
}

/* Whether women have applied since it last looked, or a file of them is taken. */
static bool is_busy(struct matching *matching)
{
    const struct batch *batch = matching->intake->batch;
    uint64_t before = matching->submissions;
    matching->submissions = batch ? batch_taken(batch) : 0;
    return matching->submissions != before || import_work_is_busy(matching->intake->import_work);
}

/* After a step that left nothing to do, or failed, it looks again in a while. */
static int64_t rest_us(struct matching *matching, enum err err, int64_t worked_us)
{
    bool busy = is_busy(matching);
    int64_t rest = busy ? worked_us * BUSY_REST_FACTOR : worked_us / IDLE_REST_PART;
    return err == ERR_OK && matching->step.more && rest < LOOK_EVERY_US ? rest : LOOK_EVERY_US;
}

static void *run(void *context)
{
    struct matching *matching = context;
    while (!atomic_load(&matching->stopping)) {
        int64_t began_us = clock_monotonic_us();
        enum err err = matching_run(matching->db, &matching->step);
        if (err != ERR_OK)
            log_line(LOG_WARNING, "duplicates-not-searched", LOG_ERR(err));
        clock_sleep_us(rest_us(matching, err, clock_monotonic_us() - began_us));
    }
    return NULL;
}

enum err matching_start(struct intake *intake, struct matching **ret_matching)
{
    struct matching *matching = calloc(1, sizeof(*matching));
    if (!matching)
        return ERR_MEMORY;
    matching->intake = intake;
    enum err err = matching_step_open(intake, &matching->step);
    if (err == ERR_OK)
        err = service_open_db(intake->service, "matching", &matching->db);
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
    matching_step_close(&matching->step);
    free(matching);
}
