/* Identity numbers, as keyed hashes: who used one first in a call. Persons and members of cooperatives are two streams of one row. */
#include <stdlib.h>

#include "store.h"
#include "store_statements.h"
#include "store_submit_parts.h"

struct claim {
    int64_t call_id;
    struct id hash;
    enum kind stream;
    size_t order; /* of the item: the earlier one of a batch came first */
    struct submission *item;
};

/* What one row of the table is asked for: the first claim of each stream. */
struct claim_row {
    const struct claim *first[KIND_COUNT];
};

static int by_number(const void *a, const void *b)
{
    const struct claim *left = a, *right = b;
    if (left->call_id != right->call_id)
        return left->call_id < right->call_id ? -1 : 1;
    int order = id_compare(left->hash, right->hash);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

static bool same_number(const struct claim *a, const struct claim *b)
{
    return a->call_id == b->call_id && id_compare(a->hash, b->hash) == 0;
}

static struct claim *collect(struct submission **items, size_t count, struct arena *arena, size_t *ret_count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += items[i]->won ? items[i]->identity_count : 0;
    struct claim *claims = arena_take_array(arena, total, sizeof(*claims));
    size_t filled = 0;
    for (size_t i = 0; claims && i < count; i++)
        for (size_t n = 0; items[i]->won && n < items[i]->identity_count; n++)
            claims[filled++] = (struct claim){items[i]->call->id, items[i]->identities[n], items[i]->kind, i, items[i]};
    *ret_count = total;
    if (claims)
        qsort(claims, total, sizeof(*claims), by_number); /* copies lock the rows in one order */
    return claims;
}

/* Equal numbers of one batch become one row; the later ones of a stream are duplicates. */
static size_t merge(const struct claim *claims, size_t count, struct claim_row *ret_rows)
{
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !same_number(&claims[i - 1], &claims[i]))
            ret_rows[rows++] = (struct claim_row){{NULL, NULL}};
        const struct claim **first = &ret_rows[rows - 1].first[claims[i].stream];
        if (*first)
            claims[i].item->duplicate = true;
        else
            *first = &claims[i];
    }
    return rows;
}

struct claim_columns {
    struct db_column calls, hashes, persons, members;
};

static void claim_columns_init(struct claim_columns *columns, struct arena *arena)
{
    db_column_init(&columns->calls, arena, DB_INT4);
    db_column_init(&columns->hashes, arena, DB_UUID);
    db_column_init(&columns->persons, arena, DB_UUID);
    db_column_init(&columns->members, arena, DB_UUID);
}

static void add_application(struct db_column *column, const struct id *application)
{
    if (application)
        db_column_id(column, *application);
    else
        db_column_null(column);
}

static enum err claim_columns_run(struct claim_columns *columns, struct db *db, struct arena *arena, struct db_rows *ret_rows)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, &columns->calls);
    db_arg_column(&args, &columns->hashes);
    db_arg_column(&args, &columns->persons);
    db_arg_column(&args, &columns->members);
    return db_run(db, &STORE_CLAIM_IDENTITIES, &args, arena, ret_rows);
}

static enum err queue_duplicates(struct db *db, struct arena *arena, struct submission **items, size_t count)
{
    struct db_column ids, histories;
    struct db_args args;
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&histories, arena, DB_TEXT);
    for (size_t i = 0; i < count; i++) {
        if (!items[i]->won || !items[i]->duplicate)
            continue;
        db_column_id(&ids, items[i]->id);
        db_column_str(&histories, history_add(arena, items[i]->history, STATE_DUPLICATE_REVIEW, items[i]->submitted_at, (struct str){0}));
    }
    if (ids.count == 0)
        return ERR_OK;
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &histories);
    return db_queue(db, &STORE_MARK_DUPLICATES, &args);
}

/* Whichever stream asks: both mean the same woman in the same call. */
static const struct claim *any_claim(const struct claim_row *row)
{
    return row->first[KIND_PERSON] ? row->first[KIND_PERSON] : row->first[KIND_COOPERATIVE];
}

static void count_fresh(const struct claim_row *row, struct stat_deltas *deltas)
{
    struct stat_cell cell = submission_cell(any_claim(row)->item);
    cell.distinct_women = 1;
    stat_add(deltas, &cell);
}

static bool held_by_another(const struct claim *claim, const struct db_rows *rows, size_t row)
{
    return claim && id_compare(db_get_id(rows, row, claim->stream == KIND_PERSON ? 0 : 1), claim->item->id) != 0;
}

static void add_claim_row(struct claim_columns *columns, const struct claim_row *row)
{
    const struct claim *person = row->first[KIND_PERSON], *member = row->first[KIND_COOPERATIVE], *any = any_claim(row);
    db_column_int(&columns->calls, any->call_id);
    db_column_id(&columns->hashes, any->hash);
    add_application(&columns->persons, person ? &person->item->id : NULL);
    add_application(&columns->members, member ? &member->item->id : NULL);
}

static void mark_held(const struct claim_row *row, const struct db_rows *stored, size_t at)
{
    for (int stream = 0; stream < KIND_COUNT; stream++)
        if (held_by_another(row->first[stream], stored, at))
            row->first[stream]->item->duplicate = true;
}

static enum err claim_rows(struct db *db, struct arena *arena, const struct claim_row *rows, size_t count, struct stat_deltas *deltas)
{
    struct claim_columns columns;
    struct db_rows stored;
    claim_columns_init(&columns, arena);
    for (size_t i = 0; i < count; i++)
        add_claim_row(&columns, &rows[i]);
    enum err err = claim_columns_run(&columns, db, arena, &stored);
    if (err == ERR_OK && stored.count != count)
        err = ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < count; i++)
        mark_held(&rows[i], &stored, i);
    for (size_t i = 0; i < count; i++) /* after all duplicates are known: they decide the cell */
        if (db_get_bool(&stored, i, 2))
            count_fresh(&rows[i], deltas);
    return ERR_OK;
}

enum err submit_claim(struct db *db, struct arena *arena, struct submission **items, size_t count, struct stat_deltas *deltas)
{
    size_t claim_count = 0;
    struct claim *claims = collect(items, count, arena, &claim_count);
    struct claim_row *rows = arena_take_array(arena, claim_count, sizeof(*rows));
    if (claim_count == 0)
        return ERR_OK;
    if (!claims || !rows)
        return ERR_LIMIT;
    enum err err = claim_rows(db, arena, rows, merge(claims, claim_count, rows), deltas);
    return err == ERR_OK ? queue_duplicates(db, arena, items, count) : err;
}

static int by_hash(const void *a, const void *b)
{
    return id_compare(*(const struct id *)a, *(const struct id *)b);
}

enum err store_claim_identities(struct db *db, struct arena *arena, const struct identity_change *change, bool *ret_duplicate, int64_t *ret_fresh)
{
    struct id *hashes = arena_take_array(arena, change->count, sizeof(*hashes));
    struct claim_columns columns;
    struct db_rows rows;
    if (change->count == 0)
        return ERR_OK;
    if (!hashes)
        return ERR_LIMIT;
    memcpy(hashes, change->hashes, change->count * sizeof(*hashes));
    qsort(hashes, change->count, sizeof(*hashes), by_hash);
    claim_columns_init(&columns, arena);
    for (size_t i = 0; i < change->count; i++) {
        db_column_int(&columns.calls, change->call_id);
        db_column_id(&columns.hashes, hashes[i]);
        add_application(&columns.persons, change->kind == KIND_PERSON ? &change->application : NULL);
        add_application(&columns.members, change->kind == KIND_COOPERATIVE ? &change->application : NULL);
    }
    enum err err = claim_columns_run(&columns, db, arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        *ret_duplicate |= id_compare(db_get_id(&rows, row, change->kind == KIND_PERSON ? 0 : 1), change->application) != 0;
        *ret_fresh += db_get_bool(&rows, row, 2);
    }
    return err;
}

enum err store_release_identities(struct db *db, struct arena *arena, const struct identity_change *change, int64_t *ret_gone)
{
    struct db_column hashes;
    struct db_args args;
    struct db_rows rows;
    if (change->count == 0)
        return ERR_OK;
    db_column_init(&hashes, arena, DB_UUID);
    for (size_t i = 0; i < change->count; i++)
        db_column_id(&hashes, change->hashes[i]);
    db_args_init(&args, arena);
    db_arg_int4(&args, (int32_t)change->call_id);
    db_arg_column(&args, &hashes);
    db_arg_id(&args, change->application);
    enum err err = db_run(db, &STORE_RELEASE_IDENTITIES, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    *ret_gone += db_get_int(&rows, 0, 0);
    db_args_init(&args, arena);
    db_arg_int4(&args, (int32_t)change->call_id);
    db_arg_column(&args, &hashes);
    return db_queue(db, &STORE_DROP_FREE_IDENTITIES, &args);
}
