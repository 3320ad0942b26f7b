/* Waves: how the events of a batch are handed out so that events of a key come in order, and nothing passes one that was set aside. Pure. */
#ifndef JISR_RELAY_FEED_WAVES_H
#define JISR_RELAY_FEED_WAVES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "db/inbox.h"

#define WAVE_NONE SIZE_MAX

struct wave_place {
    size_t wave;     /* how many earlier events of the list have the same key */
    size_t previous; /* the nearest earlier one with the same key and topic; WAVE_NONE */
};

struct waves {
    struct wave_place *places; /* one an event, in the arena */
    size_t count;              /* of waves */
};

enum err waves_plan(struct event *const *events, size_t count, struct arena *arena, struct waves *ret_waves) MUST_CHECK;
/* Picks the events of one wave: those that are ready and not behind one of their topic and key that was held or parked; the latter get outcome
 * ERR_NO_CAUSE and FEED_BEHIND. Returns how many are in ret_picked (room for all of the wave). */
size_t waves_pick(const struct waves *waves, size_t wave, struct event *const *events, const bool *ready, size_t count, struct event **ret_picked);

/* Whether this event may be handled now: one behind another of its topic and key that was held or parked gets outcome ERR_NO_CAUSE and FEED_BEHIND.
 */
bool waves_may_take(const struct waves *waves, struct event *const *events, size_t at);

extern const char FEED_BEHIND[]; /* the reason of an event that is behind another */

#endif
