#include <stdlib.h>

#include "app/app.h"
#include "app/crash.h"
#include "app/log.h"
#include "connection_statements.h"
#include "db/connection.h"

#define RETRIES_MAX 5
#define BACK_OFF_FIRST_US 2000

/* ── One statement ── */

/* BEGIN travels with the first statement. */
static enum err send_inside(struct db *db, const struct pending *what, const struct db_args *args)
{
    enum err err = ERR_OK;
    if (!db->begun)
        err = pipeline_send(db, &(struct pending){&CONNECTION_BEGIN, NULL, NULL}, NULL);
    db->begun = true;
    if (!err && db->pending_first + db->pending_count == DB_PENDING_MAX)
        err = pipeline_drain(db, NULL);
    if (!err)
        err = pipeline_send(db, what, args);
    return err;
}

/* Outside a transaction: one statement, one synchronisation point. */
static enum err run_alone(struct db *db, const struct pending *what, const struct db_args *args)
{
    PGresult *result = NULL;
    enum err err = db_connect(db);
    if (!err)
        err = pipeline_send(db, what, args);
    if (!err)
        err = pipeline_sync(db);
    if (!err)
        err = pipeline_next(db, &result);
    if (db->conn) {
        enum err end = pipeline_discard(db);
        err = err ? err : end;
    }
    if (err)
        PQclear(result);
    else
        pipeline_give(result, what);
    return err;
}

/* The first error of a transaction is its end: the server skips what follows, and so does this side. */
static enum err remember(struct db *db, enum err err)
{
    if (err && db->in_transaction && !db->failed)
        db->failed = err;
    return err;
}

enum err db_ask(struct db *db, const struct db_statement *statement, const struct db_args *args, struct arena *arena, struct db_rows *ret_rows)
{
    if (!db->in_transaction)
        return ERR_INTERNAL;
    if (db->failed)
        return db->failed;
    struct pending what;
    enum err err = args && args->failed ? arena_excuse(args->arena, ERR_LIMIT) : pipeline_want(statement, arena, ret_rows, &what);
    return remember(db, err ? err : send_inside(db, &what, args));
}

enum err db_queue(struct db *db, const struct db_statement *statement, const struct db_args *args)
{
    return db_ask(db, statement, args, NULL, NULL);
}

enum err db_wait(struct db *db)
{
    if (!db->in_transaction)
        return ERR_INTERNAL;
    return db->failed ? db->failed : remember(db, pipeline_drain(db, NULL));
}

enum err db_run(struct db *db, const struct db_statement *statement, const struct db_args *args, struct arena *arena, struct db_rows *ret_rows)
{
    struct pending what;
    enum err err;
    if (db->in_transaction) {
        err = db_ask(db, statement, args, arena, ret_rows);
        return err ? err : db_wait(db);
    }
    err = args && args->failed ? arena_excuse(args->arena, ERR_LIMIT) : pipeline_want(statement, arena, ret_rows, &what);
    return err ? err : run_alone(db, &what, args);
}

/* ── A script ── */

static enum err script_receive(struct db *db)
{
    enum err first = ERR_OK;
    for (;;) {
        PGresult *result = NULL;
        enum err err = pipeline_wait(db, &result);
        if (err)
            return first ? first : err;
        if (!result)
            return first;
        ExecStatusType status = PQresultStatus(result);
        if (!first && status == PGRES_FATAL_ERROR)
            first = error_take(db, result, NULL);
        PQclear(result);
        if (!db->conn)
            return first;
    }
}

static enum err script_run(struct db *db, const char *sql)
{
    if (!PQexitPipelineMode(db->conn) || !PQsendQuery(db->conn, sql))
        return connection_lost(db, "db-lost");
    enum err err = script_receive(db);
    if (err && db->conn && PQtransactionStatus(db->conn) == PQTRANS_INERROR && PQsendQuery(db->conn, "ROLLBACK")) {
        enum err end = script_receive(db); /* its own error, if any, shows as a lost connection below */
        (void)end;
    }
    if (db->conn && !PQenterPipelineMode(db->conn))
        connection_lost(db, "db-lost");
    return err;
}

enum err db_script(struct db *db, struct str sql)
{
    if (db->in_transaction)
        return ERR_INTERNAL;
    enum err err = db_connect(db);
    if (err)
        return err;
    char *text = malloc(sql.size + 1);
    if (!text)
        return ERR_MEMORY;
    memcpy(text, sql.at, sql.size);
    text[sql.size] = '\0';
    err = script_run(db, text);
    free(text);
    return err;
}

/* ── A transaction ── */

/* Whatever state the pipeline is in, the session is clean afterwards, or dropped. The synchronisation point before ROLLBACK is what a failed
 * pipeline needs to listen again; both travel together. libpq knows the transaction's state only as of the last such point. */
static void roll_back(struct db *db)
{
    bool open = db->begun;
    enum err err = ERR_OK;
    if (db->conn && db->syncs > 0) { /* COMMIT was refused: its own synchronisation point is still to come */
        err = pipeline_discard(db);
        open = db->conn && PQtransactionStatus(db->conn) != PQTRANS_IDLE;
    }
    if (db->conn && !err && open) {
        err = pipeline_sync(db);
        db->pending_first = db->pending_count = 0; /* their answers are thrown away */
        if (!err)
            err = pipeline_send(db, &(struct pending){&CONNECTION_ROLLBACK, NULL, NULL}, NULL);
        if (!err)
            err = pipeline_sync(db);
        if (!err)
            err = pipeline_discard(db);
    }
    if (db->conn && (err || PQtransactionStatus(db->conn) != PQTRANS_IDLE))
        connection_drop(db);
}

/* After the session ended on the way to COMMIT. When the server ended it in answer to an earlier statement, COMMIT was never executed; in any
 * other case nobody here can know. */
static enum err commit_lost(const struct db *db)
{
    bool before_commit = db->ended_by && db->ended_by != &CONNECTION_COMMIT;
    enum err err = before_commit ? ERR_UNAVAILABLE : ERR_COMMIT_UNKNOWN;
    log_line(LOG_WARNING, "db-commit-lost", LOG_ERR(err));
    return err;
}

static enum err commit(struct db *db)
{
    if (!connection_alive(db)) /* COMMIT has not been sent: it is certain that nothing happened */
        return ERR_UNAVAILABLE;
    if (db->pending_first + db->pending_count == DB_PENDING_MAX) {
        enum err err = pipeline_drain(db, NULL);
        if (err)
            return err;
    }
    PGresult *result = NULL;
    enum err err = pipeline_send(db, &(struct pending){&CONNECTION_COMMIT, NULL, NULL}, NULL);
    if (!err)
        err = pipeline_sync(db);
    CRASH_POINT("commit-sent");
    if (!err)
        err = pipeline_drain(db, &result);
    bool rolled_back = result && strcmp(PQcmdStatus(result), "COMMIT") != 0; /* the server's answer to COMMIT of a failed transaction */
    PQclear(result);
    if (err)
        return db->conn ? err : commit_lost(db);
    /* Committed, and known: a loss after this point changes nothing. */
    if (pipeline_discard(db) != ERR_OK)
        connection_drop(db);
    return rolled_back ? ERR_INTERNAL : ERR_OK;
}

static enum err transaction_once(struct db *db, enum err (*body)(struct db *db, void *context), void *context)
{
    enum err err = db_connect(db);
    if (err)
        return err;
    db->in_transaction = true;
    db->begun = false;
    db->failed = ERR_OK;
    db->ended_by = NULL;
    err = body(db, context);
    if (!err)
        err = db->failed;
    if (!err && db->begun)
        err = commit(db);
    if (err)
        roll_back(db);
    db->in_transaction = false;
    return err;
}

/* Doubles each time; the spread by the clock keeps two that met once from meeting again. */
static void back_off(unsigned attempt)
{
    int64_t step_us = (int64_t)BACK_OFF_FIRST_US << attempt;
    clock_sleep_us(step_us + clock_monotonic_us() % step_us);
}

enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *context), void *context)
{
    if (db->in_transaction)
        return ERR_INTERNAL; /* a transaction in a transaction is a bug of the caller */
    enum err err = transaction_once(db, body, context);
    for (unsigned attempt = 0; err == ERR_SERIALIZATION && attempt < RETRIES_MAX; attempt++) {
        back_off(attempt);
        err = transaction_once(db, body, context);
    }
    return err;
}
