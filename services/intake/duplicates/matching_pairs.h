/* What a step of the search does with its files: opens each form, scores its women against those that were there before, keeps their traits. All that
 * is read is read before the first row is written (of a group of files): from then on the transaction holds the relay's horizon back. */
#ifndef JISR_INTAKE_MATCHING_PAIRS_H
#define JISR_INTAKE_MATCHING_PAIRS_H

#include "matching.h"

/* In a transaction. */
enum err matching_compare(struct db *db, struct matching_step *matching, const struct id *ids, size_t count) MUST_CHECK;

#endif
