/* Invented applications, the same for the same seed and number: bodies as contract.md shows them. Pure. */
#ifndef JISRCTL_DEMO_PEOPLE_H
#define JISRCTL_DEMO_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* What is wrong with it, on purpose. */
enum demo_flaw {
    DEMO_SOUND,
    DEMO_SENT_TWICE,          /* the same key and body again: the same answer */
    DEMO_UNDER_AGE,           /* 201, then INELIGIBLE */
    DEMO_SAME_IDENTITY,       /* the number of an earlier woman: 201, then DUPLICATE_REVIEW */
    DEMO_NO_REFERRAL_CONSENT, /* 201, and never a referral */
    DEMO_NO_CONSENT,          /* refused: 422, on top of the number asked for */
};

struct demo_application {
    enum demo_flaw flaw;
    unsigned members; /* 0: a person */
    struct str body;  /* JSON */
    char key[48];     /* Idempotency-Key: made of seed and number, so that a second run of the same seed adds nothing */
};

/* Person number `number` (0…) of `seed`. */
void demo_person(uint64_t seed, uint64_t number, struct arena *arena, struct demo_application *ret_application);
/* Cooperative number `number` with that many members, one at least (the first represents it). */
void demo_cooperative(uint64_t seed, uint64_t number, unsigned members, struct arena *arena, struct demo_application *ret_application);
/* A person whose processing consent is missing. */
void demo_refused(uint64_t seed, uint64_t number, struct arena *arena, struct demo_application *ret_application);

#endif
