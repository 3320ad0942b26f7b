/* Inside common/db only: what both directions of PostgreSQL's binary formats share. Type numbers are those of pg_type.dat; they never change. */
#ifndef JISR_DB_BINARY_H
#define JISR_DB_BINARY_H

#include <stdint.h>

enum type_oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_VARCHAR = 1043,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_UUID = 2950,
    OID_XID8 = 5069,
};

/* PostgreSQL counts from 2000-01-01T00:00:00Z. */
#define PG_EPOCH_DAYS INT64_C(10957)
#define PG_EPOCH_US (PG_EPOCH_DAYS * INT64_C(86400000000))

#endif
