/* What was buried with an endpoint that was gone comes back, to itself once it is enabled or to a new endpoint of its partner: noted in the
 * transaction of the request, done by the deliverer a chunk a transaction, since that may be hundreds of thousands. Deliveries keep their seq on the
 * way, and nothing is sent to an endpoint before all of it is there (STORE_CLAIM), so each application's order holds. */
#ifndef NOTIFIER_ARREARS_H
#define NOTIFIER_ARREARS_H

#include "db/db.h"

/* In the transaction that enables it, under its partner's lock: what was buried with it for this reason. */
enum err arrears_of_enabled(struct db *db, struct arena *arena, struct id endpoint, struct str reason) MUST_CHECK;
/* In the transaction that adds it, under its partner's lock: what is, or will be, buried with its partner's endpoints that are gone. What fits it,
 * and has gone to no other, is its own. */
enum err arrears_of_new(struct db *db, struct arena *arena, struct id endpoint) MUST_CHECK;

/* A chunk of somebody's, in a transaction of its own; resets `arena`. True: there is more. Two copies never do the same partner's at once. Errors are
 * logged, and nothing is lost by them. */
bool arrears_turn(struct db *db, struct arena *arena);

#endif
