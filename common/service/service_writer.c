#include "service_writer.h"

#include <stdlib.h>

enum err service_writer_open(struct service *service, const char *purpose, size_t arena_bytes, void *owner, void **ret_writer)
{
    struct service_writer *writer = calloc(1, sizeof(*writer));
    if (!writer)
        return ERR_MEMORY;
    writer->owner = owner;
    writer->arena = arena_new(arena_bytes);
    enum err err = writer->arena ? service_open_db(service, purpose, &writer->db) : ERR_MEMORY;
    if (err == ERR_OK)
        *ret_writer = writer;
    else
        service_writer_close(writer);
    return err;
}

void service_writer_close(void *context)
{
    struct service_writer *writer = context;
    db_close(writer->db);
    arena_free(writer->arena);
    free(writer);
}
