#include "queue.h"

#include "app/app.h"
#include "app/log.h"
#include "arrears.h"
#include "base/instant.h"
#include "store_statements.h"

#define CHUNK 1000
#define LOOK_EVERY_US (10 * INSTANT_SECOND)

void queue_init(struct queue *queue)
{
    queue->pending = metric_gauge("jisr_webhooks_pending", "", "Deliveries that wait for their receipt (counted up to 100000).");
    queue->oldest = metric_gauge("jisr_webhooks_oldest_seconds", "", "Age of the oldest of them.");
}

void queue_look(struct queue *queue)
{
    queue->burying = queue->returning = true;
}

static void measure(const struct queue *queue, struct db *db, struct arena *arena)
{
    struct db_rows rows;
    arena_reset(arena);
    if (db_run(db, &STORE_MEASURE_QUEUE, NULL, arena, &rows) != ERR_OK)
        return;
    metric_set(queue->pending, db_get_int(&rows, 0, 0));
    metric_set(queue->oldest, db_is_null(&rows, 0, 1) ? 0 : (clock_wall_us() - db_get_instant(&rows, 0, 1)) / INSTANT_SECOND);
}

/* True: that was a whole chunk. */
static bool bury_some(struct db *db, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows = {0};
    arena_reset(arena);
    db_args_init(&args, arena);
    db_arg_instant(&args, clock_wall_us());
    db_arg_int4(&args, CHUNK);
    enum err err = db_run(db, &STORE_BURY_DELIVERIES, &args, arena, &rows);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "deliveries-not-buried", LOG_ERR(err));
    return err == ERR_OK && rows.affected == CHUNK;
}

bool queue_turn(struct queue *queue, struct db *db, struct arena *arena, int64_t now_us)
{
    if (now_us >= queue->look_us) {
        queue->look_us = now_us + LOOK_EVERY_US;
        queue_look(queue);
        measure(queue, db, arena);
    }
    if (queue->burying)
        queue->burying = bury_some(db, arena);
    if (queue->returning)
        queue->returning = arrears_turn(db, arena);
    return queue->burying || queue->returning;
}
