/* What is kept of a document, piece by piece to whoever may see it. The read was audited before the first byte leaves. */
#include "documents.h"
#include "http/media.h"

#define PIECE_ARENA_BYTES ((size_t)128 * 1024)

struct showing {
    struct opening opening;
    struct document_place place;
    struct arena *arena; /* of one piece */
};

static void done(void *context)
{
    struct showing *showing = context;
    arena_free(showing->arena);
    secret_wipe(&showing->opening.keys, sizeof(showing->opening.keys));
}

/* http_in_worker: the piece that is next. */
static enum err show_next(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct showing *showing = request->job;
    struct str sealed;
    arena_reset(showing->arena);
    enum err err = store_find_piece(worker->db, showing->arena, &showing->place, &sealed);
    if (err == ERR_OK)
        err = document_open(&showing->opening.keys.contact, &showing->place, sealed, showing->arena, &request->response.body);
    showing->place.number++;
    return err;
}

static enum err show(struct http_request *request, struct service_worker *worker, enum document_part part)
{
    struct showing *showing = arena_take(request->arena, sizeof(*showing));
    struct document_row row;
    if (!showing || !arena_defer(request->arena, done, showing))
        return ERR_LIMIT;
    showing->opening = (struct opening){.request = request, .intake = intake_of(worker->service), .action = "read-document", .with_keys = true};
    showing->place.part = part;
    showing->arena = arena_new(PIECE_ARENA_BYTES);
    if (!showing->arena)
        return ERR_MEMORY;
    if (!id_parse(request->params[1], &showing->place.document))
        return ERR_NOT_FOUND;
    enum err err = document_take(&showing->opening, worker->db, &row);
    if (err != ERR_OK)
        return err;
    if (row.state != DOCUMENT_READY)
        return ERR_CONFLICT;
    if (part == PART_CONTENT && !media_accepts(http_header(request, "Accept"), row.media))
        return ERR_NOT_ACCEPTABLE;
    int64_t bytes = part == PART_CONTENT ? row.bytes : row.thumbnail_bytes;
    if (bytes == 0)
        return ERR_NOT_FOUND; /* what could not be drawn has no thumbnail */
    showing->place.application = showing->opening.row.id;
    request->job = showing;
    request->response.more = show_next;
    request->response.total_bytes = (uint64_t)bytes;
    request->response.content_type = part == PART_CONTENT ? row.media : STR("image/jpeg");
    return show_next(request, worker);
}

enum err document_content_get(struct http_request *request, void *worker)
{
    return show(request, worker, PART_CONTENT);
}

enum err document_thumbnail_get(struct http_request *request, void *worker)
{
    return show(request, worker, PART_THUMBNAIL);
}
