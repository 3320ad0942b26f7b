/* What the service holds while it runs: rulesets (compiled, shared by all threads) and the master key of the facts (the feed's thread). */
#ifndef JISR_ELIGIBILITY_ELIGIBILITY_H
#define JISR_ELIGIBILITY_ELIGIBILITY_H

#include "base/embedded.h"
#include "crypto/seal.h"
#include "ruleset.h"

struct db;

#define RULESETS_MAX 64

struct eligibility {
    struct ruleset rulesets[RULESETS_MAX];
    const struct embedded_file *files[RULESETS_MAX]; /* the same order */
    size_t ruleset_count;
    struct seal_key facts_master;
    struct arena *scratch;     /* of the feed's thread: one application's facts at a time */
    struct rules_hints *hints; /* of the same thread */
};

extern const struct embedded_file RULESET_FILES[];

/* Reads and checks the embedded files; a wrong one is logged with where and why. */
enum err eligibility_load_rulesets(struct eligibility *eligibility, struct arena *arena, const struct embedded_file *files) MUST_CHECK;
/* Writes what is new to the table; ERR_CONFLICT, logged, when a known version's content differs. */
enum err eligibility_register_rulesets(const struct eligibility *eligibility, struct db *db) MUST_CHECK;

#endif
