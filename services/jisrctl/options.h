/* Command-line options by table: parsing, --help and errors that name the option. Nothing here knows a command. */
#ifndef JISRCTL_OPTIONS_H
#define JISRCTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_type { OPTION_TEXT, OPTION_COUNT, OPTION_FLAG, OPTION_LIST };

#define OPTION_LIST_MAX 16

struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct option_row {
    const char *name; /* without the dashes */
    enum option_type type;
    void *value;          /* const char **, int64_t *, bool *, struct option_list * */
    const char *argument; /* how --help shows it: "N"; NULL for a flag */
    const char *what;
};

struct command {
    const char *name;      /* "token", or two words: "rules apply" */
    const char *arguments; /* after the options, for --help: "ID…", or "" */
    const char *what;
    int (*run)(int argc, char **argv); /* argv[0] is the first word after the command's name; the exit status */
};

/* Fills the values. Returns how many words that aren't options were moved to the front of argv, -1 after an error (said on stderr) and
 * -2 after --help (said on stdout): the command then ends with status 2 or 0. */
int options_parse(const struct command *command, const struct option_row *rows, size_t count, int argc, char **argv);
/* Is the value of --`option` one of `known` (ended by NULL)? False after a sentence on stderr that names them. */
bool options_known(const struct command *command, const char *option, const char *value, const char *const *known);
/* The exit status for a negative result of options_parse. */
int options_status(int parsed);

#endif
