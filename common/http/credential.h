/* What an Authorization field says, and who that is. The parts that need no worker; used by the exchange and the workers. */
#ifndef JISR_HTTP_CREDENTIAL_H
#define JISR_HTTP_CREDENTIAL_H

#include <stdbool.h>

#include "http/auth.h"

enum credential_kind {
    CREDENTIAL_NONE,
    CREDENTIAL_BASIC,
    CREDENTIAL_JWT,
    CREDENTIAL_PARTNER,
    CREDENTIAL_WRONG, /* unreadable, or of a scheme that nobody takes */
};

struct credential {
    enum credential_kind kind;
    struct str user, password; /* Basic; in the arena */
    struct str token;          /* JWT or API key; borrowed */
    struct str address;        /* of the client, by the front door; borrowed */
};

void credential_read(struct str authorization, struct arena *arena, struct credential *ret_credential);
/* ERR_OK without changing *who for CREDENTIAL_NONE and for what must be verified on a worker; ERR_UNAUTHENTICATED when wrong or not taken here. */
enum err credential_verify_at_once(const struct auth *auth, const struct credential *credential, instant_us now, struct arena *arena,
                                   struct principal *who) MUST_CHECK;
/* Well-formed, and of a kind that another service alone can verify: a public read is answered whatever it is. */
bool credential_is_foreign(const struct auth *auth, const struct credential *credential);
bool credential_needs_worker(const struct auth *auth, const struct credential *credential);
/* Wipes the password. */
enum err credential_verify_on_worker(const struct auth *auth, const struct credential *credential, void *worker, struct arena *arena,
                                     struct principal *who) MUST_CHECK;
/* `who_may`: WHO_… bits of a route. ERR_UNAUTHENTICATED, ERR_FORBIDDEN. */
enum err credential_admit(unsigned who_may, const struct principal *who) MUST_CHECK;

#endif
