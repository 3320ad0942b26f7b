/* What notifier does when something happens elsewhere: the table of subscriptions and their effects. */
#ifndef NOTIFIER_EVENTS_H
#define NOTIFIER_EVENTS_H

#include "relay/feed.h"

extern const char *const NOTIFIER_TOPICS[];
extern const char *const NOTIFIER_URGENT[];
enum err notifier_handle(struct feed_call *call) MUST_CHECK;

#endif
