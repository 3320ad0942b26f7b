/* Eligibility's half of the generator: the assessment that the service itself would make, and the events that tell of it. */
#ifndef JISR_BENCH_JUDGING_H
#define JISR_BENCH_JUDGING_H

#include "crypto/seal.h"
#include "db/outbox.h"

struct judge; /* the rulesets, compiled */

struct judge *judge_open(const struct seal_key *facts_master, struct arena *arena); /* NULL after a sentence on stderr */

struct judge_question { /* what the event of her submission says */
    struct id application;
    struct str call, kind, region, province;
    instant_us submitted_at;
    struct str facts;       /* base64, sealed */
    struct str wrapped_key; /* the vault's */
};

struct judgement {
    bool eligible;
    double score;
    struct str ruleset, criteria, snapshot;
    int64_t ruleset_version;
};

/* Assessed; where she is eligible, put on the waiting list. One event of the outbox each. */
enum err judge(const struct judge *judge, const struct judge_question *question, instant_us at, struct arena *arena, struct outbox *outbox,
               struct judgement *ret_judgement) MUST_CHECK;

#endif
