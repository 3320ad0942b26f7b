/* Who is asking. Three kinds of credential: HTTP Basic (receipt number and secret code: applicants, at intake only), Bearer JWT (staff, and
 * applicants' 15-minute tokens), Bearer jisr_pk_… (partners, at notifier only). The server authenticates before it calls a handler and answers
 * 401/403 itself; what a role may do with *this* row (territory, own application) is checked by the handler with principal_… below. */
#ifndef JISR_HTTP_AUTH_H
#define JISR_HTTP_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"

enum who {
    WHO_ANYONE = 1,
    WHO_APPLICANT = 2,
    WHO_AGENT = 4,
    WHO_REVIEWER = 8,
    WHO_COMMITTEE = 16,
    WHO_TRAINER = 32,
    WHO_AUDITOR = 64,
    WHO_ADMIN = 128,
    WHO_PARTNER = 256,
};
#define WHO_STAFF (WHO_AGENT | WHO_REVIEWER | WHO_COMMITTEE | WHO_TRAINER | WHO_AUDITOR | WHO_ADMIN)

#define TERRITORIES_MAX 16

struct principal {
    enum who role;                           /* WHO_ANYONE: nobody in particular */
    struct str subject;                      /* JWT sub, receipt number, or partner id: goes into audit rows */
    struct id application;                   /* applicants: hers; nil otherwise (a Basic credential: filled by its verifier) */
    struct id partner;                       /* partners */
    struct str territories[TERRITORIES_MAX]; /* staff: ISO 3166-2 codes; none = everywhere */
    size_t territory_count;
};

/* "agent" … ; used in JWT claims, audit rows and by jisrctl token. NULL / false for what is no role. */
const char *who_name(enum who role);
bool who_parse(struct str name, enum who *ret_role);

/* Role and subject, "agent:<subject>": who did it, for audit rows. {NULL,0} without memory. */
struct str principal_actor(const struct principal *who, struct arena *arena);
/* Staff: the territory is `province` or its region. Applicants and partners: true (other checks are theirs). */
bool principal_covers(const struct principal *who, struct str region, struct str province);
/* Staff of any role, or the applicant whose application this is. */
bool principal_may_see(const struct principal *who, struct id application);

struct jwt_keys; /* crypto/jwt.h */

struct auth {
    /* Bearer JWT. A key counts for its own issuer alone; NULL: none are taken. */
    const struct jwt_keys *keys;
    const char *issuer; /* `iss` of what these keys have signed */
    const struct jwt_keys *staff_keys;
    const char *staff_issuer; /* the same of the organisation's OIDC issuer, whose tokens are staff's only */
    /* Basic and jisr_pk_… need the database: verified on a worker, with its worker context; NULL: not taken here.
     * ERR_UNAUTHENTICATED for every wrong one, whatever is wrong with it. `address`: the client's, as the front door gives it; empty without one. */
    enum err (*verify_basic)(void *worker, struct str user, struct str password, struct str address, struct arena *arena, struct principal *ret_who);
    enum err (*verify_partner)(void *worker, struct str api_key, struct arena *arena, struct principal *ret_who);
};

#endif
