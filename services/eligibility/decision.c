#include "decision.h"

const struct decision_transition DECISION_TRANSITIONS[] = {
    {DECISION_NEW, DECISION_ELIGIBLE, "assessed: every required criterion is met and the score reaches the minimum"},
    {DECISION_NEW, DECISION_INELIGIBLE, "assessed: a required criterion is not met, or the score is too low"},
    {DECISION_NEW, DECISION_CLOSED, "withdrawn before it was ever assessed; an older event of it that comes late finds it closed"},
    {DECISION_ELIGIBLE, DECISION_SHORTLISTED, "her province has a place"},
    {DECISION_ELIGIBLE, DECISION_WAITLISTED, "her province has no place left"},
    {DECISION_WAITLISTED, DECISION_SHORTLISTED, "a place was freed and she is the first by rank"},
    {DECISION_ELIGIBLE, DECISION_ELIGIBLE, "amended or scored again"},
    {DECISION_ELIGIBLE, DECISION_INELIGIBLE, "amended or scored again: no longer eligible"},
    {DECISION_INELIGIBLE, DECISION_ELIGIBLE, "amended, now eligible"},
    {DECISION_INELIGIBLE, DECISION_INELIGIBLE, "amended or scored again: still not eligible"},
    {DECISION_SHORTLISTED, DECISION_ELIGIBLE,
     "amended, still eligible: her place is hers when she is listed again; freed where that is for a committee now"},
    {DECISION_SHORTLISTED, DECISION_INELIGIBLE, "amended, no longer eligible: her place is freed"},
    {DECISION_WAITLISTED, DECISION_ELIGIBLE, "amended or scored again, still eligible: she is listed again by her new rank"},
    {DECISION_WAITLISTED, DECISION_INELIGIBLE, "amended, no longer eligible"},
    {DECISION_ELIGIBLE, DECISION_HELD, "the form that she amended may be a double, or her file is merged: she is not in the ranking"},
    {DECISION_INELIGIBLE, DECISION_HELD, "the same"},
    {DECISION_SHORTLISTED, DECISION_HELD, "the same: her place is freed"},
    {DECISION_WAITLISTED, DECISION_HELD, "the same: she leaves the list"},
    {DECISION_HELD, DECISION_ELIGIBLE, "a reviewer saw that it is no double, or she amended it again: assessed anew"},
    {DECISION_HELD, DECISION_INELIGIBLE, "the same"},
    {DECISION_HELD, DECISION_CLOSED, "withdrawn"},
    {DECISION_ELIGIBLE, DECISION_CLOSED, "withdrawn"},
    {DECISION_INELIGIBLE, DECISION_CLOSED, "withdrawn"},
    {DECISION_SHORTLISTED, DECISION_CLOSED, "withdrawn: her place is freed"},
    {DECISION_WAITLISTED, DECISION_CLOSED, "withdrawn"},
};
const size_t DECISION_TRANSITION_COUNT = sizeof(DECISION_TRANSITIONS) / sizeof(DECISION_TRANSITIONS[0]);

static const char *const state_names[DECISION_STATE_COUNT] = {
    [DECISION_NEW] = "NEW",
    [DECISION_ELIGIBLE] = "ELIGIBLE",
    [DECISION_INELIGIBLE] = "INELIGIBLE",
    [DECISION_SHORTLISTED] = "SHORTLISTED",
    [DECISION_WAITLISTED] = "WAITLISTED",
    [DECISION_HELD] = "HELD",
    [DECISION_CLOSED] = "CLOSED",
};

const char *decision_state_name(enum decision_state state)
{
    return state_names[state];
}

bool decision_state_parse(struct str name, enum decision_state *ret_state)
{
    for (int state = DECISION_ELIGIBLE; state < DECISION_STATE_COUNT; state++)
        if (str_equal(name, str_from(state_names[state]))) {
            *ret_state = (enum decision_state)state;
            return true;
        }
    return false;
}

bool decision_may(enum decision_state from, enum decision_state to)
{
    for (size_t i = 0; i < DECISION_TRANSITION_COUNT; i++)
        if (DECISION_TRANSITIONS[i].from == from && DECISION_TRANSITIONS[i].to == to)
            return true;
    return false;
}

int decision_arrival(const struct decision *a, const struct decision *b)
{
    if (a->submitted_at != b->submitted_at)
        return a->submitted_at < b->submitted_at ? -1 : 1;
    return id_compare(a->application, b->application);
}

int decision_rank(const struct decision *a, const struct decision *b)
{
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return decision_arrival(a, b);
}
