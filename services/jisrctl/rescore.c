/* jisrctl rescore: every assessment of a call again, after its ruleset has got a new version. services/eligibility/rescore.h says what may change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../eligibility/rescore.h"
#include "app/config.h"
#include "commands.h"

#define RULESET_BYTES ((size_t)1 << 20)

static int run(int argc, char **argv);
const struct command COMMAND_RESCORE = {"rescore", "", "assess a call's eligible, ineligible and waiting again; who holds a place keeps it", run};

struct choice {
    const char *call, *ruleset;
    int64_t jobs;
    bool all, dry_run;
};

static bool load(struct str text, const char *path, struct arena *arena, struct ruleset *rulesets, size_t *count)
{
    struct str why = {0};
    struct ruleset *ruleset = &rulesets[*count];
    if (*count == RULESETS_MAX || ruleset_load(text, arena, ruleset, &why) != ERR_OK) {
        (void)fprintf(stderr, "jisrctl rescore: %s: %.*s\n", path, (int)why.size, why.at ? why.at : "");
        return false;
    }
    if (ruleset_find_version(rulesets, *count, ruleset->id, ruleset->version)) {
        (void)fprintf(stderr, "jisrctl rescore: %s: this version is built in; give the change a new version\n", path);
        return false;
    }
    (*count)++;
    return true;
}

static bool load_all(const char *extra, struct arena *arena, struct ruleset *rulesets, size_t *ret_count, struct str *ret_text)
{
    *ret_count = 0;
    for (const struct embedded_file *file = RULESET_FILES; file->path; file++)
        if (!load((struct str){(const char *)file->bytes, file->size}, file->path, arena, rulesets, ret_count))
            return false;
    if (!extra)
        return true;
    if (config_read_file(extra, RULESET_BYTES, arena, ret_text) == ERR_OK)
        return load(*ret_text, extra, arena, rulesets, ret_count);
    (void)fprintf(stderr, "jisrctl rescore: %s can't be read\n", extra);
    return false;
}

static bool read_master(const char *folder, struct arena *arena, struct seal_key *ret_key)
{
    struct str text;
    if (config_read_file(str_format(arena, "%s/facts.key", folder).at, 128, arena, &text) == ERR_OK &&
        seal_key_parse(str_trim(text), ret_key) == ERR_OK)
        return true;
    (void)fprintf(stderr, "jisrctl rescore: %s/facts.key is not a key file that can be read\n", folder);
    return false;
}

static void show_progress(int64_t looked_at)
{
    if (isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\r%lld looked at", (long long)looked_at);
}

static int report(const struct choice *choice, enum err err, const struct rescore_result *found)
{
    if (isatty(STDERR_FILENO))
        (void)fputc('\n', stderr);
    printf("%s: %lld looked at, %lld by the version that applies, %lld scored again without a change, %lld %s (%lld not eligible any more), "
           "%lld left to the committee, %lld erased, %lld that can't be scored\n",
           choice->call, (long long)found->looked_at, (long long)found->current, (long long)found->same, (long long)found->changed,
           choice->dry_run ? "would change" : "changed", (long long)found->refused, (long long)found->for_committee, (long long)found->erased,
           (long long)found->faults);
    printf("%s: left out: %lld who hold a place, %lld whose file waits as a double or is merged, %lld whose file is closed\n", choice->call,
           (long long)found->with_place, (long long)found->held, (long long)found->closed);
    if (err != ERR_OK)
        (void)fprintf(stderr, "jisrctl rescore: %s; what is done stays done: run it again to go on\n",
                      err == ERR_NOT_FOUND ? "no such call" : err_info(err)->text);
    return err != ERR_OK;
}

/* A version of another ruleset would change nothing. */
static bool is_of_the_call(const struct choice *choice, struct str used, struct str extra)
{
    if (str_equal(used, extra))
        return true;
    (void)fprintf(stderr, "jisrctl rescore: %s is a version of %.*s, and %s goes by %.*s\n", choice->ruleset, (int)extra.size, extra.at, choice->call,
                  (int)used.size, used.at);
    return false;
}

static int work(const struct choice *choice, const char *conninfo, const char *keys, struct arena *arena)
{
    static struct ruleset rulesets[RULESETS_MAX];
    struct rescore_result result = {0};
    struct str text = {0}, used = {0};
    struct rescore_options options = {.conninfo = conninfo,
                                      .call = choice->call,
                                      .rulesets = rulesets,
                                      .jobs = (unsigned)choice->jobs,
                                      .all = choice->all,
                                      .dry_run = choice->dry_run,
                                      .progress = show_progress};
    if (!read_master(keys, arena, &options.facts_master) || !load_all(choice->ruleset, arena, rulesets, &options.ruleset_count, &text))
        return 1;
    const struct ruleset *extra = &rulesets[options.ruleset_count - 1];
    enum err err = rescore_find_call(&options, arena, &used);
    if (err == ERR_OK && choice->ruleset && !is_of_the_call(choice, used, extra->id)) {
        secret_wipe(&options.facts_master, sizeof(options.facts_master));
        return 2;
    }
    if (err == ERR_OK && choice->ruleset && !choice->dry_run)
        err = rescore_register(&options, extra, text);
    if (err == ERR_CONFLICT)
        (void)fprintf(stderr, "jisrctl rescore: %s: this version was used with another content; give the change a new version\n", choice->ruleset);
    if (err == ERR_OK)
        err = rescore(&options, &result);
    secret_wipe(&options.facts_master, sizeof(options.facts_master));
    return report(choice, err, &result);
}

static int run(int argc, char **argv)
{
    struct choice choice = {.jobs = 2};
    const struct option_row rows[] = {
        {"call", OPTION_TEXT, &choice.call, "ID", "the call (required)"},
        {"ruleset", OPTION_TEXT, &choice.ruleset, "FILE", "a further version, beside those that are built in; deploy it to the service as well"},
        {"all", OPTION_FLAG, &choice.all, NULL,
         "also what is assessed by the version that applies: proves that the scores follow from the facts (not who holds a place)"},
        {"dry-run", OPTION_FLAG, &choice.dry_run, NULL, "say what would change"},
        {"jobs", OPTION_COUNT, &choice.jobs, "N", "threads, each with a connection (default 2)"},
    };
    int words = options_parse(&COMMAND_RESCORE, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    if (words > 0 || !choice.call || choice.jobs < 1 || choice.jobs > 16) {
        (void)fputs("jisrctl rescore: --call ID says which call; --jobs is 1 to 16; see --help\n", stderr);
        return 2;
    }
    const char *conninfo = need_env("JISR_PG_OWNER"), *keys = need_env("JISR_KEYS");
    if (!conninfo || !keys)
        return 2;
    struct arena *arena = arena_new((size_t)8 << 20);
    int status = arena ? work(&choice, conninfo, keys, arena) : 1;
    arena_free(arena);
    return status;
}
