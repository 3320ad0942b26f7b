/* jisrctl parked: what consumers could not process, and how it is put back: `parked` lists, `parked ID…` or `parked --all` marks for another try. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "store_statements.h"

static int run(int argc, char **argv);
const struct command COMMAND_PARKED = {"parked", "[ID…]", "list what could not be processed, or try some of it again", run};

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

static enum err retry(struct db *db, const char *schema, int64_t id, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_int8(&args, id);
    enum err err = db_run(db, &STORE_PARKED_RETRY, &args, arena, &rows);
    if (err == ERR_OK)
        printf("%s: %zu to be tried again\n", schema, rows.affected);
    return err;
}

static enum err work(struct db *db, const char *schema, const struct parked_options *options, char **ids, int id_count)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        return ERR_MEMORY;
    enum err err = ERR_OK;
    if (options->all)
        err = retry(db, schema, 0, arena);
    else if (id_count == 0)
        err = list(db, schema, options, arena);
    for (int i = 0; err == ERR_OK && i < id_count; i++) {
        int64_t id = 0;
        err = str_parse_int64(str_from(ids[i]), &id) && id > 0 ? retry(db, schema, id, arena) : ERR_INVALID;
    }
    arena_free(arena);
    return err;
}

static int run(int argc, char **argv)
{
    struct parked_options options = {.kind = "", .limit = 1000};
    const struct option_row rows[] = {
        {"service", OPTION_TEXT, &options.service, "NAME", "only this service (required with IDs)"},
        {"kind", OPTION_TEXT, &options.kind, "KIND", "POISON or HELD"},
        {"limit", OPTION_COUNT, &options.limit, "N", "list at most so many a service (default 1000)"},
        {"all", OPTION_FLAG, &options.all, NULL, "try all of it again"},
    };
    int words = options_parse(&COMMAND_PARKED, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    if (words > 0 && !options.service) {
        fputs("jisrctl parked: ids belong to one service: add --service NAME\n", stderr);
        return 2;
    }
    int status = 0;
    for (size_t i = 0; PLUMBED_SCHEMAS[i]; i++) {
        if (options.service && strcmp(options.service, PLUMBED_SCHEMAS[i]) != 0)
            continue;
        struct db *db = open_schema(PLUMBED_SCHEMAS[i]);
        enum err err = db ? work(db, PLUMBED_SCHEMAS[i], &options, argv, words) : ERR_UNAVAILABLE;
        if (db && err != ERR_OK)
            fprintf(stderr, "jisrctl parked: %s: %s\n", PLUMBED_SCHEMAS[i], err_info(err)->text);
        status |= err != ERR_OK;
        db_close(db);
    }
    return status;
}
