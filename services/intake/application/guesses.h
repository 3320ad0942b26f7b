/* Slows the guessing of secret codes, per receipt and network: after five wrong codes within a quarter of an hour each further one costs a wait that
 * doubles, up to a minute. Whoever guesses from elsewhere keeps nobody out who has the right code; many networks together have 2^60 codes before
 * them, and the front door's limit each. In memory, bounded, one table a copy. Thread-safe. */
#ifndef JISR_INTAKE_GUESSES_H
#define JISR_INTAKE_GUESSES_H

#include "base/instant.h"
#include "base/str.h"

struct guesses;

struct guesses *guesses_new(void);
void guesses_free(struct guesses *guesses);

struct guesser {
    const char *receipt; /* whose code it is */
    struct str address;  /* IPv4, or IPv6, of which the first 64 bits are the network */
};

/* How long this one has to wait before a code is looked at; 0: now. */
instant_us guesses_wait(struct guesses *guesses, const struct guesser *guesser, instant_us now);
void guesses_wrong(struct guesses *guesses, const struct guesser *guesser, instant_us now);
void guesses_right(struct guesses *guesses, const struct guesser *guesser);

#endif
