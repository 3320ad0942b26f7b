#include "relay/feed_waves.h"

#include <string.h>

const char FEED_BEHIND[] = "behind an earlier event of its application";

/* Open addressing; the last half of a key is its random part, the first its time: both are mixed in. */
static size_t hash(struct id key)
{
    uint64_t halves[2];
    memcpy(halves, key.bytes, sizeof(halves));
    uint64_t mixed = (halves[0] ^ (halves[1] * UINT64_C(0x9e3779b97f4a7c15)));
    mixed ^= mixed >> 32;
    mixed *= UINT64_C(0xd6e8feb86659fd93);
    return (size_t)(mixed ^ (mixed >> 32));
}

struct table {
    size_t *last; /* index of the last event of the key, or WAVE_NONE */
    size_t mask;
};

static enum err make_table(struct arena *arena, size_t count, struct table *ret_table)
{
    size_t size = 4;
    while (size < count * 2)
        size *= 2;
    ret_table->mask = size - 1;
    ret_table->last = arena_take_array(arena, size, sizeof(*ret_table->last));
    if (!ret_table->last)
        return ERR_LIMIT;
    for (size_t i = 0; i < size; i++)
        ret_table->last[i] = WAVE_NONE;
    return ERR_OK;
}

static size_t *find_last(const struct table *table, struct event *const *events, struct id key)
{
    for (size_t i = hash(key) & table->mask;; i = (i + 1) & table->mask) {
        size_t *last = &table->last[i];
        if (*last == WAVE_NONE || id_compare(events[*last]->key, key) == 0)
            return last;
    }
}

enum err waves_plan(struct event *const *events, size_t count, struct arena *arena, struct waves *ret_waves)
{
    struct table table;
    enum err err = make_table(arena, count, &table);
    if (err != ERR_OK)
        return err;
    struct wave_place *places = arena_take_array(arena, count + 1, sizeof(*places));
    size_t *before = arena_take_array(arena, count + 1, sizeof(*before)); /* the nearest earlier event of the same key */
    if (!places || !before)
        return ERR_LIMIT;
    size_t waves = 0;
    for (size_t i = 0; i < count; i++) {
        size_t *last = find_last(&table, events, events[i]->key);
        before[i] = *last;
        size_t previous = *last;
        while (previous != WAVE_NONE && strcmp(events[previous]->topic, events[i]->topic) != 0)
            previous = before[previous];
        places[i] = (struct wave_place){*last == WAVE_NONE ? 0 : places[*last].wave + 1, previous};
        *last = i;
        if (places[i].wave >= waves)
            waves = places[i].wave + 1;
    }
    *ret_waves = (struct waves){places, waves};
    return ERR_OK;
}

static bool is_done(const struct event *event)
{
    return err_info(event->outcome)->verdict == VERDICT_DONE;
}

/* Nothing before it of its key and topic was held or parked. All of them are looked at: a repeat of one that was held counts as done itself. */
static bool is_free(const struct waves *waves, struct event *const *events, size_t at)
{
    size_t previous = waves->places[at].previous;
    while (previous != WAVE_NONE && is_done(events[previous]))
        previous = waves->places[previous].previous;
    return previous == WAVE_NONE;
}

bool waves_may_take(const struct waves *waves, struct event *const *events, size_t at)
{
    bool free = is_free(waves, events, at);
    if (!free) {
        events[at]->outcome = ERR_NO_CAUSE;
        events[at]->reason = FEED_BEHIND;
    }
    return free;
}

size_t waves_pick(const struct waves *waves, size_t wave, struct event *const *events, const bool *ready, size_t count, struct event **ret_picked)
{
    size_t picked = 0;
    for (size_t i = 0; i < count; i++) {
        if (waves->places[i].wave != wave || !ready[i])
            continue;
        if (waves_may_take(waves, events, i))
            ret_picked[picked++] = events[i];
    }
    return picked;
}
