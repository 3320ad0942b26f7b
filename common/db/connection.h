/* Inside common/db only: the connection, the pipeline on it, and the one place where an error of libpq becomes an `enum err`.
 *
 * The connection stays in pipeline mode. What was sent and not yet answered is listed in `pending`, in order; `syncs` counts the synchronisation
 * points that are still to come. Every wait has a deadline, so that a server that says nothing never holds a thread. */
#ifndef JISR_DB_CONNECTION_H
#define JISR_DB_CONNECTION_H

#include <libpq-fe.h>

#include "db/db.h"

#define DB_PENDING_MAX 64 /* past it the answers are read before more is sent */
#define DB_GRACE_MS 5000  /* beyond the server's own statement timeout */
#define DB_CONNECT_TIMEOUT_S "5"

/* A statement that was sent, and where its rows go when its answer is read. */
struct pending {
    const struct db_statement *statement;
    PGresult **place;         /* in the arena of who asked, which clears what will lie there: once COMMIT has been sent, nothing may be lacking */
    struct db_rows *ret_rows; /* NULL: nobody asked for them */
};

struct db {
    struct db_options options; /* its texts live in `arena` */
    struct arena *arena;
    PGconn *conn;
    bool away;  /* the loss has been logged; the next one is logged after a success */
    bool stale; /* a prepared statement no longer fits the schema: prepare again on a new connection */
    bool in_transaction, begun;
    enum err failed;                     /* the first error of the open transaction: nothing more is sent in it */
    const struct db_statement *ended_by; /* the statement that the server answered by ending the session */
    struct pending pending[DB_PENDING_MAX];
    size_t pending_first, pending_count;
    unsigned syncs;
    char last_error[512];
};

/* Is the session there and silent? Reads what the server may have said meanwhile (its farewell). */
bool connection_alive(struct db *db);
void connection_drop(struct db *db);
/* Logs libpq's own words once, drops the connection, gives ERR_UNAVAILABLE. */
enum err connection_lost(struct db *db, const char *event);

enum err pipeline_send(struct db *db, const struct pending *what, const struct db_args *args) MUST_CHECK;
enum err pipeline_sync(struct db *db) MUST_CHECK;
/* The next result, whatever it is; NULL between commands. */
enum err pipeline_wait(struct db *db, PGresult **ret_result) MUST_CHECK;
/* The answer to the oldest pending statement. */
enum err pipeline_next(struct db *db, PGresult **ret_result) MUST_CHECK;
/* A statement to send, with a place for its rows in the arena where somebody asks for them. ERR_LIMIT: there is no room. */
enum err pipeline_want(const struct db_statement *statement, struct arena *arena, struct db_rows *ret_rows, struct pending *ret_what) MUST_CHECK;
/* Gives the result's rows to who asked for them; they belong to the arena from there on. */
void pipeline_give(PGresult *result, const struct pending *to);
/* Asks for the answers to all that is pending, reads them and gives each to who asked for it; `ret_last` (may be NULL): the last one is the caller's
 * instead. Stops at the first error. */
enum err pipeline_drain(struct db *db, PGresult **ret_last) MUST_CHECK;
/* Reads up to the last synchronisation point without looking; after it the connection is clean. */
enum err pipeline_discard(struct db *db) MUST_CHECK;

/* What the server's error means; logs it (never DETAIL or CONTEXT: they show values). `statement` NULL: a script. */
enum err error_take(struct db *db, const PGresult *result, const struct db_statement *statement) MUST_CHECK;
void error_remember(struct db *db, const char *text);

#endif
