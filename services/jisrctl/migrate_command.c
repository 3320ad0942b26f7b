/* jisrctl migrate: the numbered SQL files of common/ and services/, forward only (migrate.h). */
#include <stdio.h>

#include "base/embedded.h"
#include "commands.h"
#include "migrate.h"

static int run(int argc, char **argv);
const struct command COMMAND_MIGRATE = {"migrate", "", "bring the database to this program's schema", run};

extern const struct embedded_file MIGRATION_FILES[];

static int run(int argc, char **argv)
{
    int words = options_parse(&COMMAND_MIGRATE, NULL, 0, argc, argv);
    if (words < 0)
        return options_status(words);
    const char *conninfo = need_env("JISR_PG_OWNER");
    if (!conninfo)
        return 2;
    enum err err = migrate_run(conninfo, MIGRATION_FILES);
    if (err != ERR_OK)
        (void)fprintf(stderr, "jisrctl migrate: %s\n", err_info(err)->text);
    return err == ERR_OK ? 0 : 1;
}
