/* Writes back what came of deliveries: many at a time, in one transaction, on a thread and a connection of its own. PostgreSQL away: it waits and
 * tries again, for what was answered must not be sent again without need. */
#ifndef NOTIFIER_RECORDER_H
#define NOTIFIER_RECORDER_H

#include "flight.h"
#include "service/service.h"

struct recorder;

struct recorder_options {
    struct service *service;
    size_t max_flights;                                                   /* that can be out together */
    void (*recorded)(void *owner, struct flight **flights, size_t count); /* on its thread: they are the owner's again */
    void *owner;
};

enum err recorder_start(const struct recorder_options *options, struct recorder **ret_recorder) MUST_CHECK;
void recorder_put(struct recorder *recorder, struct flight *flight); /* any thread; never blocks for long */
/* Writes what waits (for up to 5 s where PostgreSQL is away: then leases run out and another copy sends again), then ends. */
void recorder_stop(struct recorder *recorder);

#endif
