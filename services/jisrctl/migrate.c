#include "migrate.h"

#include "app/log.h"
#include "db/db.h"
#include "migrate_statements.h"

#define REGISTRY_FILE "services/jisrctl/migrations/0000_registry.sql"
#define SCRIPT_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* In this order: a service's migration may name what the vault offers. `role` NULL: its own migration grants. */
static const struct target {
    const char *schema;
    const char *role;
    const char *folders[2]; /* applied one after the other; NULL: none */
} TARGETS[] = {
    {"vault", NULL, {"services/vault/migrations/", NULL}},
    {"intake", "jisr_intake", {"common/db/migrations/", "services/intake/migrations/"}},
    {"eligibility", "jisr_eligibility", {"common/db/migrations/", "services/eligibility/migrations/"}},
    {"training", "jisr_training", {"common/db/migrations/", "services/training/migrations/"}},
    {"notifier", "jisr_notifier", {"common/db/migrations/", "services/notifier/migrations/"}},
};
#define TARGET_COUNT (sizeof(TARGETS) / sizeof(TARGETS[0]))

/* One run: its connection, and memory for one file at a time. */
struct migrate {
    struct db *db;
    struct arena *arena;
    const struct embedded_file *files;
    unsigned applied;
};

static const struct embedded_file *find_file(const struct embedded_file *files, const char *path)
{
    while (files->path && strcmp(files->path, path) != 0)
        files++;
    return files->path ? files : NULL;
}

/* The number before the first `_` of the file's name; -1: not a file of this folder. */
static int64_t number_in(const char *path, struct str folder)
{
    struct str rest = str_from(path);
    int64_t number = 0;
    if (!str_starts(rest, folder))
        return -1;
    rest.at += folder.size;
    rest.size -= folder.size;
    return str_parse_int64(str_cut(&rest, '_'), &number) && number > 0 ? number : -1;
}

/* The file of the folder with the least number above `after`. */
static const struct embedded_file *next_file(const struct embedded_file *files, struct str folder, int64_t after)
{
    const struct embedded_file *next = NULL;
    for (const struct embedded_file *file = files; file->path; file++) {
        int64_t number = number_in(file->path, folder);
        if (number > after && (!next || number < number_in(next->path, folder)))
            next = file;
    }
    return next;
}

static struct str file_text(const struct embedded_file *file)
{
    return (struct str){(const char *)file->bytes, file->size};
}

/* The file and its row in one transaction, in one go. The names are the project's own: they need no quoting. Another session's lock must not stop
 * the services behind this one for long. */
static enum err apply(struct migrate *migrate, const struct target *target, const struct embedded_file *file, int64_t number, struct str sha256)
{
    struct buf script;
    struct str text;
    buf_init(&script, migrate->arena, SCRIPT_BYTES_MAX);
    buf_format(&script, "BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL search_path = %s, pg_temp;\n", target->schema);
    buf_add(&script, file_text(file));
    buf_format(&script, "\n;INSERT INTO jisr.migration (schema, number, name, sha256) VALUES ('%s', %lld, '%s', '%.*s'); COMMIT", target->schema,
               (long long)number, file->path, (int)sha256.size, sha256.at);
    enum err err = buf_done(&script, &text);
    if (!err)
        err = db_script(migrate->db, text);
    if (!err)
        migrate->applied++;
    log_line(err ? LOG_ERROR : LOG_INFO, err ? "migration-failed" : "migration-applied", LOG_TEXT("schema", target->schema),
             LOG_TEXT("file", file->path), LOG_ERR(err));
    return err;
}

static enum err apply_once(struct migrate *migrate, const struct target *target, const struct embedded_file *file, int64_t number)
{
    arena_reset(migrate->arena);
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, migrate->arena);
    db_arg_str(&args, str_from(target->schema));
    db_arg_str(&args, str_from(file->path));
    db_arg_str(&args, file_text(file));
    enum err err = db_run(migrate->db, &MIGRATE_COMPARE, &args, migrate->arena, &rows);
    if (err)
        return err;
    if (db_is_null(&rows, 0, 1))
        return apply(migrate, target, file, number, db_get_str(&rows, 0, 0));
    if (str_equal(db_get_str(&rows, 0, 0), db_get_str(&rows, 0, 1)))
        return ERR_OK;
    log_line(LOG_ERROR, "migration-changed", LOG_TEXT("schema", target->schema), LOG_TEXT("file", file->path),
             LOG_TEXT("hint", "an applied migration stays as it is: write the change as a new one"));
    return ERR_CONFLICT;
}

static enum err apply_folder(struct migrate *migrate, const struct target *target, struct str folder)
{
    enum err err = ERR_OK;
    int64_t number = 0;
    const struct embedded_file *file;
    while (!err && (file = next_file(migrate->files, folder, number))) {
        number = number_in(file->path, folder);
        err = apply_once(migrate, target, file, number);
    }
    return err;
}

static struct str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return (struct str){path, slash ? (size_t)(slash - path) + 1 : 0};
}

/* Two files of one number have no order. */
static enum err check_numbers(const struct embedded_file *files)
{
    for (const struct embedded_file *a = files; a->path; a++)
        for (const struct embedded_file *b = a + 1; b->path; b++) {
            int64_t number = number_in(a->path, folder_of(a->path));
            if (number <= 0 || number_in(b->path, folder_of(a->path)) != number)
                continue;
            log_line(LOG_ERROR, "migration-number-twice", LOG_TEXT("file", a->path), LOG_TEXT("twin", b->path));
            return ERR_INTERNAL;
        }
    return ERR_OK;
}

static enum err grant(struct migrate *migrate)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < TARGET_COUNT; i++) {
        struct db_args args;
        if (!TARGETS[i].role)
            continue;
        arena_reset(migrate->arena);
        db_args_init(&args, migrate->arena);
        db_arg_str(&args, str_from(TARGETS[i].schema));
        db_arg_str(&args, str_from(TARGETS[i].role));
        err = db_run(migrate->db, &MIGRATE_GRANT_SERVICE, &args, NULL, NULL);
    }
    return err ? err : db_run(migrate->db, &MIGRATE_GRANT_CHECK, NULL, NULL, NULL);
}

static enum err open_as_owner(const char *conninfo, const struct db_catalog *const *catalogs, struct db **ret_db)
{
    const struct db_options options = {.conninfo = conninfo, .application_name = "jisrctl-migrate", .catalogs = catalogs};
    return db_open(&options, ret_db);
}

/* On a connection of its own: the statements of the other one can only be prepared when this has run. */
static enum err make_registry(const char *conninfo, const struct embedded_file *files)
{
    const struct embedded_file *registry = find_file(files, REGISTRY_FILE);
    struct arena *arena = arena_new(SCRIPT_BYTES_MAX);
    struct str script = {0};
    if (registry && arena)
        script = str_format(arena, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('jisr.migrate', 0));\n%s\n;COMMIT",
                            (const char *)registry->bytes);
    struct db *db = NULL;
    enum err err = script.at ? open_as_owner(conninfo, NULL, &db) : ERR_INTERNAL;
    if (!err)
        err = db_script(db, script);
    db_close(db);
    arena_free(arena);
    return err;
}

static enum err run_all(struct migrate *migrate)
{
    enum err err = db_run(migrate->db, &MIGRATE_LOCK, NULL, NULL, NULL);
    for (size_t i = 0; !err && i < TARGET_COUNT; i++)
        for (size_t j = 0; !err && j < 2; j++)
            if (TARGETS[i].folders[j])
                err = apply_folder(migrate, &TARGETS[i], str_from(TARGETS[i].folders[j]));
    if (!err)
        err = grant(migrate);
    log_line(err ? LOG_ERROR : LOG_INFO, "migrate-done", LOG_ERR(err), LOG_INT("applied", migrate->applied));
    return err;
}

enum err migrate_run(const char *owner_conninfo, const struct embedded_file *files)
{
    static const struct db_catalog *const CATALOGS[] = {&MIGRATE_CATALOG, NULL};
    struct migrate migrate = {.files = files};
    enum err err = check_numbers(files);
    if (!err)
        err = make_registry(owner_conninfo, files);
    if (!err)
        err = open_as_owner(owner_conninfo, CATALOGS, &migrate.db);
    if (!err && !(migrate.arena = arena_new(2 * SCRIPT_BYTES_MAX)))
        err = ERR_MEMORY;
    if (!err)
        err = run_all(&migrate);
    db_close(migrate.db);
    arena_free(migrate.arena);
    return err;
}
