/* Sends the demo's applications through the front door: many at once, each until its outcome is known (the same key again when no answer came). */
#ifndef JISRCTL_DEMO_RUN_H
#define JISRCTL_DEMO_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct demo_plan {
    const char *url;      /* the front door: http://host:port */
    uint64_t seed, first; /* number of the first person */
    int64_t persons, members;
    int64_t rate_per_s; /* 0: as quick as the platform takes them */
    int64_t connections;
    const volatile sig_atomic_t *stopped; /* once it isn't 0 no more are begun; those that are go on until their outcome is known */
};

struct demo_tally {
    int64_t sent;                           /* requests, resends included */
    int64_t accepted;                       /* applications answered 201 */
    int64_t refused;                        /* 422, as meant */
    int64_t replayed;                       /* the same answer for the same key, as meant */
    int64_t resent;                         /* because no answer came, or a 429 or 503 */
    int64_t wrong;                          /* any other outcome: a fault */
    int64_t persons, members, cooperatives; /* accepted */
    int64_t done, planned;                  /* applications, for the progress bar */
    int64_t duration_us;
};

/* `progress` is called several times a second. ERR_UNAVAILABLE: the front door did not answer for 60 s. */
enum err demo_run(const struct demo_plan *plan, void (*progress)(const struct demo_tally *tally), struct demo_tally *ret_tally) MUST_CHECK;

/* GET of a path below the front door; the answer in the arena. */
enum err demo_get(const char *url, const char *path, struct arena *arena, struct str *ret_body) MUST_CHECK;

#endif
