/* Settings: one table per program, filled from the environment (JISR_…), each row checked at start. The table also prints
 * `--help` and `--print-env` (the sample for deploy/env). Secrets come from files named by a setting, never from the value itself. */
#ifndef JISR_APP_CONFIG_H
#define JISR_APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_FILE /* path of a readable file; value = the path */ };

struct setting {
    const char *name; /* "JISR_HTTP_PORT" */
    enum setting_type type;
    size_t offset;        /* of a `const char *`, int64_t or bool member */
    const char *standard; /* value when unset; NULL: it must be set */
    int64_t min, max;     /* SETTING_INT */
    const char *unit;     /* "ms", "bytes", "" … shown in --help */
    const char *what;     /* one line */
};

#define SETTING_TEXT_ROW(s, member, name, standard, what)                                                                                           \
    {                                                                                                                                               \
        name, SETTING_TEXT, offsetof(struct s, member) + 0 * (size_t) _Generic(((struct s *)0)->member, const char * : 0), standard, 0, 0, "", what \
    }
#define SETTING_FILE_ROW(s, member, name, standard, what)                                                                                          \
    {                                                                                                                                              \
        name, SETTING_FILE, offsetof(struct s, member) + 0 * (size_t) _Generic(((struct s *)0)->member, const char * : 0), standard, 0, 0, "path", \
            what                                                                                                                                   \
    }
#define SETTING_INT_ROW(s, member, name, standard, min, max, unit, what)                                                                            \
    {                                                                                                                                               \
        name, SETTING_INT, offsetof(struct s, member) + 0 * (size_t) _Generic(((struct s *)0)->member, int64_t : 0), standard, min, max, unit, what \
    }
#define SETTING_BOOL_ROW(s, member, name, standard, what)                                                                                   \
    {                                                                                                                                       \
        name, SETTING_BOOL, offsetof(struct s, member) + 0 * (size_t) _Generic(((struct s *)0)->member, bool : 0), standard, 0, 0, "", what \
    }

/* Fills `ret_settings` from the environment. On error writes one sentence per wrong setting to stderr. Texts live in the arena. */
enum err config_load(const struct setting *table, size_t count, struct arena *arena, void *ret_settings) MUST_CHECK;
void config_help(const char *program, const char *what, const struct setting *table, size_t count, FILE *out);
void config_print_env(const struct setting *table, size_t count, FILE *out);
/* A whole small file (a key, a secret) without its last newline, at most `max_bytes`. Logs why not. */
enum err config_read_file(const char *path, size_t max_bytes, struct arena *arena, struct str *ret_content) MUST_CHECK;

#endif
