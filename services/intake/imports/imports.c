#include "imports.h"

#include "app/app.h"
#include "http/page.h"
#include "import_report.h"
#include "import_work.h"

#define LIMIT_STANDARD 20
#define LIMIT_MOST 100

static const struct http_page_terms NEWEST = {"imports, newest first", 1, LIMIT_STANDARD, LIMIT_MOST};

/* ── Shapes ── */

struct import_view {
    struct id id;
    struct str name, call, state, encoding, created_by;
    bool dry_run;
    int64_t size, received, lines, percent, taken, amended, known, changed, refused;
    struct wire_list problems; /* struct import_error */
    instant_us created_at, finished_at;
};

static const struct wire_field IMPORT_FIELDS[] = {
    WIRE_ID(import_view, id, 0),
    WIRE_TEXT(import_view, name, 0, 0, 0),
    WIRE_TEXT(import_view, call, 0, 0, 0),
    WIRE_TEXT(import_view, state, 0, 0, 0),
    WIRE_BOOL(import_view, dry_run, 0),
    WIRE_INT(import_view, size, 0, 0, 0),
    WIRE_INT(import_view, received, 0, 0, 0),
    WIRE_TEXT(import_view, encoding, WIRE_NULLABLE, 0, 0),
    WIRE_INT(import_view, lines, 0, 0, 0),
    WIRE_INT(import_view, percent, 0, 0, 0),
    WIRE_INT(import_view, taken, 0, 0, 0),
    WIRE_INT(import_view, amended, 0, 0, 0),
    WIRE_INT(import_view, known, 0, 0, 0),
    WIRE_INT(import_view, changed, 0, 0, 0),
    WIRE_INT(import_view, refused, 0, 0, 0),
    WIRE_LIST(import_view, problems, 0, 0, 0, &IMPORT_ERROR),
    WIRE_TEXT(import_view, created_by, 0, 0, 0),
    WIRE_INSTANT(import_view, created_at, 0),
    WIRE_INSTANT(import_view, finished_at, WIRE_NULLABLE),
};
static WIRE_TABLE(IMPORT_VIEW, import_view, IMPORT_FIELDS);

struct imports_view {
    struct wire_list items;
};
static const struct wire_field IMPORTS_FIELDS[] = {WIRE_LIST(imports_view, items, 0, 0, 0, &IMPORT_VIEW)};
static WIRE_TABLE(IMPORTS_VIEW, imports_view, IMPORTS_FIELDS);

struct import_message {
    struct str call, name;
    int64_t size;
    bool dry_run;
};
static const struct wire_field MESSAGE_FIELDS[] = {
    WIRE_TEXT(import_message, call, WIRE_REQUIRED, 1, 80),
    WIRE_TEXT(import_message, name, WIRE_REQUIRED, 1, 200),
    WIRE_INT(import_message, size, WIRE_REQUIRED, 1, IMPORT_BYTES_MAX),
    WIRE_BOOL(import_message, dry_run, WIRE_NULLABLE),
};
static WIRE_TABLE(IMPORT_MESSAGE, import_message, MESSAGE_FIELDS);

static int64_t percent_of(const struct import_row *row)
{
    if (row->state == IMPORT_DONE)
        return 100;
    return row->lines > 0 ? row->next_offset * 100 / row->size : 0;
}

static enum err show(const struct http_request *request, const struct calls_snapshot *calls, const struct import_row *row,
                     struct import_view *ret_view)
{
    const struct call *call = calls_by_id(calls, row->call_id);
    struct import_errors problems;
    *ret_view = (struct import_view){
        .id = row->id,
        .name = row->name,
        .call = call ? call->terms.id : (struct str){0},
        .state = str_from(import_state_name(row->state)),
        .dry_run = row->dry_run,
        .size = row->size,
        .received = row->received,
        .encoding = row->encoding,
        .lines = row->lines,
        .percent = percent_of(row),
        .taken = row->counts[LINE_TAKEN],
        .amended = row->counts[LINE_AMENDED],
        .known = row->counts[LINE_KNOWN],
        .changed = row->counts[LINE_CHANGED],
        .refused = row->counts[LINE_REFUSED],
        .created_by = row->who.subject,
        .created_at = row->created_at,
        .finished_at = row->finished_at,
    };
    enum err err = import_errors_read(row->problems, request->language, request->arena, &problems);
    if (err == ERR_OK)
        ret_view->problems = problems.items;
    return err;
}

static enum err answer_one(struct http_request *request, struct intake *intake, int status, const struct import_row *row)
{
    const struct calls_snapshot *calls = calls_hold(intake->calls, request->arena);
    struct import_view view;
    struct str body;
    enum err err = calls ? show(request, calls, row, &view) : ERR_UNAVAILABLE;
    if (err == ERR_OK)
        err = wire_text(&IMPORT_VIEW, &view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, status, body);
    return err;
}

/* ── Who may see which ── */

static bool covers_any(const struct principal *who, const struct call_terms *terms)
{
    bool covers = principal_covers(who, terms->region, STR(""));
    for (size_t i = 0; !covers && i < terms->province_count; i++)
        covers = principal_covers(who, terms->region, terms->provinces[i]);
    return covers;
}

enum err imports_find(struct http_request *request, struct intake *intake, struct db *db, bool lock, struct import_row *ret_row)
{
    const struct calls_snapshot *calls = calls_hold(intake->calls, request->arena);
    struct id id;
    enum err err = calls ? access_path_id(request, &id) : ERR_UNAVAILABLE;
    if (err == ERR_OK)
        err = lock ? store_lock_import(db, request->arena, id, ret_row) : store_find_import(db, request->arena, id, ret_row);
    if (err != ERR_OK)
        return err;
    const struct call *call = calls_by_id(calls, ret_row->call_id);
    if (!call || (request->who.role != WHO_ADMIN && !str_equal(request->who.subject, ret_row->who.subject)))
        return ERR_NOT_FOUND;
    return covers_any(&request->who, &call->terms) ? ERR_OK : ERR_FORBIDDEN;
}

enum err imports_audit(const struct http_request *request, struct db *db, struct arena *arena, struct id subject, const char *action)
{
    struct audit_row row = {
        .at = request->received_at,
        .subject = subject,
        .actor = principal_actor(&request->who, arena),
        .action = str_from(action),
    };
    return audit_write(&row, db, arena);
}

enum err import_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct intake *intake = intake_of(worker->service);
    struct import_row row;
    enum err err = imports_find(request, intake, worker->db, false, &row);
    return err == ERR_OK ? answer_one(request, intake, 200, &row) : err;
}

/* ── The list ── */

static enum err answer_list(struct http_request *request, const struct calls_snapshot *calls, const struct import_row *rows, size_t count)
{
    struct import_view *views = arena_take_array(request->arena, count + 1, sizeof(*views));
    struct str body;
    enum err err = views ? ERR_OK : ERR_LIMIT;
    size_t shown = 0;
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        const struct call *call = calls_by_id(calls, rows[i].call_id);
        if (!call || !covers_any(&request->who, &call->terms))
            continue;
        err = show(request, calls, &rows[i], &views[shown]);
        shown++;
    }
    if (err == ERR_OK)
        err = wire_text(&IMPORTS_VIEW, &(struct imports_view){{views, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

enum err imports_list(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    const struct calls_snapshot *calls = calls_hold(intake_of(worker->service)->calls, request->arena);
    struct import_row *rows = NULL;
    struct import_listing listing = {0};
    struct http_page page;
    size_t count = 0;
    enum err err = calls ? http_page_read(request, &NEWEST, &page) : ERR_UNAVAILABLE;
    if (err != ERR_OK)
        return err;
    listing.after = http_page_after_id(&page);
    listing.created_by = request->who.role == WHO_ADMIN ? (struct str){0} : request->who.subject;
    listing.limit = page.limit + 1;
    err = store_list_imports(worker->db, request->arena, &listing, &rows, &count);
    if (err == ERR_OK && count > (size_t)page.limit) {
        count = (size_t)page.limit;
        err = http_page_next_id(request, &NEWEST, rows[count - 1].id);
    }
    return err == ERR_OK ? answer_list(request, calls, rows, count) : err;
}

/* ── Announcing one ── */

struct announcing {
    struct http_request *request;
    struct intake *intake;
    struct new_import import;
};

static enum err announce(struct db *db, void *context)
{
    struct announcing *announcing = context;
    struct http_request *request = announcing->request;
    bool made = false;
    enum err err = store_add_import(db, request->arena, &announcing->import, &made);
    return err == ERR_OK && made ? imports_audit(request, db, request->arena, announcing->import.row.id, "announce-import") : err;
}

static enum err read_key(struct announcing *announcing)
{
    struct http_request *request = announcing->request;
    struct str key;
    enum err err = http_idempotency_key(request, &key);
    announcing->import.request_hash = subject_fingerprint(&announcing->intake->keys, request->body);
    if (err != ERR_OK)
        return err == ERR_KEY_MISSING ? ERR_OK : err;
    struct str scope = str_format(request->arena, "imports:%.*s", (int)request->who.subject.size, request->who.subject.at);
    announcing->import.request_key = subject_request_key(&announcing->intake->keys, scope, key);
    return ERR_OK;
}

static enum err find_call(struct announcing *announcing, struct str slug)
{
    struct http_request *request = announcing->request;
    const struct calls_snapshot *calls = calls_hold(announcing->intake->calls, request->arena);
    const struct call *call = calls ? calls_find(calls, slug) : NULL;
    if (!calls)
        return ERR_UNAVAILABLE;
    if (!call)
        violations_add(&request->violations, STR("/call"), VIOLATION_UNKNOWN, "a call of the programme");
    else if (!covers_any(&request->who, &call->terms))
        return ERR_FORBIDDEN;
    else if (!call_terms_at(call, request->received_at).takes_applications)
        violations_add(&request->violations, STR("/call"), VIOLATION_CLOSED, NULL);
    else if (!call->terms.kinds[KIND_PERSON])
        violations_add(&request->violations, STR("/call"), VIOLATION_NOT_ALLOWED, "a file of persons");
    announcing->import.row.call_id = call ? call->id : 0;
    return request->violations.count == 0 ? ERR_OK : ERR_INVALID;
}

static enum err fill(struct announcing *announcing, const struct import_message *message)
{
    struct http_request *request = announcing->request;
    struct import_row *row = &announcing->import.row;
    struct seal_key key;
    row->id = fresh_id(request->received_at);
    row->name = message->name;
    row->size = message->size;
    row->dry_run = message->dry_run;
    row->state = IMPORT_UPLOADING;
    row->who = request->who;
    row->language = str_from(language_code(request->language));
    row->traceparent = str_from(request->trace.parent);
    row->created_at = request->received_at;
    row->uploaded_at = row->finished_at = INSTANT_NEVER;
    enum err err = import_key_make(&announcing->intake->keys, row->id, request->arena, &key, &row->key);
    secret_wipe(&key, sizeof(key));
    return err;
}

enum err import_post(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct announcing *announcing = arena_take(request->arena, sizeof(*announcing));
    struct import_message message = {0};
    if (!announcing)
        return ERR_LIMIT;
    announcing->request = request;
    announcing->intake = intake_of(worker->service);
    enum err err = wire_decode(&IMPORT_MESSAGE, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &message, &request->violations);
    if (err == ERR_OK)
        err = find_call(announcing, message.call);
    if (err == ERR_OK)
        err = read_key(announcing);
    if (err == ERR_OK)
        err = fill(announcing, &message);
    if (err == ERR_OK)
        err = db_transaction(worker->db, announce, announcing);
    if (err != ERR_OK)
        return err;
    http_set_header(request, "Location", str_format(request->arena, "/intake/v1/imports/%s", id_text(request->arena, announcing->import.row.id).at));
    http_set_header(request, "Upload-Offset", STR("0"));
    return answer_one(request, announcing->intake, 201, &announcing->import.row);
}

/* ── Taking one back ── */

struct cancelling {
    struct http_request *request;
    struct intake *intake;
    struct import_row row;
};

static enum err cancel(struct db *db, void *context)
{
    struct cancelling *cancelling = context;
    struct http_request *request = cancelling->request;
    enum err err = imports_find(request, cancelling->intake, db, true, &cancelling->row);
    if (err == ERR_OK && cancelling->row.finished_at != INSTANT_NEVER)
        err = ERR_CONFLICT;
    cancelling->row.state = IMPORT_CANCELLED;
    if (err == ERR_OK)
        err = store_end_import(db, request->arena, &cancelling->row, request->received_at);
    return err == ERR_OK ? imports_audit(request, db, request->arena, cancelling->row.id, "cancel-import") : err;
}

enum err import_delete(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct cancelling cancelling = {.request = request, .intake = intake_of(worker->service)};
    enum err err = db_transaction(worker->db, cancel, &cancelling);
    if (err == ERR_OK)
        http_answer(request, 204, (struct str){0});
    return err;
}
