#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

#include "app/log.h"
#include "connection_statements.h"
#include "db/connection.h"

/* Notices may quote data and nobody reads them. */
static void ignore_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

static const char *keep(struct arena *arena, const char *text)
{
    return text ? str_copy(arena, str_from(text)).at : NULL;
}

enum err db_open(const struct db_options *options, struct db **ret_db)
{
    struct arena *arena = arena_new((size_t)16 * 1024);
    struct db *db = arena ? arena_take(arena, sizeof(*db)) : NULL;
    if (!db) {
        arena_free(arena);
        return ERR_MEMORY;
    }
    db->arena = arena;
    db->options = *options;
    db->options.conninfo = keep(arena, options->conninfo);
    db->options.application_name = keep(arena, options->application_name);
    db->options.schema = keep(arena, options->schema);
    *ret_db = db;
    return ERR_OK;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    connection_drop(db);
    arena_free(db->arena);
}

void connection_drop(struct db *db)
{
    if (db->conn)
        PQfinish(db->conn);
    db->conn = NULL;
    db->stale = false;
    db->pending_first = db->pending_count = 0;
    db->syncs = 0;
}

enum err connection_lost(struct db *db, const char *event)
{
    const char *message = db->conn ? PQerrorMessage(db->conn) : "no memory";
    error_remember(db, *message ? message : "no answer within the statement timeout and its grace");
    if (!db->away)
        log_line(LOG_WARNING, event, LOG_ERR(ERR_UNAVAILABLE), LOG_TEXT("message", db->last_error));
    db->away = true;
    connection_drop(db);
    return ERR_UNAVAILABLE;
}

bool connection_alive(struct db *db)
{
    if (!db->conn)
        return false;
    struct pollfd socket = {PQsocket(db->conn), POLLIN, 0};
    while (poll(&socket, 1, 0) > 0)
        if (!PQconsumeInput(db->conn)) {
            connection_lost(db, "db-lost");
            return false;
        }
    return true;
}

/* The server's side of a connection dies as soon as ours: a host that vanishes must not hold locks, the relay's leadership least of all.
 * Time zone and the planner's habits are fixed here, so that a statement means the same whatever the server's configuration says. Every statement of
 * a service looks rows up by a key: a plan made while its table was empty would go on scanning it whole as it grows, so scans are out, and one plan
 * serves all parameters. */
static const char *session_settings(const struct db_options *options, struct arena *arena)
{
    struct str settings =
        str_format(arena,
                   "-c statement_timeout=%" PRId64 " -c lock_timeout=%" PRId64 " -c idle_in_transaction_session_timeout=%" PRId64
                   " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
                   " -c TimeZone=UTC -c jit=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c search_path=%s%spg_temp",
                   options->statement_timeout_ms, options->lock_timeout_ms, options->idle_transaction_timeout_ms,
                   options->schema ? options->schema : "", options->schema ? "," : "");
    return settings.at;
}

static PGconn *connection_make(const struct db_options *options, struct arena *arena)
{
    const char *settings = session_settings(options, arena);
    if (!settings)
        return NULL;
    static const char *const KEYWORDS[] = {"dbname",
                                           "application_name",
                                           "options",
                                           "client_encoding",
                                           "connect_timeout",
                                           "keepalives",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "tcp_user_timeout",
                                           NULL};
    const char *const values[] = {
        options->conninfo, options->application_name, settings, "UTF8", DB_CONNECT_TIMEOUT_S, "1", "10", "5", "3", "15000", NULL};
    return PQconnectdbParams(KEYWORDS, values, 1);
}

static enum err prepare_send(struct db *db, const struct db_catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (!PQsendPrepare(db->conn, catalog->statements[i]->name, catalog->statements[i]->sql, 0, NULL))
            return connection_lost(db, "db-lost");
    return ERR_OK;
}

static enum err prepare_receive(struct db *db, const struct db_catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++) {
        PGresult *result = NULL;
        enum err err = ERR_OK;
        while (!err && !result)
            err = pipeline_wait(db, &result);
        if (!err && PQresultStatus(result) != PGRES_COMMAND_OK)
            err = error_take(db, result, catalog->statements[i]);
        PQclear(result);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* All catalogs in one round trip. */
static enum err prepare_all(struct db *db)
{
    static const struct db_catalog *const NONE[] = {NULL};
    const struct db_catalog *const *catalogs = db->options.catalogs ? db->options.catalogs : NONE;
    enum err err = prepare_send(db, &CONNECTION_CATALOG);
    for (size_t i = 0; !err && catalogs[i]; i++)
        err = prepare_send(db, catalogs[i]);
    if (!err)
        err = pipeline_sync(db);
    if (!err)
        err = prepare_receive(db, &CONNECTION_CATALOG);
    for (size_t i = 0; !err && catalogs[i]; i++)
        err = prepare_receive(db, catalogs[i]);
    if (!err)
        err = pipeline_discard(db);
    return err;
}

enum err db_connect(struct db *db)
{
    if (db->in_transaction)
        return db->conn ? ERR_OK : ERR_UNAVAILABLE;
    if (db->stale)
        connection_drop(db);
    if (connection_alive(db))
        return ERR_OK;
    struct arena *scratch = arena_new((size_t)16 * 1024);
    db->conn = scratch ? connection_make(&db->options, scratch) : NULL;
    arena_free(scratch);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return connection_lost(db, "db-away");
    PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
    PQsetErrorVerbosity(db->conn, PQERRORS_SQLSTATE);
    if (PQsetnonblocking(db->conn, 1) != 0 || !PQenterPipelineMode(db->conn))
        return connection_lost(db, "db-away");
    enum err err = prepare_all(db);
    if (err) {
        connection_drop(db);
        return err;
    }
    if (db->away)
        log_line(LOG_INFO, "db-back", LOG_TEXT("application", db->options.application_name));
    db->away = false;
    return ERR_OK;
}

enum err db_require_durability(struct db *db)
{
    struct arena *arena = arena_new((size_t)64 * 1024);
    if (!arena)
        return ERR_MEMORY;
    struct db_rows rows;
    enum err err = db_run(db, &CONNECTION_NOT_DURABLE, NULL, arena, &rows);
    if (!err && !db_is_null(&rows, 0, 0)) {
        log_line(LOG_ERROR, "db-not-durable", LOG_STR("settings", db_get_str(&rows, 0, 0)));
        err = ERR_INTERNAL;
    }
    arena_free(arena);
    return err;
}
