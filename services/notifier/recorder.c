#include "recorder.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/crash.h"
#include "app/log.h"
#include "app/metrics.h"
#include "db/batch.h"
#include "store_statements.h"

#define BATCH_MAX 512
#define ARENA_BYTES ((size_t)16 << 20)
#define PAUSE_US 100000
#define LAST_TRIES_US (5 * INSTANT_SECOND)

struct recorder {
    struct recorder_options options;
    struct batch *batch;
    struct db *db;
    struct arena *arena;
    atomic_bool stopping;
    int64_t give_up_us;
    struct metric *fates[DELIVERY_FATE_COUNT], *duration;
};

/* Everything that one transaction writes. */
struct results {
    struct recorder *recorder;
    struct flight **flights;
    size_t count;
};

static void optional_text(struct db_column *column, const char *text)
{
    if (text)
        db_column_str(column, str_from(text));
    else
        db_column_null(column);
}

static const char *state_after(const struct delivery_verdict *verdict)
{
    switch (verdict->fate) {
    case DELIVERY_DONE:
        return "DONE";
    case DELIVERY_DEAD:
    case DELIVERY_GONE:
        return "DEAD";
    case DELIVERY_LATER:
    case DELIVERY_UNSENT:
    case DELIVERY_FATE_COUNT:
        break;
    }
    return "PENDING";
}

static void add_result(struct db_column *columns, const struct flight *flight)
{
    const struct delivery_verdict *verdict = &flight->verdict;
    bool comes_again = verdict->fate == DELIVERY_LATER || verdict->fate == DELIVERY_UNSENT;
    db_column_id(columns++, flight->event_id);
    db_column_id(columns++, flight->endpoint);
    db_column_str(columns++, str_from(state_after(verdict)));
    db_column_int(columns++, flight->attempts);
    db_column_bool(columns++, verdict->fate != DELIVERY_UNSENT);
    db_column_instant(columns++, comes_again ? verdict->due_at : INSTANT_NEVER);
    db_column_int(columns++, flight->status);
    optional_text(columns++, verdict->reason);
    db_column_instant(columns++, flight->answered_at);
    db_column_int(columns++, flight->duration_us);
}

static enum err queue_results(struct db *db, const struct results *results, struct arena *arena)
{
    /* In the order of the statement's parameters and of add_result(). */
    static const enum db_type types[] = {DB_UUID, DB_UUID, DB_TEXT, DB_INT4, DB_BOOL, DB_INSTANT, DB_INT4, DB_TEXT, DB_INSTANT, DB_INT8};
    enum { COLUMNS = sizeof(types) / sizeof(types[0]) };
    struct db_column columns[COLUMNS];
    struct db_args args;
    for (size_t i = 0; i < COLUMNS; i++)
        db_column_init(&columns[i], arena, types[i]);
    for (size_t i = 0; i < results->count; i++)
        add_result(columns, results->flights[i]);
    db_args_init(&args, arena);
    for (size_t i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_queue(db, &STORE_RECORD_RESULTS, &args);
}

/* 410: the endpoint is disabled; whatever waits for it is buried after that (queue.h). */
static enum err queue_disabling(struct db *db, const struct results *results, struct arena *arena)
{
    struct db_column endpoints;
    struct db_args args;
    const struct flight *last = NULL;
    db_column_init(&endpoints, arena, DB_UUID);
    for (size_t i = 0; i < results->count; i++) {
        if (results->flights[i]->verdict.fate != DELIVERY_GONE)
            continue;
        last = results->flights[i];
        db_column_id(&endpoints, last->endpoint);
    }
    if (!last)
        return ERR_OK;
    db_args_init(&args, arena);
    db_arg_column(&args, &endpoints);
    db_arg_str(&args, str_from(last->verdict.reason));
    db_arg_instant(&args, last->answered_at);
    return db_queue(db, &STORE_DISABLE_ENDPOINTS, &args);
}

static enum err write_all(struct db *db, void *context)
{
    const struct results *results = context;
    struct arena *arena = results->recorder->arena;
    arena_reset(arena);
    enum err err = queue_results(db, results, arena);
    if (err == ERR_OK)
        err = queue_disabling(db, results, arena);
    CRASH_POINT("recorder-before-commit");
    return err;
}

static void count(struct recorder *recorder, struct flight *const *flights, size_t flight_count)
{
    for (size_t i = 0; i < flight_count; i++) {
        metric_add(recorder->fates[flights[i]->verdict.fate], 1);
        if (flights[i]->status)
            metric_observe_us(recorder->duration, flights[i]->duration_us);
    }
}

/* Written twice (after an unknown COMMIT), a result changes nothing the second time: the number of attempts has moved. */
static void write_batch(void *writer, void **items, size_t item_count)
{
    struct recorder *recorder = writer;
    struct results results = {recorder, (struct flight **)items, item_count};
    enum err err;
    while ((err = db_transaction(recorder->db, write_all, &results)) != ERR_OK) {
        log_line(LOG_WARNING, "webhook-results-not-written", LOG_ERR(err), LOG_INT("results", item_count));
        if (atomic_load(&recorder->stopping) && clock_monotonic_us() > recorder->give_up_us)
            break;
        clock_sleep_us(PAUSE_US);
    }
    CRASH_POINT("recorder-after-commit");
    count(recorder, results.flights, item_count);
    recorder->options.recorded(recorder->options.owner, results.flights, item_count);
}

static enum err writer_open(void *owner, void **ret_writer)
{
    *ret_writer = owner;
    return ERR_OK;
}

static void writer_close(void *writer)
{
    (void)writer;
}

static void register_metrics(struct recorder *recorder)
{
    static const char *const fates[DELIVERY_FATE_COUNT] = {
        [DELIVERY_DONE] = "fate=\"done\"", [DELIVERY_LATER] = "fate=\"later\"",   [DELIVERY_DEAD] = "fate=\"dead\"",
        [DELIVERY_GONE] = "fate=\"gone\"", [DELIVERY_UNSENT] = "fate=\"unsent\"",
    };
    for (size_t i = 0; i < DELIVERY_FATE_COUNT; i++)
        recorder->fates[i] = metric_counter("jisr_webhook_attempts_total", fates[i], "Webhooks sent, by what came of it.");
    recorder->duration = metric_histogram_s("jisr_webhook_duration_seconds", "", "From the POST to its answer.");
}

enum err recorder_start(const struct recorder_options *options, struct recorder **ret_recorder)
{
    struct recorder *recorder = calloc(1, sizeof(*recorder));
    if (!recorder)
        return ERR_MEMORY;
    recorder->options = *options;
    register_metrics(recorder);
    recorder->arena = arena_new(ARENA_BYTES);
    const struct batch_options batch = {
        .max_items = BATCH_MAX,
        .max_waiting = options->max_flights,
        .writers = 1,
        .writer_open = writer_open,
        .writer_close = writer_close,
        .write = write_batch,
        .service = recorder,
    };
    enum err err = recorder->arena ? service_open_db(options->service, "results", &recorder->db) : ERR_MEMORY;
    if (err == ERR_OK)
        err = batch_start(&batch, &recorder->batch);
    if (err != ERR_OK) {
        db_close(recorder->db);
        arena_free(recorder->arena);
        free(recorder);
        return err;
    }
    *ret_recorder = recorder;
    return ERR_OK;
}

void recorder_put(struct recorder *recorder, struct flight *flight)
{
    if (!batch_put(recorder->batch, flight)) /* ending: its lease runs out, another copy sends it again */
        recorder->options.recorded(recorder->options.owner, &flight, 1);
}

void recorder_stop(struct recorder *recorder)
{
    recorder->give_up_us = clock_monotonic_us() + LAST_TRIES_US;
    atomic_store(&recorder->stopping, true);
    batch_stop(recorder->batch);
    db_close(recorder->db);
    arena_free(recorder->arena);
    free(recorder);
}
