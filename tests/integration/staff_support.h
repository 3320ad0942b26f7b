/* A request of staff, by a token: signed, sent and verified as any other. */
#ifndef JISR_TESTS_STAFF_SUPPORT_H
#define JISR_TESTS_STAFF_SUPPORT_H

#include "http/server.h"
#include "tests/support/check.h"

/* `territories`: separated by a space; NULL: everywhere. Lives in the arena. */
struct http_request staff_request(struct arena *arena, const char *territories);

/* Who sees what is of PROVINCE. */
#define PROVINCE "MA-TAO" /* of MA-03 */
struct territory_case {
    const char *territories; /* as above */
    int64_t sees;            /* 1: it; 0: nothing */
    const char *why;
};
extern const struct territory_case TERRITORY_CASES[];
extern const size_t TERRITORY_CASE_COUNT;

#endif
