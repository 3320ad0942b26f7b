/* How a large window is read page by page in the order of ids, by an index on (xid, id). Pure.
 *
 * Ids and transaction numbers run almost, not quite, alike: a transaction may take its number early and its ids late. The window is
 * cut along the index into chunks. All rows with an id below the smallest id of the later chunks are in this chunk or before it; so each slice says
 * which part of the index to look at and up to which id everything is found there. Read one after the other, slices give the exact order of ids, and
 * each row of the index is looked at about once. */
#ifndef JISR_RELAY_PLAN_H
#define JISR_RELAY_PLAN_H

#include <stddef.h>
#include <stdint.h>

/* A place of the index: before the entry (xid, id), if there is one. */
struct relay_place {
    int64_t xid, id;
};

struct relay_chunk { /* neighbours in the order of the index; a transaction may reach over several */
    struct relay_place first;
    int64_t id_min, id_max;
};

struct relay_slice {
    struct relay_place low, high; /* the part of the index: [low, high) */
    int64_t id_bound;             /* rows with a smaller id; those of the slices before are left out by the reader (id > last) */
};

/* Fills at most `count` slices; returns how many. `end` is the end of the window. */
size_t relay_slices(const struct relay_chunk *chunks, size_t count, struct relay_place end, struct relay_slice *ret_slices);

#endif
