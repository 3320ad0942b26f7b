/* All assessments of a call once more, by the rulesets as they are now, from the facts that each assessment kept: for jisrctl rescore.
 * Batches of some thousand decisions, each a transaction of its own; several threads. What a batch has changed stays when a later one fails, and a
 * second run finds it done: resumable. One event a change. Nobody loses a place or is refused after the fact, and nobody refused becomes eligible:
 * that is the committee's, so those are counted and left as they are. */
#ifndef JISR_ELIGIBILITY_RESCORE_H
#define JISR_ELIGIBILITY_RESCORE_H

#include "base/err.h"
#include "db/db.h"
#include "eligibility.h"

struct rescore_options {
    const char *conninfo; /* of the owner */
    const char *call;
    struct seal_key facts_master;
    const struct ruleset *rulesets; /* all that may apply */
    size_t ruleset_count;
    unsigned jobs;
    bool all;     /* also those whose assessment is by the version that applies */
    bool dry_run; /* nothing is written */
    void (*progress)(int64_t looked_at);
};

struct rescore_result {
    int64_t looked_at; /* decisions that can be scored again: eligible, not eligible, or waiting */
    int64_t current;   /* already by the version that applies (without `all`) */
    int64_t same;      /* scored again, nothing has changed */
    int64_t changed;   /* another version, score or outcome */
    int64_t refused;   /* … of which not eligible any more */
    int64_t for_committee;
    int64_t erased, faults; /* her key is gone; her facts or a rule can't be used */
    /* Not looked at: who holds a place keeps it; a double waits for a reviewer, or is merged; what is closed is over. */
    int64_t with_place, held, closed;
};

/* ERR_NOT_FOUND: no such call. ERR_UNAVAILABLE: no connection. Errors are logged; *ret_result counts what was done until then. */
enum err rescore(const struct rescore_options *options, struct rescore_result *ret_result) MUST_CHECK;
/* The ruleset that the call goes by. ERR_NOT_FOUND: no such call. */
enum err rescore_find_call(const struct rescore_options *options, struct arena *arena, struct str *ret_ruleset) MUST_CHECK;
/* Connected, with the statements of both files. */
enum err rescore_open_db(const struct rescore_options *options, struct db **ret_db) MUST_CHECK;
/* ERR_CONFLICT: this version was used with another content. */
enum err rescore_register(const struct rescore_options *options, const struct ruleset *ruleset, struct str text) MUST_CHECK;

#endif
