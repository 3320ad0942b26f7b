/* The calls that intake publishes: region, ruleset, way of shortlisting, places by province. */
#ifndef JISR_ELIGIBILITY_CALLS_H
#define JISR_ELIGIBILITY_CALLS_H

#include "relay/feed.h"

struct call_list {
    struct str *ids;
    size_t count;
};

/* Takes the calls of a batch into the tables, in the feed's transaction; events of other types are left alone. An older version changes nothing.
 * ret_automatic: those that give their places at once, and may have more of them now. */
enum err calls_hear(struct feed_call *call, struct call_list *ret_automatic) MUST_CHECK;

#endif
