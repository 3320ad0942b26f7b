/* From events in hand to committed effects: the transaction, the waves, the bisecting, the release of held events. Knows nothing of Kafka. One
 * thread. */
#ifndef JISR_RELAY_FEED_BATCH_H
#define JISR_RELAY_FEED_BATCH_H

#include "app/metrics.h"
#include "relay/feed.h"

#define FEED_RELEASE_MAX 256

/* X(NAME, label) */
#define FEED_OUTCOMES(X)      \
    X(DONE, "done")           \
    X(DUPLICATE, "duplicate") \
    X(HELD, "held")           \
    X(PARKED, "parked")       \
    X(RELEASED, "released")

enum feed_outcome {
#define X(name, label) FEED_##name,
    FEED_OUTCOMES(X)
#undef X
        FEED_OUTCOME_COUNT
};

struct feed_item {
    struct event event;
    int64_t epoch;          /* of its partition when it was taken */
    const char *unreadable; /* why it can't be handed to the service, or NULL */
    bool is_new;            /* to the inbox */
};

struct feed_batch {
    const struct feed_options *options;
    struct db *db;
    struct arena *arena;   /* the items' texts */
    struct arena *scratch; /* one attempt */
    struct metric *events[FEED_OUTCOME_COUNT], *batches, *seconds;
    struct feed_item *items; /* room for options->max_events */
    size_t count;
    size_t done;        /* items that are committed, from the first */
    size_t unknown;     /* of the items after `done`, so many were in a transaction whose COMMIT got no answer */
    bool parked_some;   /* there may be rows in the parked table */
    struct event *keys; /* FEED_RELEASE_MAX: what the last release has finished; only their keys matter */
    size_t key_count;
    const struct event **key_refs; /* room for a batch's or a release's events */
};

enum err feed_batch_init(struct feed_batch *batch, const struct feed_options *options) MUST_CHECK;
void feed_batch_done(struct feed_batch *batch);
void feed_batch_clear(struct feed_batch *batch);
/* All items, committed. A RETRY verdict: call again, it goes on where it was. Any other error: drop the batch, leave the group. */
enum err feed_batch_run(struct feed_batch *batch) MUST_CHECK;
/* Held events of the keys of the batch that is done, and all that are due or marked for another try. */
enum err feed_batch_release(struct feed_batch *batch) MUST_CHECK;

/* All that an attempt knows of; what is not `ready` has its outcome. */
struct events_at_hand {
    struct event *const *events;
    const bool *ready;
    size_t count;
};

/* Shared by feed_batch.c and feed_release.c: hands what is ready to the service, sets outcomes. */
enum err feed_batch_handle(struct feed_batch *batch, const struct events_at_hand *hand, struct outbox *outbox) MUST_CHECK;
/* After COMMIT. */
void feed_batch_announce(struct feed_batch *batch, size_t outbox_rows);

#endif
