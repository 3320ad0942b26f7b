#include "awaiting.h"

#include "awaiting_statements.h"

#define SWEPT_AFTER (10 * INSTANT_MINUTE)
#define FOLLOWED_AFTER (SWEPT_AFTER / 2)
#define CHUNK 10000
#define CHUNKS_MAX 20 /* a round; the rest waits for the next */
#define NEARLY_DUE (7 * INSTANT_DAY)

void awaiting_states(struct db_column *ret_column, struct arena *arena, bool paused_too)
{
    db_column_init(ret_column, arena, DB_TEXT);
    for (int state = STATE_DRAFT; state < STATE_COUNT; state++)
        if (application_awaits_answer((enum application_state)state) && (paused_too || state != STATE_INFO_REQUESTED))
            db_column_str(ret_column, str_from(application_state_name((enum application_state)state)));
}

enum err awaiting_follow(struct db *db, struct arena *arena, struct application_row *const *rows, size_t count, instant_us now)
{
    struct id young = id_first_of((now - FOLLOWED_AFTER) / 1000);
    struct db_column waiting, due, ended;
    struct db_args args;
    db_column_init(&waiting, arena, DB_UUID);
    db_column_init(&due, arena, DB_INSTANT);
    db_column_init(&ended, arena, DB_UUID);
    for (size_t i = 0; i < count; i++) {
        if (id_compare(rows[i]->id, young) >= 0)
            continue;
        bool awaits = application_awaits_answer(rows[i]->state) && rows[i]->answer_due_at != INSTANT_NEVER;
        db_column_id(awaits ? &waiting : &ended, rows[i]->id);
        if (awaits)
            db_column_instant(&due, rows[i]->answer_due_at);
    }
    enum err err = ERR_OK;
    if (waiting.count > 0) {
        db_args_init(&args, arena);
        db_arg_column(&args, &waiting);
        db_arg_column(&args, &due);
        err = db_queue(db, &AWAITING_FOLLOW, &args);
    }
    if (err != ERR_OK || ended.count == 0)
        return err;
    db_args_init(&args, arena);
    db_arg_column(&args, &ended);
    return db_queue(db, &AWAITING_FORGET, &args);
}

enum err awaiting_sweep(struct db *db, struct arena *arena, instant_us now)
{
    struct db_column states;
    struct db_args args;
    struct db_rows rows;
    awaiting_states(&states, arena, true);
    db_args_init(&args, arena);
    db_arg_id(&args, id_first_of((now - SWEPT_AFTER) / 1000));
    db_arg_column(&args, &states);
    db_arg_int4(&args, CHUNK);
    for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
        enum err err = db_run(db, &AWAITING_SWEEP, &args, arena, &rows);
        if (err != ERR_OK || rows.count == 0 || db_get_int(&rows, 0, 0) < CHUNK)
            return err;
    }
    return ERR_OK;
}

void awaiting_metrics(struct metric **ret_nearly_due, struct metric **ret_overdue)
{
    *ret_nearly_due = metric_gauge("jisr_intake_nearly_due", "", "files whose answer is due within 7 days, their clock running");
    *ret_overdue = metric_gauge("jisr_intake_overdue", "", "files whose answer is overdue, their clock running");
}

enum err awaiting_count(struct db *db, struct arena *arena, instant_us now, struct metric *nearly_due, struct metric *overdue)
{
    struct db_column states;
    struct db_args args;
    struct db_rows rows;
    awaiting_states(&states, arena, false);
    db_args_init(&args, arena);
    db_arg_instant(&args, now);
    db_arg_instant(&args, now + NEARLY_DUE);
    db_arg_column(&args, &states);
    enum err err = db_run(db, &AWAITING_COUNT, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    metric_set(nearly_due, db_get_int(&rows, 0, 0));
    metric_set(overdue, db_get_int(&rows, 0, 1));
    return ERR_OK;
}
