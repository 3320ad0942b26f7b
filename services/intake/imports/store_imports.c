#include "store_imports.h"

#include "imports_statements.h"

/* ── Sealing ── */

enum err import_key_make(const struct intake_keys *keys, struct id import, struct arena *arena, struct seal_key *ret_key, struct str *ret_sealed)
{
    random_bytes(ret_key->bytes, sizeof(ret_key->bytes));
    return subject_seal(&keys->contact, "import-key", import, (struct str){(const char *)ret_key->bytes, SEAL_KEY_SIZE}, arena, ret_sealed);
}

enum err import_key_open(const struct intake_keys *keys, const struct import_row *row, struct arena *arena, struct seal_key *ret_key)
{
    struct str plain;
    if (str_empty(row->key))
        return ERR_CONFLICT;
    enum err err = subject_open(&keys->contact, "import-key", row->id, row->key, arena, &plain);
    if (err != ERR_OK || plain.size != SEAL_KEY_SIZE)
        return ERR_INTERNAL;
    memcpy(ret_key->bytes, plain.at, SEAL_KEY_SIZE);
    return ERR_OK;
}

/* Where the piece belongs: sealed bytes that are moved elsewhere do not open. */
static struct str context_of(struct id import, int64_t start, struct arena *arena)
{
    char text[ID_TEXT_SIZE + 1];
    id_format(import, text);
    return str_format(arena, "import:%s:%lld", text, (long long)start);
}

enum err store_add_import_piece(struct db *db, struct arena *arena, const struct import_place *place, struct str plain)
{
    struct str context = context_of(place->import, place->offset, arena), sealed;
    struct db_args args;
    enum err err = context.at ? seal(place->key, context, plain, arena, &sealed) : ERR_LIMIT;
    if (err != ERR_OK)
        return err;
    db_args_init(&args, arena);
    db_arg_id(&args, place->import);
    db_arg_int8(&args, place->offset);
    db_arg_str(&args, sealed);
    return db_queue(db, &IMPORTS_ADD_PIECE, &args);
}

enum err store_find_import_piece(struct db *db, struct arena *arena, const struct import_place *place, int64_t *ret_start, struct str *ret_plain)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, place->import);
    db_arg_int8(&args, place->offset);
    enum err err = db_run(db, &IMPORTS_FIND_PIECE, &args, arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err != ERR_OK ? err : ERR_NOT_FOUND;
    int64_t start = db_get_int(&rows, 0, 0);
    struct str context = context_of(place->import, start, arena);
    err = context.at ? seal_open(place->key, context, db_get_str(&rows, 0, 1), arena, ret_plain) : ERR_LIMIT;
    *ret_start = start;
    return err == ERR_INVALID ? ERR_INTERNAL : err;
}

/* ── Rows ── */

static struct str territories_text(const struct principal *who, struct arena *arena)
{
    struct buf out;
    struct str text;
    buf_init(&out, arena, 1024);
    for (size_t i = 0; i < who->territory_count; i++) {
        if (i > 0)
            buf_byte(&out, ',');
        buf_add(&out, who->territories[i]);
    }
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static void read_who(const struct db_rows *rows, size_t row, struct principal *ret_who)
{
    struct str territories = db_get_str(rows, row, 9);
    (void)who_parse(db_get_str(rows, row, 7), &ret_who->role);
    ret_who->subject = db_get_str(rows, row, 8);
    while (!str_empty(territories) && ret_who->territory_count < TERRITORIES_MAX)
        ret_who->territories[ret_who->territory_count++] = str_cut(&territories, ',');
}

static void read_row(const struct db_rows *rows, size_t row, struct import_row *ret_row)
{
    static const int COUNTS[LINE_OUTCOME_COUNT] = {
        [LINE_TAKEN] = 18, [LINE_AMENDED] = 19, [LINE_KNOWN] = 20, [LINE_CHANGED] = 21, [LINE_REFUSED] = 22};
    *ret_row = (struct import_row){
        .id = db_get_id(rows, row, 0),
        .call_id = db_get_int(rows, row, 1),
        .name = db_get_str(rows, row, 2),
        .size = db_get_int(rows, row, 3),
        .received = db_get_int(rows, row, 4),
        .dry_run = db_get_bool(rows, row, 5),
        .state = import_state_parse(db_get_str(rows, row, 6)),
        .language = db_get_str(rows, row, 10),
        .traceparent = db_get_str(rows, row, 11),
        .key = db_get_str(rows, row, 12),
        .encoding = db_get_str(rows, row, 13),
        .separator = db_get_str(rows, row, 14),
        .lines = db_get_int(rows, row, 15),
        .next_offset = db_get_int(rows, row, 16),
        .next_line = db_get_int(rows, row, 17),
        .problems = db_get_str(rows, row, 23),
        .created_at = db_get_instant(rows, row, 24),
        .uploaded_at = db_get_instant(rows, row, 25),
        .finished_at = db_get_instant(rows, row, 26),
        .tries = db_get_int(rows, row, 27),
    };
    read_who(rows, row, &ret_row->who);
    for (int outcome = 0; outcome < LINE_OUTCOME_COUNT; outcome++)
        ret_row->counts[outcome] = db_get_int(rows, row, COUNTS[outcome]);
}

enum err import_find(struct db *db, const struct db_statement *statement, const struct db_args *args, struct import_row *ret_row)
{
    struct db_rows rows;
    enum err err = db_run(db, statement, args, args->arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    if (err == ERR_OK)
        read_row(&rows, 0, ret_row);
    return err;
}

static enum err find_by_id(struct db *db, const struct db_statement *statement, struct arena *arena, struct id id, struct import_row *ret_row)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    return import_find(db, statement, &args, ret_row);
}

enum err store_find_import(struct db *db, struct arena *arena, struct id id, struct import_row *ret_row)
{
    return find_by_id(db, &IMPORTS_FIND, arena, id, ret_row);
}

enum err store_lock_import(struct db *db, struct arena *arena, struct id id, struct import_row *ret_row)
{
    return find_by_id(db, &IMPORTS_LOCK, arena, id, ret_row);
}

static enum err find_request(struct db *db, struct arena *arena, struct new_import *import)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, import->request_key);
    enum err err = db_run(db, &IMPORTS_FIND_REQUEST, &args, arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err != ERR_OK ? err : ERR_INTERNAL; /* it lost against nothing */
    import->row.id = db_get_id(&rows, 0, 0);
    import->row.created_at = db_get_instant(&rows, 0, 2);
    return id_compare(db_get_id(&rows, 0, 1), import->request_hash) == 0 ? ERR_OK : ERR_KEY_REUSED;
}

enum err store_add_import(struct db *db, struct arena *arena, struct new_import *import, bool *ret_made)
{
    const struct import_row *row = &import->row;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    if (id_is_nil(import->request_key))
        db_arg_null(&args);
    else
        db_arg_id(&args, import->request_key);
    db_arg_id(&args, import->request_hash);
    db_arg_int4(&args, (int32_t)row->call_id);
    db_arg_str(&args, row->name);
    db_arg_int8(&args, row->size);
    db_arg_bool(&args, row->dry_run);
    db_arg_str(&args, str_from(who_name(row->who.role)));
    db_arg_str(&args, row->who.subject);
    db_arg_str(&args, territories_text(&row->who, arena));
    db_arg_str(&args, row->language);
    db_arg_str(&args, row->traceparent);
    db_arg_str(&args, row->key);
    db_arg_instant(&args, row->created_at);
    enum err err = db_run(db, &IMPORTS_ADD, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    *ret_made = rows.count > 0;
    return *ret_made ? ERR_OK : find_request(db, arena, import);
}

enum err store_list_imports(struct db *db, struct arena *arena, const struct import_listing *listing, struct import_row **ret_rows, size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, str_empty(listing->created_by) ? (struct str){0} : listing->created_by);
    if (id_is_nil(listing->after))
        db_arg_null(&args);
    else
        db_arg_id(&args, listing->after);
    db_arg_int4(&args, (int32_t)listing->limit);
    enum err err = db_run(db, &IMPORTS_LIST, &args, arena, &rows);
    struct import_row *list = err == ERR_OK ? arena_take_array(arena, rows.count + 1, sizeof(*list)) : NULL;
    if (!list)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        read_row(&rows, row, &list[row]);
    *ret_rows = list;
    *ret_count = rows.count;
    return ERR_OK;
}

enum err store_advance_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    db_arg_int8(&args, row->received);
    db_arg_str(&args, str_from(import_state_name(row->state)));
    db_arg_instant(&args, at);
    return db_queue(db, &IMPORTS_ADVANCE, &args);
}

enum err store_end_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    db_arg_str(&args, str_from(import_state_name(row->state)));
    db_arg_str(&args, row->problems);
    db_arg_instant(&args, at);
    enum err err = db_queue(db, &IMPORTS_END, &args);
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    return err == ERR_OK ? db_queue(db, &IMPORTS_REMOVE_PIECES, &args) : err;
}

/* ── The report ── */

static struct import_line_row read_line(const struct db_rows *rows, size_t row)
{
    struct import_line_row line = {
        .line = db_get_int(rows, row, 0),
        .outcome = import_outcome_parse(db_get_str(rows, row, 1)),
        .application = db_get_id(rows, row, 2),
        .errors = db_get_str(rows, row, 3),
        .code_number = db_get_int(rows, row, 5),
        .warnings = db_get_int(rows, row, 6),
    };
    struct str receipt = db_get_str(rows, row, 4);
    if (receipt.size == RECEIPT_CHARACTERS)
        memcpy(line.receipt, receipt.at, RECEIPT_CHARACTERS);
    return line;
}

enum err store_report_import(struct db *db, struct arena *arena, const struct import_asked *asked, struct import_line_row **ret_rows,
                             size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, asked->import);
    db_arg_int4(&args, (int32_t)asked->after);
    db_arg_str(&args, asked->outcome == LINE_OUTCOME_COUNT ? (struct str){0} : str_from(import_outcome_name(asked->outcome)));
    db_arg_int4(&args, (int32_t)asked->limit);
    enum err err = db_run(db, &IMPORTS_REPORT, &args, arena, &rows);
    struct import_line_row *list = err == ERR_OK ? arena_take_array(arena, rows.count + 1, sizeof(*list)) : NULL;
    if (!list)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        list[row] = read_line(&rows, row);
    *ret_rows = list;
    *ret_count = rows.count;
    return ERR_OK;
}
