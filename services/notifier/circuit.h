/* How much one endpoint is given at a time: more while it answers, less when it fails, nothing for a while when it keeps failing.
 * So a slow or dead endpoint costs the others nothing. Pure. */
#ifndef NOTIFIER_CIRCUIT_H
#define NOTIFIER_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct circuit {
    int32_t width;    /* deliveries that may be out at once, 1 … most */
    int32_t failures; /* in a row */
    int32_t rounds;   /* of quiet, in a row */
    instant_us quiet_until;
};

#define CIRCUIT_FIRST_WIDTH 16

void circuit_init(struct circuit *circuit);
/* One more per success until `most`; half at a failure. From the fifth failure in a row on: quiet for 1 s, 2 s, 4 s … 60 s. */
void circuit_note(struct circuit *circuit, bool good, int32_t most, instant_us now);
/* The endpoint itself asked for quiet. */
void circuit_pause(struct circuit *circuit, instant_us until);
/* How many more may go out when `out` already are. */
int32_t circuit_room(const struct circuit *circuit, int32_t out, instant_us now);

#endif
