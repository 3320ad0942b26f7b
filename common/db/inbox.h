/* What a consumer's transaction holds beside its effects: fenced offsets, inbox rows, and what is parked or held. Used by relay/feed.h only.
 * PostgreSQL's offsets are the truth. An epoch is raised when a copy is given the partition; a batch of an older epoch changes nothing. */
#ifndef JISR_DB_INBOX_H
#define JISR_DB_INBOX_H

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "base/instant.h"

struct db;
struct db_catalog;

/* For db_options.catalogs of whoever consumes events. */
extern const struct db_catalog INBOX_CATALOG;

struct inbox_position {
    const char *topic;
    int32_t partition;
    int64_t epoch;
    int64_t next_offset;
    int32_t generation;
};

/* An event as it came from Kafka (or back from the parked table). Texts are borrowed from the batch's arena. */
struct event {
    struct id id;    /* ce_id */
    struct id key;   /* the application */
    struct str type; /* ce_type */
    struct str source;
    instant_us at;   /* ce_time */
    int64_t version; /* ce_aggregateversion */
    struct str data; /* JSON */
    struct str traceparent;
    const char *topic;
    int64_t offset;
    int64_t parked_id; /* row of the parked table when it comes from there; 0 otherwise */
    int32_t partition;
    /* Set by the service: how its handling ended. ERR_OK at first. */
    enum err outcome;
    const char *reason; /* static text: why it is parked or held */
};

/* Its own transaction: creates the row at offset 0 when there is none, raises the epoch, reads the offset. */
enum err inbox_claim(struct db *db, struct inbox_position *position) MUST_CHECK;

enum parked_kind { PARKED_POISON, PARKED_HELD };

struct inbox_entry {
    const struct inbox_position *positions; /* in (topic, partition) order */
    size_t position_count;
    const struct event *const *events;
    size_t count;
    /* Filled, an element an event: */
    bool *is_new; /* its id had not been there; of equal ids the first */
    int *behind;  /* 1 + the kind of an earlier one of its (topic, key) that is parked or held, else 0 */
};
/* First of a batch, in one round trip: moves the offsets of all positions under their epochs, and writes the events' ids. ERR_FENCED when a position
 * isn't ours any more. */
enum err inbox_enter(struct db *db, struct arena *arena, const struct inbox_entry *entry) MUST_CHECK;
/* Queues the insertion of one parked row. An event that comes from the parked table keeps its row and its place (do not unpark it as well); its next
 * try by itself is twice as far away. */
enum err inbox_park(struct db *db, struct arena *arena, const struct event *event, enum parked_kind kind, const char *reason) MUST_CHECK;
/* Held events of the keys of these events, held events whose time for another try has come (so ask now and then without any event: another copy may
 * commit a cause at the moment when its effect is held here), and those that jisrctl parked marked for another try; oldest first, at most `max`;
 * locked, those that another copy has locked left out. */
enum err inbox_released(struct db *db, struct arena *arena, const struct event *const *events, size_t count, size_t max, struct event ***ret_events,
                        size_t *ret_count) MUST_CHECK;
/* Queues the removal of a parked row that has now been processed. */
enum err inbox_unpark(struct db *db, struct arena *arena, int64_t parked_id) MUST_CHECK;

#endif
