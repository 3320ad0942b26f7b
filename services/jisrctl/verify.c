/* jisrctl verify: proves each service's audit chain and prints its head, to be kept outside the platform. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "store_statements.h"

static int run(int argc, char **argv);
const struct command COMMAND_VERIFY = {"verify", "[audit]", "prove the audit chains and print their heads", run};

/* 0: whole; 1: broken or not readable. */
static int verify_schema(struct db *db, const char *schema, struct arena *arena)
{
    struct db_args none;
    struct db_rows faults, summary;
    db_args_init(&none, arena);
    enum err err = db_run(db, &STORE_CHAIN_FAULTS, &none, arena, &faults);
    if (err == ERR_OK)
        err = db_run(db, &STORE_CHAIN_SUMMARY, &none, arena, &summary);
    if (err != ERR_OK) {
        (void)fprintf(stderr, "jisrctl verify: %s: %s\n", schema, err_info(err)->text);
        return 1;
    }
    int64_t blocks = db_get_int(&summary, 0, 0), chained = db_get_int(&summary, 0, 1), present = db_get_int(&summary, 0, 2);
    struct str head = db_get_str(&summary, 0, 4);
    for (size_t i = 0; i < faults.count; i++)
        printf("%s: block %lld does not follow from its rows\n", schema, (long long)db_get_int(&faults, i, 0));
    if (chained != present)
        printf("%s: %lld audit rows are chained, %lld are there\n", schema, (long long)chained, (long long)present);
    printf("%s: %lld blocks, %lld rows, %lld not chained yet, head %.*s\n", schema, (long long)blocks, (long long)chained,
           (long long)db_get_int(&summary, 0, 3), (int)head.size, head.at);
    return faults.count > 0 || chained != present;
}

static int run(int argc, char **argv)
{
    int words = options_parse(&COMMAND_VERIFY, NULL, 0, argc, argv);
    if (words < 0)
        return options_status(words);
    if (words > 1 || (words == 1 && strcmp(argv[0], "audit") != 0)) {
        (void)fputs("jisrctl verify: the only thing to verify is `audit`\n", stderr);
        return 2;
    }
    int status = 0;
    for (size_t i = 0; PLUMBED_SCHEMAS[i]; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct db *db = arena ? open_schema(PLUMBED_SCHEMAS[i]) : NULL;
        status |= db ? verify_schema(db, PLUMBED_SCHEMAS[i], arena) : 1;
        arena_free(arena);
        db_close(db);
    }
    return status;
}
