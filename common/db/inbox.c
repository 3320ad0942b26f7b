#include "db/inbox.h"

#include <stdlib.h>

#include "db/db.h"
#include "inbox_statements.h"

/* ── Offsets ── */

struct claim {
    struct inbox_position *position;
    struct arena *arena;
};

static enum err claim_body(struct db *db, void *context)
{
    struct claim *claim = context;
    struct db_args args;
    db_args_init(&args, claim->arena);
    db_arg_str(&args, str_from(claim->position->topic));
    db_arg_int4(&args, claim->position->partition);
    struct db_rows rows;
    enum err err = db_run(db, &INBOX_CLAIM, &args, claim->arena, &rows);
    if (err)
        return err;
    claim->position->epoch = db_get_int(&rows, 0, 0);
    claim->position->next_offset = db_get_int(&rows, 0, 1);
    claim->position->generation = (int32_t)db_get_int(&rows, 0, 2);
    return ERR_OK;
}

enum err inbox_claim(struct db *db, struct inbox_position *position)
{
    struct arena *arena = arena_new((size_t)64 * 1024);
    if (!arena)
        return ERR_MEMORY;
    struct inbox_position claimed = *position;
    enum err err = db_transaction(db, claim_body, &(struct claim){&claimed, arena});
    if (!err)
        *position = claimed;
    arena_free(arena);
    return err;
}

static enum err ask_to_advance(struct db *db, struct arena *arena, const struct inbox_entry *entry, struct db_rows *ret_rows)
{
    enum { TOPIC, PARTITION, EPOCH, NEXT_OFFSET, COLUMNS };
    static const enum db_type TYPES[COLUMNS] = {DB_TEXT, DB_INT4, DB_INT8, DB_INT8};
    struct db_column columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        db_column_init(&columns[i], arena, TYPES[i]);
    for (size_t i = 0; i < entry->position_count; i++) {
        const struct inbox_position *position = &entry->positions[i];
        db_column_str(&columns[TOPIC], str_from(position->topic));
        db_column_int(&columns[PARTITION], position->partition);
        db_column_int(&columns[EPOCH], position->epoch);
        db_column_int(&columns[NEXT_OFFSET], position->next_offset);
    }
    struct db_args args;
    db_args_init(&args, arena);
    for (int i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_ask(db, &INBOX_ADVANCE, &args, arena, ret_rows);
}

/* ── Inbox rows ── */

struct numbered {
    struct id id;
    size_t place;
};

static int numbered_compare(const void *a, const void *b)
{
    const struct numbered *left = a, *right = b;
    int order = id_compare(left->id, right->id);
    if (order != 0)
        return order;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* The first of the sorted run of this id. */
static const struct numbered *numbered_find(const struct numbered *sorted, size_t count, struct id id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (id_compare(sorted[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return &sorted[low];
}

static enum err ask_to_insert(struct db *db, struct arena *arena, const struct inbox_entry *entry, struct db_rows *ret_rows)
{
    struct db_column ids;
    db_column_init(&ids, arena, DB_UUID);
    for (size_t i = 0; i < entry->count; i++)
        db_column_id(&ids, entry->events[i]->id);
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    return db_ask(db, &INBOX_INSERT, &args, arena, ret_rows);
}

static enum err read_new(struct arena *arena, const struct inbox_entry *entry, const struct db_rows *rows)
{
    struct numbered *sorted = arena_take_array(arena, entry->count, sizeof(*sorted));
    if (!sorted)
        return ERR_LIMIT;
    for (size_t i = 0; i < entry->count; i++) {
        sorted[i] = (struct numbered){entry->events[i]->id, i};
        entry->is_new[i] = false;
    }
    qsort(sorted, entry->count, sizeof(*sorted), numbered_compare);
    for (size_t i = 0; i < rows->count; i++)
        entry->is_new[numbered_find(sorted, entry->count, db_get_id(rows, i, 0))->place] = true;
    return ERR_OK;
}

/* ── Parked and held ── */

static enum err ask_who_is_behind(struct db *db, struct arena *arena, const struct inbox_entry *entry, struct db_rows *ret_rows)
{
    struct db_column keys, topics, parked_ids;
    db_column_init(&keys, arena, DB_UUID);
    db_column_init(&topics, arena, DB_TEXT);
    db_column_init(&parked_ids, arena, DB_INT8);
    for (size_t i = 0; i < entry->count; i++) {
        db_column_id(&keys, entry->events[i]->key);
        db_column_str(&topics, str_from(entry->events[i]->topic));
        db_column_int(&parked_ids, entry->events[i]->parked_id);
    }
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, &keys);
    db_arg_column(&args, &topics);
    db_arg_column(&args, &parked_ids);
    return db_ask(db, &INBOX_BEHIND, &args, arena, ret_rows);
}

static void read_behind(const struct inbox_entry *entry, const struct db_rows *rows)
{
    for (size_t i = 0; i < entry->count; i++)
        entry->behind[i] = 0;
    for (size_t i = 0; i < rows->count; i++)
        entry->behind[db_get_int(rows, i, 0) - 1] = 1 + (db_get_bool(rows, i, 1) ? PARKED_POISON : PARKED_HELD);
}

enum err inbox_enter(struct db *db, struct arena *arena, const struct inbox_entry *entry)
{
    struct db_rows advanced, behind, inserted;
    enum err err = ask_to_advance(db, arena, entry, &advanced);
    if (!err && entry->count > 0)
        err = ask_who_is_behind(db, arena, entry, &behind);
    if (!err && entry->count > 0)
        err = ask_to_insert(db, arena, entry, &inserted);
    if (!err)
        err = db_wait(db);
    if (!err && advanced.affected != entry->position_count)
        err = ERR_FENCED;
    if (err || entry->count == 0)
        return err;
    read_behind(entry, &behind);
    return read_new(arena, entry, &inserted);
}

static void arg_optional_id(struct db_args *args, struct id id)
{
    if (id_is_nil(id))
        db_arg_null(args);
    else
        db_arg_id(args, id);
}

enum err inbox_park(struct db *db, struct arena *arena, const struct event *event, enum parked_kind kind, const char *reason)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_str(&args, kind == PARKED_HELD ? STR("HELD") : STR("POISON"));
    db_arg_str(&args, str_from(reason));
    db_arg_str(&args, str_from(event->topic));
    db_arg_int4(&args, event->partition);
    db_arg_int8(&args, event->offset);
    arg_optional_id(&args, event->id);
    arg_optional_id(&args, event->key);
    db_arg_str(&args, event->type);
    db_arg_str(&args, event->source);
    db_arg_instant(&args, event->at);
    db_arg_int8(&args, event->version);
    db_arg_str(&args, event->traceparent);
    db_arg_str(&args, event->data.at ? event->data : STR(""));
    if (event->parked_id == 0)
        return db_queue(db, &INBOX_PARK, &args);
    db_arg_int8(&args, event->parked_id);
    return db_queue(db, &INBOX_PARK_AGAIN, &args);
}

static struct event *read_event(struct arena *arena, const struct db_rows *rows, size_t row)
{
    enum { ID, TOPIC, PARTITION, OFFSET, EVENT_ID, KEY, TYPE, SOURCE, AT, VERSION, TRACEPARENT, DATA };
    struct event *event = arena_take(arena, sizeof(*event));
    struct str topic = str_copy(arena, db_get_str(rows, row, TOPIC));
    if (!event || !topic.at)
        return NULL;
    *event = (struct event){
        .id = db_get_id(rows, row, EVENT_ID),
        .key = db_get_id(rows, row, KEY),
        .type = db_get_str(rows, row, TYPE),
        .source = db_get_str(rows, row, SOURCE),
        .at = db_get_instant(rows, row, AT),
        .version = db_get_int(rows, row, VERSION),
        .data = db_get_str(rows, row, DATA),
        .traceparent = db_get_str(rows, row, TRACEPARENT),
        .topic = topic.at,
        .partition = (int32_t)db_get_int(rows, row, PARTITION),
        .offset = db_get_int(rows, row, OFFSET),
        .parked_id = db_get_int(rows, row, ID),
    };
    return event;
}

/* NOLINTNEXTLINE(readability-function-size): two of the seven are one list coming in, two are one going out */
enum err inbox_released(struct db *db, struct arena *arena, const struct event *const *events, size_t count, size_t max, struct event ***ret_events,
                        size_t *ret_count)
{
    struct db_column keys;
    db_column_init(&keys, arena, DB_UUID);
    for (size_t i = 0; i < count; i++)
        db_column_id(&keys, events[i]->key);
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, &keys);
    db_arg_int8(&args, (int64_t)max);
    struct db_rows rows;
    enum err err = db_run(db, &INBOX_RELEASED, &args, arena, &rows);
    if (err)
        return err;
    struct event **released = arena_take_array(arena, rows.count + 1, sizeof(struct event *));
    if (!released)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows.count; i++)
        if (!(released[i] = read_event(arena, &rows, i)))
            return ERR_LIMIT;
    *ret_events = released;
    *ret_count = rows.count;
    return ERR_OK;
}

enum err inbox_unpark(struct db *db, struct arena *arena, int64_t parked_id)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_int8(&args, parked_id);
    return db_queue(db, &INBOX_UNPARK, &args);
}
