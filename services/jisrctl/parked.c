/* jisrctl parked: what consumers could not process, and how it is put back: `parked` lists, `parked ID…` or `parked --all` marks for another try. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "store_statements.h"

static int run(int argc, char **argv);
const struct command COMMAND_PARKED = {"parked", "[ID…]", "list what could not be processed, or try some of it again", run};

#define LIST_DEFAULT 1000

static const char *const KINDS[] = {"POISON", "HELD", NULL}; /* as common/db/migrations/0001_plumbing.sql has them */

struct parked_options {
    const char *service;
    const char *kind;
    int64_t limit;
    bool all;
};

static enum err list(struct db *db, const char *schema, const struct parked_options *options, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, str_from(options->kind));
    db_arg_int8(&args, options->limit);
    enum err err = db_run(db, &STORE_PARKED_LIST, &args, arena, &rows);
    for (size_t i = 0; err == ERR_OK && i < rows.count; i++) {
        struct str text[5] = {db_get_str(&rows, i, 1), db_get_str(&rows, i, 2), db_get_str(&rows, i, 4), db_get_str(&rows, i, 8),
                              db_get_str(&rows, i, 9)};
        char at[INSTANT_TEXT_SIZE + 1];
        instant_format(db_get_instant(&rows, i, 3), at);
        printf("%s %lld %.*s %s %.*s/%lld@%lld %.*s key=%.*s: %.*s\n", schema, (long long)db_get_int(&rows, i, 0), (int)text[0].size, text[0].at, at,
               (int)text[2].size, text[2].at, (long long)db_get_int(&rows, i, 5), (long long)db_get_int(&rows, i, 6), (int)text[3].size, text[3].at,
               (int)text[4].size, text[4].at, (int)text[1].size, text[1].at);
    }
    return err;
}

/* id 0: all of the kind. */
static enum err retry(struct db *db, const char *schema, const struct parked_options *options, int64_t id, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_int8(&args, id);
    db_arg_str(&args, str_from(options->kind));
    enum err err = db_run(db, &STORE_PARKED_RETRY, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    if (id > 0 && rows.affected == 0) {
        (void)fprintf(stderr, "jisrctl parked: %s has nothing parked as %lld%s%s\n", schema, (long long)id, options->kind[0] ? " of kind " : "",
                      options->kind);
        return ERR_NOT_FOUND;
    }
    printf("%s: %zu to be tried again\n", schema, rows.affected);
    return ERR_OK;
}

static enum err work(struct db *db, const char *schema, const struct parked_options *options, const int64_t *ids, int id_count)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        return ERR_MEMORY;
    enum err err = ERR_OK;
    if (options->all)
        err = retry(db, schema, options, 0, arena);
    else if (id_count == 0)
        err = list(db, schema, options, arena);
    for (int i = 0; i < id_count; i++) {
        enum err outcome = retry(db, schema, options, ids[i], arena);
        err = err == ERR_OK ? outcome : err;
    }
    arena_free(arena);
    return err;
}

/* What says nothing, or two things, is refused: a word that is passed over would be taken for done. */
static bool fits(const struct parked_options *options, char **words, int count, int64_t *ret_ids)
{
    if (options->service && !options_known(&COMMAND_PARKED, "service", options->service, PLUMBED_SCHEMAS))
        return false;
    if (options->kind[0] && !options_known(&COMMAND_PARKED, "kind", options->kind, KINDS))
        return false;
    if (count > 0 && !options->service) {
        (void)fputs("jisrctl parked: ids belong to one service: add --service NAME\n", stderr);
        return false;
    }
    if ((count > 0 && options->all) || (options->limit >= 0 && (count > 0 || options->all))) {
        (void)fputs("jisrctl parked: ids, --all or --limit: they don't go together (see jisrctl parked --help)\n", stderr);
        return false;
    }
    for (int i = 0; i < count; i++)
        if (!str_parse_int64(str_from(words[i]), &ret_ids[i]) || ret_ids[i] < 1) {
            (void)fprintf(stderr, "jisrctl parked: %s is no id; `jisrctl parked` lists them, after the service\n", words[i]);
            return false;
        }
    return true;
}

static int for_each_service(struct parked_options *options, const int64_t *ids, int id_count)
{
    int status = 0;
    if (options->limit < 0)
        options->limit = LIST_DEFAULT;
    for (size_t i = 0; PLUMBED_SCHEMAS[i]; i++) {
        if (options->service && strcmp(options->service, PLUMBED_SCHEMAS[i]) != 0)
            continue;
        struct db *db = open_schema(PLUMBED_SCHEMAS[i]);
        enum err err = db ? work(db, PLUMBED_SCHEMAS[i], options, ids, id_count) : ERR_UNAVAILABLE;
        if (db && err != ERR_OK && err != ERR_NOT_FOUND)
            (void)fprintf(stderr, "jisrctl parked: %s: %s\n", PLUMBED_SCHEMAS[i], err_info(err)->text);
        status |= err != ERR_OK;
        db_close(db);
    }
    return status;
}

static int run(int argc, char **argv)
{
    struct parked_options options = {.kind = "", .limit = -1};
    const struct option_row rows[] = {
        {"service", OPTION_TEXT, &options.service, "NAME", "only this service (required with IDs)"},
        {"kind", OPTION_TEXT, &options.kind, "KIND", "only these: POISON or HELD"},
        {"limit", OPTION_COUNT, &options.limit, "N", "list at most so many a service (default 1000)"},
        {"all", OPTION_FLAG, &options.all, NULL, "try all of it again"},
    };
    int words = options_parse(&COMMAND_PARKED, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    int64_t *ids = calloc((size_t)words + 1, sizeof(*ids));
    int status = !ids ? 1 : fits(&options, argv, words, ids) ? for_each_service(&options, ids, words) : 2;
    free(ids);
    return status;
}
