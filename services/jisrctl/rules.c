/* jisrctl rules apply: the rules engine of the eligibility service over NDJSON, as contract.md says. */
#include <stdio.h>

#include "commands.h"
#include "../eligibility/rules_cli.h"

static int run(int argc, char **argv);
const struct command COMMAND_RULES = {"rules apply", "", "evaluate {\"rule\":…,\"data\":…} lines of standard input", run};

static int run(int argc, char **argv)
{
    int words = options_parse(&COMMAND_RULES, NULL, 0, argc, argv);
    return words < 0 ? options_status(words) : rules_apply(stdin, stdout);
}
