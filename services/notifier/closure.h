/* The end of a partner. Closing it is one small transaction (closure_post): from then on its key is nobody's, its endpoints are disabled for good and
 * nobody is offered to it. What it held of women is revoked after that, some hundred a transaction, by the thread of expiry.h: a transaction as long
 * as a large partner's list would hold back every relay. What its endpoints waited for is buried as with any that is gone (queue.h). */
#ifndef NOTIFIER_CLOSURE_H
#define NOTIFIER_CLOSURE_H

#include "db/db.h"

/* One transaction's worth; *ret_found: there was a closed partner whose referrals are not all revoked, so ask again. In a connection of the service.
 */
enum err closure_run_once(struct db *db, instant_us now, bool *ret_found) MUST_CHECK;

#endif
