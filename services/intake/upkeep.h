/* What somebody has to do now and then: fold the statistics' deltas (half a second), look at the calls (two seconds), forget Idempotency-Keys older
 * than 30 days and end what nobody has sent in time (a minute), keep and count the queue of what is nearly due (half a minute). Run by the
 * statistics' thread; every copy may try, one does it. */
#ifndef JISR_INTAKE_UPKEEP_H
#define JISR_INTAKE_UPKEEP_H

#include "services/intake/calls/calls.h"

struct upkeep {
    struct calls *calls;
    int64_t folded_us, looked_us, forgot_us, expired_us, counted_us; /* monotonic */
    struct metric *nearly_due, *overdue;
    struct id forgotten_below; /* keys of applications up to this one are gone */
};

void upkeep_init(struct upkeep *upkeep, struct calls *calls);
/* Does what is due. Errors are logged: it is tried again. */
void upkeep_run(struct upkeep *upkeep, struct db *db, struct arena *arena, int64_t now_us);

#endif
