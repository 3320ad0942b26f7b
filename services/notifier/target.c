#include "target.h"

#include <stdlib.h>

#include "app/log.h"
#include "store_statements.h"

#define TEXTS_BYTES_MAX ((size_t)64 << 20)

void targets_init(struct targets *targets)
{
    *targets = (struct targets){0};
}

void targets_done(struct targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        free(targets->items[i]);
    free(targets->items);
    arena_free(targets->texts);
    *targets = (struct targets){0};
}

struct str target_secret_context(struct arena *arena, struct id endpoint)
{
    char text[ID_TEXT_SIZE + 1];
    id_format(endpoint, text);
    return str_format(arena, "webhook-secret:%s", text);
}

/* The first place whose id is not smaller. */
static size_t place_of(const struct targets *targets, struct id endpoint)
{
    size_t low = 0, high = targets->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (id_compare(targets->items[middle]->endpoint, endpoint) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct target *targets_find(const struct targets *targets, struct id endpoint)
{
    size_t place = place_of(targets, endpoint);
    bool found = place < targets->count && id_compare(targets->items[place]->endpoint, endpoint) == 0;
    return found ? targets->items[place] : NULL;
}

static struct target *insert(struct targets *targets, struct id endpoint)
{
    size_t place = place_of(targets, endpoint);
    if (targets->count == targets->capacity) {
        size_t capacity = targets->capacity ? 2 * targets->capacity : 16;
        struct target **items = realloc(targets->items, capacity * sizeof(struct target *));
        if (!items)
            return NULL;
        targets->items = items;
        targets->capacity = capacity;
    }
    struct target *target = calloc(1, sizeof(*target));
    if (!target)
        return NULL;
    memmove(&targets->items[place + 1], &targets->items[place], (targets->count - place) * sizeof(struct target *));
    targets->items[place] = target;
    targets->count++;
    target->endpoint = endpoint;
    circuit_init(&target->circuit);
    return target;
}

static void drop_gone(struct targets *targets)
{
    size_t kept = 0;
    for (size_t i = 0; i < targets->count; i++) {
        struct target *target = targets->items[i];
        if (target->enabled || target->out > 0)
            targets->items[kept++] = target;
        else
            free(target);
    }
    targets->count = kept;
}

/* A secret that does not open (another key file) leaves the endpoint unserved: unsigned webhooks are worse than late ones. */
static void fill(struct target *target, const struct db_rows *rows, size_t row, const struct seal_key *secret_key, struct arena *texts)
{
    struct str context = target_secret_context(texts, target->endpoint);
    target->url = str_copy(texts, db_get_str(rows, row, 1));
    target->secret_count = 0;
    target->enabled = true;
    for (int column = 2; column <= 3; column++) {
        if (db_is_null(rows, row, column))
            continue;
        enum err err = seal_open(secret_key, context, db_get_str(rows, row, column), texts, &target->secrets[target->secret_count]);
        if (err == ERR_OK)
            target->secret_count++;
        else
            log_line(LOG_ERROR, "webhook-secret-unreadable", LOG_STR("endpoint", id_text(texts, target->endpoint)), LOG_ERR(err));
    }
    target->enabled = target->url.at && target->secret_count > 0;
}

enum err targets_load(struct targets *targets, struct db *db, const struct seal_key *secret_key, instant_us now)
{
    struct arena *texts = arena_new(TEXTS_BYTES_MAX);
    struct db_args args;
    struct db_rows rows;
    if (!texts)
        return ERR_MEMORY;
    db_args_init(&args, texts);
    db_arg_instant(&args, now);
    enum err err = db_run(db, &STORE_LOAD_TARGETS, &args, texts, &rows);
    if (err != ERR_OK) {
        arena_free(texts);
        return err;
    }
    for (size_t i = 0; i < targets->count; i++) {
        targets->items[i]->enabled = false;
        targets->items[i]->url = (struct str){0}; /* the texts go with the old arena */
    }
    for (size_t row = 0; row < rows.count; row++) {
        struct id endpoint = db_get_id(&rows, row, 0);
        struct target *target = targets_find(targets, endpoint);
        if (!target)
            target = insert(targets, endpoint);
        if (target)
            fill(target, &rows, row, secret_key, texts);
    }
    drop_gone(targets);
    arena_free(targets->texts);
    targets->texts = texts;
    return ERR_OK;
}
