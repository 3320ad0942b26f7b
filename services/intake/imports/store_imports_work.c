/* What the one that works on an import writes. Its number in the row is its right to: a copy that woke up late changes nothing. */
#include <stdlib.h>

#include "imports_statements.h"
#include "services/intake/documents/store_documents.h"
#include "store_imports.h"

enum err store_claim_import(struct db *db, struct arena *arena, instant_us now, instant_us until, struct import_row *ret_row)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_instant(&args, now);
    db_arg_instant(&args, until);
    return import_find(db, &IMPORTS_CLAIM, &args, ret_row);
}

static void arg_working(struct db_args *args, struct arena *arena, const struct import_row *row)
{
    db_args_init(args, arena);
    db_arg_id(args, row->id);
    db_arg_int4(args, (int32_t)row->tries);
}

/* A statement that names its number: no row means that another has it. */
static enum err run_fenced(struct db *db, const struct db_statement *statement, const struct db_args *args)
{
    struct db_rows rows;
    enum err err = db_run(db, statement, args, args->arena, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_FENCED : err;
}

enum err store_lock_working(struct db *db, struct arena *arena, const struct import_row *row)
{
    struct db_args args;
    arg_working(&args, arena, row);
    return run_fenced(db, &IMPORTS_LOCK_WORKING, &args);
}

enum err store_keep_survey(struct db *db, struct arena *arena, const struct import_row *row, instant_us now, instant_us until)
{
    struct db_args args;
    arg_working(&args, arena, row);
    db_arg_str(&args, row->encoding);
    db_arg_str(&args, row->separator);
    db_arg_int4(&args, (int32_t)row->lines);
    db_arg_int8(&args, row->next_offset);
    db_arg_int4(&args, (int32_t)row->next_line);
    db_arg_instant(&args, now);
    db_arg_instant(&args, until);
    return run_fenced(db, &IMPORTS_SURVEYED, &args);
}

enum err store_release_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us now)
{
    struct db_args args;
    arg_working(&args, arena, row);
    db_arg_instant(&args, now);
    return db_run(db, &IMPORTS_RELEASE, &args, arena, NULL);
}

enum err store_find_import_keys(struct db *db, struct arena *arena, const struct id *keys, size_t count, struct import_key_row **ret_rows,
                                size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_ids(&args, keys, count);
    enum err err = db_run(db, &IMPORTS_FIND_KEYS, &args, arena, &rows);
    struct import_key_row *list = err == ERR_OK ? arena_take_array(arena, rows.count + 1, sizeof(*list)) : NULL;
    if (!list)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        list[row] = (struct import_key_row){db_get_id(&rows, row, 0), db_get_id(&rows, row, 1), db_get_id(&rows, row, 2), db_get_int(&rows, row, 3),
                                            db_get_instant(&rows, row, 4)};
    *ret_rows = list;
    *ret_count = rows.count;
    return ERR_OK;
}

enum err store_keep_import_key(struct db *db, struct arena *arena, const struct import_key_row *row)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->key);
    db_arg_id(&args, row->hash);
    db_arg_int4(&args, (int32_t)row->revision);
    return db_queue(db, &IMPORTS_KEEP_KEY, &args);
}

static enum err advance(struct db *db, struct arena *arena, const struct import_row *row, const int64_t counts[LINE_OUTCOME_COUNT],
                        const struct import_results *results)
{
    static const enum import_outcome ORDER[] = {LINE_TAKEN, LINE_AMENDED, LINE_KNOWN, LINE_CHANGED, LINE_REFUSED};
    struct db_args args;
    arg_working(&args, arena, row);
    db_arg_int8(&args, row->next_offset);
    db_arg_int4(&args, (int32_t)row->next_line);
    for (size_t i = 0; i < sizeof(ORDER) / sizeof(ORDER[0]); i++)
        db_arg_int4(&args, (int32_t)counts[ORDER[i]]);
    db_arg_instant(&args, results->now);
    db_arg_instant(&args, results->until);
    return run_fenced(db, &IMPORTS_PROGRESS, &args);
}

static void add_line(struct db_column columns[4], const struct import_result *result)
{
    db_column_int(&columns[0], result->line);
    db_column_str(&columns[1], str_from(import_outcome_name(result->outcome)));
    if (id_is_nil(result->application))
        db_column_null(&columns[2]);
    else
        db_column_id(&columns[2], result->application);
    db_column_str(&columns[3], result->errors);
}

static enum err add_lines(struct db *db, struct arena *arena, const struct import_row *row, const struct import_results *results)
{
    static const enum db_type TYPES[] = {DB_INT4, DB_TEXT, DB_UUID, DB_TEXT};
    struct db_column columns[4];
    struct db_args args;
    for (int c = 0; c < 4; c++)
        db_column_init(&columns[c], arena, TYPES[c]);
    for (size_t i = 0; i < results->count; i++)
        add_line(columns, &results->items[i]);
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    for (int c = 0; c < 4; c++)
        db_arg_column(&args, &columns[c]);
    return db_queue(db, &IMPORTS_ADD_LINES, &args);
}

static int by_key(const void *a, const void *b)
{
    return id_compare(((const struct import_result *)a)->key, ((const struct import_result *)b)->key);
}

/* In one order, as everything that more than one may write. */
static enum err add_keys(struct db *db, struct arena *arena, const struct import_results *results)
{
    static const enum db_type TYPES[] = {DB_UUID, DB_UUID, DB_UUID};
    struct db_column columns[3];
    struct db_args args;
    struct import_result *sorted = arena_take_array(arena, results->count + 1, sizeof(*sorted));
    size_t kept = 0;
    if (!sorted)
        return ERR_LIMIT;
    for (size_t i = 0; i < results->count; i++)
        if (!id_is_nil(results->items[i].key))
            sorted[kept++] = results->items[i];
    if (kept == 0)
        return ERR_OK;
    qsort(sorted, kept, sizeof(*sorted), by_key);
    for (int c = 0; c < 3; c++)
        db_column_init(&columns[c], arena, TYPES[c]);
    for (size_t i = 0; i < kept; i++) {
        db_column_id(&columns[0], sorted[i].key);
        db_column_id(&columns[1], sorted[i].hash);
        db_column_id(&columns[2], sorted[i].application);
    }
    db_args_init(&args, arena);
    for (int c = 0; c < 3; c++)
        db_arg_column(&args, &columns[c]);
    return db_queue(db, &IMPORTS_ADD_KEYS, &args);
}

enum err store_keep_lines(struct db *db, struct arena *arena, const struct import_row *row, const struct import_results *results)
{
    int64_t counts[LINE_OUTCOME_COUNT] = {0};
    for (size_t i = 0; i < results->count; i++)
        counts[results->items[i].outcome]++;
    enum err err = store_commit_soon(db); /* what is lost with the machine is done again, and finds by its keys that it was done */
    if (err == ERR_OK)
        err = advance(db, arena, row, counts, results);
    if (err == ERR_OK)
        err = add_lines(db, arena, row, results);
    return err == ERR_OK ? add_keys(db, arena, results) : err;
}

enum err store_forget_unfinished_imports(struct db *db, struct arena *arena, instant_us before)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_instant(&args, before);
    return db_run(db, &IMPORTS_FORGET_UNFINISHED, &args, arena, NULL);
}
