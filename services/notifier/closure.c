#include "closure.h"

#include "changes.h"
#include "routes.h"
#include "store_statements.h"

#define CHUNK 200
#define ARENA_BYTES ((size_t)8 << 20)

/* ── Closing it ── */

/* ERR_NOT_FOUND, or nothing to do: it is closed already. */
static enum err why_not(struct db *db, struct http_request *request, struct id partner)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, request->arena);
    db_arg_id(&args, partner);
    enum err err = db_run(db, &STORE_GET_PARTNER, &args, request->arena, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_NOT_FOUND : err;
}

/* Waits for offers that are being made to them (store_lock_subscriptions), so that each is there when the revoking begins. */
static enum err disable_endpoints(struct db *db, struct http_request *request, struct id partner)
{
    struct db_args args;
    db_args_init(&args, request->arena);
    db_arg_id(&args, partner);
    db_arg_instant(&args, request->received_at);
    return db_queue(db, &STORE_DISABLE_ENDPOINTS_OF, &args);
}

static enum err close_partner(struct db *db, void *context)
{
    struct http_request *request = context;
    struct db_args args;
    struct db_rows rows;
    struct id id;
    enum err err = path_id(request, &id);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    db_arg_id(&args, id);
    db_arg_instant(&args, request->received_at);
    err = db_run(db, &STORE_CLOSE_PARTNER, &args, request->arena, &rows);
    if (err != ERR_OK || rows.affected == 0)
        return err == ERR_OK ? why_not(db, request, id) : err;
    err = disable_endpoints(db, request, id);
    if (err != ERR_OK)
        return err;
    const struct audit_row audit = {
        .at = request->received_at, .subject = id, .actor = principal_actor(&request->who, request->arena), .action = STR("close-partner")};
    return audit_write(&audit, db, request->arena);
}

enum err closure_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    if (request->who.territory_count > 0) /* as for its registration */
        return ERR_FORBIDDEN;
    enum err err = db_transaction(worker->db, close_partner, request);
    if (err != ERR_OK)
        return err;
    deliverer_reload(notifier_of(worker)->deliverer);
    expiry_wake(notifier_of(worker)->expiry);
    return partner_get(request, context);
}

/* ── What it held ── */

struct closing {
    struct arena *arena;
    instant_us now;
    bool found;
};

static enum err revoke_after(struct db *db, const struct closing *closing, struct id partner, struct id *after, bool *ret_all)
{
    struct referral_set referrals;
    struct outbox outbox;
    outbox_init(&outbox, closing->arena);
    const struct subscription_set nobody = {0}; /* it has no endpoint any more */
    struct changes changes = {db, closing->arena, &outbox, &nobody, closing->now};
    enum err err = store_lock_held(db, closing->arena, partner, *after, CHUNK, &referrals);
    if (err == ERR_OK)
        err = changes_apply(&changes, &referrals, REFERRAL_REVOKE);
    if (err != ERR_OK)
        return err;
    *ret_all = referrals.count < CHUNK;
    if (referrals.count > 0)
        *after = referrals.items[referrals.count - 1].id;
    return outbox_write(&outbox, db);
}

static enum err note_progress(struct db *db, struct arena *arena, struct id partner, const struct id *revoked_to)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, partner);
    if (revoked_to)
        db_arg_id(&args, *revoked_to);
    else
        db_arg_null(&args);
    return db_queue(db, &STORE_NOTE_REVOKED, &args);
}

static enum err revoke_some(struct db *db, void *context)
{
    struct closing *closing = context;
    struct db_args args;
    struct db_rows rows;
    bool all = false;
    arena_reset(closing->arena);
    db_args_init(&args, closing->arena);
    enum err err = db_run(db, &STORE_FIND_CLOSING, &args, closing->arena, &rows);
    closing->found = err == ERR_OK && rows.count > 0;
    if (!closing->found)
        return err;
    struct id partner = db_get_id(&rows, 0, 0), revoked_to = db_get_id(&rows, 0, 1);
    err = revoke_after(db, closing, partner, &revoked_to, &all);
    return err == ERR_OK ? note_progress(db, closing->arena, partner, all ? NULL : &revoked_to) : err;
}

enum err closure_run_once(struct db *db, instant_us now, bool *ret_found)
{
    struct closing closing = {arena_new(ARENA_BYTES), now, false};
    if (!closing.arena)
        return ERR_MEMORY;
    enum err err = db_transaction(db, revoke_some, &closing);
    arena_free(closing.arena);
    if (err == ERR_OK)
        *ret_found = closing.found;
    return err;
}
