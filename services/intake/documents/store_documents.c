#include "store_documents.h"

#include "documents_statements.h"

/* ── Sealing ── */

/* Where the piece belongs: sealed bytes that are moved elsewhere do not open. */
static struct str context_of(const struct document_place *place, struct arena *arena)
{
    char application[ID_TEXT_SIZE + 1], document[ID_TEXT_SIZE + 1];
    id_format(place->application, application);
    id_format(place->document, document);
    return str_format(arena, "document:%s:%s:%d:%lld", application, document, (int)place->part, (long long)place->number);
}

enum err document_seal(const struct seal_key *key, const struct document_place *place, struct str plain, struct arena *arena, struct str *ret_sealed)
{
    struct str context = context_of(place, arena);
    return context.at ? seal(key, context, plain, arena, ret_sealed) : ERR_LIMIT;
}

enum err document_open(const struct seal_key *key, const struct document_place *place, struct str sealed, struct arena *arena, struct str *ret_plain)
{
    struct str context = context_of(place, arena);
    enum err err = context.at ? seal_open(key, context, sealed, arena, ret_plain) : ERR_LIMIT;
    return err == ERR_INVALID ? ERR_INTERNAL : err;
}

/* ── Rows ── */

static void read_row(const struct db_rows *rows, size_t row, struct document_row *ret_row)
{
    *ret_row = (struct document_row){
        .id = db_get_id(rows, row, 0),
        .type = db_get_str(rows, row, 1),
        .page = db_get_int(rows, row, 2),
        .state = document_state_parse(db_get_str(rows, row, 3)),
        .size = db_get_int(rows, row, 4),
        .received = db_get_int(rows, row, 5),
        .pieces = db_get_int(rows, row, 6),
        .media = db_get_str(rows, row, 7),
        .bytes = db_get_int(rows, row, 8),
        .thumbnail_bytes = db_get_int(rows, row, 9),
        .refusal = db_get_str(rows, row, 10),
        .created_at = db_get_instant(rows, row, 11),
    };
}

static enum err find(struct db *db, const struct db_statement *statement, struct db_args *args, struct document_row *ret_row)
{
    struct db_rows rows;
    enum err err = db_run(db, statement, args, args->arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    if (err == ERR_OK)
        read_row(&rows, 0, ret_row);
    return err;
}

static void arg_ids(struct db_args *args, struct arena *arena, struct id document, struct id application)
{
    db_args_init(args, arena);
    db_arg_id(args, document);
    db_arg_id(args, application);
}

enum err store_find_document(struct db *db, struct arena *arena, struct id application, struct id document, struct document_row *ret_row)
{
    struct db_args args;
    arg_ids(&args, arena, document, application);
    return find(db, &DOCUMENTS_FIND, &args, ret_row);
}

enum err store_lock_document(struct db *db, struct arena *arena, struct id application, struct id document, struct document_row *ret_row)
{
    struct db_args args;
    arg_ids(&args, arena, document, application);
    return find(db, &DOCUMENTS_LOCK, &args, ret_row);
}

enum err store_list_documents(struct db *db, struct arena *arena, struct id application, struct document_row **ret_rows, size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, application);
    enum err err = db_run(db, &DOCUMENTS_LIST, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    struct document_row *list = arena_take_array(arena, rows.count + 1, sizeof(*list));
    if (!list)
        return ERR_LIMIT;
    for (size_t row = 0; row < rows.count; row++)
        read_row(&rows, row, &list[row]);
    *ret_rows = list;
    *ret_count = rows.count;
    return ERR_OK;
}

enum err store_add_document(struct db *db, struct arena *arena, const struct new_document *document)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, document->application);
    db_arg_str(&args, document->type);
    db_arg_int4(&args, (int32_t)document->page);
    enum err err = db_queue(db, &DOCUMENTS_LOCK_UNFINISHED, &args);
    if (err == ERR_OK)
        err = db_queue(db, &DOCUMENTS_REMOVE_UNFINISHED, &args);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, arena);
    db_arg_id(&args, document->id);
    db_arg_id(&args, document->application);
    db_arg_str(&args, document->type);
    db_arg_int4(&args, (int32_t)document->page);
    db_arg_int8(&args, document->size);
    if (str_empty(document->created_by))
        db_arg_null(&args);
    else
        db_arg_str(&args, document->created_by);
    db_arg_instant(&args, document->at);
    return db_queue(db, &DOCUMENTS_ADD, &args);
}

enum err store_check_hold(struct db *db, struct arena *arena, struct id application)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, application);
    enum err err = db_run(db, &DOCUMENTS_IS_HELD, &args, arena, &rows);
    return err == ERR_OK && rows.count > 0 && db_get_bool(&rows, 0, 0) ? ERR_CONFLICT : err;
}

enum err store_commit_soon(struct db *db)
{
    return db_queue(db, &DOCUMENTS_COMMIT_SOON, NULL);
}

static void arg_place(struct db_args *args, struct arena *arena, const struct document_place *place)
{
    db_args_init(args, arena);
    db_arg_id(args, place->document);
    db_arg_int4(args, (int32_t)place->part);
    db_arg_int4(args, (int32_t)place->number);
}

enum err store_add_piece(struct db *db, struct arena *arena, const struct document_place *place, struct str sealed)
{
    struct db_args args;
    arg_place(&args, arena, place);
    db_arg_str(&args, sealed);
    return db_queue(db, &DOCUMENTS_ADD_PIECE, &args);
}

enum err store_find_piece(struct db *db, struct arena *arena, const struct document_place *place, struct str *ret_sealed)
{
    struct db_args args;
    struct db_rows rows;
    arg_place(&args, arena, place);
    enum err err = db_run(db, &DOCUMENTS_FIND_PIECE, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    if (err == ERR_OK)
        *ret_sealed = db_get_str(&rows, 0, 0);
    return err;
}

enum err store_advance_document(struct db *db, struct arena *arena, const struct document_row *row, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    db_arg_int8(&args, row->received);
    db_arg_int4(&args, (int32_t)row->pieces);
    db_arg_str(&args, str_from(document_state_name(row->state)));
    db_arg_instant(&args, at);
    return db_queue(db, &DOCUMENTS_ADVANCE, &args);
}

static enum err remove_parts(struct db *db, struct arena *arena, struct id document, enum document_part first, enum document_part last)
{
    struct db_column parts;
    struct db_args args;
    db_column_init(&parts, arena, DB_INT4);
    for (int part = (int)first; part <= (int)last; part++)
        db_column_int(&parts, part);
    db_args_init(&args, arena);
    db_arg_id(&args, document);
    db_arg_column(&args, &parts);
    return db_queue(db, &DOCUMENTS_REMOVE_PIECES, &args);
}

enum err store_remove_document(struct db *db, struct arena *arena, struct id document)
{
    struct db_args args;
    enum err err = remove_parts(db, arena, document, PART_UPLOAD, PART_THUMBNAIL);
    db_args_init(&args, arena);
    db_arg_id(&args, document);
    return err == ERR_OK ? db_queue(db, &DOCUMENTS_REMOVE, &args) : err;
}

/* ── Processing ── */

enum err store_claim_document(struct db *db, struct arena *arena, instant_us now, instant_us until, struct claimed_document *ret_claimed)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_instant(&args, now);
    db_arg_instant(&args, until);
    enum err err = db_run(db, &DOCUMENTS_CLAIM, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    if (err == ERR_OK)
        *ret_claimed = (struct claimed_document){db_get_id(&rows, 0, 0), db_get_id(&rows, 0, 1), db_get_int(&rows, 0, 2), db_get_int(&rows, 0, 3)};
    return err;
}

static void claim_args(struct db_args *args, struct arena *arena, const struct claimed_document *claimed)
{
    db_args_init(args, arena);
    db_arg_id(args, claimed->id);
    db_arg_int4(args, (int32_t)claimed->tries);
}

enum err store_lock_claimed(struct db *db, struct arena *arena, const struct claimed_document *claimed)
{
    struct db_args args;
    struct db_rows rows;
    claim_args(&args, arena, claimed);
    enum err err = db_run(db, &DOCUMENTS_LOCK_CLAIMED, &args, arena, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_FENCED : err;
}

enum err store_lock_page(struct db *db, struct arena *arena, const struct claimed_document *claimed)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, claimed->id);
    enum err err = db_queue(db, &DOCUMENTS_LOCK_PAGE, &args);
    return err == ERR_OK ? store_lock_claimed(db, arena, claimed) : err;
}

enum err store_postpone_document(struct db *db, struct arena *arena, const struct claimed_document *claimed, instant_us at)
{
    struct db_args args;
    struct db_rows rows;
    claim_args(&args, arena, claimed);
    db_arg_instant(&args, at);
    return db_run(db, &DOCUMENTS_POSTPONE, &args, arena, &rows);
}

enum err store_remove_results(struct db *db, struct arena *arena, struct id document)
{
    return remove_parts(db, arena, document, PART_CONTENT, PART_THUMBNAIL);
}

static enum err remove_former(struct db *db, struct arena *arena, struct id document)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, document);
    return db_queue(db, &DOCUMENTS_REMOVE_FORMER, &args);
}

enum err store_finish_document(struct db *db, struct arena *arena, const struct document_row *row, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    db_arg_str(&args, row->media);
    db_arg_int8(&args, row->bytes);
    db_arg_int8(&args, row->thumbnail_bytes);
    db_arg_instant(&args, at);
    enum err err = db_queue(db, &DOCUMENTS_FINISH, &args);
    if (err == ERR_OK)
        err = remove_parts(db, arena, row->id, PART_UPLOAD, PART_UPLOAD);
    return err == ERR_OK ? remove_former(db, arena, row->id) : err;
}

enum err store_refuse_document(struct db *db, struct arena *arena, struct id document, enum refusal refusal, instant_us at)
{
    struct db_args args;
    enum err err = remove_parts(db, arena, document, PART_UPLOAD, PART_THUMBNAIL);
    db_args_init(&args, arena);
    db_arg_id(&args, document);
    db_arg_str(&args, str_from(refusal_info(refusal)->slug));
    db_arg_instant(&args, at);
    if (err == ERR_OK)
        err = db_queue(db, &DOCUMENTS_REFUSE, &args);
    return err == ERR_OK ? remove_former(db, arena, document) : err;
}
