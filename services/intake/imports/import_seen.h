/* Which lines of a file a dry run has come by: it writes nothing that could tell it. Pure. */
#ifndef JISR_INTAKE_IMPORT_SEEN_H
#define JISR_INTAKE_IMPORT_SEEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/id.h"

struct import_seen;

/* Room for IMPORT_LINES_MAX lines; NULL without memory. */
struct import_seen *import_seen_new(struct arena *arena);
/* Enters a line by its key. True: one of this key was there before; ret_same: and said the same. */
bool import_seen_before(struct import_seen *seen, struct id key, struct id hash, bool *ret_same);

#endif
