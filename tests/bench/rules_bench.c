/* P2: evaluations of the sample ruleset a second, with trace (outcome, points and reason of each criterion).
 * Usage: rules_bench RULESET FACTS SECONDS; FACTS is NDJSON. Prints one JSON line; rules_bench.js does the same with json-logic-js. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "services/eligibility/assessment.h"
#include "services/eligibility/rules_json.h"

#define FACTS_MAX 4096

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct str read_file(const char *path)
{
    static char content[2][1u << 20];
    static int used;
    FILE *file = fopen(path, "r");
    struct str text = {content[used], file ? fread(content[used], 1, sizeof(content[0]), file) : 0};
    if (!file || used++ == 1 + 1 || fclose(file) != 0) {
        fprintf(stderr, "rules_bench: can't read %s\n", path);
        exit(1);
    }
    return text;
}

static size_t read_facts(struct str text, struct arena *arena, struct rules_value *ret_facts)
{
    size_t count = 0;
    const char *why = "";
    while (!str_empty(text) && count < FACTS_MAX) {
        struct str line = str_cut(&text, '\n');
        if (!str_empty(line) && rules_read(line, arena, &ret_facts[count++], &why) != ERR_OK) {
            fprintf(stderr, "rules_bench: facts: %s\n", why);
            exit(1);
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct rules_value facts[FACTS_MAX];
    static struct rules_hints hints;
    struct arena *arena = arena_new(64u << 20), *scratch = arena_new(1u << 20);
    struct ruleset ruleset = {0};
    struct str why = {0};
    if (argc != 4 || !arena || !scratch) {
        fprintf(stderr, "usage: rules_bench RULESET FACTS SECONDS\n");
        return 2;
    }
    if (ruleset_load(read_file(argv[1]), arena, &ruleset, &why) != ERR_OK) {
        fprintf(stderr, "rules_bench: %.*s\n", (int)why.size, why.at);
        return 1;
    }
    size_t count = read_facts(read_file(argv[2]), arena, facts), done = 0, eligible = 0;
    double total = 0, began = now_s(), ends = began + strtod(argv[3], NULL);
    while (now_s() < ends) {
        for (size_t i = 0; i < count; i++) {
            struct assessment assessment = {0};
            struct rules_run run = rules_run_begin(scratch, RULES_STEPS_STANDARD);
            if (assess(&ruleset, facts[i], &run, &hints, &assessment) != ERR_OK)
                return 1;
            total += assessment.score;
            eligible += assessment.eligible;
            arena_reset(scratch);
        }
        done += count;
    }
    double seconds = now_s() - began;
    printf("{\"evaluations_per_s\":%.0f,\"evaluations\":%zu,\"eligible_of_1000\":%.0f,\"mean_score\":%.6f}\n", (double)done / seconds, done,
           1000.0 * (double)eligible / (double)done, total / (double)done);
    return 0;
}
