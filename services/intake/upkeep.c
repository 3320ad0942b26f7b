#include "upkeep.h"

#include "app/app.h"
#include "app/log.h"
#include "services/intake/application/awaiting.h"
#include "services/intake/application/expiry.h"
#include "store_statements.h"

#define FOLD_EVERY_US INT64_C(400000) /* each time: it runs before each reading of the statistics */
#define LOOK_EVERY_US INT64_C(2000000)
#define FORGET_EVERY_US INT64_C(60000000)
#define EXPIRE_EVERY_US INT64_C(60000000)
#define COUNT_EVERY_US INT64_C(30000000)
#define KEYS_KEPT (30 * INSTANT_DAY)

struct work {
    struct upkeep *upkeep;
    struct arena *arena;
};

void upkeep_init(struct upkeep *upkeep, struct calls *calls)
{
    *upkeep = (struct upkeep){.calls = calls};
    awaiting_metrics(&upkeep->nearly_due, &upkeep->overdue);
}

static enum err fold(struct db *db, void *context)
{
    struct work *work = context;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, work->arena);
    enum err err = db_run(db, &STORE_TRY_FOLD_LOCK, &args, work->arena, &rows);
    if (err != ERR_OK || !db_get_bool(&rows, 0, 0))
        return err;
    return db_queue(db, &STORE_FOLD_STATISTICS, &args);
}

static enum err forget(struct db *db, void *context)
{
    struct work *work = context;
    instant_us before = clock_wall_us() - KEYS_KEPT;
    struct id below = id_first_of(before / 1000);
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, work->arena);
    db_arg_instant(&args, before);
    enum err err = db_queue(db, &STORE_FORGET_ANSWERS, &args);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, work->arena);
    db_arg_id(&args, work->upkeep->forgotten_below);
    db_arg_id(&args, below);
    err = db_run(db, &STORE_FORGET_REQUESTS, &args, work->arena, &rows);
    if (err == ERR_OK)
        work->upkeep->forgotten_below = rows.count > 0 ? db_get_id(&rows, 0, 0) : below;
    return err;
}

static bool is_due(int64_t *last_us, int64_t now_us, int64_t every_us)
{
    if (*last_us != 0 && now_us - *last_us < every_us)
        return false;
    *last_us = now_us;
    return true;
}

static void report(const char *event, enum err err)
{
    if (err != ERR_OK)
        log_line(LOG_WARNING, event, LOG_ERR(err));
}

void upkeep_run(struct upkeep *upkeep, struct db *db, struct arena *arena, int64_t now_us)
{
    struct work work = {upkeep, arena};
    if (is_due(&upkeep->folded_us, now_us, FOLD_EVERY_US))
        report("statistics-not-folded", db_transaction(db, fold, &work));
    if (is_due(&upkeep->looked_us, now_us, LOOK_EVERY_US))
        report("calls-not-read", calls_refresh(upkeep->calls, db, arena));
    if (is_due(&upkeep->forgot_us, now_us, FORGET_EVERY_US))
        report("keys-not-forgotten", db_transaction(db, forget, &work));
    if (is_due(&upkeep->expired_us, now_us, EXPIRE_EVERY_US))
        report("nothing-expired", expiry_run(db, upkeep->calls, arena, clock_wall_us()));
    if (is_due(&upkeep->counted_us, now_us, COUNT_EVERY_US)) {
        report("awaiting-not-swept", awaiting_sweep(db, arena, clock_wall_us()));
        report("awaiting-not-counted", awaiting_count(db, arena, clock_wall_us(), upkeep->nearly_due, upkeep->overdue));
    }
}
