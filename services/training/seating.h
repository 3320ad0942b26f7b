/* Who gets which seat: one batch of women who come and women who leave, against the sessions with room and the queues of the provinces.
 * Pure: the caller has locked the desks of all provinces involved and loads sessions and queues in order. */
#ifndef TRAINING_SEATING_H
#define TRAINING_SEATING_H

#include <stddef.h>

#include "base/id.h"
#include "base/instant.h"
#include "enrolment.h"

struct session {
    struct id id;
    struct str call, province, course, title, place;
    instant_us starts_at;
    bool open;     /* seats of it are given out: it is planned, and has not begun */
    int64_t room;  /* seats that are free */
    int64_t taken; /* by this batch; negative: freed */
};

struct enrolment {
    struct id id, application;
    struct str call, kind, region, province;
    struct str province_before; /* before this batch; empty: it is new */
    enum enrolment_state state, before;
    int64_t version;           /* before this batch; 0: it is new */
    int64_t decision_version;  /* of the decision that it follows */
    struct session *session;   /* that she holds a seat of, or NULL */
    struct enrolment *in_hand; /* of who waits: herself, where an event of this batch is about her; this one only keeps her turn */
};

struct seating {
    struct session *sessions; /* by call, province, starts_at, id: each desk's next session first */
    size_t session_count;
    struct enrolment *waiting; /* by call, province, time of arrival */
    size_t waiting_count;
};

/* She leaves: her seat, if she held one, is free again, though nobody gets it where its session is closed. enrolment_may() was asked before. */
void seating_leave(struct enrolment *enrolment);
/* Before she comes: where she held a seat of another province or waited there, she leaves it. What she has attended stays where it was. */
void seating_move(struct enrolment *enrolment, struct str province);
/* Has she left a seat or a queue for another province? */
bool seating_has_moved(const struct enrolment *enrolment);
/* After all who leave or move: freed and other free seats go to those who wait, first come first served. */
void seating_promote(struct seating *seating);
/* She comes: the next session of her province with room, or the end of the queue. Nobody overtakes the queue. */
void seating_come(struct seating *seating, struct enrolment *enrolment);

#endif
