#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__ /* gcc */
#define IS_WATCHED 1
#elif defined(__has_feature) /* clang */
#define IS_WATCHED __has_feature(address_sanitizer)
#else
#define IS_WATCHED 0
#endif
#if IS_WATCHED
#include <sanitizer/asan_interface.h>
#define GAP_BYTES alignof(max_align_t) /* behind each piece, so that AddressSanitizer sees whoever reads past its end */
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#define GAP_BYTES ((size_t)0)
#endif

#define FIRST_CHUNK_BYTES ((size_t)4096)
#define LARGEST_GROWTH_BYTES ((size_t)256 * 1024)
#define KEPT_BYTES_MAX ((size_t)1024 * 1024) /* of an arena, between rounds: what is large is rare, and would be there for good beside all others */

struct chunk {
    struct chunk *older;
    size_t capacity, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*release)(void *);
    void *handle;
};

struct arena {
    size_t ceiling_bytes;
    size_t held_bytes;  /* capacity of all chunks, in use and spare */
    size_t usual_bytes; /* capacity that recent rounds had in use */
    struct chunk *newest;
    struct chunk *spare; /* of earlier rounds, empty */
    struct deferred *deferred;
    bool starved; /* malloc has failed since the last reset */
};

struct arena *arena_new(size_t ceiling_bytes)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena)
        arena->ceiling_bytes = ceiling_bytes;
    return arena;
}

/* Clean-ups may take from the arena or defer more, hence the loop pops one at a time. */
static void run_deferred(struct arena *arena)
{
    while (arena->deferred) {
        struct deferred *last = arena->deferred;
        arena->deferred = last->older;
        last->release(last->handle);
    }
}

static void spare_free(struct arena *arena, size_t kept_bytes)
{
    struct chunk **link = &arena->spare;
    for (size_t bytes = 0; *link;) {
        struct chunk *chunk = *link;
        if (chunk->capacity <= kept_bytes - bytes) {
            bytes += chunk->capacity;
            link = &chunk->older;
            continue;
        }
        *link = chunk->older;
        arena->held_bytes -= chunk->capacity;
        ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->capacity);
        free(chunk);
    }
}

/* A page that goes back to the kernel and comes again costs more than what is written on it. */
void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    arena->starved = false;
    size_t in_use_bytes = 0;
    while (arena->newest) {
        struct chunk *chunk = arena->newest;
        arena->newest = chunk->older;
        chunk->older = arena->spare;
        chunk->used = 0;
        ASAN_POISON_MEMORY_REGION(chunk->bytes, chunk->capacity);
        arena->spare = chunk;
        in_use_bytes += chunk->capacity;
    }
    arena->usual_bytes -= arena->usual_bytes / 64;
    if (arena->usual_bytes < in_use_bytes)
        arena->usual_bytes = in_use_bytes;
    if (arena->usual_bytes > KEPT_BYTES_MAX)
        arena->usual_bytes = KEPT_BYTES_MAX;
    spare_free(arena, arena->usual_bytes);
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    spare_free(arena, 0);
    free(arena);
}

/* The largest: what grows piece by piece is moved least in it. NULL: none has room. */
static struct chunk *spare_take(struct arena *arena, size_t bytes)
{
    struct chunk **largest = &arena->spare;
    for (struct chunk **link = largest; *link; link = &(*link)->older)
        if ((*link)->capacity > (*largest)->capacity)
            largest = link;
    struct chunk *chunk = *largest;
    if (!chunk || chunk->capacity < bytes)
        return NULL;
    *largest = chunk->older;
    return chunk;
}

static struct chunk *chunk_new(struct arena *arena, size_t bytes)
{
    if (bytes > arena->ceiling_bytes - arena->held_bytes)
        spare_free(arena, 0);
    size_t left = arena->ceiling_bytes - arena->held_bytes;
    if (bytes > left)
        return NULL;
    size_t capacity = arena->newest ? arena->newest->capacity * 2 : FIRST_CHUNK_BYTES;
    if (capacity > LARGEST_GROWTH_BYTES)
        capacity = LARGEST_GROWTH_BYTES;
    if (capacity < bytes)
        capacity = bytes;
    if (capacity > left)
        capacity = left;
    struct chunk *chunk = malloc(sizeof(*chunk) + capacity);
    if (!chunk) {
        arena->starved = true;
        return NULL;
    }
    *chunk = (struct chunk){.capacity = capacity};
    ASAN_POISON_MEMORY_REGION(chunk->bytes, capacity);
    arena->held_bytes += capacity;
    return chunk;
}

static bool chunk_add(struct arena *arena, size_t bytes)
{
    struct chunk *chunk = spare_take(arena, bytes);
    if (!chunk)
        chunk = chunk_new(arena, bytes);
    if (!chunk)
        return false;
    chunk->older = arena->newest;
    arena->newest = chunk;
    return true;
}

/* What a piece takes of its chunk. */
static size_t spread(size_t bytes)
{
    size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    return (rounded == 0 ? alignof(max_align_t) : rounded) + GAP_BYTES;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t rounded = spread(bytes);
    struct chunk *chunk = arena->newest;
    if (!chunk || rounded > chunk->capacity - chunk->used) {
        if (!chunk_add(arena, rounded))
            return NULL;
        chunk = arena->newest;
    }
    void *piece = chunk->bytes + chunk->used;
    chunk->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(piece, bytes);
    return memset(piece, 0, bytes);
}

void *arena_take_array(struct arena *arena, size_t count, size_t size_bytes)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size_bytes, &bytes))
        return NULL;
    return arena_take(arena, bytes);
}

bool arena_extend(struct arena *arena, const void *piece, size_t bytes, size_t more_bytes)
{
    struct chunk *chunk = arena->newest;
    if (!chunk || bytes > chunk->used || more_bytes > SIZE_MAX / 2)
        return false;
    size_t before = spread(bytes), after = spread(bytes + more_bytes);
    if (bytes == 0 || before > chunk->used || (const unsigned char *)piece != chunk->bytes + chunk->used - before)
        return false;
    if (after - before > chunk->capacity - chunk->used)
        return false;
    unsigned char *added = chunk->bytes + chunk->used - before + bytes;
    ASAN_UNPOISON_MEMORY_REGION(added, more_bytes);
    memset(added, 0, more_bytes);
    chunk->used += after - before;
    return true;
}

bool arena_defer(struct arena *arena, void (*release)(void *), void *handle)
{
    struct deferred *deferred = arena_take(arena, sizeof(*deferred));
    if (!deferred)
        return false;
    *deferred = (struct deferred){arena->deferred, release, handle};
    arena->deferred = deferred;
    return true;
}

size_t arena_held_bytes(const struct arena *arena)
{
    return arena->held_bytes;
}

bool arena_is_starved(const struct arena *arena)
{
    return arena->starved;
}

enum err arena_excuse(const struct arena *arena, enum err err)
{
    return arena->starved && err_info(err)->verdict == VERDICT_PARK ? ERR_MEMORY : err;
}
