/* The endpoints in memory: where to send, what to sign with, and how much each may have out. Owned by the deliverer's thread. */
#ifndef NOTIFIER_TARGET_H
#define NOTIFIER_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "circuit.h"
#include "crypto/seal.h"
#include "db/db.h"

struct target {
    struct id endpoint;
    struct str url;
    struct str secrets[2]; /* the new one, and the old one while it rotates */
    size_t secret_count;
    struct circuit circuit;
    int32_t out; /* taken and not settled */
    bool enabled;
};

struct targets {
    struct target **items; /* in the order of their ids */
    size_t count, capacity;
    size_t next;         /* where the next turn begins, so that all get theirs */
    struct arena *texts; /* of the latest load */
};

void targets_init(struct targets *targets);
void targets_done(struct targets *targets);
/* Reads the enabled endpoints anew. Targets that have something out stay, even when they are gone. */
enum err targets_load(struct targets *targets, struct db *db, const struct seal_key *secret_key, instant_us now) MUST_CHECK;
struct target *targets_find(const struct targets *targets, struct id endpoint); /* NULL: not known */

/* What an endpoint's secret is sealed for. */
struct str target_secret_context(struct arena *arena, struct id endpoint);

#endif
