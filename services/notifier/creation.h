/* A POST that creates something and shows a secret once. With an Idempotency-Key its answer is kept, sealed, in the same transaction: the same key
 * and body give the same bytes again, the same key with another body is refused. */
#ifndef NOTIFIER_CREATION_H
#define NOTIFIER_CREATION_H

#include "routes.h"

struct creation {
    struct http_request *request;
    const struct service_worker *worker;
    struct id id;
    struct str location, body; /* of the answer when it is new */
    int status;                /* of that answer: 201, or 200 */
    const char *action;        /* the audit's word */
    /* Inserts it, in the transaction. ERR_NOT_FOUND …: nothing happens and that is the answer. */
    enum err (*insert)(struct db *db, struct creation *creation);
    void *what;
};

enum err creation_run(struct creation *creation) MUST_CHECK;

#endif
