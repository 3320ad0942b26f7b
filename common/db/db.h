/* One connection to PostgreSQL, on libpq. The only folder that includes libpq. Owned by one thread at a time.
 *
 * Statements come from store.sql (db/catalog.h), are PREPAREd at connect, take binary parameters and give binary results.
 * A transaction runs in pipeline mode: BEGIN travels with the first statement, questions that don't depend on one another go together, statements
 * whose rows nobody needs are only queued, and COMMIT travels with the last: a batch costs a handful of round trips, not one a statement. Rows live
 * as long as the arena they were asked for with. A lost connection is opened again by the next transaction. Errors of the server are logged here,
 * once, without parameter values. */
#ifndef JISR_DB_DB_H
#define JISR_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"
#include "db/catalog.h"

struct db;

struct db_options {
    const char *conninfo;                     /* of the service's role; no password in it: `passfile=` or peer */
    const char *application_name;             /* shown in pg_stat_activity: "intake-writer" */
    const char *schema;                       /* the search_path: the service's own schema, nothing else */
    const struct db_catalog *const *catalogs; /* NULL-ended: the service's own, and those of common (outbox, inbox …) */
    int64_t statement_timeout_ms;             /* 0: none, and no wait for the server has a deadline */
    int64_t lock_timeout_ms, idle_transaction_timeout_ms;
};

/* Connects lazily: succeeds without a server. Never NULL on ERR_OK. */
enum err db_open(const struct db_options *options, struct db **ret_db) MUST_CHECK;
void db_close(struct db *db);
/* Connects when it isn't. ERR_UNAVAILABLE, or ERR_INTERNAL when a statement can't be prepared (schema and program disagree). */
enum err db_connect(struct db *db) MUST_CHECK;
/* ERR_INTERNAL with a log line unless synchronous_commit, fsync and full_page_writes are on: a 2xx would not be durable. */
enum err db_require_durability(struct db *db) MUST_CHECK;

/* ── Parameters ── */

enum db_type { DB_UUID, DB_INT4, DB_INT8, DB_FLOAT8, DB_BOOL, DB_TEXT, DB_BYTES, DB_INSTANT, DB_DATE };

/* NULL travels as what each type has for it: INSTANT_NEVER, a date of year 0, and {NULL, 0} for text and bytes, the same as it comes back from
 * db_get_…; an empty text is STR(""). */

/* An array parameter, one element a row of a batch: the SQL casts it (`$1::uuid[]`) and unnests it. */
struct db_column {
    enum db_type type;
    struct buf data;
    int32_t count;
    bool has_null;
};

void db_column_init(struct db_column *column, struct arena *arena, enum db_type type);
void db_column_id(struct db_column *column, struct id value);
void db_column_int(struct db_column *column, int64_t value); /* DB_INT4, DB_INT8 */
void db_column_number(struct db_column *column, double value);
void db_column_bool(struct db_column *column, bool value);
void db_column_str(struct db_column *column, struct str value);     /* DB_TEXT, DB_BYTES; {NULL, 0}: NULL */
void db_column_instant(struct db_column *column, instant_us value); /* INSTANT_NEVER: NULL */
void db_column_date(struct db_column *column, struct date value);   /* year 0: NULL */
void db_column_null(struct db_column *column);

#define DB_ARGS_MAX 40

struct db_args {
    struct arena *arena;
    const char *values[DB_ARGS_MAX];
    int lengths[DB_ARGS_MAX];
    int count;
    bool failed; /* out of memory or too many: the statement then gives ERR_LIMIT */
};

void db_args_init(struct db_args *args, struct arena *arena);
void db_arg_id(struct db_args *args, struct id value);
void db_arg_int4(struct db_args *args, int32_t value);
void db_arg_int8(struct db_args *args, int64_t value);
void db_arg_number(struct db_args *args, double value);
void db_arg_bool(struct db_args *args, bool value);
void db_arg_str(struct db_args *args, struct str value); /* borrowed; text, bytea, and json/jsonb given as `$1::text::jsonb` */
void db_arg_instant(struct db_args *args, instant_us value);
void db_arg_date(struct db_args *args, struct date value);
void db_arg_null(struct db_args *args);
void db_arg_column(struct db_args *args, const struct db_column *column);  /* borrowed; the column is complete */
void db_arg_ids(struct db_args *args, const struct id *ids, size_t count); /* one array; copied */

/* ── Statements ── */

struct db_rows {
    size_t count;    /* of rows */
    size_t affected; /* by INSERT, UPDATE, DELETE */
    const void *result;
};

/* Inside or outside a transaction (outside: reads; of a write whose answer is lost nobody knows). `args` and `ret_rows` may be NULL; without rows
 * `arena` too. ERR_CONFLICT: unique or exclusion violation; ERR_INVALID: check, not-null, foreign-key or data violation; ERR_SERIALIZATION: 40001,
 * 40P01; ERR_UNAVAILABLE: no connection, shutdown, timeout, out of connections; ERR_INTERNAL: the statement is wrong. */
enum err db_run(struct db *db, const struct db_statement *statement, const struct db_args *args, struct arena *arena,
                struct db_rows *ret_rows) MUST_CHECK;
/* Inside a transaction: statements that don't depend on one another's rows, in one round trip. `ret_rows` is set by the next db_wait, db_run or
 * COMMIT, whichever comes first (it and `arena` must live until then); an error of it shows there. What `args` refers to is copied. */
enum err db_ask(struct db *db, const struct db_statement *statement, const struct db_args *args, struct arena *arena,
                struct db_rows *ret_rows) MUST_CHECK;
enum err db_wait(struct db *db) MUST_CHECK;
/* Inside a transaction, when nobody needs its rows: sent with the next db_wait, db_run or COMMIT, where an error of it shows.
 * After an error inside a transaction every further call in it gives that error again. */
enum err db_queue(struct db *db, const struct db_statement *statement, const struct db_args *args) MUST_CHECK;
/* Plain SQL text without parameters, several statements allowed: migrations and tests only. Not inside a pipeline. */
enum err db_script(struct db *db, struct str sql) MUST_CHECK;

/* `body` in one transaction: READ COMMITTED, connected again if need be, the whole run again up to 5 times on ERR_SERIALIZATION (so body must be able
 * to). ERR_COMMIT_UNKNOWN: the answer to COMMIT was lost. Any error of body rolls back and is returned. */
enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *context), void *context) MUST_CHECK;

/* ── Rows ── (binary results: the column's type must be the one named; a mismatch aborts, it is a bug; NULL gives 0, false, the
 * nil id, INSTANT_NEVER, year 0, {NULL,0}) */

bool db_is_null(const struct db_rows *rows, size_t row, int column);
struct id db_get_id(const struct db_rows *rows, size_t row, int column);
int64_t db_get_int(const struct db_rows *rows, size_t row, int column);   /* int2, int4, int8, xid8 */
double db_get_number(const struct db_rows *rows, size_t row, int column); /* float4, float8 */
bool db_get_bool(const struct db_rows *rows, size_t row, int column);
struct str db_get_str(const struct db_rows *rows, size_t row, int column); /* text, bytea, json (jsonb: select it ::text); NULL gives {NULL,0} */
instant_us db_get_instant(const struct db_rows *rows, size_t row, int column);
struct date db_get_date(const struct db_rows *rows, size_t row, int column);

/* The PostgreSQL conninfo rows of the last failure, for the log at the edge: never has parameter values. */
struct str db_last_error(const struct db *db);

#endif
