/* A staff JWT signed by the issuer key of this installation: for one machine, tests and emergencies, and for what jisrctl itself asks of a service.
 */
#ifndef JISRCTL_STAFF_TOKEN_H
#define JISRCTL_STAFF_TOKEN_H

#include "base/arena.h"
#include "base/str.h"
#include "options.h"

struct staff_token {
    const char *role, *subject; /* subject NULL: "staff:ROLE" */
    int64_t life_s;
    struct option_list territories; /* none: everywhere */
};

/* False after a sentence on stderr. */
bool staff_token_make(const struct staff_token *token, struct arena *arena, struct str *ret_token);

#endif
