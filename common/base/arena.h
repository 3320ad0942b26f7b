/* Memory of one request, one message or one batch: allocated piece by piece, given back all at once.
 * Owned by one thread at a time; never shared. Knows only malloc (a domain file gets its arena as an argument). */
#ifndef JISR_BASE_ARENA_H
#define JISR_BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

struct arena;

/* A new arena that will never hold more than `ceiling_bytes`. NULL when there is no memory. */
struct arena *arena_new(size_t ceiling_bytes);
/* Runs the deferred clean-ups, last first. As much memory as recent rounds had in use stays for the next, up to a megabyte; what they do not use any
 * more goes little by little. */
void arena_reset(struct arena *arena);
/* arena_reset, then everything is freed. NULL is allowed. */
void arena_free(struct arena *arena);

/* Zeroed memory, aligned for any type, valid until reset. NULL past the ceiling or without memory. */
void *arena_take(struct arena *arena, size_t bytes);
/* The same for `count` things of `size_bytes` each; NULL too when the product overflows. */
void *arena_take_array(struct arena *arena, size_t count, size_t size_bytes);
/* Makes the piece that was taken last longer, where it lies; the added bytes are zero. False: it isn't the last one, or there is no room behind it.
 */
_Bool arena_extend(struct arena *arena, const void *piece, size_t bytes, size_t more_bytes);
/* `release(handle)` runs at reset: how foreign handles live as long as the arena. False: not registered (no memory), the caller keeps the handle. */
_Bool arena_defer(struct arena *arena, void (*release)(void *), void *handle);
/* Malloc had nothing to give since the last reset: what was worked out here may be any, for not everybody notices. */
_Bool arena_is_starved(const struct arena *arena);
/* `err`; but where the arena is starved, an error that blames the data (ERR_LIMIT, or what followed from a piece that was missing) is ERR_MEMORY:
 * nobody knows what it would have been, and the same again may succeed. A full arena is the data's fault. */
enum err arena_excuse(const struct arena *arena, enum err err);
size_t arena_held_bytes(const struct arena *arena); /* in use and kept */

#endif
