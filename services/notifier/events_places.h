/* What a place that is given or lost does to referrals: the half of events.c that makes and takes back offers. */
#ifndef NOTIFIER_EVENTS_PLACES_H
#define NOTIFIER_EVENTS_PLACES_H

#include "relay/feed.h"
#include "store.h"

/* The events of one kind that came in one call; all of different applications. */
struct group {
    struct feed_call *call;
    struct event **events;
    size_t count;
};

enum err places_given(const struct group *group) MUST_CHECK;
/* By decisions that say so, among others that don't. */
enum err places_lost(const struct group *group) MUST_CHECK;
/* Those of the forms that had got a place before they were confirmed. */
enum err places_offer_late(const struct group *group, const struct form_set *confirmed) MUST_CHECK;
/* Open referrals of these that may not go on. */
enum err places_revoke(const struct group *group, const struct id_set *applications) MUST_CHECK;

#endif
