/* The calls of the programme, read from the database every two seconds, and by the copy that closes one at once; kept as an immutable
 * snapshot. Request threads hold a snapshot for as long as their arena lives; a newer one takes its place only when something has changed.
 * Thread-safe. A copy may be two seconds behind: whether a call takes an application is asked again where that is stored (store.sql). */
#ifndef JISR_INTAKE_CALLS_H
#define JISR_INTAKE_CALLS_H

#include "base/id.h"
#include "services/intake/application/clock.h"
#include "db/db.h"
#include "http/packed.h"
#include "http/server.h"
#include "services/intake/application/validate.h"

struct call {
    int32_t id;
    struct call_terms terms; /* takes_applications: the call is open, whatever its dates */
    instant_us opens_at, closes_at;
    struct clock_terms clock;
    struct str json; /* as GET /calls shows it */
};

struct calls_snapshot {
    struct call *items;
    size_t count;
    struct packed answer; /* of GET /calls: {"items":[…]} */
};

struct calls;

struct calls *calls_new(void);
void calls_free(struct calls *calls); /* after the last holder's arena was reset */

enum err calls_refresh(struct calls *calls, struct db *db, struct arena *arena) MUST_CHECK;
/* The snapshot of now, held until the arena is reset. NULL: none was read yet, or no memory. */
const struct calls_snapshot *calls_hold(struct calls *calls, struct arena *arena);

const struct call *calls_find(const struct calls_snapshot *snapshot, struct str slug);
const struct call *calls_by_id(const struct calls_snapshot *snapshot, int64_t id);
/* The only call that is open; NULL when there is none or more than one. */
const struct call *calls_only_open(const struct calls_snapshot *snapshot);
/* The call that `?call=` names; without it the only open one. ERR_NOT_FOUND; ERR_BAD_REQUEST names the parameter where it is needed. */
enum err call_asked_for(struct http_request *request, const struct calls_snapshot *snapshot, const struct call **ret_call) MUST_CHECK;
/* The terms as they are at `now`. */
struct call_terms call_terms_at(const struct call *call, instant_us now);
/* Whether the call asks a woman, or a cooperative, for documents of this type. */
bool call_asks_for_document(const struct call *call, enum kind kind, struct str type, struct arena *arena);

#endif
