/* Training's rows in PostgreSQL: what a batch loads under the desks' locks, and what it writes back. Set-based: one statement a step, whatever the
 * batch. */
#ifndef TRAINING_STORE_H
#define TRAINING_STORE_H

#include "db/db.h"
#include "seating.h"

/* A province's desk of a call. */
struct desk {
    struct str call, province;
    int64_t waiting_change;
};

struct desk_set {
    struct desk *items; /* sorted, distinct */
    size_t count;
};

enum err store_lock_desks(struct db *db, struct arena *arena, const struct desk_set *desks) MUST_CHECK;
/* `session_ids[i]` is the seat that enrolment i holds (nil: none), to be linked by store_load_seating. */
struct enrolment_list {
    struct enrolment *items;
    struct id *session_ids;
    size_t count;
};
/* The enrolments of these applications. */
enum err store_find_enrolments(struct db *db, struct arena *arena, const struct id *applications, size_t count,
                               struct enrolment_list *ret_enrolments) MUST_CHECK;
/* ret_left[i]: has application i left before? */
enum err store_find_departures(struct db *db, struct arena *arena, const struct id *applications, size_t count, bool *ret_left) MUST_CHECK;
enum err store_add_departures(struct db *db, struct arena *arena, const struct id *applications, size_t count, instant_us now) MUST_CHECK;

struct seating_query {
    const struct desk_set *desks;
    const struct id *held_sessions; /* whose seats may be freed */
    size_t held_count;
    size_t takers; /* at most so many seats are wanted */
    instant_us now;
};
enum err store_load_seating(struct db *db, struct arena *arena, const struct seating_query *query, struct seating *ret_seating) MUST_CHECK;

/* New enrolments, and changed ones (ERR_SERIALIZATION when a version has moved). */
enum err store_save_enrolments(struct db *db, struct arena *arena, struct enrolment *const *changed, size_t count, instant_us now) MUST_CHECK;
/* Seats taken and freed, and how the queues have grown and shrunk. */
enum err store_save_seating(struct db *db, struct arena *arena, const struct seating *seating, const struct desk_set *desks) MUST_CHECK;

#endif
