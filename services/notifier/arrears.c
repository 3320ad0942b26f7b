#include "arrears.h"

#include "app/app.h"
#include "app/log.h"
#include "store_statements.h"

enum err arrears_of_enabled(struct db *db, struct arena *arena, struct id endpoint, struct str reason)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, endpoint);
    db_arg_str(&args, reason);
    return db_queue(db, &STORE_NOTE_OWN_ARREARS, &args);
}

enum err arrears_of_new(struct db *db, struct arena *arena, struct id endpoint)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, endpoint);
    return db_queue(db, &STORE_NOTE_ARREARS, &args);
}

/* ── A chunk ── */

struct turn {
    struct arena *arena;
    bool found;
    struct id endpoint, source;
    struct str reason;
    int64_t after_seq;
};

static enum err find(struct db *db, struct turn *turn)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, turn->arena);
    enum err err = db_run(db, &STORE_FIND_ARREARS, &args, turn->arena, &rows);
    turn->found = err == ERR_OK && rows.count > 0;
    if (!turn->found)
        return err;
    turn->endpoint = db_get_id(&rows, 0, 0);
    turn->source = db_get_id(&rows, 0, 1);
    turn->reason = db_get_str(&rows, 0, 2);
    turn->after_seq = db_get_int(&rows, 0, 3);
    return ERR_OK;
}

/* Which, as both statements below and the two after them begin. */
static void name_it(struct db_args *args, const struct turn *turn)
{
    db_args_init(args, turn->arena);
    db_arg_id(args, turn->endpoint);
    db_arg_id(args, turn->source);
    db_arg_str(args, turn->reason);
}

/* `ret_rows`: one, the last seq that was looked at, or NULL. */
static enum err bring_back(struct db *db, const struct turn *turn, struct db_rows *ret_rows)
{
    bool is_its_own = id_compare(turn->endpoint, turn->source) == 0;
    struct db_args args;
    name_it(&args, turn);
    db_arg_int8(&args, turn->after_seq);
    db_arg_instant(&args, clock_wall_us());
    return db_run(db, is_its_own ? &STORE_REVIVE_DELIVERIES : &STORE_INHERIT_DELIVERIES, &args, turn->arena, ret_rows);
}

static enum err bring_back_some(struct db *db, void *context)
{
    struct turn *turn = context;
    struct db_rows rows;
    struct db_args args;
    arena_reset(turn->arena);
    enum err err = find(db, turn);
    if (err != ERR_OK || !turn->found)
        return err;
    err = bring_back(db, turn, &rows);
    if (err != ERR_OK)
        return err;
    name_it(&args, turn);
    if (db_is_null(&rows, 0, 0))
        return db_queue(db, &STORE_END_ARREARS, &args);
    db_arg_int8(&args, db_get_int(&rows, 0, 0));
    return db_queue(db, &STORE_MOVE_ARREARS, &args);
}

bool arrears_turn(struct db *db, struct arena *arena)
{
    struct turn turn = {.arena = arena};
    enum err err = db_transaction(db, bring_back_some, &turn);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "arrears-not-brought-back", LOG_ERR(err));
    return err == ERR_OK && turn.found;
}
