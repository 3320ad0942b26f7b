/* Changes of referrals and all that each entails, in one transaction: the row's new version, one event (outbox and audit), one webhook for every
 * endpoint of the partner that wants to hear of it. */
#ifndef NOTIFIER_CHANGES_H
#define NOTIFIER_CHANGES_H

#include "db/outbox.h"
#include "store.h"

struct change {
    const struct referral *referral; /* as it is now, its version raised */
    const struct referral_step *step;
    struct str actor; /* "partner:<id>" … */
};

struct changes {
    struct db *db;
    struct arena *arena;
    struct outbox *outbox;                        /* written by the caller */
    const struct subscription_set *subscriptions; /* of the partners concerned */
    instant_us now;
};

/* Queues messages and deliveries, adds the outbox rows, in the order given. The referrals' rows are locked or new. */
enum err changes_publish(const struct changes *changes, const struct change *items, size_t count) MUST_CHECK;

/* For referrals that all take the same step (revoked, expired): writes them, then publishes. Raises their state and version. */
enum err changes_apply(const struct changes *changes, const struct referral_set *referrals, enum referral_action action) MUST_CHECK;

#endif
