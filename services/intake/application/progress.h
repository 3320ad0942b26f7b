/* The event of a change that no request of hers makes: a decision, a seat, the end of a time. */
#ifndef JISR_INTAKE_PROGRESS_H
#define JISR_INTAKE_PROGRESS_H

#include "services/intake/store/store.h"

struct progress {
    struct application_row *row;
    const struct call *call;
    const struct application_change *change;
    instant_us happened_at, now;
    const char *type;
    struct id cause; /* nil: none */
    struct str traceparent, actor, action;
};

/* Raises the row's version and adds the outbox row with its audit row; texts live in the outbox's arena. */
enum err progress_tell(const struct progress *progress, struct outbox *outbox) MUST_CHECK;

#endif
