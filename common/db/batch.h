/* Group commit: many threads put items, few writers take all that wait (bounded) and settle each. No fixed wait: an idle writer takes a single item
 * at once; while it commits the next batch gathers. Knows nothing of what an item is. */
#ifndef JISR_DB_BATCH_H
#define JISR_DB_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct batch;

struct batch_options {
    size_t max_items;                                          /* of one batch */
    size_t max_waiting;                                        /* past it batch_put says no */
    unsigned writers;                                          /* threads */
    enum err (*writer_open)(void *service, void **ret_writer); /* on the writer's thread */
    void (*writer_close)(void *writer);
    /* Settles every item itself, whatever happens; the array is borrowed. */
    void (*write)(void *writer, void **items, size_t count);
    void *service;
};

enum err batch_start(const struct batch_options *options, struct batch **ret_batch) MUST_CHECK;
/* False: full or stopping; the item stays the caller's. */
bool batch_put(struct batch *batch, void *item);
size_t batch_waiting(const struct batch *batch);
/* Waiting, or being written. */
size_t batch_in_hand(const struct batch *batch);
/* Items that were taken since the start. */
uint64_t batch_taken(const struct batch *batch);
/* How long an item that is put now will take until it is settled, by how long the last batches took. */
int64_t batch_delay_us(const struct batch *batch);
/* Writes what waits, then ends the threads. */
void batch_stop(struct batch *batch);

#endif
