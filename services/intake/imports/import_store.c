/* The second half of a chunk: its applications are stored like any others, and its lines entered in the report. */
#include "app/app.h"
#include "app/crash.h"
#include "app/metrics.h"
#include "import_group.h"

static enum err settle(struct import_chunk *chunk, struct import_line *line)
{
    const struct submission *item = line->item;
    violations_init(chunk->violations, chunk->arena);
    if (item->outcome == ERR_KEY_REUSED)
        return import_settle_changed(chunk, line, item->stored.id);
    if (item->outcome != ERR_OK) {
        violations_add(chunk->violations, item->closed ? STR("/call") : STR(""), item->closed ? VIOLATION_CLOSED : VIOLATION_FORMAT,
                       "a line that can be stored");
        return import_refuse(chunk, line);
    }
    bool made = item->stored.created_at == item->created_at;
    line->result->outcome = made ? LINE_TAKEN : LINE_KNOWN;
    line->result->application = item->stored.id;
    line->result->key = line->key;
    line->result->hash = line->hash;
    return ERR_OK;
}

/* An error that is the world's, not the line's: the chunk is done again later. */
static enum err world_at_fault(struct submission *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i]->outcome != ERR_OK && err_info(items[i]->outcome)->verdict == VERDICT_RETRY)
            return items[i]->outcome;
    return ERR_OK;
}

static enum err store(struct import_chunk *chunk, struct db *db, struct arena *writer)
{
    struct import_job *job = chunk->job;
    struct submission **items = arena_take_array(chunk->arena, chunk->count + 1, sizeof(struct submission *));
    size_t count = 0, won = 0;
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < chunk->count; i++)
        if (chunk->lines[i].item)
            items[count++] = chunk->lines[i].item;
    if (count == 0)
        return ERR_OK;
    store_submit(db, writer, items, count);
    for (size_t i = 0; i < count; i++)
        won += items[i]->won && items[i]->outcome == ERR_OK;
    if (job->intake->service->relay)
        relay_wake(job->intake->service->relay, won);
    enum err err = world_at_fault(items, count);
    for (size_t i = 0; err == ERR_OK && i < count; i++)
        err = settle(chunk, items[i]->owner);
    return err;
}

/* ── The report ── */

struct keeping {
    const struct import_chunk *chunk;
    struct import_row row; /* as it is after this chunk */
    instant_us now;
};

static enum err keep(struct db *db, void *context)
{
    struct keeping *keeping = context;
    const struct import_chunk *chunk = keeping->chunk;
    struct import_results results = {chunk->results, chunk->count, keeping->now, keeping->now + IMPORT_LEASE};
    enum err err = store_keep_lines(db, chunk->arena, &keeping->row, &results);
    CRASH_POINT("import-before-commit");
    return err;
}

enum err import_store_chunk(struct import_chunk *chunk, struct db *db, struct arena *writer)
{
    const struct import_job *job = chunk->job;
    enum err err = arena_excuse(chunk->arena, store(chunk, db, writer));
    if (err != ERR_OK)
        return err;
    CRASH_POINT("import-stored");
    import_settle_groups(chunk);
    struct keeping keeping = {.chunk = chunk, .row = {.id = job->row.id, .tries = job->row.tries}, .now = clock_wall_us()};
    keeping.row.next_offset = chunk->next_offset;
    keeping.row.next_line = chunk->next_line;
    err = db_transaction(db, keep, &keeping);
    CRASH_POINT("import-after-commit");
    for (size_t i = 0; err == ERR_OK && job->counted && i < chunk->count; i++)
        metric_add(job->counted[chunk->results[i].outcome], 1);
    return err;
}
