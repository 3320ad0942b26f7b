/* What an answer to a webhook means, and when to try again. Pure: time and randomness are arguments.
 *
 * Retries: exponential with full jitter (uniform in 0 … ceiling; ceilings 1 s, 2 s, 4 s … 6 h), until DELIVERY_LIFETIME after the delivery was made;
 * the last try falls on that very moment, and its failure is the end. */
#ifndef NOTIFIER_DELIVERY_H
#define NOTIFIER_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define DELIVERY_LIFETIME (INT64_C(75) * 3600 * INSTANT_SECOND)

enum delivery_fate {
    DELIVERY_DONE,   /* answered 2xx */
    DELIVERY_LATER,  /* failed; due again at due_at */
    DELIVERY_DEAD,   /* failed, and its time is up */
    DELIVERY_GONE,   /* 410: the endpoint wants nothing any more */
    DELIVERY_UNSENT, /* we stopped before it was sent: due at once, and not counted */
    DELIVERY_FATE_COUNT
};

struct delivery_attempt {
    int32_t number;     /* 1: the first */
    instant_us made_at; /* when the delivery was made, not the attempt */
    instant_us answered_at;
    int status;            /* 0: no answer */
    const char *failure;   /* why there was none (net/client.h) */
    int64_t retry_after_s; /* -1: not said */
    uint64_t random;
};

struct delivery_verdict {
    enum delivery_fate fate;
    instant_us due_at;      /* DELIVERY_LATER, DELIVERY_UNSENT */
    instant_us pause_until; /* the endpoint asked for quiet until then (Retry-After); 0: it did not */
    const char *reason;     /* static; NULL when done */
};

struct delivery_verdict delivery_judge(const struct delivery_attempt *attempt);

#endif
