/* The life of an application: which state follows which, and why. Pure. One function changes a state (application_move);
 * everything else asks the tables. A change is the list of moves that one event reports; it raises the version once. */
#ifndef JISR_INTAKE_APPLICATION_H
#define JISR_INTAKE_APPLICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum application_state {
    STATE_NONE, /* before its birth: an event shows it as null */
    STATE_DRAFT,
    STATE_SUBMITTED,
    STATE_DUPLICATE_REVIEW,
    STATE_MERGED,
    STATE_SCREENING,
    STATE_INFO_REQUESTED,
    STATE_INELIGIBLE,
    STATE_ELIGIBLE,
    STATE_IN_REVIEW,
    STATE_SHORTLISTED,
    STATE_WAITLISTED,
    STATE_APPROVED,
    STATE_REJECTED,
    STATE_FUNDED,
    STATE_FOLLOW_UP,
    STATE_CLOSED,
    STATE_WITHDRAWN,
    STATE_EXPIRED,
    STATE_COUNT
};

struct application_reason {
    const char *ar, *fr, *en;
};

struct application_transition {
    enum application_state from, to;
    const char *why;
};

/* The whole table, for tests and for the diagram of the README. */
extern const struct application_transition APPLICATION_TRANSITIONS[];
extern const size_t APPLICATION_TRANSITION_COUNT;

const char *application_state_name(enum application_state state); /* NULL for STATE_NONE */
bool application_state_parse(struct str name, enum application_state *ret_state);
/* What the woman reads about being in this state. */
const struct application_reason *application_state_reason(enum application_state state);

struct application_move {
    enum application_state from, to;
};

#define APPLICATION_MOVES_MAX 8
#define DECISION_MOVES_MAX 3 /* of them, that one decision makes */

struct application_change {
    enum application_state state; /* now */
    struct application_move moves[APPLICATION_MOVES_MAX];
    size_t count;
};

/* The only function that changes a state: ERR_CONFLICT when the table has no such transition. */
enum err application_move(struct application_change *change, enum application_state to) MUST_CHECK;

/* What people do. Each starts from change->state; on an error the change is as it was. */
enum err application_submit(struct application_change *change, bool duplicate) MUST_CHECK; /* from STATE_NONE or a draft */
enum err application_amend(struct application_change *change, bool duplicate) MUST_CHECK;  /* a draft stays a draft: no move */
enum err application_withdraw(struct application_change *change) MUST_CHECK;

enum err application_request_info(struct application_change *change) MUST_CHECK; /* a submitted file is screened by it */
enum err application_expire(struct application_change *change) MUST_CHECK;       /* a draft, or a request that was not answered */

/* Public money was paid: FUNDED and what follows. */
bool application_is_financed(enum application_state state);
/* Withdrawn, expired, merged or closed: what others say of it changes nothing. */
bool application_is_gone(enum application_state state);
/* She has no answer yet: the legal clock runs, or pauses while she is asked for a complement. */
bool application_awaits_answer(enum application_state state);

enum decision_effect {
    DECISION_APPLIED,  /* the change holds the moves; none when it is there already */
    DECISION_IGNORED,  /* she has withdrawn, or the file was merged: nothing to change */
    DECISION_CONFLICT, /* no way from here to there: somebody has to look */
};

/* What eligibility decided: walks from where the file is to the outcome, by the steps that the programme foresees. */
enum decision_effect application_decide(struct application_change *change, enum application_state outcome);

#endif
