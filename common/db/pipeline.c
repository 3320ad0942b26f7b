#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "app/app.h"
#include "db/connection.h"

static int64_t deadline_us(const struct db *db)
{
    if (db->options.statement_timeout_ms <= 0) /* the owner of the connection wants to wait for ever: migrations */
        return INT64_MAX;
    return clock_monotonic_us() + (db->options.statement_timeout_ms + DB_GRACE_MS) * 1000;
}

/* Waits until the server has said something, or takes more. False: past the deadline. */
static bool wait_for_server(PGconn *conn, bool wants_to_write, int64_t deadline_at_us)
{
    struct pollfd socket = {PQsocket(conn), (short)(wants_to_write ? POLLIN | POLLOUT : POLLIN), 0};
    int wait_ms = -1;
    if (deadline_at_us != INT64_MAX) {
        int64_t left_us = deadline_at_us - clock_monotonic_us();
        if (left_us <= 0)
            return false;
        wait_ms = left_us > INT64_C(60000000) ? 60000 : (int)(left_us / 1000) + 1;
    }
    return poll(&socket, 1, wait_ms) >= 0 || errno == EINTR || errno == EAGAIN;
}

/* Sends all that libpq has buffered, reading meanwhile: a server that can't send its answers stops taking statements. */
static enum err flush(struct db *db, int64_t deadline_at_us)
{
    for (;;) {
        int waiting = PQflush(db->conn);
        if (waiting == 0)
            return ERR_OK;
        if (waiting < 0 || !wait_for_server(db->conn, true, deadline_at_us) || !PQconsumeInput(db->conn))
            return connection_lost(db, "db-lost");
    }
}

enum err pipeline_send(struct db *db, const struct pending *what, const struct db_args *args)
{
    static const int BINARY[DB_ARGS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    if (!db->conn)
        return ERR_UNAVAILABLE;
    int count = args ? args->count : 0;
    if (!PQsendQueryPrepared(db->conn, what->statement->name, count, count ? args->values : NULL, count ? args->lengths : NULL, count ? BINARY : NULL,
                             1))
        return connection_lost(db, "db-lost");
    db->pending[db->pending_first + db->pending_count++] = *what;
    return ERR_OK;
}

enum err pipeline_sync(struct db *db)
{
    if (!db->conn)
        return ERR_UNAVAILABLE;
    if (!PQpipelineSync(db->conn))
        return connection_lost(db, "db-lost");
    db->syncs++;
    return ERR_OK;
}

enum err pipeline_wait(struct db *db, PGresult **ret_result)
{
    if (!db->conn)
        return ERR_UNAVAILABLE;
    int64_t deadline_at_us = deadline_us(db);
    enum err err = flush(db, deadline_at_us);
    while (!err && PQisBusy(db->conn))
        if (!wait_for_server(db->conn, false, deadline_at_us) || !PQconsumeInput(db->conn))
            err = connection_lost(db, "db-lost");
    if (!err)
        *ret_result = PQgetResult(db->conn);
    return err;
}

static void pending_done(struct db *db)
{
    db->pending_first++;
    if (--db->pending_count == 0)
        db->pending_first = 0;
}

enum err pipeline_next(struct db *db, PGresult **ret_result)
{
    const struct db_statement *statement = db->pending[db->pending_first].statement;
    PGresult *result = NULL, *end = NULL;
    enum err err = pipeline_wait(db, &result);
    if (err)
        return err;
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        err = error_take(db, result, statement);
        PQclear(result);
        return err;
    }
    err = pipeline_wait(db, &end); /* NULL: the end of this statement's answer */
    PQclear(end);
    if (err) {
        PQclear(result);
        return err;
    }
    pending_done(db);
    *ret_result = result;
    return ERR_OK;
}

static void clear_place(void *place)
{
    PQclear(*(PGresult **)place);
}

enum err pipeline_want(const struct db_statement *statement, struct arena *arena, struct db_rows *ret_rows, struct pending *ret_what)
{
    *ret_what = (struct pending){statement, NULL, ret_rows};
    if (!ret_rows)
        return ERR_OK;
    ret_what->place = arena_take(arena, sizeof(PGresult *));
    return ret_what->place && arena_defer(arena, clear_place, ret_what->place) ? ERR_OK : arena_excuse(arena, ERR_LIMIT);
}

void pipeline_give(PGresult *result, const struct pending *to)
{
    if (!to->ret_rows) {
        PQclear(result);
        return;
    }
    *to->place = result;
    *to->ret_rows = (struct db_rows){(size_t)PQntuples(result), strtoull(PQcmdTuples(result), NULL, 10), result};
}

enum err pipeline_drain(struct db *db, PGresult **ret_last)
{
    if (!db->conn)
        return ERR_UNAVAILABLE;
    if (db->syncs == 0 && !PQsendFlushRequest(db->conn))
        return connection_lost(db, "db-lost");
    while (db->pending_count > 0) {
        struct pending oldest = db->pending[db->pending_first];
        PGresult *result = NULL;
        enum err err = pipeline_next(db, &result);
        if (err)
            return err;
        if (ret_last && db->pending_count == 0)
            *ret_last = result;
        else
            pipeline_give(result, &oldest);
    }
    return ERR_OK;
}

enum err pipeline_discard(struct db *db)
{
    unsigned silent = 0; /* two ends in a row: nothing more would come, and a synchronisation point is missing */
    while (db->syncs > 0) {
        PGresult *result = NULL;
        enum err err = pipeline_wait(db, &result);
        if (err)
            return err;
        silent = result ? 0 : silent + 1;
        if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            db->syncs--;
        PQclear(result);
        if (silent > 1)
            return connection_lost(db, "db-lost");
    }
    db->pending_first = db->pending_count = 0;
    return ERR_OK;
}
