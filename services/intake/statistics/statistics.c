#include "statistics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "app/metrics.h"
#include "services/intake/intake.h"
#include "statistics_text.h"
#include "services/intake/upkeep.h"

#define READ_EVERY_US INT64_C(500000) /* the deltas have just been folded then: few are left to add up */
#define STALE_AFTER_US INT64_C(5000000)
#define CALLS_MAX 64
#define PROVINCES_MAX 512
#define ARENA_BYTES ((size_t)16 << 20)

/* What is served of one call. Entries are added, never taken away: a stream may hold its hub. */
struct figures {
    struct str call;
    struct http_hub *hub;
    char *json; /* under the lock; replaced as a whole */
    size_t size;
    char *published;                        /* what follows as_of in the message that went out last; this thread's */
    struct statistics_groups groups, shown; /* under the lock, allocated; `shown`: those of the public */
};

struct statistics {
    struct intake *intake;
    struct db *db;
    struct arena *arena, *names; /* of one round; of the calls' names */
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    pthread_mutex_t lock; /* protects figures and read_at_us */
    struct figures figures[CALLS_MAX];
    size_t count;
    int64_t read_at_us;
    struct metric *women;
    struct str provinces[PROVINCES_MAX]; /* this thread's */
    size_t province_count;
};

static struct figures *find(struct statistics *statistics, struct str call)
{
    for (size_t i = 0; i < statistics->count; i++)
        if (str_equal(statistics->figures[i].call, call))
            return &statistics->figures[i];
    return NULL;
}

static struct figures *find_or_add(struct statistics *statistics, struct str call)
{
    struct figures *figures = find(statistics, call);
    if (figures || statistics->count == CALLS_MAX)
        return figures;
    struct http_hub *hub = http_hub_new();
    struct str name = str_copy(statistics->names, call);
    if (!hub || !name.at) {
        http_hub_free(hub);
        return NULL;
    }
    figures = &statistics->figures[statistics->count++];
    *figures = (struct figures){.call = name, .hub = hub};
    return figures;
}

static char *duplicate(struct str text)
{
    char *copy = malloc(text.size + 1);
    if (copy) {
        memcpy(copy, text.at, text.size);
        copy[text.size] = '\0';
    }
    return copy;
}

/* Provinces are few, and their names last as long as the program. ERR_LIMIT. */
static enum err name_province(struct statistics *statistics, struct str *province)
{
    for (size_t i = 0; i < statistics->province_count; i++)
        if (str_equal(statistics->provinces[i], *province)) {
            *province = statistics->provinces[i];
            return ERR_OK;
        }
    if (statistics->province_count == PROVINCES_MAX)
        return ERR_LIMIT;
    struct str name = str_copy(statistics->names, *province);
    if (!name.at)
        return ERR_LIMIT;
    *province = statistics->provinces[statistics->province_count++] = name;
    return ERR_OK;
}

static enum err keep_groups(struct statistics *statistics, const struct statistics_groups *fresh, struct statistics_groups *kept)
{
    struct statistics_group *items = calloc(fresh->count + 1, sizeof(*items));
    enum err err = items ? ERR_OK : ERR_MEMORY;
    for (size_t i = 0; err == ERR_OK && i < fresh->count; i++) {
        items[i] = fresh->items[i];
        err = name_province(statistics, &items[i].province);
    }
    if (err != ERR_OK) {
        free(items);
        return err;
    }
    pthread_mutex_lock(&statistics->lock);
    struct statistics_group *old = kept->items;
    *kept = (struct statistics_groups){items, fresh->count, fresh->women};
    pthread_mutex_unlock(&statistics->lock);
    free(old);
    return ERR_OK;
}

/* What the public sees moves once as many women have come as a step has: whoever watches while one signs up learns nothing of her. */
static enum err follow_groups(struct statistics *statistics, const struct statistics_groups *fresh, struct figures *figures)
{
    bool due = !figures->shown.items || llabs(fresh->women - figures->shown.women) >= PROFILE_STEP;
    enum err err = keep_groups(statistics, fresh, &figures->groups);
    return err == ERR_OK && due ? keep_groups(statistics, fresh, &figures->shown) : err;
}

/* Published only when something but the time of reading has changed. */
static void serve(struct statistics *statistics, struct figures *figures, const struct statistics_text *text)
{
    char *json = duplicate(text->json);
    if (!json)
        return;
    pthread_mutex_lock(&statistics->lock);
    char *old = figures->json;
    figures->json = json;
    figures->size = text->json.size;
    pthread_mutex_unlock(&statistics->lock);
    free(old);
    if (figures->published && strcmp(figures->published, text->after_time) == 0)
        return;
    free(figures->published);
    figures->published = duplicate(str_from(text->after_time));
    http_hub_publish(figures->hub, STR("statistics"), text->json);
}

static enum err read_one(struct statistics *statistics, const struct statistics_rows *rows, const struct call *call, int64_t *women)
{
    pthread_mutex_lock(&statistics->lock);
    struct figures *figures = find_or_add(statistics, call->terms.id);
    pthread_mutex_unlock(&statistics->lock);
    struct statistics_groups groups;
    struct statistics_text text;
    if (!figures)
        return ERR_OK; /* more calls than are shown */
    enum err err = statistics_groups(rows, call, statistics->arena, &groups);
    if (err == ERR_OK)
        err = follow_groups(statistics, &groups, figures);
    if (err == ERR_OK)
        err = statistics_format(rows, call, &figures->shown, clock_wall_us(), statistics->arena, &text);
    if (err != ERR_OK)
        return err;
    serve(statistics, figures, &text);
    *women += text.women;
    return ERR_OK;
}

static enum err read_all(struct statistics *statistics)
{
    const struct calls_snapshot *calls = calls_hold(statistics->intake->calls, statistics->arena);
    struct statistics_rows rows;
    int64_t women = 0;
    enum err err = statistics_read(statistics->db, statistics->arena, &rows);
    for (size_t i = 0; err == ERR_OK && calls && i < calls->count; i++)
        err = read_one(statistics, &rows, &calls->items[i], &women);
    if (err != ERR_OK)
        return err;
    metric_set(statistics->women, women);
    pthread_mutex_lock(&statistics->lock);
    statistics->read_at_us = clock_monotonic_us();
    pthread_mutex_unlock(&statistics->lock);
    return ERR_OK;
}

static void *run(void *context)
{
    struct statistics *statistics = context;
    struct upkeep upkeep;
    upkeep_init(&upkeep, statistics->intake->calls);
    while (!atomic_load(&statistics->stopping)) {
        int64_t began_us = clock_monotonic_us();
        arena_reset(statistics->arena);
        upkeep_run(&upkeep, statistics->db, statistics->arena, began_us);
        enum err err = read_all(statistics);
        if (err != ERR_OK)
            log_line(LOG_WARNING, "statistics-not-read", LOG_ERR(err));
        int64_t left_us = began_us + READ_EVERY_US - clock_monotonic_us();
        clock_sleep_us(left_us > 10000 ? left_us : 10000);
    }
    return NULL;
}

enum err statistics_start(struct intake *intake, struct statistics **ret_statistics)
{
    struct statistics *statistics = calloc(1, sizeof(*statistics));
    if (!statistics)
        return ERR_MEMORY;
    statistics->intake = intake;
    statistics->arena = arena_new(ARENA_BYTES);
    statistics->names = arena_new(ARENA_BYTES);
    statistics->women = metric_gauge("jisr_intake_women", "", "women registered in all calls that are shown");
    pthread_mutex_init(&statistics->lock, NULL);
    enum err err = statistics->arena && statistics->names ? service_open_db(intake->service, "statistics", &statistics->db) : ERR_MEMORY;
    if (err == ERR_OK)
        err = calls_refresh(intake->calls, statistics->db, statistics->arena);
    if (err == ERR_OK)
        err = read_all(statistics); /* the first request already finds figures and calls */
    if (err == ERR_OK && pthread_create(&statistics->thread, NULL, run, statistics) != 0)
        err = ERR_MEMORY;
    statistics->running = err == ERR_OK;
    if (err == ERR_OK)
        *ret_statistics = statistics;
    else
        statistics_free(statistics);
    return err;
}

void statistics_stop(struct statistics *statistics)
{
    if (!statistics || !statistics->running)
        return;
    atomic_store(&statistics->stopping, true);
    pthread_join(statistics->thread, NULL);
    statistics->running = false;
}

void statistics_free(struct statistics *statistics)
{
    if (!statistics)
        return;
    statistics_stop(statistics);
    for (size_t i = 0; i < statistics->count; i++) {
        http_hub_free(statistics->figures[i].hub);
        free(statistics->figures[i].json);
        free(statistics->figures[i].published);
        free(statistics->figures[i].groups.items);
        free(statistics->figures[i].shown.items);
    }
    db_close(statistics->db);
    arena_free(statistics->arena);
    arena_free(statistics->names);
    pthread_mutex_destroy(&statistics->lock);
    free(statistics);
}

enum err statistics_get(struct statistics *statistics, struct str call, struct arena *arena, struct str *ret_json)
{
    struct str json = {0};
    pthread_mutex_lock(&statistics->lock);
    const struct figures *figures = find(statistics, call);
    bool stale = clock_monotonic_us() - statistics->read_at_us > STALE_AFTER_US;
    if (figures && figures->json && !stale)
        json = str_copy(arena, (struct str){figures->json, figures->size});
    pthread_mutex_unlock(&statistics->lock);
    if (!figures || !figures->json)
        return ERR_NOT_FOUND;
    if (stale)
        return ERR_UNAVAILABLE;
    if (!json.at)
        return ERR_LIMIT;
    *ret_json = json;
    return ERR_OK;
}

enum err statistics_get_groups(struct statistics *statistics, struct str call, bool exact, struct arena *arena, struct statistics_groups *ret_groups)
{
    struct statistics_groups copy = {0};
    pthread_mutex_lock(&statistics->lock);
    const struct figures *figures = find(statistics, call);
    const struct statistics_groups *kept = figures ? (exact ? &figures->groups : &figures->shown) : NULL;
    bool stale = clock_monotonic_us() - statistics->read_at_us > STALE_AFTER_US;
    if (kept && kept->items && !stale) {
        copy = (struct statistics_groups){arena_take_array(arena, kept->count + 1, sizeof(*copy.items)), kept->count, kept->women};
        if (copy.items)
            memcpy(copy.items, kept->items, kept->count * sizeof(*copy.items));
    }
    pthread_mutex_unlock(&statistics->lock);
    if (!kept)
        return ERR_NOT_FOUND;
    if (stale)
        return ERR_UNAVAILABLE;
    if (!copy.items)
        return ERR_LIMIT;
    *ret_groups = copy;
    return ERR_OK;
}

struct http_hub *statistics_hub(struct statistics *statistics, struct str call)
{
    pthread_mutex_lock(&statistics->lock);
    const struct figures *figures = find(statistics, call);
    struct http_hub *hub = figures ? figures->hub : NULL;
    pthread_mutex_unlock(&statistics->lock);
    return hub;
}
