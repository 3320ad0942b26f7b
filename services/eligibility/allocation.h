/* Who gets the places of one quota. Pure: the caller has locked the quota and brings everyone who is concerned. */
#ifndef JISR_ELIGIBILITY_ALLOCATION_H
#define JISR_ELIGIBILITY_ALLOCATION_H

#include <stddef.h>

#include "decision.h"

struct quota {
    struct str call, province;
    int64_t places, taken, waiting;
    int64_t surplus;  /* of the places: given, and gone with whoever leaves one, for the call has fewer by now */
    int64_t sequence; /* the last number that was given; numbers are never given twice */
};

/* Why somebody stands before the quota. */
enum seeking {
    SEEKING_NOTHING, /* leaves: withdrawn, or not eligible any more; a place she holds is freed */
    SEEKING_KEEP,    /* holds a place and is still eligible */
    SEEKING_RANK,    /* was on the waiting list: served first, by rank */
    SEEKING_ARRIVAL, /* is eligible since now: served by order of arrival, and only when nobody waits */
};

struct seeker {
    struct decision *decision; /* its `place` is read and set */
    enum seeking seeking;
    bool listed; /* counted in quota->waiting when this begins */
    bool got_place;
};

/* How many places will be free once those who leave have left: so many heads of the waiting list must be among the seekers. */
int64_t allocation_free(const struct quota *quota, struct seeker *const *seekers, size_t count);
/* Gives and frees: seekers' places and the quota's numbers are then as they must be stored. Sorts `seekers`; `spare` is room for as many. */
void allocate(struct quota *quota, struct seeker **seekers, struct seeker **spare, size_t count);

#endif
