/* What eligibility does when something happens elsewhere: the table of subscriptions and their effects. */
#ifndef JISR_ELIGIBILITY_EVENTS_H
#define JISR_ELIGIBILITY_EVENTS_H

#include "relay/feed.h"

struct eligibility;

extern const char *const ELIGIBILITY_TOPICS[];
extern const char *const ELIGIBILITY_URGENT[];
/* call->service is the struct service *, whose `own` is the struct eligibility. */
enum err eligibility_handle(struct feed_call *call) MUST_CHECK;
/* The same with the state given: for tests. */
enum err eligibility_settle(struct feed_call *call, const struct eligibility *eligibility) MUST_CHECK;

#endif
