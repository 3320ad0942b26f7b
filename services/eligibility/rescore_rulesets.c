/* The connection of rescore.h, and the register of what a version of a ruleset says. */
#include "rescore.h"

#include "crypto/seal.h"
#include "db/outbox.h"
#include "rescore_statements.h"

enum err rescore_open_db(const struct rescore_options *options, struct db **ret_db)
{
    static const struct db_catalog *const catalogs[] = {&RESCORE_CATALOG, &OUTBOX_CATALOG, NULL};
    const struct db_options db = {.conninfo = options->conninfo,
                                  .application_name = "jisrctl-rescore",
                                  .schema = "eligibility",
                                  .catalogs = catalogs,
                                  .statement_timeout_ms = 30000,
                                  .lock_timeout_ms = 10000,
                                  .idle_transaction_timeout_ms = 30000};
    enum err err = db_open(&db, ret_db);
    return err == ERR_OK ? db_connect(*ret_db) : err;
}

enum err rescore_register(const struct rescore_options *options, const struct ruleset *ruleset, struct str text)
{
    struct arena *arena = arena_new(1u << 20);
    struct db *db = NULL;
    struct db_args args, known;
    struct db_rows rows;
    uint8_t hash[32];
    const struct str bytes = {(const char *)hash, sizeof(hash)};
    if (!arena)
        return ERR_MEMORY;
    sha256(text, hash);
    db_args_init(&args, arena);
    db_arg_str(&args, ruleset->id);
    db_arg_int4(&args, (int32_t)ruleset->version);
    known = args;
    db_arg_str(&args, bytes);
    enum err err = rescore_open_db(options, &db);
    if (err == ERR_OK)
        err = db_run(db, &RESCORE_REGISTER_RULESET, &args, arena, NULL);
    if (err == ERR_OK)
        err = db_run(db, &RESCORE_RULESET_SHA256, &known, arena, &rows);
    if (err == ERR_OK && (rows.count != 1 || !str_equal(db_get_str(&rows, 0, 0), bytes)))
        err = ERR_CONFLICT;
    db_close(db);
    arena_free(arena);
    return err;
}
