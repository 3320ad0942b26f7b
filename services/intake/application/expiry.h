/* The end of what nobody has sent in time: drafts, and requests for complements. And the figures of what is due, for the alerts. */
#ifndef JISR_INTAKE_EXPIRY_H
#define JISR_INTAKE_EXPIRY_H

#include "app/metrics.h"
#include "services/intake/calls/calls.h"

/* Ends all that is late, a chunk a transaction: one version, one event, one audit row and one line of history each. Any number of copies may do it.
 */
enum err expiry_run(struct db *db, struct calls *calls, struct arena *arena, instant_us now) MUST_CHECK;

void expiry_metrics(struct metric **ret_nearly_due, struct metric **ret_overdue);
/* Files that await an answer within a week, or should have had it. */
enum err expiry_count(struct db *db, struct arena *arena, instant_us now, struct metric *nearly_due, struct metric *overdue) MUST_CHECK;

#endif
