#include "import_seen.h"

#include <string.h>

#include "import.h"

#define SLOTS 262144u /* a power of two, more than twice the lines */
_Static_assert(SLOTS > 2 * IMPORT_LINES_MAX, "an open table gets slow when it is full");

/* Keys and fingerprints are keyed hashes: a part of them is as good as all. A key of zero is a free slot. */
struct import_seen {
    uint64_t keys[SLOTS];
    uint64_t hashes[SLOTS];
};

static uint64_t part_of(struct id id)
{
    uint64_t part;
    memcpy(&part, id.bytes, sizeof(part));
    return part ? part : 1;
}

struct import_seen *import_seen_new(struct arena *arena)
{
    return arena_take(arena, sizeof(struct import_seen));
}

bool import_seen_before(struct import_seen *seen, struct id key, struct id hash, bool *ret_same)
{
    uint64_t part = part_of(key);
    size_t slot = part % SLOTS;
    while (seen->keys[slot] != 0 && seen->keys[slot] != part)
        slot = (slot + 1) % SLOTS;
    bool before = seen->keys[slot] == part;
    *ret_same = before && seen->hashes[slot] == part_of(hash);
    seen->keys[slot] = part;
    if (!before)
        seen->hashes[slot] = part_of(hash);
    return before;
}
