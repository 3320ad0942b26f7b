#include "changes.h"

#include "app/app.h"
#include "app/crash.h"
#include "awaiting.h"

#define CHANGE_ARENA_BYTES ((size_t)8 << 20)
#define DELTAS_MAX 8

static enum err check_kept_answer(struct change *change, struct db *db, bool *ret_replayed)
{
    if (id_is_nil(change->kept.key))
        return ERR_OK;
    enum err err = store_find_answer(db, change->arena, &change->kept);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    *ret_replayed = true;
    change->body = change->kept.answer;
    change->version = change->kept.version;
    return ERR_OK;
}

enum err change_queue_each(struct change *change, struct db *db, const struct db_statement *const *statements)
{
    struct db_args args;
    enum err err = ERR_OK;
    for (; err == ERR_OK && *statements; statements++) {
        db_args_init(&args, change->arena);
        db_arg_id(&args, change->id);
        err = db_queue(db, *statements, &args);
    }
    return err;
}

static enum err lock_and_check(struct change *change, struct db *db)
{
    const struct calls_snapshot *calls = calls_hold(change->intake->calls, change->arena);
    if (!calls)
        return ERR_UNAVAILABLE;
    enum err err = store_lock(db, change->id, change->arena, &change->row);
    if (err != ERR_OK)
        return err;
    change->call = calls_by_id(calls, change->row.call_id);
    if (!change->call)
        return ERR_NOT_FOUND;
    change->terms = call_terms_at(change->call, change->request->received_at);
    if (change->row.state == STATE_INFO_REQUESTED) /* mostly she is asked after the call has closed: her answer is no new application to it */
        change->terms.takes_applications = true;
    return access_check(&change->request->who, &change->row, change->call);
}

static enum err add_history(struct change *change)
{
    for (size_t i = 0; i < change->states.count; i++) {
        struct str why = i + 1 == change->states.count ? change->why : (struct str){0};
        change->row.history = history_add(change->arena, change->row.history, change->states.moves[i].to, change->request->received_at, why);
    }
    change->row.state = change->states.state;
    return str_empty(change->row.history) ? ERR_LIMIT : ERR_OK;
}

/* The vault is asked at each reading of her contact, events come to notifier when they can: a file that has ended is closed to partners in the same
 * transaction. A merge that is undone gives back what she had agreed to. */
static enum err close_to_partners(struct change *change, struct db *db, enum application_state before)
{
    bool gone = application_is_gone(change->row.state);
    if (gone == application_is_gone(before))
        return ERR_OK;
    return store_set_referral_consent(db, change->arena, change->id, !gone && change->row.referral_consent);
}

static enum err write_outbox(struct change *change, struct db *db)
{
    struct application_event *event = &change->event;
    const struct application_row *row = &change->row;
    bool full = !str_empty(event->facts);
    event->application = row->id;
    event->version = row->version + 1;
    event->call = change->call->terms.id;
    event->kind = str_from(kind_name(row->kind));
    event->region = change->call->terms.region;
    event->province = row->province;
    event->revision = row->revision;
    event->submitted_at = row->submitted_at;
    event->answer_due_at = row->answer_due_at;
    event->referral_consent = row->referral_consent;
    event->under_review = row->state == STATE_DUPLICATE_REVIEW;
    struct outbox_row out = {
        .event_id = fresh_id(change->request->received_at),
        .key = row->id,
        .aggregate_id = row->id,
        .version = event->version,
        .type = change->event_type,
        .traceparent = str_from(change->request->trace.parent),
        .at = change->request->received_at,
        .actor = access_actor(&change->request->who, row, change->arena),
        .action = str_from(change->kind->action),
    };
    enum err err = event_set_change(event, &change->states, change->request->received_at, change->arena);
    if (err == ERR_OK)
        err = wire_text(full ? &APPLICATION_FULL_EVENT : &APPLICATION_SHORT_EVENT, event, change->arena, &out.data);
    if (err != ERR_OK)
        return err;
    struct outbox outbox;
    outbox_init(&outbox, change->arena);
    outbox_add(&outbox, &out);
    return outbox_write(&outbox, db);
}

static enum err keep_answer(struct change *change, struct db *db)
{
    struct application_row shown = change->row;
    shown.version += !change->beside;
    change->version = shown.version;
    enum err err = access_view(&shown, change->call, change->arena, &change->body);
    if (err != ERR_OK || id_is_nil(change->kept.key))
        return err;
    change->kept.application = change->id;
    change->kept.version = change->version;
    change->kept.answer = change->body;
    return store_keep_answer(db, change->arena, &change->kept, change->request->received_at);
}

static enum err write_beside(struct change *change, struct db *db)
{
    struct audit_row audit = {.at = change->request->received_at,
                              .subject = change->id,
                              .actor = access_actor(&change->request->who, &change->row, change->arena),
                              .action = str_from(change->kind->action)};
    enum err err = keep_answer(change, db);
    return err == ERR_OK ? audit_write(&audit, db, change->arena) : err;
}

static enum err change_body(struct db *db, void *context)
{
    struct change *change = context;
    bool replayed = false;
    arena_reset(change->arena);
    violations_init(&change->request->violations, change->request->arena);
    change->states = (struct application_change){0};
    change->event = (struct application_event){0};
    change->form = NULL;
    change->facts = (struct form_facts){0};
    change->why = (struct str){0};
    change->paper = (struct str){0};
    change->beside = false;
    stat_init(&change->deltas, change->arena, DELTAS_MAX);
    enum err err = lock_and_check(change, db);
    if (err == ERR_OK)
        err = check_kept_answer(change, db, &replayed);
    if (err != ERR_OK || replayed)
        return err;
    if (!if_match_takes(&change->if_match, change->row.version))
        return ERR_STALE;
    enum application_state before = change->states.state = change->row.state;
    err = change->kind->apply(change, db);
    if (err == ERR_OK && change->beside)
        return write_beside(change, db);
    if (err == ERR_OK)
        err = add_history(change);
    if (err == ERR_OK)
        err = close_to_partners(change, db, before);
    if (err == ERR_OK)
        err = store_change(db, change->arena, &change->row);
    if (err == ERR_OK)
        err = awaiting_follow(db, change->arena, (struct application_row *[]){&change->row}, 1, change->request->received_at);
    if (err == ERR_OK)
        err = stat_write(&change->deltas, db, change->arena);
    if (err == ERR_OK)
        err = keep_answer(change, db);
    return err == ERR_OK ? write_outbox(change, db) : err;
}

/* If-Match: required where the change replaces what she may not have seen; honoured where it is given. */
static enum err read_if_match(struct change *change)
{
    enum err err = http_if_match(change->request, &change->if_match);
    return err == ERR_PRECONDITION && !change->kind->needs_version ? ERR_OK : err;
}

static enum err read_key(struct change *change)
{
    struct http_request *request = change->request;
    struct str key;
    enum err err = http_idempotency_key(request, &key);
    if (err != ERR_OK)
        return err == ERR_KEY_MISSING ? ERR_OK : err;
    struct str scope = str_format(request->arena, "%s:%.*s:%.*s", who_name(request->who.role), (int)request->who.subject.size,
                                  request->who.subject.at, (int)request->path.size, request->path.at);
    change->kept.key = subject_request_key(&change->intake->keys, scope, key);
    change->kept.fingerprint = subject_fingerprint(&change->intake->keys, request->body);
    return ERR_OK;
}

static enum err run(struct change *change, struct db *db)
{
    enum err err = access_path_id(change->request, &change->id);
    if (err == ERR_OK)
        err = read_if_match(change);
    if (err == ERR_OK)
        err = read_key(change);
    if (err == ERR_OK)
        err = db_transaction(db, change_body, change);
    CRASH_POINT("change-after-commit");
    if (err != ERR_OK)
        return err;
    struct str body = str_copy(change->request->arena, change->body);
    if (!body.at)
        return ERR_LIMIT;
    http_set_etag(change->request, change->version);
    http_answer(change->request, 200, body);
    relay_wake(change->intake->service->relay, 1);
    return ERR_OK;
}

enum err change_application(struct http_request *request, struct service_worker *worker, const struct change_kind *kind)
{
    struct change *change = arena_take(request->arena, sizeof(*change));
    struct arena *arena = arena_new(CHANGE_ARENA_BYTES);
    if (!change || !arena) {
        arena_free(arena);
        return ERR_MEMORY;
    }
    change->kind = kind;
    change->request = request;
    change->intake = intake_of(worker->service);
    change->arena = arena;
    enum err err = run(change, worker->db);
    secret_wipe(&change->keys, sizeof(change->keys));
    arena_free(arena);
    return err;
}

enum err change_one_of_many(struct http_request *request, struct service_worker *worker, const struct change_kind *kind, struct id id)
{
    struct change change = {.kind = kind, .request = request, .intake = intake_of(worker->service), .arena = arena_new(CHANGE_ARENA_BYTES), .id = id};
    if (!change.arena)
        return ERR_MEMORY;
    enum err err = db_transaction(worker->db, change_body, &change);
    CRASH_POINT("change-after-commit");
    if (err == ERR_OK)
        relay_wake(change.intake->service->relay, 1);
    secret_wipe(&change.keys, sizeof(change.keys));
    arena_free(change.arena);
    return err;
}

enum err application_put(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_AMEND);
}

enum err submission_of_draft_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_SUBMIT);
}

enum err withdrawal_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_WITHDRAW);
}

enum err confirmation_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_CONFIRM);
}

enum err information_request_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_REQUEST_INFO);
}

enum err review_undo_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_UNDO_MERGE);
}

enum err review_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_REVIEW);
}
