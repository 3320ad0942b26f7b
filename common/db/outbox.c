#include "db/outbox.h"

#include "db/db.h"
#include "outbox_statements.h"

#define FIRST_CAPACITY 16

void outbox_init(struct outbox *outbox, struct arena *arena)
{
    *outbox = (struct outbox){.arena = arena};
}

static bool grow(struct outbox *outbox)
{
    size_t capacity = outbox->capacity ? 2 * outbox->capacity : FIRST_CAPACITY;
    struct outbox_row *rows = arena_take_array(outbox->arena, capacity, sizeof(*rows));
    if (!rows)
        return false;
    if (outbox->count > 0)
        memcpy(rows, outbox->rows, outbox->count * sizeof(*rows));
    outbox->rows = rows;
    outbox->capacity = capacity;
    return true;
}

void outbox_add(struct outbox *outbox, const struct outbox_row *row)
{
    if (outbox->count == outbox->capacity && !grow(outbox)) {
        outbox->failed = true;
        return;
    }
    outbox->rows[outbox->count++] = *row;
}

static struct str optional(struct str text)
{
    return str_empty(text) ? (struct str){0} : text;
}

static enum err append(const struct outbox *outbox, struct db *db)
{
    enum { AT, EVENT_ID, KEY, AGGREGATE_ID, VERSION, TYPE, TRACEPARENT, DATA, COLUMNS };
    static const enum db_type TYPES[COLUMNS] = {DB_INSTANT, DB_UUID, DB_UUID, DB_UUID, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT};
    struct db_column columns[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        db_column_init(&columns[i], outbox->arena, TYPES[i]);
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_row *row = &outbox->rows[i];
        db_column_instant(&columns[AT], row->at);
        db_column_id(&columns[EVENT_ID], row->event_id);
        db_column_id(&columns[KEY], row->key);
        db_column_id(&columns[AGGREGATE_ID], row->aggregate_id);
        db_column_int(&columns[VERSION], row->version);
        db_column_str(&columns[TYPE], str_from(row->type));
        db_column_str(&columns[TRACEPARENT], optional(row->traceparent));
        db_column_str(&columns[DATA], row->data);
    }
    struct db_args args;
    db_args_init(&args, outbox->arena);
    for (int i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_queue(db, &OUTBOX_APPEND, &args);
}

enum { AUDIT_AT, AUDIT_SUBJECT, AUDIT_EVENT_ID, AUDIT_VERSION, AUDIT_ACTOR, AUDIT_ACTION, AUDIT_DETAIL, AUDIT_COLUMNS };

static void audit_columns_init(struct db_column columns[AUDIT_COLUMNS], struct arena *arena)
{
    static const enum db_type TYPES[AUDIT_COLUMNS] = {DB_INSTANT, DB_UUID, DB_UUID, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT};
    for (int i = 0; i < AUDIT_COLUMNS; i++)
        db_column_init(&columns[i], arena, TYPES[i]);
}

static enum err audit_queue(struct db *db, struct arena *arena, const struct db_column columns[AUDIT_COLUMNS])
{
    struct db_args args;
    db_args_init(&args, arena);
    for (int i = 0; i < AUDIT_COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_queue(db, &OUTBOX_AUDIT, &args);
}

static enum err append_audit(const struct outbox *outbox, struct db *db)
{
    struct db_column columns[AUDIT_COLUMNS];
    audit_columns_init(columns, outbox->arena);
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_row *row = &outbox->rows[i];
        if (!row->actor.at)
            return arena_excuse(outbox->arena, ERR_LIMIT);
        db_column_instant(&columns[AUDIT_AT], row->at);
        db_column_id(&columns[AUDIT_SUBJECT], row->key);
        db_column_id(&columns[AUDIT_EVENT_ID], row->event_id);
        db_column_int(&columns[AUDIT_VERSION], row->version);
        db_column_str(&columns[AUDIT_ACTOR], row->actor);
        db_column_str(&columns[AUDIT_ACTION], row->action);
        db_column_null(&columns[AUDIT_DETAIL]);
    }
    return audit_queue(db, outbox->arena, columns);
}

enum err outbox_write(const struct outbox *outbox, struct db *db)
{
    if (outbox->failed)
        return ERR_LIMIT;
    if (outbox->count == 0)
        return ERR_OK;
    enum err err = append_audit(outbox, db); /* first, so that the outbox' ids are taken as late as can be */
    return err ? err : append(outbox, db);
}

enum err audit_write(const struct audit_row *row, struct db *db, struct arena *arena)
{
    struct db_column columns[AUDIT_COLUMNS];
    if (!row->actor.at)
        return arena_excuse(arena, ERR_LIMIT);
    audit_columns_init(columns, arena);
    db_column_instant(&columns[AUDIT_AT], row->at);
    db_column_id(&columns[AUDIT_SUBJECT], row->subject);
    db_column_null(&columns[AUDIT_EVENT_ID]);
    db_column_null(&columns[AUDIT_VERSION]);
    db_column_str(&columns[AUDIT_ACTOR], row->actor);
    db_column_str(&columns[AUDIT_ACTION], row->action);
    db_column_str(&columns[AUDIT_DETAIL], optional(row->detail));
    return audit_queue(db, arena, columns);
}
