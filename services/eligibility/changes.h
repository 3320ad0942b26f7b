/* Which events tell of what has become of a file. */
#ifndef JISR_ELIGIBILITY_CHANGES_H
#define JISR_ELIGIBILITY_CHANGES_H

#include "db/outbox.h"
#include "docket.h"

/* Moves the decision to `to` (a transition that DECISION_TRANSITIONS has), raises its version and adds the one event that says so. */
enum err change_to(struct file *file, enum decision_state to, instant_us now, struct outbox *outbox) MUST_CHECK;

/* Scored again while she waits: she is listed anew by her new rank. One event that tells of both steps. */
enum err change_rank(struct file *file, instant_us now, struct outbox *outbox) MUST_CHECK;

#endif
