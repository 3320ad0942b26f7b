/* Results in PostgreSQL's binary formats (see args.c). Asking for a type that the column hasn't is a bug and aborts. */
#include <endian.h>
#include <stdlib.h>

#include "app/log.h"
#include "db/binary.h"
#include "db/connection.h"

/* The bytes of a value, after the column's type has been checked. `types` ends with 0. */
static struct str cell(const struct db_rows *rows, size_t row, int column, const Oid *types)
{
    const PGresult *result = rows->result;
    if (row >= rows->count || column < 0 || column >= PQnfields(result)) {
        log_line(LOG_ERROR, "db-no-such-cell", LOG_INT("row", row), LOG_INT("column", column));
        abort();
    }
    Oid type = PQftype(result, column);
    while (*types && *types != type)
        types++;
    if (!*types) {
        log_line(LOG_ERROR, "db-wrong-type", LOG_TEXT("column", PQfname(result, column)), LOG_INT("type", type));
        abort();
    }
    if (PQgetisnull(result, (int)row, column))
        return (struct str){0};
    return (struct str){PQgetvalue(result, (int)row, column), (size_t)PQgetlength(result, (int)row, column)};
}

static int64_t big_endian(struct str bytes)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (bytes.size) {
    case sizeof(two):
        memcpy(&two, bytes.at, sizeof(two));
        return (int16_t)be16toh(two);
    case sizeof(four):
        memcpy(&four, bytes.at, sizeof(four));
        return (int32_t)be32toh(four);
    case sizeof(eight):
        memcpy(&eight, bytes.at, sizeof(eight));
        return (int64_t)be64toh(eight);
    default:
        return 0; /* NULL */
    }
}

bool db_is_null(const struct db_rows *rows, size_t row, int column)
{
    const PGresult *result = rows->result;
    if (row >= rows->count || column < 0 || column >= PQnfields(result))
        abort();
    return PQgetisnull(result, (int)row, column) != 0;
}

struct id db_get_id(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_UUID, 0};
    struct id id = {0};
    struct str bytes = cell(rows, row, column, TYPES);
    if (bytes.size == sizeof(id.bytes))
        memcpy(id.bytes, bytes.at, sizeof(id.bytes));
    return id;
}

int64_t db_get_int(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_INT8, OID_INT4, OID_INT2, OID_XID8, 0};
    return big_endian(cell(rows, row, column, TYPES));
}

double db_get_number(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_FLOAT8, OID_FLOAT4, 0};
    struct str bytes = cell(rows, row, column, TYPES);
    int64_t bits = big_endian(bytes);
    if (bytes.size == sizeof(float)) {
        int32_t short_bits = (int32_t)bits;
        float number;
        memcpy(&number, &short_bits, sizeof(number));
        return (double)number;
    }
    double number;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

bool db_get_bool(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_BOOL, 0};
    struct str bytes = cell(rows, row, column, TYPES);
    return bytes.size == 1 && bytes.at[0] != 0;
}

struct str db_get_str(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_TEXT, OID_BYTEA, OID_VARCHAR, OID_JSON, OID_NAME, 0};
    return cell(rows, row, column, TYPES);
}

instant_us db_get_instant(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_TIMESTAMPTZ, 0};
    struct str bytes = cell(rows, row, column, TYPES);
    int64_t wire = big_endian(bytes);
    if (!bytes.at || wire == INT64_MIN) /* '-infinity' */
        return INSTANT_NEVER;
    return wire == INT64_MAX ? INT64_MAX : wire + PG_EPOCH_US; /* 'infinity' */
}

struct date db_get_date(const struct db_rows *rows, size_t row, int column)
{
    static const Oid TYPES[] = {OID_DATE, 0};
    struct str bytes = cell(rows, row, column, TYPES);
    return bytes.at ? date_from_days(big_endian(bytes) + PG_EPOCH_DAYS) : (struct date){0};
}
