/* The bytes of a document, as they come. What an answer, or a HEAD, says was received is on disk; after a cut the client goes on from there, at
 * whichever copy of the service. */
#include "app/app.h"
#include "documents.h"
#include "upload.h"

#define PIECE_ARENA_BYTES ((size_t)256 * 1024)

struct upload {
    struct opening opening;
    struct id document;
    int64_t offset;      /* of the next byte */
    struct arena *arena; /* of one piece */
    struct document_row row;
};

static void done(void *context)
{
    struct upload *upload = context;
    arena_free(upload->arena);
    secret_wipe(&upload->opening.keys, sizeof(upload->opening.keys));
}

void upload_say_offset(struct http_request *request, int64_t received, int64_t size)
{
    http_set_header(request, "Upload-Offset", str_format(request->arena, "%lld", (long long)received));
    http_set_header(request, "Upload-Length", str_format(request->arena, "%lld", (long long)size));
}

void upload_answer(struct http_request *request, int64_t received, int64_t size, const char *state)
{
    upload_say_offset(request, received, size);
    http_answer(request, 200,
                str_format(request->arena, "{\"offset\":%lld,\"length\":%lld,\"state\":\"%s\"}", (long long)received, (long long)size, state));
}

enum err upload_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct opening opening = {.request = request, .intake = intake_of(worker->service), .action = "read-documents"};
    struct document_row row;
    enum err err = document_take(&opening, worker->db, &row);
    if (err != ERR_OK)
        return err;
    upload_answer(request, row.received, row.size, document_state_name(row.state));
    return ERR_OK;
}

/* ── PATCH ── */

static bool media_is_taken(struct str type)
{
    return str_equal_nocase(type, STR("application/offset+octet-stream")) || str_equal_nocase(type, STR("application/partial-upload")) ||
           str_equal_nocase(type, STR("application/octet-stream"));
}

enum err upload_read_head(const struct http_request *request, struct upload_head *ret_head)
{
    struct upload_head head = {0};
    if (!media_is_taken(http_header(request, "Content-Type")))
        return ERR_MEDIA_TYPE;
    if (!str_parse_int64(http_header(request, "Upload-Offset"), &head.offset) || head.offset < 0)
        return ERR_BAD_REQUEST;
    (void)str_parse_int64(http_header(request, "Content-Length"), &head.length);
    *ret_head = head;
    return ERR_OK;
}

/* Who, whose, and whether the whole request fits: before its first byte is kept. */
static enum err begin(struct db *db, void *context)
{
    struct upload *upload = context;
    struct http_request *request = upload->opening.request;
    struct upload_head head;
    enum err err = opening_read(db, &upload->opening);
    if (err == ERR_OK && !id_parse(request->params[1], &upload->document))
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        err = upload_read_head(request, &head);
    if (err == ERR_OK)
        err = store_find_document(db, request->arena, upload->opening.row.id, upload->document, &upload->row);
    if (err == ERR_OK && !document_is_taken(upload->opening.row.state))
        err = ERR_CONFLICT;
    if (err != ERR_OK)
        return err;
    upload->offset = head.offset;
    if (upload->row.state != DOCUMENT_UPLOADING || upload->row.received != head.offset)
        return ERR_CONFLICT;
    return head.length > upload->row.size - head.offset ? ERR_LIMIT : ERR_OK;
}

static enum err take_piece(struct db *db, void *context)
{
    struct upload *upload = context;
    struct http_request *request = upload->opening.request;
    struct id application = upload->opening.row.id;
    struct str sealed;
    arena_reset(upload->arena);
    enum err err = request->last_piece ? ERR_OK : store_commit_soon(db);
    if (err == ERR_OK)
        err = store_lock_document(db, upload->arena, application, upload->document, &upload->row);
    if (err != ERR_OK)
        return err;
    /* Another request for the same document was quicker: a client that came back while its old connection still lay about. */
    if (upload->row.state != DOCUMENT_UPLOADING || upload->row.received != upload->offset)
        return ERR_CONFLICT;
    if (!str_empty(request->body)) {
        struct document_place place = {application, upload->document, PART_UPLOAD, upload->row.pieces};
        err = document_seal(&upload->opening.keys.contact, &place, request->body, upload->arena, &sealed);
        if (err == ERR_OK)
            err = store_add_piece(db, upload->arena, &place, sealed);
        upload->row.pieces++;
        upload->row.received += (int64_t)request->body.size;
    }
    if (upload->row.received == upload->row.size)
        upload->row.state = DOCUMENT_PROCESSING;
    return err == ERR_OK ? store_advance_document(db, upload->arena, &upload->row, clock_wall_us()) : err;
}

static enum err open_upload(struct http_request *request, struct service_worker *worker, struct upload **ret_upload)
{
    struct upload *upload = arena_take(request->arena, sizeof(*upload));
    if (!upload || !arena_defer(request->arena, done, upload))
        return ERR_LIMIT;
    upload->opening = (struct opening){.request = request, .intake = intake_of(worker->service), .action = "upload", .with_keys = true};
    upload->arena = arena_new(PIECE_ARENA_BYTES);
    *ret_upload = upload;
    return upload->arena ? db_transaction(worker->db, begin, upload) : ERR_MEMORY;
}

enum err upload_patch(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct upload *upload = request->job;
    enum err err = upload ? ERR_OK : open_upload(request, worker, &upload);
    request->job = upload;
    if (err == ERR_OK)
        err = db_transaction(worker->db, take_piece, upload);
    if (err == ERR_CONFLICT && upload->row.size > 0)
        upload_say_offset(request, upload->row.received, upload->row.size);
    if (err != ERR_OK)
        return err;
    upload->offset = upload->row.received;
    if (upload->row.state == DOCUMENT_PROCESSING)
        document_work_wake(intake_of(worker->service)->document_work);
    if (!request->last_piece)
        return ERR_OK;
    upload_say_offset(request, upload->row.received, upload->row.size);
    http_answer(request, 204, (struct str){0});
    return ERR_OK;
}
