/* What intake is made of beside the common parts: its state, made by its own parts (parts.c), reached from every handler by service->own. */
#ifndef JISR_INTAKE_INTAKE_H
#define JISR_INTAKE_INTAKE_H

#include "services/intake/calls/calls.h"
#include "config.h"
#include "crypto/jwt.h"
#include "db/batch.h"
#include "services/intake/application/guesses.h"
#include "service/service.h"
#include "services/intake/statistics/statistics.h"

struct intake {
    struct service *service;
    const struct intake_settings *settings;
    struct intake_keys keys;
    struct jwt_signer *signer;
    struct calls *calls;
    struct guesses *guesses;
    struct batch *batch;
    struct statistics *statistics;
    struct document_work *document_work;
    struct import_work *import_work;
    struct matching *matching;
};

static inline struct intake *intake_of(const struct service *service)
{
    return service->own;
}

extern const struct app_part INTAKE_PARTS[];
extern const size_t INTAKE_PART_COUNT;
extern const struct http_route INTAKE_ROUTES[];
extern const size_t INTAKE_ROUTE_COUNT;
extern const char *const INTAKE_TOPICS[];

/* events.c: the feed's handler. */
enum err intake_handle(struct feed_call *call) MUST_CHECK;
/* access.c: HTTP Basic. */
enum err intake_verify_basic(void *context, struct str user, struct str password, struct str address, struct arena *arena,
                             struct principal *ret_who) MUST_CHECK;

#endif
