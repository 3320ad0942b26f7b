/* An outbox row as a CloudEvent in Kafka's binary mode (proto/README.md). Pure. */
#ifndef JISR_RELAY_RECORD_H
#define JISR_RELAY_RECORD_H

#include "base/instant.h"
#include "bus/producer.h"
#include "relay/relay_window.h"

#define RELAY_TOPICS_MAX 2
#define RELAY_HEADERS_MAX 11

/* Where a type goes. */
struct relay_route {
    struct str type;
    const char *topics[RELAY_TOPICS_MAX];
    size_t topic_count;
};

/* NULL: not one of proto/topics.h. */
const struct relay_route *relay_route_find(struct str type);

struct relay_record {
    char key[ID_TEXT_SIZE + 1], event_id[ID_TEXT_SIZE + 1], aggregate_id[ID_TEXT_SIZE + 1];
    char at[INSTANT_TEXT_SIZE + 1];
    char version[24];
    struct bus_header headers[RELAY_HEADERS_MAX];
    struct bus_record record; /* topic and tag are the caller's to set */
};

/* Borrows the row's texts and `source`. */
void relay_record_make(struct relay_record *made, const struct relay_row *row, struct str source);

#endif
