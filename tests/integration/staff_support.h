/* A request of staff, by a token: signed, sent and verified as any other. */
#ifndef JISR_TESTS_STAFF_SUPPORT_H
#define JISR_TESTS_STAFF_SUPPORT_H

#include "http/server.h"
#include "tests/support/check.h"

/* `territories`: separated by a space; NULL: everywhere. Lives in the arena. */
struct http_request staff_request(struct arena *arena, const char *territories);

#endif
