/* The enrolments that a batch has changed, and the event that each change is. */
#ifndef TRAINING_CHANGES_H
#define TRAINING_CHANGES_H

#include "db/outbox.h"
#include "seating.h"
#include "store.h"

struct change_list {
    struct arena *arena;
    struct enrolment **items;
    struct str *traceparents;
    size_t count;
};

enum err changes_init(struct change_list *list, struct arena *arena, size_t most) MUST_CHECK;
/* Adds it when its state or its province is another than before. */
void changes_add(struct change_list *list, struct enrolment *enrolment, struct str traceparent);
/* How the queues of the desks grow and shrink. */
void changes_count_waiting(const struct change_list *list, struct desk_set *desks);
/* The outbox row of change `index`; the type is the state's. */
enum err changes_publish(const struct change_list *list, size_t index, struct id event_id, instant_us now, struct outbox *outbox) MUST_CHECK;

#endif
