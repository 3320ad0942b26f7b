/* What a step of the search does with its files: opens each form, keeps the traits of its women, scores them against those that were there before. */
#ifndef JISR_INTAKE_MATCHING_PAIRS_H
#define JISR_INTAKE_MATCHING_PAIRS_H

#include "matching.h"

/* In a transaction. */
enum err matching_compare(struct db *db, struct matching_step *matching, const struct id *ids, size_t count) MUST_CHECK;

#endif
