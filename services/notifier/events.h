/* What notifier does when something happens elsewhere: the table of subscriptions and their effects. */
#ifndef NOTIFIER_EVENTS_H
#define NOTIFIER_EVENTS_H

#include "relay/feed.h"

extern const char *const NOTIFIER_TOPICS[];
/* Whether an event of this type changes anything here. */
bool notifier_concerns(struct str type);
enum err notifier_handle(struct feed_call *call) MUST_CHECK;

#endif
