/* What has been given to Kafka and not yet settled, in order: rows, and the ends of windows between them. A ring of fixed size. Pure.
 * Reports come in any order; the cursor moves over the contiguous prefix only. */
#ifndef JISR_RELAY_FLIGHT_H
#define JISR_RELAY_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"

/* Everything of transactions below `low` is published; of those in [low, high) the rows up to `last_id`. */
struct relay_cursor {
    int64_t low, high, last_id;
};

struct flight_entry {
    bool is_end;  /* of a window */
    int64_t high; /* of its window */
    int64_t id;   /* of the row */
    instant_us at;
    unsigned reports_left;
};

struct flight {
    struct flight_entry *entries;
    size_t capacity, first, count; /* of entries */
    size_t rows, max_rows;
};

bool flight_init(struct flight *flight, size_t max_rows);
void flight_done(struct flight *flight);
void flight_clear(struct flight *flight);
size_t flight_room(const struct flight *flight); /* for rows */
/* The entry stays where it is until it is settled. NULL: no room. */
struct flight_entry *flight_add(struct flight *flight, int64_t id, int64_t high, instant_us at, unsigned reports);
/* The window up to `high` has been read to its end. */
void flight_end_window(struct flight *flight, int64_t high);
/* Takes away the prefix that has all its reports, moves the cursor over it; returns how many rows. */
size_t flight_settle(struct flight *flight, struct relay_cursor *cursor);
/* When the oldest row here happened; INSTANT_NEVER: none. */
instant_us flight_oldest(const struct flight *flight);

#endif
