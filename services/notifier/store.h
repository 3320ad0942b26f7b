/* Notifier's rows in PostgreSQL: applications, referrals, and who wants to hear of them. Set-based: one statement a step, whatever the batch. */
#ifndef NOTIFIER_STORE_H
#define NOTIFIER_STORE_H

#include "db/db.h"
#include "messages.h"
#include "referral.h"
#include "subscription.h"

struct referral {
    struct id id, partner, application;
    enum referral_state state;
    int64_t version;
    struct str call, kind, region; /* of the application */
    struct str province;           /* in which it was offered, wherever she lives now */
    struct str lives_in;           /* where that is; set by store_lock_elsewhere alone */
    struct str reason, outcome;
    struct str traceparent; /* of what led to its change; may be empty */
};

struct referral_set {
    struct referral *items;
    size_t count;
};

struct subscription_set {
    struct subscription *items;
    size_t count;
};

struct known_application {
    struct id id;
    struct str call, kind, region, province;
    bool may_be_referred; /* she agreed, and has not withdrawn */
    int64_t revision;     /* of the form that this is of; 0: not known */
    bool offered_elsewhere;
};

/* Whom to offer, and to whom. */
struct offering {
    struct known_application *applications;
    size_t count;
    struct subscription_set subscriptions; /* of all partners, locked as by store_lock_subscriptions */
};

struct id_set {
    const struct id *items;
    size_t count;
};

/* Endpoints of these partners, enabled or gone, locked so that they stay so until the end of the transaction. */
enum err store_lock_subscriptions(struct db *db, struct arena *arena, const struct id_set *partners,
                                  struct subscription_set *ret_subscriptions) MUST_CHECK;

/* Newer versions replace older ones; withdrawn[i]: application i has left. */
enum err store_save_applications(struct db *db, struct arena *arena, const struct application_message *applications, const bool *withdrawn,
                                 size_t count) MUST_CHECK;
/* `gone_before`: an endpoint that has been gone since before then is nobody's way to hear of her. */
enum err store_find_applications(struct db *db, struct arena *arena, const struct id_set *ids, instant_us gone_before,
                                 struct offering *ret_offering) MUST_CHECK;

/* Forms by application and revision. */
struct form_set {
    const struct id *ids;
    const int64_t *revisions;
    size_t count;
};
/* Queues: these were given a place while partners may not hear of them. */
enum err store_remember_shortlisted(struct db *db, struct arena *arena, const struct form_set *forms) MUST_CHECK;
/* Those of the applications that had a place have none now; ret_had_place: which. Locked. */
enum err store_forget_shortlisted(struct db *db, struct arena *arena, const struct id_set *applications, struct id_set *ret_had_place) MUST_CHECK;
/* Those of the forms that were given a place before, and may be referred now. Locked. */
enum err store_find_shortlisted(struct db *db, struct arena *arena, const struct form_set *forms, instant_us gone_before,
                                struct offering *ret_offering) MUST_CHECK;

/* Inserts version 1 of each; ret_added[i] is false where the partner has one of this application already. */
enum err store_add_referrals(struct db *db, struct arena *arena, const struct referral_set *referrals, instant_us now, bool *ret_added) MUST_CHECK;
/* What partners wrote about women whose keys are destroyed. Queues. */
enum err store_forget_notes(struct db *db, struct arena *arena, const struct id_set *applications) MUST_CHECK;
/* Open referrals of these applications that may not go on: she withdrew herself or her consent, or has no place. Locked. */
enum err store_lock_revocable(struct db *db, struct arena *arena, const struct id_set *applications, struct referral_set *ret_referrals) MUST_CHECK;
/* Offers that were made in another province than she lives in now. Locked. */
enum err store_lock_elsewhere(struct db *db, struct arena *arena, const struct id_set *applications, struct referral_set *ret_referrals) MUST_CHECK;
/* Offers older than `before`, at most `max`, those that nobody else holds. Locked. */
enum err store_lock_expired(struct db *db, struct arena *arena, instant_us before, size_t max, struct referral_set *ret_referrals) MUST_CHECK;
/* Those of a partner that are open, at most `max` after an id, in its order. Locked. */
enum err store_lock_held(struct db *db, struct arena *arena, struct id partner, struct id after, size_t max,
                         struct referral_set *ret_referrals) MUST_CHECK;
/* One of this partner's. Locked. ERR_NOT_FOUND. */
enum err store_lock_referral(struct db *db, struct arena *arena, struct id id, struct id partner, struct referral *ret_referral) MUST_CHECK;
/* Writes state, reason and outcome, and raises the version of each from `version` by one. ERR_SERIALIZATION when one has moved. */
enum err store_change_referrals(struct db *db, struct arena *arena, const struct referral_set *referrals, instant_us now) MUST_CHECK;

#endif
