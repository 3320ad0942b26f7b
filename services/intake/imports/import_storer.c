#include "import_storer.h"

#include <semaphore.h>
#include <stdlib.h>

#include "service/service_writer.h"

#define CHUNKS 2
#define ARENA_BYTES ((size_t)64 << 20)

struct place {
    struct import_chunk chunk;
    bool given;
    sem_t stored;
};

struct import_storer {
    struct intake *intake;
    struct batch *batch; /* of one writer, a chunk at a time */
    struct place places[CHUNKS];
    size_t next;
    _Atomic enum err err; /* of the first chunk of this job that failed */
};

/* ── The storing thread ── */

static void store(void *context, void **items, size_t count)
{
    struct service_writer *writer = context;
    struct import_storer *storer = writer->owner;
    for (size_t i = 0; i < count; i++) {
        struct place *place = items[i];
        if (storer->err == ERR_OK)
            storer->err = import_store_chunk(&place->chunk, writer->db, writer->arena);
        sem_post(&place->stored);
    }
}

static enum err writer_open(void *context, void **ret_writer)
{
    struct import_storer *storer = context;
    return service_writer_open(storer->intake->service, "import-writer", ARENA_BYTES, storer, ret_writer);
}

/* ── The reading thread ── */

static void wait_for(struct place *place)
{
    while (place->given && sem_wait(&place->stored) != 0)
        continue; /* a signal */
    place->given = false;
}

enum err import_storer_take(struct import_storer *storer, struct import_job *job, struct import_chunk **ret_chunk)
{
    struct place *place = &storer->places[storer->next];
    wait_for(place);
    if (storer->err != ERR_OK)
        return storer->err;
    place->chunk.job = job;
    *ret_chunk = &place->chunk;
    return ERR_OK;
}

enum err import_storer_give(struct import_storer *storer)
{
    struct place *place = &storer->places[storer->next];
    if (!batch_put(storer->batch, place))
        return ERR_DRAINING;
    place->given = true;
    storer->next = (storer->next + 1) % CHUNKS;
    return ERR_OK;
}

enum err import_storer_finish(struct import_storer *storer)
{
    for (size_t i = 0; i < CHUNKS; i++)
        wait_for(&storer->places[i]);
    enum err err = storer->err;
    storer->err = ERR_OK;
    return err;
}

enum err import_storer_start(struct intake *intake, struct import_storer **ret_storer)
{
    struct import_storer *storer = calloc(1, sizeof(*storer));
    bool whole = storer != NULL;
    if (!storer)
        return ERR_MEMORY;
    *ret_storer = storer;
    storer->intake = intake;
    for (size_t i = 0; i < CHUNKS; i++) {
        sem_init(&storer->places[i].stored, 0, 0);
        storer->places[i].chunk.arena = arena_new(ARENA_BYTES);
        whole &= storer->places[i].chunk.arena != NULL;
    }
    struct batch_options options = {.max_items = 1,
                                    .max_waiting = CHUNKS,
                                    .writers = 1,
                                    .writer_open = writer_open,
                                    .writer_close = service_writer_close,
                                    .write = store,
                                    .service = storer};
    return whole ? batch_start(&options, &storer->batch) : ERR_MEMORY;
}

void import_storer_stop(struct import_storer *storer)
{
    if (!storer)
        return;
    if (storer->batch)
        batch_stop(storer->batch);
    for (size_t i = 0; i < CHUNKS; i++) {
        sem_destroy(&storer->places[i].stored);
        arena_free(storer->places[i].chunk.arena);
    }
    free(storer);
}
