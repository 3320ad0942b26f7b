/* The calls that intake publishes: region, ruleset, way of shortlisting, places by province. */
#ifndef JISR_ELIGIBILITY_CALLS_H
#define JISR_ELIGIBILITY_CALLS_H

#include "relay/feed.h"

/* Takes the calls of a batch into the tables, in the feed's transaction; events of other types are left alone. An older version changes nothing. */
enum err calls_hear(struct feed_call *call) MUST_CHECK;

#endif
