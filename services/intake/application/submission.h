/* POST applications: the request's thread decodes, judges, seals and parks; a writer stores what waits in one transaction and answers each. */
#ifndef JISR_INTAKE_SUBMISSION_H
#define JISR_INTAKE_SUBMISSION_H

#include "services/intake/intake.h"
#include "services/intake/store/store.h"

enum err submission_post(struct http_request *request, void *context) MUST_CHECK;

/* Whether a request to this route may come in: not when what waits already would keep it waiting. */
bool submission_admits(void *service, const struct http_route *route);

/* The group commit of the service. */
enum err submission_start(struct intake *intake) MUST_CHECK;
void submission_stop(struct intake *intake);

/* A body as it was read and judged for its call. */
struct submission_judged {
    struct form form;
    struct form_facts facts;
    const struct call *call;
    bool replay_only; /* the call has closed, and nothing else is wrong */
};
struct submission_question {
    const struct calls_snapshot *calls;
    struct str body;
    instant_us at;
    bool staff;
    struct arena *arena;
};
/* ERR_INVALID, ERR_MALFORMED with violations. */
enum err submission_judge(const struct submission_question *question, struct violations *violations, struct submission_judged *ret_judged) MUST_CHECK;

/* Everything about one submission that is made before it is queued. `draft`, `owner`, `request_…`, `call` and the ids are set already.
 * For tests as well: it needs keys, but neither server nor database. */
struct submission_source {
    const struct intake_keys *keys;
    const struct form *form;
    const struct form_facts *facts;
    struct str body, agent; /* agent's subject, or empty */
    enum language language;
    struct arena *arena;
};
enum err submission_prepare(struct submission *item, const struct submission_source *source) MUST_CHECK;

#endif
