/* The public figures: read every quarter of a second by one thread, kept as JSON, served from memory and published to the stream when they change.
 * The same thread folds the deltas (one copy at a time), refreshes the calls, and forgets Idempotency-Keys after their 30 days. */
#ifndef JISR_INTAKE_STATISTICS_H
#define JISR_INTAKE_STATISTICS_H

#include "base/err.h"
#include "base/str.h"

struct arena;
struct http_hub;
struct intake;
struct statistics;
struct statistics_groups;

enum err statistics_start(struct intake *intake, struct statistics **ret_statistics) MUST_CHECK;
void statistics_stop(struct statistics *statistics); /* the thread ends; what is served stays */
void statistics_free(struct statistics *statistics); /* after the server has stopped */

/* The JSON of a call (copied into the arena), at most half a second old. ERR_NOT_FOUND; ERR_UNAVAILABLE when the database has been away for long. */
enum err statistics_get(struct statistics *statistics, struct str call, struct arena *arena, struct str *ret_json) MUST_CHECK;
/* Its groups, as they are or as the public sees them (profile.h); names of provinces outlast everything. Errors as statistics_get. */
enum err statistics_get_groups(struct statistics *statistics, struct str call, bool exact, struct arena *arena,
                               struct statistics_groups *ret_groups) MUST_CHECK;
struct http_hub *statistics_hub(struct statistics *statistics, struct str call); /* NULL: no such call */

#endif
