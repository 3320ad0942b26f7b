#include "editor.h"

#include "app/log.h"
#include "call_document.h"
#include "editor_messages.h"
#include "editor_statements.h"
#include "rulesets.h"
#include "services/intake/intake.h"
#include "proto/topics.h"

/* One request to the editor, in its transaction. */
struct editing {
    struct http_request *request;
    struct call_document document;
    struct str slug, text; /* text: the document as JSON */
    struct if_match if_match;
    int status;
    struct call_draft_view view;
    struct str published; /* the document of the last publication; empty: none */
    enum err (*apply)(struct editing *editing, struct db *db);
};

/* What outbox and audit call it by. */
static struct id call_id(struct arena *arena, struct str slug)
{
    uint8_t hash[32];
    sha256(str_format(arena, "call:%.*s", (int)slug.size, slug.at), hash);
    return id_from_hash(hash);
}

/* ── Reading ── */

static enum err decode_stored(struct arena *arena, struct str text, struct call_document *ret_document)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    return call_document_decode(text, arena, ret_document, violations) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

static enum err find_obstacles(const struct editing *editing, struct db *db, struct violations *violations)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, editing->request->arena);
    db_arg_str(&args, editing->text);
    enum err err = db_run(db, &EDITOR_OBSTACLES, &args, editing->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    if (db_get_int(&rows, 0, 0) > 0)
        violations_add(violations, STR("/provinces"), VIOLATION_NOT_ALLOWED, "a province that is another region's");
    if (!db_get_bool(&rows, 0, 1))
        violations_add(violations, STR("/clock/calendar"), VIOLATION_UNKNOWN, "a working calendar");
    ruleset_check(&editing->document, editing->request->arena, violations);
    return ERR_OK;
}

/* All that keeps the draft from being published. */
static enum err check(struct editing *editing, struct db *db, struct violations *violations)
{
    struct arena *arena = editing->request->arena;
    struct call_document published;
    enum err err = str_empty(editing->published) ? ERR_OK : decode_stored(arena, editing->published, &published);
    if (err != ERR_OK)
        return err;
    call_document_check(&editing->document, str_empty(editing->published) ? NULL : &published, editing->request->received_at, violations);
    return find_obstacles(editing, db, violations);
}

static enum err read_draft(struct editing *editing, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, editing->request->arena);
    db_arg_str(&args, editing->slug);
    enum err err = db_run(db, &EDITOR_FIND_DRAFT, &args, editing->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count == 0)
        return ERR_NOT_FOUND;
    editing->view = (struct call_draft_view){
        .id = editing->slug,
        .version = db_get_int(&rows, 0, 0),
        .document = db_get_str(&rows, 0, 1),
        .region = db_get_str(&rows, 0, 2),
        .changed_by = db_get_str(&rows, 0, 3),
        .changed_at = db_get_instant(&rows, 0, 4),
        .published_version = db_get_int(&rows, 0, 5),
        .state = db_get_str(&rows, 0, 6),
    };
    editing->text = editing->view.document;
    editing->published = db_get_str(&rows, 0, 7);
    if (!principal_covers(&editing->request->who, editing->view.region, STR("")))
        return ERR_FORBIDDEN;
    return decode_stored(editing->request->arena, editing->text, &editing->document);
}

static enum err add_problems(struct editing *editing, struct db *db)
{
    struct http_request *request = editing->request;
    struct violations *violations = arena_take(request->arena, sizeof(*violations));
    struct draft_problem *problems = arena_take_array(request->arena, VIOLATIONS_MAX, sizeof(*problems));
    if (!violations || !problems)
        return ERR_LIMIT;
    violations_init(violations, request->arena);
    enum err err = check(editing, db, violations);
    for (size_t i = 0; i < violations->count; i++)
        problems[i] = (struct draft_problem){violations->items[i].pointer, str_from(violation_slug(violations->items[i].code)),
                                             violation_text(request->arena, &violations->items[i], request->language)};
    editing->view.problems = (struct wire_list){problems, violations->count};
    return err;
}

/* ── Events ── */

static enum err tell(struct editing *editing, struct db *db, const char *type, const struct call_event *event, const char *action)
{
    struct http_request *request = editing->request;
    struct outbox outbox;
    bool closed = str_equal(event->state, STR("CLOSED"));
    struct outbox_row row = {
        .event_id = fresh_id(request->received_at),
        .key = call_id(request->arena, editing->slug),
        .aggregate_id = call_id(request->arena, editing->slug),
        .version = event->version,
        .type = type,
        .traceparent = str_from(request->trace.parent),
        .at = request->received_at,
        .actor = principal_actor(&request->who, request->arena),
        .action = str_from(action),
    };
    enum err err = wire_text(closed ? &CALL_CLOSED_EVENT : &CALL_PUBLISHED_EVENT, event, request->arena, &row.data);
    if (err != ERR_OK)
        return err;
    outbox_init(&outbox, request->arena);
    outbox_add(&outbox, &row);
    return outbox_write(&outbox, db);
}

static enum err tell_published(struct editing *editing, struct db *db, int64_t version)
{
    const struct call_document *document = &editing->document;
    const struct call_province *provinces = document->provinces.items;
    struct quota_entry *quotas = arena_take_array(editing->request->arena, document->provinces.count, sizeof(*quotas));
    if (!quotas)
        return ERR_LIMIT;
    for (size_t i = 0; i < document->provinces.count; i++)
        quotas[i] = (struct quota_entry){provinces[i].code, provinces[i].places};
    struct call_event event = {.call = document->id,
                               .region = document->region.code,
                               .state = STR("OPEN"),
                               .shortlisting = document->shortlisting,
                               .ruleset = document->ruleset,
                               .version = version,
                               .opens_at = document->opens_at,
                               .closes_at = document->closes_at,
                               .sample = document->sample,
                               .quotas = {quotas, document->provinces.count}};
    return tell(editing, db, EVENT_CALL_PUBLISHED, &event, "publish-call");
}

/* ── What is done ── */

static enum err audit_draft(struct editing *editing, struct db *db, const char *action)
{
    struct audit_row row = {.at = editing->request->received_at,
                            .subject = call_id(editing->request->arena, editing->slug),
                            .actor = principal_actor(&editing->request->who, editing->request->arena),
                            .action = str_from(action)};
    return audit_write(&row, db, editing->request->arena);
}

static void add_draft_args(struct db_args *args, const struct editing *editing)
{
    db_args_init(args, editing->request->arena);
    db_arg_str(args, editing->slug);
    db_arg_str(args, editing->request->body);
    db_arg_str(args, editing->document.region.code);
    db_arg_str(args, principal_actor(&editing->request->who, editing->request->arena));
    db_arg_instant(args, editing->request->received_at);
}

static enum err add(struct editing *editing, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    add_draft_args(&args, editing);
    enum err err = db_run(db, &EDITOR_ADD_DRAFT, &args, editing->request->arena, &rows);
    return err == ERR_OK ? audit_draft(editing, db, "draft-call") : err;
}

static enum err lock(struct editing *editing, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, editing->request->arena);
    db_arg_str(&args, editing->slug);
    enum err err = db_run(db, &EDITOR_LOCK_DRAFT, &args, editing->request->arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    return if_match_takes(&editing->if_match, db_get_int(&rows, 0, 0)) ? ERR_OK : ERR_STALE;
}

static enum err replace(struct editing *editing, struct db *db)
{
    struct call_document document = editing->document;
    struct db_args args;
    enum err err = read_draft(editing, db); /* who may change what is there */
    if (err == ERR_OK)
        err = lock(editing, db);
    if (err != ERR_OK)
        return err;
    editing->document = document;
    add_draft_args(&args, editing);
    err = db_queue(db, &EDITOR_CHANGE_DRAFT, &args);
    return err == ERR_OK ? audit_draft(editing, db, "change-call-draft") : err;
}

static enum err write_publication(struct editing *editing, struct db *db, int64_t *ret_version)
{
    struct arena *arena = editing->request->arena;
    struct db_args args, kept;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, editing->text);
    enum err err = db_queue(db, &EDITOR_PUBLISH_REGION, &args);
    if (err == ERR_OK)
        err = db_queue(db, &EDITOR_PUBLISH_PROVINCES, &args);
    if (err == ERR_OK)
        err = db_run(db, &EDITOR_PUBLISH_CALL, &args, arena, &rows);
    if (err == ERR_OK)
        err = db_queue(db, &EDITOR_PUBLISH_QUOTAS, &args);
    if (err != ERR_OK)
        return err;
    *ret_version = db_get_int(&rows, 0, 0);
    db_args_init(&kept, arena);
    db_arg_str(&kept, editing->slug);
    db_arg_int8(&kept, *ret_version);
    db_arg_str(&kept, editing->text);
    db_arg_str(&kept, principal_actor(&editing->request->who, editing->request->arena));
    db_arg_instant(&kept, editing->request->received_at);
    return db_queue(db, &EDITOR_KEEP_VERSION, &kept);
}

/* Asked for once more, since the answer was lost: it is done. */
static bool is_published_so(const struct editing *editing)
{
    return str_equal(editing->view.state, STR("OPEN")) && str_equal(editing->published, editing->text);
}

static enum err publish(struct editing *editing, struct db *db)
{
    struct violations *violations = &editing->request->violations;
    int64_t version = 0;
    violations_init(violations, editing->request->arena);
    enum err err = lock(editing, db);
    if (err == ERR_OK)
        err = read_draft(editing, db);
    if (err == ERR_OK && is_published_so(editing))
        return ERR_OK;
    if (err == ERR_OK)
        err = check(editing, db, violations);
    if (err == ERR_OK && violations->count > 0)
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = write_publication(editing, db, &version);
    return err == ERR_OK ? tell_published(editing, db, version) : err;
}

static enum err close_call(struct editing *editing, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    enum err err = lock(editing, db);
    if (err == ERR_OK)
        err = read_draft(editing, db);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, editing->request->arena);
    db_arg_str(&args, editing->slug);
    err = db_run(db, &EDITOR_CLOSE_CALL, &args, editing->request->arena, &rows);
    if (err == ERR_OK && rows.count == 0) /* it has never been open; or it is closed, and that was asked for once more */
        return str_equal(editing->view.state, STR("DRAFT")) ? ERR_CONFLICT : ERR_OK;
    if (err != ERR_OK)
        return err;
    struct call_event event = {.call = editing->slug, .version = db_get_int(&rows, 0, 0), .region = db_get_str(&rows, 0, 1), .state = STR("CLOSED")};
    return tell(editing, db, EVENT_CALL_CLOSED, &event, "close-call");
}

static enum err show(struct editing *editing, struct db *db)
{
    (void)editing;
    (void)db;
    return ERR_OK;
}

/* ── The frame ── */

static enum err edit_body(struct db *db, void *context)
{
    struct editing *editing = context;
    enum err err = editing->apply(editing, db);
    if (err == ERR_OK)
        err = read_draft(editing, db); /* as it is now */
    return err == ERR_OK ? add_problems(editing, db) : err;
}

static enum err edit(struct editing *editing, const struct service_worker *worker)
{
    struct http_request *request = editing->request;
    struct str body;
    enum err err = db_transaction(worker->db, edit_body, editing);
    if (err == ERR_OK)
        err = wire_text(&CALL_DRAFT_VIEW, &editing->view, request->arena, &body);
    if (err != ERR_OK)
        return err;
    relay_wake(worker->service->relay, 1);
    /* A closed call is refused at once. A new one is shown by the thread that reads its figures first (upkeep.c, every two seconds). */
    if (editing->apply == close_call && calls_refresh(intake_of(worker->service)->calls, worker->db, request->arena) != ERR_OK)
        log_plain(LOG_WARNING, "calls-not-read");
    http_set_etag(request, editing->view.version);
    http_answer(request, editing->status, body);
    return ERR_OK;
}

/* The body as a document that this administrator may write. */
static enum err read_document(struct editing *editing)
{
    struct http_request *request = editing->request;
    enum err err = call_document_decode(request->body, request->arena, &editing->document, &request->violations);
    if (err == ERR_OK && !principal_covers(&request->who, editing->document.region.code, STR("")))
        err = ERR_FORBIDDEN;
    return err;
}

static enum err edit_named(struct http_request *request, const struct service_worker *worker,
                           enum err (*apply)(struct editing *editing, struct db *db))
{
    struct editing *editing = arena_take(request->arena, sizeof(*editing));
    if (!editing)
        return ERR_LIMIT;
    *editing = (struct editing){.request = request, .slug = request->params[0], .status = 200, .apply = apply};
    enum err err = http_if_match(request, &editing->if_match);
    if (err != ERR_OK && err != ERR_PRECONDITION)
        return err;
    return edit(editing, worker);
}

enum err call_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct editing *editing = arena_take(request->arena, sizeof(*editing));
    if (!editing)
        return ERR_LIMIT;
    *editing = (struct editing){.request = request, .status = 201, .apply = add};
    enum err err = read_document(editing);
    if (err != ERR_OK)
        return err;
    editing->slug = editing->document.id;
    http_set_header(request, "Location", str_format(request->arena, "/intake/v1/calls/%.*s/draft", (int)editing->slug.size, editing->slug.at));
    return edit(editing, worker);
}

enum err call_draft_get(struct http_request *request, void *context)
{
    return edit_named(request, context, show);
}

enum err call_draft_put(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct editing *editing = arena_take(request->arena, sizeof(*editing));
    if (!editing)
        return ERR_LIMIT;
    *editing = (struct editing){.request = request, .slug = request->params[0], .status = 200, .apply = replace};
    enum err err = http_if_match(request, &editing->if_match);
    if (err == ERR_OK)
        err = read_document(editing);
    if (err == ERR_OK && !str_equal(editing->document.id, editing->slug)) {
        violations_add(&request->violations, STR("/id"), VIOLATION_NOT_ALLOWED, "another call than the address names");
        err = ERR_INVALID;
    }
    return err == ERR_OK ? edit(editing, worker) : err;
}

enum err call_publication_post(struct http_request *request, void *context)
{
    return edit_named(request, context, publish);
}

enum err call_closing_post(struct http_request *request, void *context)
{
    return edit_named(request, context, close_call);
}
