/* One delivery on its way: the signed request, then what came of it. Made by the deliverer's thread, lent to the network's while it is out, then to
 * the recorder's, and given back. Its memory is used again and again. */
#ifndef NOTIFIER_FLIGHT_H
#define NOTIFIER_FLIGHT_H

#include "crypto/sign.h"
#include "delivery.h"
#include "net/client.h"
#include "target.h"

struct flight {
    struct net_request request;
    struct arena *arena;
    struct id event_id, endpoint;
    int32_t attempts; /* before this one */
    instant_us made_at, answered_at;
    int64_t sent_us, duration_us; /* monotonic clock */
    int status;
    const char *failure;
    struct delivery_verdict verdict;
    void (*landed)(struct flight *flight); /* on the network's thread, the verdict is there */
    void *owner;
    struct flight *next;
};

struct flight *flight_new(void); /* NULL without memory */
void flight_free(struct flight *flight);

/* From a row of `claim`: ids, body and signature. ERR_LIMIT when it does not fit. */
enum err flight_load(struct flight *flight, const struct db_rows *rows, size_t row) MUST_CHECK;
enum err flight_sign(struct flight *flight, const struct target *target, const struct webhook_key *key, instant_us now) MUST_CHECK;

#endif
