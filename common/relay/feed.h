/* The feed: Kafka → inbox → a service's handler, effects exactly once. One thread, one consumer, one connection.
 *
 * One batch = what has arrived, up to max_events, without waiting for more (as soon as an urgent event is among it). One transaction: offsets
 * moved under their epochs (fencing), inbox rows, the handler's effects and outbox rows, COMMIT. Within a batch the handler is called in waves, so
 * that no key (application) is twice in one call and events of a key come in order; or once, where it folds several events of a key itself (`folds`).
 * What the handler marks is held (ERR_NO_CAUSE) or parked (any outcome with verdict PARK) in the same transaction; later events of the same topic and
 * key go behind it. Held events are tried again after any event of their key. When the handler itself fails with a PARK verdict, the batch is done
 * again in halves until the one event at fault is found and parked. RETRY verdicts: roll back, wait (up to 1 s), the same batch again. STOP: leave
 * the group and join again. */
#ifndef JISR_RELAY_FEED_H
#define JISR_RELAY_FEED_H

#include "base/err.h"
#include "bus/producer.h"
#include "db/db.h"
#include "db/inbox.h"
#include "db/outbox.h"

struct feed;
struct relay;
struct waves;

struct feed_call {
    struct db *db;               /* in a transaction */
    struct arena *arena;         /* of the batch */
    struct event *const *events; /* distinct keys; for a handler that folds, all of the batch in their order */
    size_t count;
    struct outbox *outbox; /* written by the feed after the last wave */
    instant_us now;
    void *service;
    const bool *ready;         /* for feed_may_take */
    const struct waves *waves; /* the same */
};

/* For a handler that folds, before it handles event `at`. False: it is known already or set aside, or goes behind one of its topic and key that was
 * set aside in this call. */
bool feed_may_take(const struct feed_call *call, size_t at);

struct feed_options {
    struct db_options db;
    struct bus_options bus;
    const char *service;       /* consumer group "jisr.<service>" */
    const char *const *topics; /* NULL-ended */
    size_t max_events;
    size_t arena_bytes;        /* ceiling of one batch's memory */
    const char *const *urgent; /* types, NULL-ended, that somebody waits for: others wait up to 25 ms for company; NULL: there are
                                  none, and the broker gathers for up to 100 ms as well */
    bool folds;                /* the handler takes several events of one key in a call */
    enum err (*handle)(struct feed_call *call);
    void (*committed)(void *service); /* after a COMMIT that wrote outbox rows, on the feed's thread; may be NULL */
    void *context;                    /* `service` of the call */
    struct relay *relay;              /* woken after each commit; may be NULL */
};

enum err feed_start(const struct feed_options *options, struct feed **ret_feed) MUST_CHECK;
/* Finishes the batch in hand, leaves the group. */
void feed_stop(struct feed *feed);

#endif
