#include "assessment.h"

#include <math.h>

static bool judge(const struct criterion *criterion, struct rules_value facts, struct rules_run *run, struct criterion_result *ret_result)
{
    size_t at = 0;
    while (at + 1 < criterion->case_count && !rules_holds(run, &criterion->cases[at].when, facts))
        at++;
    const struct criterion_case *verdict = &criterion->cases[at];
    struct rules_value points = rules_number(verdict->points_number);
    if (!verdict->fixed_points)
        points = rules_execute(run, &verdict->points, facts);
    if (run->fault != RULES_FAULT_NONE || points.kind != RULES_NUMBER || !isfinite(points.as.number))
        return false;
    *ret_result = (struct criterion_result){criterion, verdict, points.as.number};
    return true;
}

enum err assess(const struct ruleset *ruleset, struct rules_value facts, struct rules_run *run, struct rules_hints *hints,
                struct assessment *ret_assessment)
{
    struct criterion_result *results = arena_take_array(run->arena, ruleset->criterion_count, sizeof(*results));
    struct assessment assessment = {.ruleset = ruleset, .eligible = true, .results = results};
    if (!results)
        return ERR_LIMIT;
    rules_bind(run, &ruleset->names, hints, facts);
    for (size_t i = 0; i < ruleset->criterion_count; i++) {
        const struct criterion *criterion = &ruleset->criteria[i];
        if (!criterion->always && !rules_holds(run, &criterion->applies, facts))
            continue;
        struct criterion_result *result = &results[assessment.count];
        if (!judge(criterion, facts, run, result))
            return ERR_INVALID;
        assessment.count++;
        assessment.score += result->points;
        if (criterion->kind == CRITERION_REQUIRED && result->verdict->outcome != CRITERION_MET)
            assessment.eligible = false;
    }
    assessment.below_minimum = assessment.score < ruleset->minimum_score;
    assessment.eligible = assessment.eligible && !assessment.below_minimum;
    *ret_assessment = assessment;
    return run->fault == RULES_FAULT_NONE ? ERR_OK : ERR_INVALID;
}

size_t assessment_refusals(const struct assessment *assessment, const struct translation **ret_reasons)
{
    size_t count = 0;
    for (size_t i = 0; i < assessment->count; i++) {
        const struct criterion_result *result = &assessment->results[i];
        if (result->criterion->kind == CRITERION_REQUIRED && result->verdict->outcome != CRITERION_MET)
            ret_reasons[count++] = &result->verdict->reason;
    }
    if (assessment->below_minimum)
        ret_reasons[count++] = &assessment->ruleset->below_minimum;
    return count;
}
