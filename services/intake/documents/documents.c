#include "documents.h"

#include "app/app.h"

/* ── Shapes ── */

struct refusal_view {
    struct str code, ar, fr, en;
};

struct document_view {
    struct id id;
    struct str type, state, media;
    int64_t page, size, received, bytes;
    bool has_bytes, thumbnail, refused;
    struct refusal_view refusal;
    instant_us created_at;
};

static const struct wire_field REFUSAL_FIELDS[] = {
    WIRE_TEXT(refusal_view, code, 0, 0, 0),
    WIRE_LANGUAGES(refusal_view, 0, 0),
};
static WIRE_TABLE(REFUSAL_VIEW, refusal_view, REFUSAL_FIELDS);

static const struct wire_field DOCUMENT_FIELDS[] = {
    WIRE_ID(document_view, id, 0),
    WIRE_TEXT(document_view, type, 0, 0, 0),
    WIRE_INT(document_view, page, 0, 0, 0),
    WIRE_TEXT(document_view, state, 0, 0, 0),
    WIRE_INT(document_view, size, 0, 0, 0),
    WIRE_INT(document_view, received, 0, 0, 0),
    WIRE_TEXT(document_view, media, WIRE_NULLABLE, 0, 0),
    WIRE_GIVEN(document_view, bytes, has_bytes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_BOOL(document_view, thumbnail, 0),
    WIRE_GIVEN(document_view, refusal, refused, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct refusal_view, NULL, &REFUSAL_VIEW),
    WIRE_INSTANT(document_view, created_at, 0),
};
static WIRE_TABLE(DOCUMENT_VIEW, document_view, DOCUMENT_FIELDS);

struct documents_view {
    struct wire_list items;
};
static const struct wire_field DOCUMENTS_FIELDS[] = {
    WIRE_LIST(documents_view, items, 0, 0, 0, &DOCUMENT_VIEW),
};
static WIRE_TABLE(DOCUMENTS_VIEW, documents_view, DOCUMENTS_FIELDS);

struct document_message {
    struct str type;
    int64_t size, page;
    bool has_page;
};
static const struct wire_field MESSAGE_FIELDS[] = {
    WIRE_TEXT(document_message, type, WIRE_REQUIRED, 1, 40),
    WIRE_INT(document_message, size, WIRE_REQUIRED, 1, DOCUMENT_BYTES_MAX),
    WIRE_GIVEN(document_message, page, has_page, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
static WIRE_TABLE(DOCUMENT_MESSAGE, document_message, MESSAGE_FIELDS);

static struct document_view view_of(const struct document_row *row)
{
    const struct refusal_info *why = refusal_info(refusal_parse(row->refusal));
    return (struct document_view){
        .id = row->id,
        .type = row->type,
        .page = row->page,
        .state = str_from(document_state_name(row->state)),
        .size = row->size,
        .received = row->received,
        .media = row->media,
        .bytes = row->bytes,
        .has_bytes = row->state == DOCUMENT_READY,
        .thumbnail = row->thumbnail_bytes > 0,
        .refused = row->state == DOCUMENT_REFUSED,
        .refusal = {str_from(why->slug), str_from(why->ar), str_from(why->fr), str_from(why->en)},
        .created_at = row->created_at,
    };
}

static enum err answer_one(struct http_request *request, int status, const struct document_row *row)
{
    struct document_view view = view_of(row);
    struct str body;
    enum err err = wire_text(&DOCUMENT_VIEW, &view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, status, body);
    return err;
}

static enum err path_document(const struct http_request *request, struct id *ret_document)
{
    return id_parse(request->params[1], ret_document) ? ERR_OK : ERR_NOT_FOUND;
}

/* ── Looking ── */

enum err documents_list_json(const struct opening *opening, struct db *db, struct str *ret_json)
{
    struct arena *arena = opening->request->arena;
    struct document_row *rows = NULL;
    size_t count = 0;
    enum err err = store_list_documents(db, arena, opening->row.id, &rows, &count);
    struct document_view *views = err == ERR_OK ? arena_take_array(arena, count + 1, sizeof(*views)) : NULL;
    if (!views)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t i = 0; i < count; i++)
        views[i] = view_of(&rows[i]);
    return wire_text(&DOCUMENTS_VIEW, &(struct documents_view){{views, count}}, arena, ret_json);
}

static enum err list_documents(struct opening *opening, struct db *db)
{
    return documents_list_json(opening, db, opening->found);
}

enum err documents_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct str body;
    struct opening opening = {
        .request = request, .intake = intake_of(worker->service), .action = "read-documents", .also = list_documents, .found = &body};
    enum err err = opening_take(&opening, worker->db);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

static enum err find_document(struct opening *opening, struct db *db)
{
    struct id document;
    enum err err = path_document(opening->request, &document);
    return err == ERR_OK ? store_find_document(db, opening->request->arena, opening->row.id, document, opening->found) : err;
}

enum err document_take(struct opening *opening, struct db *db, struct document_row *ret_row)
{
    opening->also = find_document;
    opening->found = ret_row;
    return opening_take(opening, db);
}

enum err document_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct opening opening = {.request = request, .intake = intake_of(worker->service), .action = "read-documents"};
    struct document_row row;
    enum err err = document_take(&opening, worker->db, &row);
    return err == ERR_OK ? answer_one(request, 200, &row) : err;
}

/* ── Announcing one, taking one back ── */

struct edit {
    struct opening opening;
    struct document_message message;
    struct id document;
    struct document_row row;
};

static enum err audit(struct edit *edit, struct db *db, const char *action)
{
    struct http_request *request = edit->opening.request;
    struct audit_row row = {.at = request->received_at,
                            .subject = edit->opening.row.id,
                            .actor = access_actor(&request->who, &edit->opening.row, request->arena),
                            .action = str_from(action),
                            .detail =
                                str_format(request->arena, "{\"document\":\"%.*s\"}", ID_TEXT_SIZE, id_text(request->arena, edit->document).at)};
    return audit_write(&row, db, request->arena);
}

static enum err check_message(struct edit *edit)
{
    struct http_request *request = edit->opening.request;
    struct violations *violations = &request->violations;
    struct document_message *message = &edit->message;
    message->page = message->has_page ? message->page : 1;
    if (message->page < 1 || message->page > DOCUMENT_PAGES_MAX)
        violations_add(violations, STR("/page"), message->page < 1 ? VIOLATION_TOO_SMALL : VIOLATION_TOO_LARGE, message->page < 1 ? "1" : "8");
    if (!call_asks_for_document(edit->opening.call, edit->opening.row.kind, message->type, request->arena))
        violations_add(violations, STR("/type"), VIOLATION_NOT_ALLOWED, "this call does not ask for it");
    if (violations->count > 0)
        return ERR_INVALID;
    return document_is_taken(edit->opening.row.state) ? ERR_OK : ERR_CONFLICT;
}

static enum err announce(struct db *db, void *context)
{
    struct edit *edit = context;
    struct http_request *request = edit->opening.request;
    bool herself = request->who.role == WHO_APPLICANT;
    violations_init(&request->violations, request->arena);
    enum err err = opening_read(db, &edit->opening);
    if (err == ERR_OK)
        err = check_message(edit);
    if (err != ERR_OK)
        return err;
    edit->row = (struct document_row){.id = edit->document,
                                      .type = edit->message.type,
                                      .page = edit->message.page,
                                      .size = edit->message.size,
                                      .state = DOCUMENT_UPLOADING,
                                      .created_at = request->received_at};
    struct new_document document = {edit->document,     edit->opening.row.id, edit->message.type,  herself ? (struct str){0} : request->who.subject,
                                    edit->message.page, edit->message.size,   request->received_at};
    err = store_add_document(db, request->arena, &document);
    return err == ERR_OK ? audit(edit, db, "add-document") : err;
}

enum err document_post(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct edit *edit = arena_take(request->arena, sizeof(*edit));
    if (!edit)
        return ERR_LIMIT;
    edit->opening = (struct opening){.request = request, .intake = intake_of(worker->service), .action = "read"};
    enum err err = wire_decode(&DOCUMENT_MESSAGE, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &edit->message, &request->violations);
    if (err != ERR_OK)
        return err;
    edit->document = fresh_id(request->received_at);
    err = db_transaction(worker->db, announce, edit);
    if (err != ERR_OK)
        return err;
    struct str place =
        str_format(request->arena, "%.*s/%.*s", (int)request->path.size, request->path.at, ID_TEXT_SIZE, id_text(request->arena, edit->document).at);
    http_set_header(request, "Location", place);
    http_set_header(request, "Upload-Offset", STR("0"));
    return answer_one(request, 201, &edit->row);
}

static enum err take_back(struct db *db, void *context)
{
    struct edit *edit = context;
    struct arena *arena = edit->opening.request->arena;
    enum err err = opening_read(db, &edit->opening);
    if (err == ERR_OK && !document_is_taken(edit->opening.row.state))
        err = ERR_CONFLICT;
    if (err == ERR_OK)
        err = store_check_hold(db, arena, edit->opening.row.id); /* a legal hold is on the documents too */
    if (err == ERR_OK)
        err = store_lock_document(db, arena, edit->opening.row.id, edit->document, &edit->row);
    if (err == ERR_OK)
        err = store_remove_document(db, arena, edit->document);
    return err == ERR_OK ? audit(edit, db, "remove-document") : err;
}

enum err document_delete(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct edit *edit = arena_take(request->arena, sizeof(*edit));
    if (!edit)
        return ERR_LIMIT;
    edit->opening = (struct opening){.request = request, .intake = intake_of(worker->service), .action = "read"};
    enum err err = path_document(request, &edit->document);
    if (err == ERR_OK)
        err = db_transaction(worker->db, take_back, edit);
    if (err == ERR_OK)
        http_answer(request, 204, (struct str){0});
    return err;
}
