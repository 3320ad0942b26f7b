/* jisrctl sample: the sample programme of Fès-Meknès, marked as a sample: each service's own rows (services/<name>/sample.sql), safe to run again. */
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "commands.h"

static int run(int argc, char **argv);
const struct command COMMAND_SAMPLE = {"sample", "", "load the sample programme (fes-meknes-2026)", run};

extern const struct embedded_file SAMPLE_FILES[];

/* "services/intake/sample.sql" → "intake". */
static void schema_of(const char *path, char *ret_schema, size_t size)
{
    const char *name = strchr(path, '/') + 1;
    (void)snprintf(ret_schema, size, "%.*s", (int)strcspn(name, "/"), name);
}

static int run(int argc, char **argv)
{
    int words = options_parse(&COMMAND_SAMPLE, NULL, 0, argc, argv);
    if (words < 0)
        return options_status(words);
    for (const struct embedded_file *file = SAMPLE_FILES; file->path; file++) {
        char schema[32];
        schema_of(file->path, schema, sizeof schema);
        struct db *db = open_schema(schema);
        enum err err = db ? db_script(db, (struct str){(const char *)file->bytes, file->size}) : ERR_UNAVAILABLE;
        db_close(db);
        if (err != ERR_OK) {
            (void)fprintf(stderr, "jisrctl sample: %s: %s\n", file->path, err_info(err)->text);
            return 1;
        }
    }
    return 0;
}
