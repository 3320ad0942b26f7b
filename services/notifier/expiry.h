/* The end of offers that nobody answers: once a minute those that are too old become EXPIRED, a few hundred a transaction; and of what a closed
 * partner holds (closure.h), which it is woken for. One thread. */
#ifndef NOTIFIER_EXPIRY_H
#define NOTIFIER_EXPIRY_H

#include "service/service.h"

struct expiry;

enum err expiry_start(struct service *service, int64_t offer_days, void (*committed)(void *service), struct expiry **ret_expiry) MUST_CHECK;
void expiry_wake(struct expiry *expiry); /* a partner is closed; NULL is allowed */
void expiry_stop(struct expiry *expiry);

/* One transaction's worth; *ret_expired says how many. In a connection of the service. */
enum err expiry_run_once(struct db *db, instant_us before, instant_us now, size_t *ret_expired) MUST_CHECK;

#endif
