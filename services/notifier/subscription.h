/* What a partner's endpoint wants to hear: event types, and the territories it serves. Pure. */
#ifndef NOTIFIER_SUBSCRIPTION_H
#define NOTIFIER_SUBSCRIPTION_H

#include <stdbool.h>

#include "base/id.h"
#include "base/str.h"

struct subscription {
    struct id endpoint, partner;
    struct str event_types; /* separated by commas; types or the pattern */
    struct str territories; /* separated by commas: regions or provinces; none: everywhere */
    struct str gone;        /* why it is disabled: what it would hear is kept until it is back; empty: it is not */
};

#define SUBSCRIPTION_PATTERN "ma.jisr.referral.*" /* all of them, those to come included */

bool subscription_takes(const struct subscription *subscription, struct str event_type);
bool subscription_covers(const struct subscription *subscription, struct str region, struct str province);

/* A referral type of proto/topics.h, or the pattern. */
bool subscription_type_valid(struct str event_type);
/* ISO 3166-2: a region or province of Morocco; of other countries, which come with their calls, what has the form of one. */
bool territory_valid(struct str code);
/* Every type that may be subscribed to, separated by ", ": for error texts. */
const char *subscription_types(void);

#endif
