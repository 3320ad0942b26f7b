/* One woman of a file against somebody who was there before: what likeness makes of the two, and the best of it. */
#ifndef JISR_INTAKE_MATCHING_JUDGE_H
#define JISR_INTAKE_MATCHING_JUDGE_H

#include "matching.h"
#include "traits.h"

#define PAIRS_A_WOMAN 5 /* a reviewer looks at the best: who is like many is like all of them */

struct file {
    struct id id;
    int64_t call_id;
    struct str kind;
    bool over; /* nobody's twin */
    struct traits_made *women;
    size_t woman_count;
};

struct pair {
    struct id other;
    const char *about;
    enum likeness_level level;
    int score;
    struct likeness likeness;
};

struct best_pairs {
    struct pair items[PAIRS_A_WOMAN];
    size_t count;
};

/* Somebody who was there before. */
struct candidate {
    struct id id;
    int64_t call_id;
    struct str kind;
    struct traits traits;
};

/* A row of DUPLICATES_CANDIDATES; texts and lists are borrowed from it, or live in the arena. */
struct candidate matching_candidate(const struct db_rows *rows, size_t row, struct arena *arena);
/* Adds the pair to the best of this woman, if they are alike enough. */
void matching_judge(const struct matching_step *matching, const struct file *file, const struct traits *probe, const struct candidate *candidate,
                    struct best_pairs *best);
/* In a transaction; queues. */
enum err matching_keep_pair(struct db *db, struct arena *arena, struct id application, const struct pair *pair) MUST_CHECK;

#endif
