/* What a writer of a batch (db/batch.h) works with: a connection of its own, and memory for what it writes. Opened and used on the writer's thread.
 */
#ifndef JISR_SERVICE_WRITER_H
#define JISR_SERVICE_WRITER_H

#include "base/arena.h"
#include "service/service.h"

struct service_writer {
    void *owner; /* whose items it settles */
    struct db *db;
    struct arena *arena;
};

/* For batch_options: `writer_open` calls it with what its owner wants; `writer_close` is it. */
enum err service_writer_open(struct service *service, const char *purpose, size_t arena_bytes, void *owner, void **ret_writer) MUST_CHECK;
void service_writer_close(void *context);

#endif
