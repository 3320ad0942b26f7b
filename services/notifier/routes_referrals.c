#include "changes.h"
#include "routes.h"
#include "store_statements.h"

static void read_referral(const struct db_rows *rows, size_t row, struct arena *arena, void *ret_item)
{
    (void)arena;
    *(struct referral_item *)ret_item = (struct referral_item){.id = db_get_id(rows, row, 0),
                                                               .application = db_get_id(rows, row, 1),
                                                               .call = db_get_str(rows, row, 2),
                                                               .kind = db_get_str(rows, row, 3),
                                                               .region = db_get_str(rows, row, 4),
                                                               .province = db_get_str(rows, row, 5),
                                                               .state = db_get_str(rows, row, 6),
                                                               .version = db_get_int(rows, row, 7),
                                                               .reason = db_get_str(rows, row, 8),
                                                               .outcome = db_get_str(rows, row, 9),
                                                               .offered_at = db_get_instant(rows, row, 10),
                                                               .changed_at = db_get_instant(rows, row, 11)};
}

static const struct listing REFERRALS = {
    {"referrals", 1, 50, 200}, &STORE_LIST_REFERRALS, &REFERRAL_PAGE, sizeof(struct referral_item), read_referral};

static enum err answer_referral(struct http_request *request, const struct referral_item *item)
{
    http_set_etag(request, item->version);
    return answer_text(request, &REFERRAL_ITEM, item);
}

/* ── Reading ── */

enum err referral_list(struct http_request *request, void *context)
{
    struct str asked_state = http_query(request, "state");
    enum referral_state state = REFERRAL_NONE;
    struct db_args args;
    if (asked_state.at && !referral_state_parse(asked_state, &state))
        violations_add(&request->violations, STR("/state"), VIOLATION_CHOICE, "OFFERED, ACCEPTED, REJECTED, REVOKED, EXPIRED, DONE");
    db_args_init(&args, request->arena);
    db_arg_id(&args, request->who.partner);
    db_arg_str(&args, asked_state);
    return listing_answer(request, context, &REFERRALS, &args);
}

static enum err find_referral(struct db *db, const struct http_request *request, struct id id, struct referral_item *ret_item)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, request->arena);
    db_arg_id(&args, id);
    db_arg_id(&args, request->who.partner);
    enum err err = db_run(db, &STORE_GET_REFERRAL, &args, request->arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        read_referral(&rows, 0, request->arena, ret_item);
    return err;
}

enum err referral_get(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct referral_item item;
    struct id id;
    enum err err = path_id(request, &id);
    if (err == ERR_OK)
        err = find_referral(worker->db, request, id, &item);
    if (err != ERR_OK)
        return err;
    if (http_not_modified(request, item.version)) {
        http_set_etag(request, item.version);
        http_answer(request, 304, (struct str){0});
        return ERR_OK;
    }
    return answer_referral(request, &item);
}

/* ── Changing ── */

/* What a partner does to a referral of its own. */
struct move {
    struct http_request *request;
    const struct service_worker *worker;
    enum referral_action action;
    struct str reason, outcome, note;
    struct id id;
    struct if_match expected;
    bool changed;
    struct referral_item after;
};

static enum err store_note(struct db *db, const struct move *move)
{
    struct arena *arena = move->request->arena;
    struct db_args args;
    struct str sealed, context = id_text(arena, move->id);
    if (str_empty(move->note))
        return ERR_OK;
    enum err err = context.at ? seal(&notifier_of(move->worker)->note, context, move->note, arena, &sealed) : ERR_LIMIT;
    if (err != ERR_OK)
        return err;
    db_args_init(&args, arena);
    db_arg_id(&args, move->id);
    db_arg_str(&args, sealed);
    return db_queue(db, &STORE_NOTE_REFERRAL, &args);
}

/* The row's new version, then its event, webhooks and audit row. */
static enum err take_step(struct db *db, const struct move *move, struct referral *referral, const struct referral_step *step)
{
    struct http_request *request = move->request;
    struct subscription_set to_tell;
    struct outbox outbox;
    referral->state = step->to;
    referral->reason = move->reason;
    referral->outcome = move->outcome;
    referral->traceparent = str_from(request->trace.parent);
    enum err err = store_change_referrals(db, request->arena, &(struct referral_set){referral, 1}, request->received_at);
    referral->version++;
    if (err == ERR_OK)
        err = store_note(db, move);
    if (err == ERR_OK)
        err = store_lock_subscriptions(db, request->arena, &(struct id_set){&referral->partner, 1}, &to_tell);
    if (err != ERR_OK)
        return err;
    outbox_init(&outbox, request->arena);
    struct changes changes = {db, request->arena, &outbox, &to_tell, request->received_at};
    err = changes_publish(&changes, &(struct change){referral, step, partner_actor(request)}, 1);
    return err == ERR_OK ? outbox_write(&outbox, db) : err;
}

static enum err make_move(struct db *db, void *context)
{
    struct move *move = context;
    struct referral referral;
    enum err err = store_lock_referral(db, move->request->arena, move->id, move->request->who.partner, &referral);
    if (err != ERR_OK)
        return err;
    const struct referral_step *step = referral_step(referral.state, move->action);
    bool says_another = !str_equal(referral.reason, move->reason) || !str_equal(referral.outcome, move->outcome);
    bool is_repeated = step && !step->event && !says_another; /* what If-Match asked for has been done already (RFC 9110 §13.1.1) */
    if (!is_repeated && !if_match_takes(&move->expected, referral.version))
        return ERR_STALE;
    if (!step || (!step->event && says_another))
        return ERR_CONFLICT;
    move->changed = step->event != NULL;
    if (move->changed)
        err = take_step(db, move, &referral, step);
    return err == ERR_OK ? find_referral(db, move->request, move->id, &move->after) : err;
}

static enum err run_move(struct move *move)
{
    struct http_request *request = move->request;
    struct service *service = move->worker->service;
    enum err err = path_id(request, &move->id);
    if (err == ERR_OK) {
        err = http_if_match(request, &move->expected);
        if (err == ERR_PRECONDITION) /* one writer a referral: its partner need not read before it answers */
            err = ERR_OK;
    }
    if (err == ERR_OK)
        err = db_transaction(move->worker->db, make_move, move);
    if (err != ERR_OK)
        return err;
    if (move->changed)
        notifier_changed(service);
    return answer_referral(request, &move->after);
}

enum err acceptance_post(struct http_request *request, void *context)
{
    struct move move = {.request = request, .worker = context, .action = REFERRAL_ACCEPT};
    return run_move(&move);
}

enum err rejection_post(struct http_request *request, void *context)
{
    struct rejection_request form = {0};
    enum err err = wire_decode(&REJECTION_REQUEST, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &form, &request->violations);
    if (err != ERR_OK)
        return err;
    struct move move = {
        .request = request, .worker = context, .action = REFERRAL_REJECT, .reason = str_from(REFERRAL_REASONS[form.reason]), .note = form.note};
    return run_move(&move);
}

enum err outcome_post(struct http_request *request, void *context)
{
    struct outcome_request form = {0};
    enum err err = wire_decode(&OUTCOME_REQUEST, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &form, &request->violations);
    if (err != ERR_OK)
        return err;
    struct move move = {
        .request = request, .worker = context, .action = REFERRAL_REPORT, .outcome = str_from(REFERRAL_OUTCOMES[form.outcome]), .note = form.note};
    return run_move(&move);
}
