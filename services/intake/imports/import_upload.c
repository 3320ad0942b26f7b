/* The bytes of a file of women, as they come: sealed one by one, so that any copy can go on with them and none can be moved. */
#include "app/app.h"
#include "import_work.h"
#include "imports.h"
#include "services/intake/documents/store_documents.h"
#include "services/intake/documents/upload.h"

#define PIECE_ARENA_BYTES ((size_t)256 * 1024)

struct sending {
    struct http_request *request;
    struct intake *intake;
    struct import_row row;
    struct seal_key key;
    int64_t offset;      /* of the next byte */
    struct arena *arena; /* of one piece */
};

static void done(void *context)
{
    struct sending *sending = context;
    arena_free(sending->arena);
    secret_wipe(&sending->key, sizeof(sending->key));
}

enum err import_upload_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct import_row row;
    enum err err = imports_find(request, intake_of(worker->service), worker->db, false, &row);
    if (err == ERR_OK)
        upload_answer(request, row.received, row.size, import_state_name(row.state));
    return err;
}

/* Who, and whether the whole request fits: before its first byte is kept. */
static enum err begin(struct sending *sending, struct db *db)
{
    struct upload_head head;
    enum err err = imports_find(sending->request, sending->intake, db, false, &sending->row);
    if (err == ERR_OK)
        err = upload_read_head(sending->request, &head);
    if (err != ERR_OK)
        return err;
    if (sending->row.state != IMPORT_UPLOADING || sending->row.received != head.offset) {
        upload_say_offset(sending->request, sending->row.received, sending->row.size);
        return ERR_CONFLICT;
    }
    if (head.length > sending->row.size - head.offset)
        return ERR_LIMIT;
    sending->offset = head.offset;
    return import_key_open(&sending->intake->keys, &sending->row, sending->request->arena, &sending->key);
}

static enum err take_piece(struct db *db, void *context)
{
    struct sending *sending = context;
    const struct http_request *request = sending->request;
    struct id id = sending->row.id;
    struct import_place place = {&sending->key, id, sending->offset};
    arena_reset(sending->arena);
    enum err err = store_lock_import(db, sending->arena, id, &sending->row);
    if (err != ERR_OK)
        return err;
    /* Another request for the same file was quicker: a client that came back while its old connection still lay about. */
    if (sending->row.state != IMPORT_UPLOADING || sending->row.received != sending->offset)
        return ERR_CONFLICT;
    if (!str_empty(request->body))
        err = store_add_import_piece(db, sending->arena, &place, request->body);
    sending->row.received += (int64_t)request->body.size;
    if (sending->row.received == sending->row.size)
        sending->row.state = IMPORT_WAITING;
    else if (err == ERR_OK && !request->last_piece)
        err = store_commit_soon(db);
    return err == ERR_OK ? store_advance_import(db, sending->arena, &sending->row, clock_wall_us()) : err;
}

static enum err open_sending(struct http_request *request, struct service_worker *worker, struct sending **ret_sending)
{
    struct sending *sending = arena_take(request->arena, sizeof(*sending));
    if (!sending || !arena_defer(request->arena, done, sending))
        return ERR_LIMIT;
    sending->request = request;
    sending->intake = intake_of(worker->service);
    sending->arena = arena_new(PIECE_ARENA_BYTES);
    *ret_sending = sending;
    return sending->arena ? begin(sending, worker->db) : ERR_MEMORY;
}

enum err import_upload_patch(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct sending *sending = request->job;
    enum err err = sending ? ERR_OK : open_sending(request, worker, &sending);
    request->job = sending;
    if (err == ERR_OK)
        err = db_transaction(worker->db, take_piece, sending);
    if (err != ERR_OK)
        return err;
    if (sending->row.state == IMPORT_WAITING)
        import_work_wake(sending->intake->import_work);
    sending->offset = sending->row.received;
    if (!request->last_piece)
        return ERR_OK;
    upload_say_offset(request, sending->row.received, sending->row.size);
    http_answer(request, 204, (struct str){0});
    return ERR_OK;
}
