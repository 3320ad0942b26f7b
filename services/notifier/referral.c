#include "referral.h"

#include "proto/topics.h"

const struct referral_step REFERRAL_STEPS[] = {
    {REFERRAL_NONE, REFERRAL_OFFER, REFERRAL_OFFERED, EVENT_REFERRAL_OFFERED,
     "she is shortlisted, agreed to be referred, and the partner serves her province"},
    {REFERRAL_OFFERED, REFERRAL_ACCEPT, REFERRAL_ACCEPTED, EVENT_REFERRAL_ACCEPTED,
     "the partner takes her; from now on it may read her contact card"},
    {REFERRAL_OFFERED, REFERRAL_REJECT, REFERRAL_REJECTED, EVENT_REFERRAL_REJECTED, "the partner can't take her and says why"},
    {REFERRAL_OFFERED, REFERRAL_REVOKE, REFERRAL_REVOKED, EVENT_REFERRAL_REVOKED,
     "she withdrew her application or her consent (law 09-08), or lost her place; or the partner is closed"},
    {REFERRAL_OFFERED, REFERRAL_EXPIRE, REFERRAL_EXPIRED, EVENT_REFERRAL_CLOSED, "no answer in time: she must not wait for one that does not come"},
    {REFERRAL_ACCEPTED, REFERRAL_REPORT, REFERRAL_DONE, EVENT_REFERRAL_CLOSED, "the partner reports what came of it"},
    {REFERRAL_ACCEPTED, REFERRAL_REVOKE, REFERRAL_REVOKED, EVENT_REFERRAL_REVOKED, "the same: the partner must stop using her data"},
    {REFERRAL_ACCEPTED, REFERRAL_ACCEPT, REFERRAL_ACCEPTED, NULL, "the same again: its first answer may have been lost"},
    {REFERRAL_REJECTED, REFERRAL_REJECT, REFERRAL_REJECTED, NULL, "the same again"},
    {REFERRAL_DONE, REFERRAL_REPORT, REFERRAL_DONE, NULL, "the same again; another outcome is a conflict (the caller compares)"},
};
const unsigned REFERRAL_STEP_COUNT = sizeof(REFERRAL_STEPS) / sizeof(REFERRAL_STEPS[0]);

static const char *const state_names[REFERRAL_STATE_COUNT] = {
    [REFERRAL_NONE] = "",           [REFERRAL_OFFERED] = "OFFERED", [REFERRAL_ACCEPTED] = "ACCEPTED", [REFERRAL_REJECTED] = "REJECTED",
    [REFERRAL_REVOKED] = "REVOKED", [REFERRAL_EXPIRED] = "EXPIRED", [REFERRAL_DONE] = "DONE",
};

static const char *const action_names[REFERRAL_ACTION_COUNT] = {
    [REFERRAL_OFFER] = "offer",   [REFERRAL_ACCEPT] = "accept", [REFERRAL_REJECT] = "reject",
    [REFERRAL_REPORT] = "report", [REFERRAL_REVOKE] = "revoke", [REFERRAL_EXPIRE] = "expire",
};

const char *const REFERRAL_REASONS[] = {"CAPACITY", "OUT_OF_SCOPE", "ALREADY_SUPPORTED", "NOT_REACHABLE", "OTHER", NULL};
const char *const REFERRAL_OUTCOMES[] = {"FINANCED", "TRAINED", "EMPLOYED", "ACCOMPANIED", "NOT_REACHABLE", "NOT_PURSUED", "OTHER", NULL};

const struct referral_step *referral_step(enum referral_state from, enum referral_action action)
{
    for (unsigned i = 0; i < REFERRAL_STEP_COUNT; i++)
        if (REFERRAL_STEPS[i].from == from && REFERRAL_STEPS[i].action == action)
            return &REFERRAL_STEPS[i];
    return NULL;
}

const char *referral_state_name(enum referral_state state)
{
    return state_names[state];
}

bool referral_state_parse(struct str name, enum referral_state *ret_state)
{
    for (unsigned i = REFERRAL_OFFERED; i < REFERRAL_STATE_COUNT; i++)
        if (str_equal(name, str_from(state_names[i]))) {
            *ret_state = (enum referral_state)i;
            return true;
        }
    return false;
}

const char *referral_action_name(enum referral_action action)
{
    return action_names[action];
}

bool referral_is_open(enum referral_state state)
{
    return referral_step(state, REFERRAL_REVOKE) != NULL;
}
