#include "enrolment.h"

const struct enrolment_step ENROLMENT_STEPS[] = {
    {ENROLMENT_NONE, ENROLMENT_OFFERED, "shortlisted, and a session of her province has room"},
    {ENROLMENT_NONE, ENROLMENT_WAITLISTED, "shortlisted, and every session of her province is full"},
    {ENROLMENT_WAITLISTED, ENROLMENT_OFFERED, "a seat was freed and she was first in the queue"},
    {ENROLMENT_WAITLISTED, ENROLMENT_CANCELLED, "her application was withdrawn or closed, or has no place any more, or is of another province now"},
    {ENROLMENT_OFFERED, ENROLMENT_ENROLLED, "she took the seat"},
    {ENROLMENT_OFFERED, ENROLMENT_CANCELLED, "the same: her seat is for another"},
    {ENROLMENT_CANCELLED, ENROLMENT_OFFERED, "shortlisted again after an appeal or an amendment"},
    {ENROLMENT_CANCELLED, ENROLMENT_WAITLISTED, "shortlisted again, and every session is full"},
    {ENROLMENT_ENROLLED, ENROLMENT_ATTENDING, "the session has begun"},
    {ENROLMENT_ENROLLED, ENROLMENT_CANCELLED, "the same: her seat is for another"},
    {ENROLMENT_ATTENDING, ENROLMENT_COMPLETED, "she attended enough of it"},
    {ENROLMENT_ATTENDING, ENROLMENT_FAILED, "she did not attend enough of it"},
    {ENROLMENT_ATTENDING, ENROLMENT_DROPPED, "she left it"},
};
const unsigned ENROLMENT_STEP_COUNT = sizeof(ENROLMENT_STEPS) / sizeof(ENROLMENT_STEPS[0]);

static const char *const NAMES[ENROLMENT_STATE_COUNT] = {
    [ENROLMENT_NONE] = NULL,           [ENROLMENT_OFFERED] = "OFFERED",     [ENROLMENT_WAITLISTED] = "WAITLISTED",
    [ENROLMENT_ENROLLED] = "ENROLLED", [ENROLMENT_ATTENDING] = "ATTENDING", [ENROLMENT_COMPLETED] = "COMPLETED",
    [ENROLMENT_FAILED] = "FAILED",     [ENROLMENT_DROPPED] = "DROPPED",     [ENROLMENT_CANCELLED] = "CANCELLED",
};

const char *enrolment_state_name(enum enrolment_state state)
{
    return state < ENROLMENT_STATE_COUNT ? NAMES[state] : NULL;
}

bool enrolment_state_parse(struct str name, enum enrolment_state *ret_state)
{
    for (int state = ENROLMENT_OFFERED; state < ENROLMENT_STATE_COUNT; state++) {
        if (str_equal(name, str_from(NAMES[state]))) {
            *ret_state = (enum enrolment_state)state;
            return true;
        }
    }
    return false;
}

bool enrolment_may(enum enrolment_state from, enum enrolment_state to)
{
    for (unsigned i = 0; i < ENROLMENT_STEP_COUNT; i++)
        if (ENROLMENT_STEPS[i].from == from && ENROLMENT_STEPS[i].to == to)
            return true;
    return false;
}

bool enrolment_holds_seat(enum enrolment_state state)
{
    return state == ENROLMENT_OFFERED || state == ENROLMENT_ENROLLED || state == ENROLMENT_ATTENDING;
}
