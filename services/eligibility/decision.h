/* The decision on one application: its states, and the one table of what may follow what. Pure. */
#ifndef JISR_ELIGIBILITY_DECISION_H
#define JISR_ELIGIBILITY_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"

enum decision_state {
    DECISION_NEW, /* not born: there is no row */
    DECISION_ELIGIBLE,
    DECISION_INELIGIBLE,
    DECISION_SHORTLISTED,
    DECISION_WAITLISTED,
    DECISION_HELD, /* her file waits for a reviewer as a double, or is merged: no place, no rank */
    DECISION_CLOSED,
    DECISION_STATE_COUNT
};

struct decision {
    struct id application;
    enum decision_state state;
    int64_t version;             /* of the decision; 0: not born */
    int64_t application_version; /* the newest event of the application that was heard of */
    int64_t revision;            /* of the application, that the score is for */
    struct str call, kind, region, province;
    instant_us submitted_at;
    double score;
    bool has_score;
    int64_t place; /* sequence in its quota; 0: none */
};

const char *decision_state_name(enum decision_state state); /* "SHORTLISTED"; NEW gives "NEW" */
bool decision_state_parse(struct str name, enum decision_state *ret_state);
bool decision_may(enum decision_state from, enum decision_state to);

struct decision_transition {
    enum decision_state from, to;
    const char *why;
};
extern const struct decision_transition DECISION_TRANSITIONS[];
extern const size_t DECISION_TRANSITION_COUNT;

/* The rank in a waiting list: score descending, then who came first, then the id; never 0 for two applications. */
int decision_rank(const struct decision *a, const struct decision *b);
/* The order of arrival: submitted_at, then the id. */
int decision_arrival(const struct decision *a, const struct decision *b);

#endif
