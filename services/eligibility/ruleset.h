/* A ruleset: what makes an application eligible and what it is worth, as data (proto/rulesets/README.md), compiled once. Pure.
 * A criterion is a list of cases; the first whose rule is truthy says the outcome, the points and the reason in three languages. */
#ifndef JISR_ELIGIBILITY_RULESET_H
#define JISR_ELIGIBILITY_RULESET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/violation.h"
#include "rules_run.h"

struct translation {
    struct str texts[LANGUAGE_COUNT];
};

enum criterion_kind { CRITERION_REQUIRED, CRITERION_WEIGHTED };
enum criterion_outcome { CRITERION_MET, CRITERION_NOT_MET, CRITERION_UNKNOWN };

const char *criterion_kind_name(enum criterion_kind kind);          /* "required" */
const char *criterion_outcome_name(enum criterion_outcome outcome); /* "NOT_MET" */

struct criterion_case {
    struct rules_program when, points;
    bool fixed_points; /* "points" is a number: points_number */
    double points_number;
    enum criterion_outcome outcome;
    struct translation reason;
};

struct criterion {
    struct str id;
    enum criterion_kind kind;
    struct translation label;
    bool always;                  /* without an "applies" */
    struct rules_program applies; /* not truthy: the criterion is left out */
    const struct criterion_case *cases;
    size_t case_count;
};

struct ruleset {
    struct str id;
    int64_t version;
    bool sample;
    struct date valid_from, valid_to; /* days in Casablanca, both included */
    double minimum_score;
    struct translation below_minimum;
    const struct criterion *criteria;
    size_t criterion_count;
    struct rules_names names; /* that its rules read */
};

#define RULESET_CRITERIA_MAX 64
#define RULESET_CASES_MAX 32

/* Reads and checks the whole file; what it points to lives in the arena, `text` must too. ERR_INVALID with *ret_why: where it is wrong and what
 * is expected there. */
enum err ruleset_load(struct str text, struct arena *arena, struct ruleset *ret_ruleset, struct str *ret_why) MUST_CHECK;

bool ruleset_valid_on(const struct ruleset *ruleset, struct date day);
/* The highest version of `id` that is valid on the day; NULL: none. */
const struct ruleset *ruleset_find(const struct ruleset *rulesets, size_t count, struct str id, struct date day);
const struct ruleset *ruleset_find_version(const struct ruleset *rulesets, size_t count, struct str id, int64_t version);

#endif
