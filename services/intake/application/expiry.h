/* The end of what nobody has sent in time: drafts, and requests for complements. */
#ifndef JISR_INTAKE_EXPIRY_H
#define JISR_INTAKE_EXPIRY_H

#include "services/intake/calls/calls.h"

/* Ends all that is late, a chunk a transaction: one version, one event, one audit row and one line of history each. Any number of copies may do it.
 */
enum err expiry_run(struct db *db, struct calls *calls, struct arena *arena, instant_us now) MUST_CHECK;

#endif
