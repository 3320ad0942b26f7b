/* Parameters in PostgreSQL's binary formats: the send/recv functions of each type (src/backend/utils/adt: uuid.c, int.c, int8.c, float.c, bool.c,
 * varlena.c, timestamp.c, date.c, arrayfuncs.c). Everything is big-endian; times count from 2000-01-01. */
#include <endian.h>
#include <stdlib.h>

#include "db/binary.h"
#include "db/db.h"

#define COLUMN_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define ARRAY_HEADER_BYTES 20       /* dimensions, has-null flag, element type, size, lower bound */
#define EMPTY_ARRAY_HEADER_BYTES 12 /* an empty array has no dimension */

static const uint32_t TYPE_OIDS[] = {
    [DB_UUID] = OID_UUID, [DB_INT4] = OID_INT4,   [DB_INT8] = OID_INT8,           [DB_FLOAT8] = OID_FLOAT8, [DB_BOOL] = OID_BOOL,
    [DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA, [DB_INSTANT] = OID_TIMESTAMPTZ, [DB_DATE] = OID_DATE,
};

/* ── Scalars: the bytes of one value ── */

static size_t put_int4(char bytes[8], int32_t value)
{
    uint32_t wire = htobe32((uint32_t)value);
    memcpy(bytes, &wire, sizeof(wire));
    return sizeof(wire);
}

static size_t put_int8(char bytes[8], int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);
    memcpy(bytes, &wire, sizeof(wire));
    return sizeof(wire);
}

static size_t put_number(char bytes[8], double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return put_int8(bytes, bits);
}

static int64_t instant_to_wire(instant_us value)
{
    return value == INT64_MAX ? INT64_MAX : value - PG_EPOCH_US; /* INT64_MAX is 'infinity' on both sides */
}

static int32_t date_to_wire(struct date value)
{
    return (int32_t)(date_to_days(value) - PG_EPOCH_DAYS);
}

/* ── One parameter ── */

void db_args_init(struct db_args *args, struct arena *arena)
{
    args->arena = arena;
    args->count = 0;
    args->failed = false;
}

static void arg_add(struct db_args *args, const char *bytes, size_t size)
{
    if (args->count == DB_ARGS_MAX || size > INT32_MAX) {
        args->failed = true;
        return;
    }
    args->values[args->count] = bytes;
    args->lengths[args->count] = (int)size;
    args->count++;
}

static void arg_copy(struct db_args *args, const void *bytes, size_t size)
{
    char *copy = arena_take(args->arena, size);
    if (!copy) {
        args->failed = true;
        return;
    }
    memcpy(copy, bytes, size);
    arg_add(args, copy, size);
}

void db_arg_id(struct db_args *args, struct id value)
{
    arg_copy(args, value.bytes, sizeof(value.bytes));
}

void db_arg_int4(struct db_args *args, int32_t value)
{
    char bytes[8];
    size_t size = put_int4(bytes, value);
    arg_copy(args, bytes, size);
}

void db_arg_int8(struct db_args *args, int64_t value)
{
    char bytes[8];
    size_t size = put_int8(bytes, value);
    arg_copy(args, bytes, size);
}

void db_arg_number(struct db_args *args, double value)
{
    char bytes[8];
    size_t size = put_number(bytes, value);
    arg_copy(args, bytes, size);
}

void db_arg_bool(struct db_args *args, bool value)
{
    arg_add(args, value ? "\1" : "\0", 1);
}

void db_arg_str(struct db_args *args, struct str value)
{
    arg_add(args, value.at, value.size); /* NULL, 0 is SQL's NULL */
}

void db_arg_instant(struct db_args *args, instant_us value)
{
    if (value == INSTANT_NEVER)
        db_arg_null(args);
    else
        db_arg_int8(args, instant_to_wire(value));
}

void db_arg_date(struct db_args *args, struct date value)
{
    if (value.year == 0)
        db_arg_null(args);
    else
        db_arg_int4(args, date_to_wire(value));
}

void db_arg_null(struct db_args *args)
{
    arg_add(args, NULL, 0);
}

/* ── An array parameter ── */

/* Room for the header is left in front, so that the array needs no copy when it is complete. */
void db_column_init(struct db_column *column, struct arena *arena, enum db_type type)
{
    static const char HEADER[ARRAY_HEADER_BYTES];
    *column = (struct db_column){.type = type};
    buf_init(&column->data, arena, COLUMN_BYTES_MAX);
    buf_add(&column->data, (struct str){HEADER, sizeof(HEADER)});
}

/* A value of another type than the column's is a bug that would corrupt data, not an error to handle. */
static void expect(bool fits)
{
    if (!fits)
        abort();
}

static void element_add(struct db_column *column, const void *bytes, size_t size)
{
    char length[8];
    if (size > INT32_MAX || column->count == INT32_MAX) {
        column->data.failed = true;
        return;
    }
    buf_add(&column->data, (struct str){length, put_int4(length, (int32_t)size)});
    buf_add(&column->data, (struct str){bytes, size});
    column->count++;
}

void db_column_null(struct db_column *column)
{
    char length[8];
    buf_add(&column->data, (struct str){length, put_int4(length, -1)});
    column->count++;
    column->has_null = true;
}

void db_column_id(struct db_column *column, struct id value)
{
    expect(column->type == DB_UUID);
    element_add(column, value.bytes, sizeof(value.bytes));
}

void db_column_int(struct db_column *column, int64_t value)
{
    char bytes[8];
    expect(column->type == DB_INT4 || column->type == DB_INT8);
    if (column->type == DB_INT4 && (value < INT32_MIN || value > INT32_MAX)) {
        column->data.failed = true;
        return;
    }
    element_add(column, bytes, column->type == DB_INT4 ? put_int4(bytes, (int32_t)value) : put_int8(bytes, value));
}

void db_column_number(struct db_column *column, double value)
{
    char bytes[8];
    expect(column->type == DB_FLOAT8);
    element_add(column, bytes, put_number(bytes, value));
}

void db_column_bool(struct db_column *column, bool value)
{
    expect(column->type == DB_BOOL);
    element_add(column, value ? "\1" : "\0", 1);
}

void db_column_str(struct db_column *column, struct str value)
{
    expect(column->type == DB_TEXT || column->type == DB_BYTES);
    if (!value.at)
        db_column_null(column);
    else
        element_add(column, value.at, value.size);
}

void db_column_instant(struct db_column *column, instant_us value)
{
    char bytes[8];
    expect(column->type == DB_INSTANT);
    if (value == INSTANT_NEVER)
        db_column_null(column);
    else
        element_add(column, bytes, put_int8(bytes, instant_to_wire(value)));
}

void db_column_date(struct db_column *column, struct date value)
{
    char bytes[8];
    expect(column->type == DB_DATE);
    if (value.year == 0)
        db_column_null(column);
    else
        element_add(column, bytes, put_int4(bytes, date_to_wire(value)));
}

void db_arg_column(struct db_args *args, const struct db_column *column)
{
    if (column->data.failed) {
        args->failed = true;
        return;
    }
    char *header = column->data.at;
    const int32_t fields[] = {column->count > 0, column->has_null, (int32_t)TYPE_OIDS[column->type], column->count, 1};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        put_int4(header + 4 * i, fields[i]);
    arg_add(args, header, column->count > 0 ? column->data.size : EMPTY_ARRAY_HEADER_BYTES);
}

void db_arg_ids(struct db_args *args, const struct id *ids, size_t count)
{
    struct db_column column;
    db_column_init(&column, args->arena, DB_UUID);
    for (size_t i = 0; i < count; i++)
        db_column_id(&column, ids[i]);
    db_arg_column(args, &column);
}
