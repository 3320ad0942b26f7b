/* The search for duplicates: after a submission or an amendment is committed, compares its women with those of other files and keeps the pairs that
 * are likely the same, for reviewers. It changes no state: most files have gone on by then, and a place is not taken back by a machine. A thread of
 * its own with a connection of its own; any number of copies may run, one works. What it has read and what came of it are one transaction. */
#ifndef JISR_INTAKE_MATCHING_H
#define JISR_INTAKE_MATCHING_H

#include "services/intake/intake.h"

struct matching;

enum err matching_start(struct intake *intake, struct matching **ret_matching) MUST_CHECK;
void matching_free(struct matching *matching); /* NULL is allowed */

/* One step, for tests as well: what is next in the outbox. ret_more: ask again at once. */
struct matching_step {
    struct intake *intake;
    struct arena *arena; /* of a step */
    struct arena *group,
        *answers; /* of some of its files; of one look-up: a cooperative has hundreds of members, and each may be like hundreds of others */
    struct seal_key key;
    bool more;
};
enum err matching_step_open(struct intake *intake, struct matching_step *ret_step) MUST_CHECK;
void matching_step_close(struct matching_step *step);
enum err matching_run(struct db *db, struct matching_step *matching) MUST_CHECK;

/* Where the search is, for one copy at a time and until the transaction's end. `taken` false: another copy has it. */
struct matching_cursor {
    bool taken;
    int64_t xid, id;
};
enum err matching_take_cursor(struct db *db, struct arena *arena, struct matching_cursor *ret_cursor) MUST_CHECK;
/* Queues. */
enum err matching_move_cursor(struct db *db, struct arena *arena, const struct matching_cursor *cursor) MUST_CHECK;

#endif
