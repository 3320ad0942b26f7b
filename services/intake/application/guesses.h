/* Slows the guessing of secret codes, per receipt: after five wrong codes within a quarter of an hour each further one costs a wait that doubles, up
 * to a minute, so that she who has the right code is never locked out for long. In memory, bounded, one table a copy. The network's limit is the
 * front door's. Thread-safe. */
#ifndef JISR_INTAKE_GUESSES_H
#define JISR_INTAKE_GUESSES_H

#include "base/instant.h"

struct guesses;

struct guesses *guesses_new(void);
void guesses_free(struct guesses *guesses);

/* How long this receipt has to wait before a code is looked at; 0: now. */
instant_us guesses_wait(struct guesses *guesses, const char *receipt, instant_us now);
void guesses_wrong(struct guesses *guesses, const char *receipt, instant_us now);
void guesses_right(struct guesses *guesses, const char *receipt);

#endif
