#include "eligibility.h"

#include "app/log.h"
#include "db/db.h"
#include "store_statements.h"

static struct str content(const struct embedded_file *file)
{
    return (struct str){(const char *)file->bytes, file->size};
}

enum err eligibility_load_rulesets(struct eligibility *eligibility, struct arena *arena, const struct embedded_file *files)
{
    for (const struct embedded_file *file = files; file->path; file++) {
        struct str why = {0};
        struct ruleset *ruleset = &eligibility->rulesets[eligibility->ruleset_count];
        if (eligibility->ruleset_count == RULESETS_MAX)
            return ERR_LIMIT;
        enum err err = ruleset_load(content(file), arena, ruleset, &why);
        if (err == ERR_OK && ruleset_find_version(eligibility->rulesets, eligibility->ruleset_count, ruleset->id, ruleset->version)) {
            why = STR("two files have this id and version");
            err = ERR_INVALID;
        }
        if (err != ERR_OK) {
            log_line(LOG_ERROR, "ruleset-not-usable", LOG_TEXT("file", file->path), LOG_STR("why", why));
            return err;
        }
        eligibility->files[eligibility->ruleset_count++] = file;
    }
    return ERR_OK;
}

static enum err register_one(const struct ruleset *ruleset, struct str text, struct db *db, struct arena *arena)
{
    uint8_t hash[32];
    struct db_args args;
    struct db_rows rows;
    sha256(text, hash);
    const struct str bytes = {(const char *)hash, sizeof(hash)};
    db_args_init(&args, arena);
    db_arg_str(&args, ruleset->id);
    db_arg_int4(&args, (int32_t)ruleset->version);
    struct db_args known = args;
    db_arg_str(&args, bytes);
    enum err err = db_run(db, &STORE_REGISTER_RULESET, &args, arena, NULL);
    if (err == ERR_OK)
        err = db_run(db, &STORE_RULESET_SHA256, &known, arena, &rows);
    if (err == ERR_OK && (rows.count != 1 || !str_equal(db_get_str(&rows, 0, 0), bytes))) {
        log_line(LOG_ERROR, "ruleset-changed", LOG_STR("ruleset", ruleset->id), LOG_INT("version", ruleset->version),
                 LOG_TEXT("why", "this version was used with another content; give the change a new version"));
        err = ERR_CONFLICT;
    }
    return err;
}

enum err eligibility_register_rulesets(const struct eligibility *eligibility, struct db *db)
{
    struct arena *arena = arena_new(1u << 20);
    enum err err = arena ? ERR_OK : ERR_MEMORY;
    for (size_t i = 0; err == ERR_OK && i < eligibility->ruleset_count; i++)
        err = register_one(&eligibility->rulesets[i], content(eligibility->files[i]), db, arena);
    arena_free(arena);
    return err;
}
