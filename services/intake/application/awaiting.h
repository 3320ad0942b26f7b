/* The queue of files that await their answer (tables awaiting, awaiting_swept), so that what is nearly due is found without reading what was decided.
 *
 * Most files are decided within seconds: nothing is written for them. A sweep takes in what was made SWEPT_AFTER ago and still waits; whoever changes
 * an older file follows it here in the same transaction. Between the two lies half of that time, so that no change and no sweep pass each other
 * unseen: a transaction is shorter, and clocks differ by less. Younger files are read from the applications themselves (listing.sql). */
#ifndef JISR_INTAKE_AWAITING_H
#define JISR_INTAKE_AWAITING_H

#include "app/metrics.h"
#include "db/db.h"
#include "services/intake/store/store.h"

/* Queues, in the transaction that has changed these rows: they come, stay with their new day, or go. */
enum err awaiting_follow(struct db *db, struct arena *arena, struct application_row *const *rows, size_t count, instant_us now) MUST_CHECK;
/* Any number of copies may try; one does it, a chunk a transaction. */
enum err awaiting_sweep(struct db *db, struct arena *arena, instant_us now) MUST_CHECK;

/* The names of the states in which a file awaits its answer, as an array parameter; a paused clock only where asked for. */
void awaiting_states(struct db_column *ret_column, struct arena *arena, bool paused_too);

void awaiting_metrics(struct metric **ret_nearly_due, struct metric **ret_overdue);
/* Files that await an answer within a week, or should have had it. */
enum err awaiting_count(struct db *db, struct arena *arena, instant_us now, struct metric *nearly_due, struct metric *overdue) MUST_CHECK;

#endif
