/* The docket's way from and to PostgreSQL: whole batches, a handful of statements. All run inside the feed's transaction. */
#ifndef JISR_ELIGIBILITY_STORE_H
#define JISR_ELIGIBILITY_STORE_H

#include "db/db.h"
#include "docket.h"

/* Calls and wrapped keys: what an assessment needs. Locks nothing. */
enum err store_load_terms(struct db *db, struct arena *arena, struct docket *docket) MUST_CHECK;
/* In this order: locks the quotas of the events, of the decisions they change, and those of published calls that can serve who waits; reads the
 * decisions, locked. */
enum err store_load_decisions(struct db *db, struct arena *arena, struct docket *docket) MUST_CHECK;

struct head_request {
    const struct quota *quota;
    int64_t count;
};
/* The heads of waiting lists, those whom the batch changes left out, as files with EFFECT_PROMOTE at the end of the docket. */
enum err store_load_heads(struct db *db, struct arena *arena, struct docket *docket, const struct head_request *requests, size_t count) MUST_CHECK;

/* Queues everything that has changed: replaced assessments, decisions, placements, quotas. */
enum err store_save(struct db *db, struct arena *arena, const struct docket *docket, instant_us now) MUST_CHECK;
/* Of women whose keys are destroyed: what each criterion came to. Queues. */
enum err store_forget_assessments(struct db *db, struct arena *arena, const struct db_column *ids) MUST_CHECK;

#endif
