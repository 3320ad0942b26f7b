/* The figures of one call as the JSON that everybody sees. Reads base and deltas in one statement. */
#ifndef JISR_INTAKE_STATISTICS_TEXT_H
#define JISR_INTAKE_STATISTICS_TEXT_H

#include "calls.h"

struct statistics_rows {
    struct db_rows rows;
};

struct statistics_text {
    struct str json;
    const char *after_time; /* inside of json, behind as_of: what has to differ to be news; ended by NUL */
    int64_t women;
};

enum err statistics_read(struct db *db, struct arena *arena, struct statistics_rows *ret_rows) MUST_CHECK;
enum err statistics_format(const struct statistics_rows *read, const struct call *call, instant_us now, struct arena *arena,
                           struct statistics_text *ret_text) MUST_CHECK;

#endif
