/* The assessment of one application by one ruleset: outcome, score, and what each criterion came to. Pure: the same facts and the same ruleset
 * give the same assessment, for ever. */
#ifndef JISR_ELIGIBILITY_ASSESSMENT_H
#define JISR_ELIGIBILITY_ASSESSMENT_H

#include "ruleset.h"

struct criterion_result {
    const struct criterion *criterion;
    const struct criterion_case *verdict; /* the case that held */
    double points;
};

struct assessment {
    const struct ruleset *ruleset;
    bool eligible; /* every required criterion is met, and the score is not below the minimum */
    bool below_minimum;
    double score;                           /* the sum of the points, in the order of the ruleset */
    const struct criterion_result *results; /* of the criteria that apply, in the order of the ruleset */
    size_t count;
};

/* `facts` as proto/README.md has them; `hints` are the thread's, or NULL. The results live in the run's arena. ERR_INVALID: a rule faults on these
 * facts, or its points are no number (run->fault says why); ERR_LIMIT: no memory. */
enum err assess(const struct ruleset *ruleset, struct rules_value facts, struct rules_run *run, struct rules_hints *hints,
                struct assessment *ret_assessment) MUST_CHECK;

/* Why she is not eligible: required criteria that are not met, then the minimum. At most RULESET_CRITERIA_MAX + 1; returns how many. */
size_t assessment_refusals(const struct assessment *assessment, const struct translation **ret_reasons);

#endif
