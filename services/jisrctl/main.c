/* jisrctl: the operators' command. It owns nothing: what it changes belongs to the services. */
#include <stdio.h>
#include <string.h>

#include "app/log.h"
#include "commands.h"
#include "crypto/seal.h"
#include "json/wire.h"

static const struct command *const COMMANDS[] = {
    &COMMAND_KEYS,   &COMMAND_MIGRATE, &COMMAND_TOPICS, &COMMAND_SAMPLE,  &COMMAND_TOKEN,     &COMMAND_PARKED,
    &COMMAND_REPLAY, &COMMAND_VERIFY,  &COMMAND_RULES,  &COMMAND_RESCORE, &COMMAND_RETENTION, &COMMAND_DEMO,
};
#define COMMAND_COUNT (sizeof(COMMANDS) / sizeof(COMMANDS[0]))

static int usage(FILE *out)
{
    (void)fputs("jisrctl COMMAND [OPTION…]: the operators' command of Jisr\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)fprintf(out, "  %-14s %s\n", COMMANDS[i]->name, COMMANDS[i]->what);
    (void)fputs("Each command has --help. Settings come from the environment (JISR_…), which deploy/jisrctl sets for the running platform.\n", out);
    return out == stdout ? 0 : 2;
}

/* How many words of argv are the name of this command: 0 when it isn't it. Of two words the first does where help is wanted. */
static int words_matched(const struct command *command, int argc, char **argv)
{
    const char *space = strchr(command->name, ' ');
    size_t first = space ? (size_t)(space - command->name) : strlen(command->name);
    if (strlen(argv[1]) != first || strncmp(argv[1], command->name, first) != 0)
        return 0;
    if (!space)
        return 1;
    if (argc > 2 && strcmp(argv[2], "--help") == 0)
        return 1;
    return argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return usage(argc < 2 ? stderr : stdout);
    json_setup();
    log_setup("jisrctl", LOG_WARNING);
    if (crypto_setup() != ERR_OK) {
        (void)fputs("jisrctl: libsodium does not start\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int words = words_matched(COMMANDS[i], argc, argv);
        if (words > 0)
            return COMMANDS[i]->run(argc - 1 - words, argv + 1 + words);
    }
    (void)fprintf(stderr, "jisrctl: no command %s\n", argv[1]);
    return usage(stderr);
}
