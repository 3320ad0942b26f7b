#include "ruleset.h"

const char *criterion_kind_name(enum criterion_kind kind)
{
    static const char *const names[] = {[CRITERION_REQUIRED] = "required", [CRITERION_WEIGHTED] = "weighted"};
    return names[kind];
}

const char *criterion_outcome_name(enum criterion_outcome outcome)
{
    static const char *const names[] = {[CRITERION_MET] = "MET", [CRITERION_NOT_MET] = "NOT_MET", [CRITERION_UNKNOWN] = "UNKNOWN"};
    return names[outcome];
}

bool ruleset_valid_on(const struct ruleset *ruleset, struct date day)
{
    return date_compare(ruleset->valid_from, day) <= 0 && date_compare(day, ruleset->valid_to) <= 0;
}

const struct ruleset *ruleset_find(const struct ruleset *rulesets, size_t count, struct str id, struct date day)
{
    const struct ruleset *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct ruleset *ruleset = &rulesets[i];
        if (str_equal(ruleset->id, id) && ruleset_valid_on(ruleset, day) && (!best || ruleset->version > best->version))
            best = ruleset;
    }
    return best;
}

const struct ruleset *ruleset_find_version(const struct ruleset *rulesets, size_t count, struct str id, int64_t version)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(rulesets[i].id, id) && rulesets[i].version == version)
            return &rulesets[i];
    return NULL;
}
