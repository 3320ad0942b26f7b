/* What reviewers see and say of likely duplicates: the pairs that the search (matching.h) has found in their territory, both files side by side, and
 * their word on a pair, which is remembered. Only a pair that was found can be looked at, and each look is audited on both files. */
#ifndef JISR_INTAKE_DUPLICATES_H
#define JISR_INTAKE_DUPLICATES_H

#include "db/db.h"
#include "http/server.h"
#include "services/intake/store/store.h"

enum err duplicates_list(struct http_request *request, void *context) MUST_CHECK;
enum err duplicate_get(struct http_request *request, void *context) MUST_CHECK;

/* ── What the list and the view both show, as rows of a wire table ── */

/* Of a pair. */
#define DUPLICATE_PAIR_ROWS(pair)                                                                                               \
    WIRE_TEXT(pair, about, 0, 0, 0), WIRE_TEXT(pair, level, 0, 0, 0), WIRE_INT(pair, score, 0, 0, 0), WIRE_RAW(pair, parts, 0), \
        WIRE_INSTANT(pair, found_at, 0), WIRE_GIVEN(pair, same, has_same, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),    \
        WIRE_INSTANT(pair, judged_at, WIRE_NULLABLE)
/* Of each of its files. */
#define DUPLICATE_SIDE_ROWS(side)                                                                                                   \
    WIRE_ID(side, id, 0), WIRE_TEXT(side, receipt_number, 0, 0, 0), WIRE_TEXT(side, call, 0, 0, 0), WIRE_TEXT(side, kind, 0, 0, 0), \
        WIRE_TEXT(side, state, 0, 0, 0), WIRE_TEXT(side, province, 0, 0, 0), WIRE_INT(side, version, 0, 0, 0)

/* ── In the transaction of a change ── */

struct duplicate_word {
    struct id application, other;
    const char *about; /* "woman", "project" */
    bool same;
    instant_us at;
    struct str by;
};
/* Queues. */
enum err duplicates_judge(struct db *db, struct arena *arena, const struct duplicate_word *word) MUST_CHECK;
/* Queues: what was said to be the same is open again. */
enum err duplicates_reopen(struct db *db, struct arena *arena, struct id application) MUST_CHECK;
/* Queues: all that is open about this woman's file is answered by "not the same". */
enum err duplicates_clear(struct db *db, struct arena *arena, const struct duplicate_word *word) MUST_CHECK;
/* Whether somebody from whom no reviewer has told this file apart holds one of its numbers. */
enum err duplicates_held(struct db *db, struct arena *arena, const struct identity_change *identities, bool *ret_held) MUST_CHECK;

#endif
