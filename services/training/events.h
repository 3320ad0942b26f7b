/* What training does when something happens elsewhere: the table of subscriptions and their effects. */
#ifndef TRAINING_EVENTS_H
#define TRAINING_EVENTS_H

#include "relay/feed.h"

extern const char *const TRAINING_TOPICS[];
enum err training_handle(struct feed_call *call) MUST_CHECK;

#endif
