/* The figures of one call as the JSON that everybody sees. Reads base and deltas in one statement. */
#ifndef JISR_INTAKE_STATISTICS_TEXT_H
#define JISR_INTAKE_STATISTICS_TEXT_H

#include "services/intake/calls/calls.h"
#include "services/intake/application/profile.h"

struct statistics_rows {
    struct db_rows rows;
};

/* The women of one group. */
struct statistics_group {
    struct str province;
    enum kind kind;
    int slot; /* profile.h */
    int64_t women;
};
struct statistics_groups {
    struct statistics_group *items;
    size_t count;
    int64_t women; /* of all */
};

struct statistics_text {
    struct str json;
    const char *after_time; /* inside of json, behind as_of: what has to differ to be news; ended by NUL */
    int64_t women;
};

enum err statistics_read(struct db *db, struct arena *arena, struct statistics_rows *ret_rows) MUST_CHECK;
/* The groups of a call that hold anybody, in the arena. */
enum err statistics_groups(const struct statistics_rows *read, const struct call *call, struct arena *arena,
                           struct statistics_groups *ret_groups) MUST_CHECK;
/* `shown`: the groups that the public sees, which may be a little older. */
enum err statistics_format(const struct statistics_rows *read, const struct call *call, const struct statistics_groups *shown, instant_us now,
                           struct arena *arena, struct statistics_text *ret_text) MUST_CHECK;

#endif
