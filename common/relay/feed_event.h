/* A Kafka record in CloudEvents' binary mode → struct event. Copies all it keeps into the arena. */
#ifndef JISR_RELAY_FEED_EVENT_H
#define JISR_RELAY_FEED_EVENT_H

#include "bus/consumer.h"
#include "db/inbox.h"

/* ret_unreadable: NULL, or why it can't be an event (static text); what could be read is in ret_event all the same, but for its id. ERR_LIMIT: no
 * room in the arena. */
enum err feed_event_read(const struct bus_message *message, struct arena *arena, struct event *ret_event, const char **ret_unreadable) MUST_CHECK;

#endif
