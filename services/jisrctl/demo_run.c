#include "demo_run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "demo_people.h"
#include "net/client.h"

#define SLOT_ARENA_BYTES (256 << 10)
#define GIVE_UP_US INT64_C(60000000)
#define PROGRESS_US 200000
#define PAUSE_US 200000

enum slot_state { SLOT_FREE, SLOT_SENT, SLOT_ANSWERED, SLOT_WAITING /* for resending */ };

struct slot {
    struct arena *arena;
    struct demo_application application;
    struct net_request request;
    struct run *run;
    enum slot_state state;
    int status;
    uint64_t answer_hash, first_hash; /* of the bodies of the two answers to a key sent twice */
    bool second;                      /* the intended second sending is on its way */
    int64_t not_before_us, retry_after_us;
};

struct run {
    const struct demo_plan *plan;
    struct net_client *client;
    struct demo_tally tally;
    struct slot *slots;
    size_t slot_count, free_count;
    int64_t next, end, cooperatives, refusals; /* planned cooperatives and refused ones; next = applications started; end = to be started */
    int64_t started_us, answered_us;
    char target[512];
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001B3);
    return hash;
}

/* On the client's thread. */
static void answered(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    (void)failure;
    struct slot *slot = request->owner;
    pthread_mutex_lock(&slot->run->lock);
    slot->status = status;
    slot->answer_hash = hash_of(answer);
    slot->retry_after_us = retry_after_s > 0 ? retry_after_s * 1000000 : PAUSE_US;
    slot->state = SLOT_ANSWERED;
    pthread_cond_signal(&slot->run->changed);
    pthread_mutex_unlock(&slot->run->lock);
}

static void send_slot(struct run *run, struct slot *slot)
{
    slot->request = (struct net_request){
        .url = str_from(run->target),
        .headers = {{STR("Content-Type"), STR("application/json")},
                    {STR("Idempotency-Key"), str_format(slot->arena, "\"%s\"", slot->application.key)},
                    {STR("Accept-Language"), STR("ar")}},
        .header_count = 3,
        .body = slot->application.body,
        .done = answered,
        .owner = slot,
    };
    slot->state = SLOT_SENT;
    run->tally.sent++;
    net_client_send(run->client, &slot->request);
}

/* Members are shared out over cooperatives of 6 to 11: 674 make 80. */
static unsigned members_of(const struct demo_plan *plan, int64_t number, int64_t cooperatives)
{
    int64_t each = plan->members / cooperatives, rest = plan->members % cooperatives;
    int64_t swing = cooperatives % 2 == 0 || number < cooperatives - 1 ? (number % 2 == 0 ? 2 : -2) : 0;
    return (unsigned)(each + (number < rest ? 1 : 0) + (each > 4 ? swing : 0));
}

static void start_next(struct run *run, struct slot *slot)
{
    const struct demo_plan *plan = run->plan;
    int64_t number = run->next++;
    arena_reset(slot->arena);
    slot->second = false;
    if (number < plan->persons)
        demo_person(plan->seed, plan->first + (uint64_t)number, slot->arena, &slot->application);
    else if ((number -= plan->persons) < run->cooperatives)
        demo_cooperative(plan->seed, plan->first + (uint64_t)number, members_of(plan, number, run->cooperatives), slot->arena, &slot->application);
    else
        demo_refused(plan->seed, plan->first + (uint64_t)(number - run->cooperatives), slot->arena, &slot->application);
    send_slot(run, slot);
}

static void count_accepted(struct demo_tally *tally, const struct demo_application *application)
{
    tally->accepted++;
    tally->persons += application->members == 0;
    tally->cooperatives += application->members > 0;
    tally->members += application->members;
}

/* A definite answer: counts it; true when the slot is free for the next. */
static bool settle(struct run *run, struct slot *slot)
{
    struct demo_tally *tally = &run->tally;
    if (slot->second) {
        if (slot->status == 201 && slot->answer_hash == slot->first_hash)
            tally->replayed++;
        else
            tally->wrong++;
    } else if (slot->application.flaw == DEMO_NO_CONSENT) {
        if (slot->status == 422)
            tally->refused++;
        else
            tally->wrong++;
    } else if (slot->status == 201) {
        count_accepted(tally, &slot->application);
        if (slot->application.flaw == DEMO_SENT_TWICE) {
            slot->second = true;
            slot->first_hash = slot->answer_hash;
            send_slot(run, slot);
            return false;
        }
    } else {
        tally->wrong++;
    }
    tally->done++;
    return true;
}

static bool is_definite(int status)
{
    return status != 0 && status != 409 && status != 429 && status < 500;
}

/* Takes what was answered, resends what waits: one pass over the slots. */
static void work_slots(struct run *run, int64_t now_us)
{
    for (size_t i = 0; i < run->slot_count; i++) {
        struct slot *slot = &run->slots[i];
        if (slot->state == SLOT_WAITING && now_us >= slot->not_before_us) {
            run->tally.resent++;
            send_slot(run, slot);
        }
        if (slot->state != SLOT_ANSWERED)
            continue;
        if (!is_definite(slot->status)) {
            slot->state = SLOT_WAITING;
            slot->not_before_us = now_us + slot->retry_after_us;
            continue;
        }
        run->answered_us = now_us;
        if (settle(run, slot)) {
            slot->state = SLOT_FREE;
            run->free_count++;
        }
    }
}

static bool due(const struct run *run, int64_t now_us)
{
    if (run->next >= run->end)
        return false;
    return run->plan->rate_per_s == 0 || run->next * 1000000 <= (now_us - run->started_us) * run->plan->rate_per_s;
}

static void fill_slots(struct run *run, int64_t now_us)
{
    for (size_t i = 0; i < run->slot_count && run->free_count > 0 && due(run, now_us); i++) {
        if (run->slots[i].state != SLOT_FREE)
            continue;
        run->free_count--;
        start_next(run, &run->slots[i]);
    }
}

static void wait_for_change(struct run *run, int64_t longest_us)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += longest_us * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&run->changed, &run->lock, &until);
}

static enum err send_all(struct run *run, void (*progress)(const struct demo_tally *))
{
    int64_t shown_us = 0;
    enum err err = ERR_OK;
    run->started_us = run->answered_us = clock_monotonic_us();
    pthread_mutex_lock(&run->lock);
    while (err == ERR_OK && run->tally.done < run->end) {
        int64_t now_us = clock_monotonic_us();
        if (*run->plan->stopped)
            run->end = run->next;
        work_slots(run, now_us);
        fill_slots(run, now_us);
        if (now_us - shown_us > PROGRESS_US) {
            run->tally.duration_us = now_us - run->started_us;
            progress(&run->tally);
            shown_us = now_us;
        }
        if (now_us - run->answered_us > GIVE_UP_US)
            err = ERR_UNAVAILABLE;
        else if (run->tally.done < run->end)
            wait_for_change(run, run->plan->rate_per_s > 0 ? 1000 : 5000);
    }
    pthread_mutex_unlock(&run->lock);
    run->tally.duration_us = clock_monotonic_us() - run->started_us;
    return err;
}

static enum err open_run(struct run *run)
{
    const struct net_options options = {
        .max_connections = (unsigned)run->slot_count,
        .max_connections_per_host = (unsigned)run->slot_count,
        .connect_timeout_ms = 5000,
        .timeout_ms = 30000,
        .max_answer_bytes = 65536,
        .allow_local = true,
    };
    run->slots = calloc(run->slot_count, sizeof *run->slots);
    if (!run->slots)
        return ERR_MEMORY;
    for (size_t i = 0; i < run->slot_count; i++) {
        run->slots[i].run = run;
        if (!(run->slots[i].arena = arena_new(SLOT_ARENA_BYTES)))
            return ERR_MEMORY;
    }
    run->free_count = run->slot_count;
    return net_client_start(&options, &run->client);
}

static void close_run(struct run *run)
{
    if (run->client)
        net_client_stop(run->client);
    for (size_t i = 0; run->slots && i < run->slot_count; i++)
        arena_free(run->slots[i].arena);
    free(run->slots);
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->lock);
}

enum err demo_run(const struct demo_plan *plan, void (*progress)(const struct demo_tally *tally), struct demo_tally *ret_tally)
{
    struct run run = {.plan = plan, .slot_count = (size_t)plan->connections};
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.changed, NULL);
    (void)snprintf(run.target, sizeof run.target, "%s/intake/v1/applications", plan->url);
    run.cooperatives = plan->members > 0 ? (plan->members + 8) / 9 : 0;
    run.cooperatives += run.cooperatives > 1 ? run.cooperatives % 2 : 0;
    run.refusals = plan->persons / 100;
    run.end = run.tally.planned = plan->persons + run.cooperatives + run.refusals;
    enum err err = open_run(&run);
    if (err == ERR_OK)
        err = send_all(&run, progress);
    *ret_tally = run.tally;
    close_run(&run);
    return err;
}

struct get_wait {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
    int status;
    struct arena *arena;
    struct str body;
};

static void got(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    (void)failure, (void)retry_after_s;
    struct get_wait *wait = request->owner;
    pthread_mutex_lock(&wait->lock);
    wait->status = status;
    wait->body = str_copy(wait->arena, answer);
    wait->done = true;
    pthread_cond_signal(&wait->changed);
    pthread_mutex_unlock(&wait->lock);
}

enum err demo_get(const char *url, const char *path, struct arena *arena, struct str *ret_body)
{
    const struct net_options options = {1, 1, 5000, 10000, 1 << 20, true, NULL};
    struct get_wait wait = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .arena = arena};
    struct net_request request = {.url = str_format(arena, "%s%s", url, path), .get = true, .done = got, .owner = &wait};
    struct net_client *client = NULL;
    enum err err = net_client_start(&options, &client);
    if (err != ERR_OK)
        return err;
    net_client_send(client, &request);
    pthread_mutex_lock(&wait.lock);
    while (!wait.done)
        pthread_cond_wait(&wait.changed, &wait.lock);
    pthread_mutex_unlock(&wait.lock);
    net_client_stop(client);
    *ret_body = wait.body;
    return wait.status == 200 ? ERR_OK : ERR_UNAVAILABLE;
}
