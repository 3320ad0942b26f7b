/* Inside of store_submit.c: the statements of one batch, each over all items that are concerned. In a transaction. */
#ifndef JISR_INTAKE_STORE_SUBMIT_PARTS_H
#define JISR_INTAKE_STORE_SUBMIT_PARTS_H

#include "store.h"

/* Inserts the items that have neither won nor been settled; sets `won`. */
enum err submit_insert(struct db *db, struct arena *arena, struct submission **items, size_t count) MUST_CHECK;
/* Claims the identity numbers of the winners; sets `duplicate`, queues the change of those rows, counts distinct women. */
enum err submit_claim(struct db *db, struct arena *arena, struct submission **items, size_t count, struct stat_deltas *deltas) MUST_CHECK;
/* Queues the winners' vault keys, statistics, outbox and audit rows. */
enum err submit_queue_rest(struct db *db, struct arena *arena, struct submission **items, size_t count, struct stat_deltas *deltas) MUST_CHECK;

/* The cell that an item is counted in. */
struct stat_cell submission_cell(const struct submission *item);

#endif
