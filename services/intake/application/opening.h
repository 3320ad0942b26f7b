/* One application, read by somebody who may: its row, and where it is wanted the form itself, opened with her key. Staff's reads are audited in the
 * transaction that reads. Handlers that run on a worker. */
#ifndef JISR_INTAKE_OPENING_H
#define JISR_INTAKE_OPENING_H

#include "services/intake/access.h"

struct opening {
    struct http_request *request;
    struct intake *intake;
    const char *action;        /* of the audit row: "read-receipt" */
    bool with_keys, with_form; /* her keys; her keys and the form */
    /* What else is read of it, in the same transaction; NULL: nothing. */
    enum err (*also)(struct opening *opening, struct db *db);
    void *found; /* where `also` puts it */
    /* What comes out, in the request's arena. */
    struct application_row row; /* with the form: and whether she may be referred */
    const struct call *call;
    struct subject_keys keys; /* to be wiped by the caller */
    struct str body, language;
    struct form form;
};

/* The {id} of the path. ERR_NOT_FOUND, ERR_FORBIDDEN; with keys: ERR_ERASED. */
enum err opening_take(struct opening *opening, struct db *db) MUST_CHECK;
/* The same inside a transaction that does more, without `also`. `context`: the struct opening, so that db_transaction() can call it. */
enum err opening_read(struct db *db, void *context) MUST_CHECK;

#endif
