/* The life of an enrolment: its states and the one table of what may follow what, with the reason. Pure. */
#ifndef TRAINING_ENROLMENT_H
#define TRAINING_ENROLMENT_H

#include <stdbool.h>

#include "base/str.h"

/* Order = ENROLMENT_STATES. */
enum enrolment_state {
    ENROLMENT_NONE, /* not there yet */
    ENROLMENT_OFFERED,
    ENROLMENT_WAITLISTED,
    ENROLMENT_ENROLLED,
    ENROLMENT_ATTENDING,
    ENROLMENT_COMPLETED,
    ENROLMENT_FAILED,
    ENROLMENT_DROPPED,
    ENROLMENT_CANCELLED,
    ENROLMENT_STATE_COUNT
};

struct enrolment_step {
    enum enrolment_state from, to;
    const char *why;
};

extern const struct enrolment_step ENROLMENT_STEPS[];
extern const unsigned ENROLMENT_STEP_COUNT;

const char *enrolment_state_name(enum enrolment_state state); /* "OFFERED"; NULL for NONE */
bool enrolment_state_parse(struct str name, enum enrolment_state *ret_state);
bool enrolment_may(enum enrolment_state from, enum enrolment_state to);
/* Does she hold a seat of a session? */
bool enrolment_holds_seat(enum enrolment_state state);

#endif
