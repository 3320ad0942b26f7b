#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void help(const struct command *command, const struct option_row *rows, size_t count)
{
    printf("jisrctl %s%s%s%s\n%s\n", command->name, count ? " [OPTION…]" : "", command->arguments[0] ? " " : "", command->arguments, command->what);
    for (size_t i = 0; i < count; i++)
        printf("  --%s %-*s %s\n", rows[i].name, (int)(20 - strlen(rows[i].name)), rows[i].argument ? rows[i].argument : "", rows[i].what);
}

static bool set_value(const struct option_row *row, const char *text)
{
    char *end = NULL;
    switch (row->type) {
    case OPTION_TEXT:
        *(const char **)row->value = text;
        return true;
    case OPTION_FLAG:
        *(bool *)row->value = true;
        return true;
    case OPTION_LIST: {
        struct option_list *list = row->value;
        if (list->count == OPTION_LIST_MAX)
            return false;
        list->items[list->count++] = text;
        return true;
    }
    case OPTION_COUNT:
        errno = 0;
        *(int64_t *)row->value = strtoll(text, &end, 10);
        return errno == 0 && end != text && *end == '\0' && *(int64_t *)row->value >= 0;
    }
    return false;
}

static const struct option_row *find(const struct option_row *rows, size_t count, const char *name, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == size && strncmp(rows[i].name, name, size) == 0)
            return &rows[i];
    return NULL;
}

/* One `--name[=value]`; *at moves over a value that is a word of its own. */
static bool take_option(const struct command *command, const struct option_row *row, char **argv, int argc, int *at)
{
    const char *word = argv[*at] + 2;
    const char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : NULL;
    if (row->type == OPTION_FLAG && equals) {
        (void)fprintf(stderr, "jisrctl %s: --%s takes no value\n", command->name, row->name);
        return false;
    }
    if (row->type != OPTION_FLAG && !value) {
        if (*at + 1 >= argc) {
            (void)fprintf(stderr, "jisrctl %s: --%s needs a value (%s)\n", command->name, row->name, row->argument);
            return false;
        }
        value = argv[++*at];
    }
    if (set_value(row, value))
        return true;
    (void)fprintf(stderr, "jisrctl %s: --%s %s is not acceptable (%s)\n", command->name, row->name, value, row->argument);
    return false;
}

int options_parse(const struct command *command, const struct option_row *rows, size_t count, int argc, char **argv)
{
    int words = 0;
    for (int at = 0; at < argc; at++) {
        if (strncmp(argv[at], "--", 2) != 0 || argv[at][2] == '\0') {
            argv[words++] = argv[at];
            continue;
        }
        if (strcmp(argv[at], "--help") == 0) {
            help(command, rows, count);
            return -2;
        }
        const char *name = argv[at] + 2;
        const struct option_row *row = find(rows, count, name, strcspn(name, "="));
        if (!row) {
            (void)fprintf(stderr, "jisrctl %s: no option %s (see jisrctl %s --help)\n", command->name, argv[at], command->name);
            return -1;
        }
        if (!take_option(command, row, argv, argc, &at))
            return -1;
    }
    if (words > 0 && command->arguments[0] == '\0') {
        (void)fprintf(stderr, "jisrctl %s: %s is not an option (see jisrctl %s --help)\n", command->name, argv[0], command->name);
        return -1;
    }
    return words;
}

bool options_known(const struct command *command, const char *option, const char *value, const char *const *known)
{
    if (str_is_one_of(str_from(value), known))
        return true;
    (void)fprintf(stderr, "jisrctl %s: --%s %s is not one of", command->name, option, value);
    for (; *known; known++)
        (void)fprintf(stderr, " %s", *known);
    (void)fputc('\n', stderr);
    return false;
}

int options_status(int parsed)
{
    return parsed == -2 ? 0 : 2;
}
