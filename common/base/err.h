/* The one list of errors: what each means to a program, to an HTTP client and to a consumer of events.
 * Pure. A fallible function returns `enum err` and sets its `ret_` outputs only on ERR_OK. */
#ifndef JISR_BASE_ERR_H
#define JISR_BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

/* What a consumer of events does when the handling of one event ends so. */
enum verdict {
    VERDICT_DONE,  /* it is behind us: commit the offset */
    VERDICT_HOLD,  /* it came before its cause: keep it until the cause arrives (see db/inbox.h) */
    VERDICT_PARK,  /* it can't be processed as it is: keep it with its reason, later ones of its key behind it */
    VERDICT_RETRY, /* the world is at fault: roll back, wait, do the same batch again */
    VERDICT_STOP,  /* this copy must not go on: leave the group and join again */
};

/* X(NAME, HTTP status, verdict, problem slug, text). The text is for developers; clients get translations by slug (http/problem.h). */
#define ERR_LIST(X)                                                                                                       \
    X(OK, 200, DONE, "ok", "done")                                                                                        \
    X(MALFORMED, 400, PARK, "malformed", "not readable in its declared format")                                           \
    X(BAD_REQUEST, 400, PARK, "bad-request", "the HTTP request itself is not acceptable")                                 \
    X(KEY_MISSING, 400, PARK, "idempotency-key-missing", "this request needs an Idempotency-Key")                         \
    X(UNAUTHENTICATED, 401, PARK, "unauthenticated", "no credential, or not a good one")                                  \
    X(FORBIDDEN, 403, PARK, "forbidden", "this credential may not do that")                                               \
    X(NOT_FOUND, 404, PARK, "not-found", "no such thing, or not yours to see")                                            \
    X(METHOD, 405, PARK, "method-not-allowed", "this address does not take that method")                                  \
    X(NOT_ACCEPTABLE, 406, PARK, "not-acceptable", "no answer can be given in the accepted media types")                  \
    X(TIMEOUT, 408, RETRY, "timeout", "the request took too long to arrive")                                              \
    X(CONFLICT, 409, PARK, "conflict", "the state of the thing does not allow this change")                               \
    X(IN_FLIGHT, 409, RETRY, "idempotency-key-in-flight", "a request with this Idempotency-Key is still being worked on") \
    X(LENGTH, 411, PARK, "length-required", "the length of the body must be known before it comes (Content-Length)")      \
    X(STALE, 412, PARK, "stale", "the thing has changed since it was read (If-Match)")                                    \
    X(LIMIT, 413, PARK, "too-large", "larger than this place takes")                                                      \
    X(MEDIA_TYPE, 415, PARK, "unsupported-media-type", "this content type is not taken here")                             \
    X(EXPECTATION, 417, PARK, "expectation-failed", "only 100-continue can be expected")                                  \
    X(INVALID, 422, PARK, "invalid", "readable, but not acceptable; see errors")                                          \
    X(KEY_REUSED, 422, PARK, "idempotency-key-reused", "this Idempotency-Key was used with another body")                 \
    X(PRECONDITION, 428, PARK, "precondition-required", "this change needs If-Match with the ETag last read")             \
    X(RATE_LIMITED, 429, RETRY, "rate-limited", "too many requests; see Retry-After")                                     \
    X(INTERNAL, 500, STOP, "internal", "a fault of ours")                                                                 \
    X(UNAVAILABLE, 503, RETRY, "unavailable", "a part that is needed does not answer; try again")                         \
    X(OVERLOADED, 503, RETRY, "overloaded", "more work than can be done now; see Retry-After")                            \
    X(DRAINING, 503, RETRY, "draining", "this copy is stopping; try again")                                               \
    X(COMMIT_UNKNOWN, 503, RETRY, "outcome-unknown", "the answer to COMMIT was lost: it may have happened or not")        \
    X(SERIALIZATION, 503, RETRY, "busy", "two transactions were in each other's way")                                     \
    X(MEMORY, 503, RETRY, "out-of-memory", "no memory left")                                                              \
    X(FENCED, 503, STOP, "fenced", "another copy owns this partition now")                                                \
    X(NO_CAUSE, 503, HOLD, "before-its-cause", "the event that this one follows from has not arrived yet")                \
    X(ERASED, 410, DONE, "erased", "her key has been destroyed: there is nothing left to read")

enum err {
#define X(name, status, verdict, slug, text) ERR_##name,
    ERR_LIST(X)
#undef X
        ERR_COUNT
};

struct err_info {
    const char *name; /* "NOT_FOUND" */
    int http_status;
    enum verdict verdict;
    const char *slug; /* last part of the problem type, RFC 9457 */
    const char *text;
};

/* Never NULL; an unknown code gives the row of ERR_INTERNAL. */
const struct err_info *err_info(enum err err);

#endif
