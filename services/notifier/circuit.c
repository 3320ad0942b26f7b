#include "circuit.h"

#define PATIENCE 5 /* failures in a row before it gets quiet: one bad delivery is not a dead endpoint */
#define LONGEST_QUIET (60 * INSTANT_SECOND)

void circuit_init(struct circuit *circuit)
{
    *circuit = (struct circuit){.width = CIRCUIT_FIRST_WIDTH};
}

void circuit_note(struct circuit *circuit, bool good, int32_t most, instant_us now)
{
    if (good) {
        circuit->failures = circuit->rounds = 0;
        circuit->width = circuit->width < most ? circuit->width + 1 : most;
        return;
    }
    circuit->failures++;
    circuit->width = circuit->width > 1 ? circuit->width / 2 : 1;
    if (circuit->failures < PATIENCE || now < circuit->quiet_until) /* those that were out together are one piece of news */
        return;
    instant_us quiet = INSTANT_SECOND << (circuit->rounds < 6 ? circuit->rounds : 6);
    circuit->rounds++;
    circuit->quiet_until = now + (quiet < LONGEST_QUIET ? quiet : LONGEST_QUIET);
}

void circuit_pause(struct circuit *circuit, instant_us until)
{
    if (until > circuit->quiet_until)
        circuit->quiet_until = until;
}

int32_t circuit_room(const struct circuit *circuit, int32_t out, instant_us now)
{
    if (now < circuit->quiet_until || out >= circuit->width)
        return 0;
    return circuit->width - out;
}
