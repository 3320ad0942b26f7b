/* From assessments to places: who seeks and who leaves at which quota, the heads of the waiting lists, and the events that tell of it. */
#ifndef JISR_ELIGIBILITY_PLACES_H
#define JISR_ELIGIBILITY_PLACES_H

#include "docket.h"
#include "relay/feed.h"

/* Gives and frees the places of all quotas in hand. */
enum err places_give(const struct feed_call *call, struct docket *docket) MUST_CHECK;
/* Moves every decision through its states, one event each. */
enum err places_tell(const struct feed_call *call, struct docket *docket) MUST_CHECK;

#endif
