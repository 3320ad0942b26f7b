/* What is done for the queue of deliveries beside sending. What waits for an endpoint that is gone is dead with that reason: buried a chunk a
 * transaction, since a partner that was silent for days has hundreds of thousands waiting, and no relay of any service gets on while they are changed
 * in one. What comes back (arrears.h) comes so, too. And how long the queue is, now and then. Of the deliverer's thread. */
#ifndef NOTIFIER_QUEUE_H
#define NOTIFIER_QUEUE_H

#include "app/metrics.h"
#include "db/db.h"

struct queue {
    struct metric *pending, *oldest;
    int64_t look_us;         /* when it is looked at next, on the monotonic clock */
    bool burying, returning; /* there may be something to bury, to bring back */
};

void queue_init(struct queue *queue);
/* An endpoint is gone, closed with its partner, new, or back. Another copy may know of it alone: each looks by itself, too. */
void queue_look(struct queue *queue);
/* What is due of all that, a chunk at most; resets `arena`. True: there is more. Errors are logged, and it is tried again at the next look. */
bool queue_turn(struct queue *queue, struct db *db, struct arena *arena, int64_t now_us);

#endif
