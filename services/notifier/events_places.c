#include "events_places.h"

#include "changes.h"
#include "config.h"
#include "crypto/seal.h"
#include "proto/topics.h"
#include "service/service.h"

static const struct event *event_of(const struct group *group, struct id application)
{
    for (size_t i = 0; i < group->count; i++)
        if (id_compare(group->events[i]->key, application) == 0)
            return group->events[i];
    return NULL;
}

static struct changes changes_of(const struct feed_call *call, const struct subscription_set *subscriptions_of_partners)
{
    return (struct changes){call->db, call->arena, call->outbox, subscriptions_of_partners, call->now};
}

/* ── Nobody may hear of them any more ── */

static enum err revoke_these(const struct group *group, const struct referral_set *referrals)
{
    struct feed_call *call = group->call;
    struct subscription_set to_tell;
    if (referrals->count == 0)
        return ERR_OK;
    struct id *partners = arena_take_array(call->arena, referrals->count, sizeof *partners);
    if (!partners)
        return ERR_LIMIT;
    for (size_t i = 0; i < referrals->count; i++) {
        const struct event *event = event_of(group, referrals->items[i].application);
        referrals->items[i].traceparent = event ? event->traceparent : (struct str){0};
        partners[i] = referrals->items[i].partner;
    }
    enum err err = store_lock_subscriptions(call->db, call->arena, &(struct id_set){partners, referrals->count}, &to_tell);
    if (err != ERR_OK)
        return err;
    struct changes changes = changes_of(call, &to_tell);
    return changes_apply(&changes, referrals, REFERRAL_REVOKE);
}

enum err places_revoke(const struct group *group, const struct id_set *applications)
{
    struct referral_set referrals;
    enum err err = store_lock_revocable(group->call->db, group->call->arena, applications, &referrals);
    return err == ERR_OK ? revoke_these(group, &referrals) : err;
}

/* ── A place is hers ── */

struct offers {
    struct referral *items;
    size_t count, capacity;
};

static bool grow(struct offers *offers, struct arena *arena)
{
    size_t capacity = offers->capacity ? 2 * offers->capacity : 64;
    struct referral *items = arena_take_array(arena, capacity, sizeof *items);
    if (!items)
        return false;
    if (offers->count)
        memcpy(items, offers->items, offers->count * sizeof *items);
    offers->items = items;
    offers->capacity = capacity;
    return true;
}

/* One offer a partner, however many of its endpoints fit. */
static enum err add_offers(const struct group *group, const struct known_application *application, const struct subscription_set *all,
                           struct offers *offers)
{
    const struct event *event = event_of(group, application->id);
    size_t first = offers->count;
    for (size_t i = 0; i < all->count; i++) {
        const struct subscription *subscription = &all->items[i];
        bool has_one = false;
        for (size_t other = first; other < offers->count && !has_one; other++)
            has_one = id_compare(offers->items[other].partner, subscription->partner) == 0;
        if (has_one || !subscription_takes(subscription, STR(EVENT_REFERRAL_OFFERED)) ||
            !subscription_covers(subscription, application->region, application->province))
            continue;
        if (offers->count == offers->capacity && !grow(offers, group->call->arena))
            return ERR_LIMIT;
        offers->items[offers->count++] = (struct referral){.id = fresh_id(group->call->now),
                                                           .partner = subscription->partner,
                                                           .application = application->id,
                                                           .state = REFERRAL_OFFERED,
                                                           .version = 1,
                                                           .call = application->call,
                                                           .kind = application->kind,
                                                           .region = application->region,
                                                           .province = application->province,
                                                           .traceparent = event->traceparent};
    }
    return ERR_OK;
}

static enum err offer(const struct group *group, const struct subscription_set *all, const struct offers *offers)
{
    struct feed_call *call = group->call;
    bool *added = arena_take_array(call->arena, offers->count, sizeof *added);
    struct change *items = arena_take_array(call->arena, offers->count, sizeof *items);
    size_t count = 0;
    if (!added || !items)
        return ERR_LIMIT;
    enum err err = store_add_referrals(call->db, call->arena, &(struct referral_set){offers->items, offers->count}, call->now, added);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < offers->count; i++)
        if (added[i])
            items[count++] = (struct change){&offers->items[i], referral_step(REFERRAL_NONE, REFERRAL_OFFER), STR("service:notifier")};
    struct changes changes = changes_of(call, all);
    return changes_publish(&changes, items, count);
}

/* An event that doesn't say its revision is about the first. */
static int64_t revision_of(const struct event *event, struct arena *arena)
{
    struct decision_message message = {0};
    struct violations violations;
    violations_init(&violations, arena);
    enum err err = wire_decode(&DECISION_MESSAGE, event->data, WIRE_IGNORE_UNKNOWN, arena, &message, &violations);
    return err == ERR_OK && message.revision > 0 ? message.revision : 1;
}

/* A decision may arrive before the form that it is about (another topic): it is held until that is here, for only that says where she lives. */
static void hold_unknown(const struct group *group, struct offering *offering)
{
    for (size_t i = 0; i < group->count; i++) {
        struct event *event = group->events[i];
        size_t at = 0;
        while (at < offering->count && id_compare(offering->applications[at].id, event->key) != 0)
            at++;
        bool found = at < offering->count;
        if (found && (offering->applications[at].revision == 0 || revision_of(event, group->call->arena) <= offering->applications[at].revision))
            continue;
        event->outcome = ERR_NO_CAUSE;
        event->reason = found ? "the form that it is about has not arrived yet" : "its application has not arrived yet";
        if (found)
            offering->applications[at] = offering->applications[--offering->count];
    }
}

static enum err offer_all(const struct group *group, const struct offering *offering)
{
    struct offers offers = {0};
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < offering->count; i++)
        if (offering->applications[i].may_be_referred)
            err = add_offers(group, &offering->applications[i], &offering->subscriptions, &offers);
    return err == ERR_OK && offers.count > 0 ? offer(group, &offering->subscriptions, &offers) : err;
}

/* As long as an offer waits for its answer. */
static instant_us gone_before(const struct feed_call *call)
{
    const struct service *service = call->service;
    return call->now - ((const struct notifier_settings *)service->settings)->offer_days * INSTANT_DAY;
}

enum err places_offer_late(const struct group *group, const struct form_set *confirmed)
{
    struct offering offering;
    enum err err = store_find_shortlisted(group->call->db, group->call->arena, confirmed, gone_before(group->call), &offering);
    return err == ERR_OK ? offer_all(group, &offering) : err;
}

/* Who has a place: where partners may not hear of her, now or from some day on, she may let them later (she confirms what an agent entered, or takes
 * an objection back), and is found again. */
static enum err remember(const struct group *group, const struct offering *offering)
{
    struct arena *arena = group->call->arena;
    struct id *ids = arena_take_array(arena, offering->count + 1, sizeof *ids);
    int64_t *revisions = arena_take_array(arena, offering->count + 1, sizeof *revisions);
    size_t count = 0;
    if (!ids || !revisions)
        return ERR_LIMIT;
    for (size_t i = 0; i < offering->count; i++) {
        const struct event *event = event_of(group, offering->applications[i].id);
        if (!event)
            continue;
        revisions[count] = revision_of(event, arena);
        ids[count++] = offering->applications[i].id;
    }
    return count > 0 ? store_remember_shortlisted(group->call->db, arena, &(struct form_set){ids, revisions, count}) : ERR_OK;
}

static bool serves(const struct subscription_set *all, const struct referral *offer)
{
    for (size_t i = 0; i < all->count; i++)
        if (id_compare(all->items[i].partner, offer->partner) == 0 && subscription_takes(&all->items[i], STR(EVENT_REFERRAL_OFFERED)) &&
            subscription_covers(&all->items[i], offer->region, offer->lives_in))
            return true;
    return false;
}

/* She has moved, and her place is in another province: an offer to whoever serves only the one that she has left is none of theirs any more. */
static enum err take_back_elsewhere(const struct group *group, const struct offering *offering)
{
    struct feed_call *call = group->call;
    struct referral_set offers = {0}, back = {0};
    struct id *ids = arena_take_array(call->arena, offering->count + 1, sizeof *ids);
    size_t count = 0;
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < offering->count; i++)
        if (offering->applications[i].offered_elsewhere)
            ids[count++] = offering->applications[i].id;
    enum err err = count > 0 ? store_lock_elsewhere(call->db, call->arena, &(struct id_set){ids, count}, &offers) : ERR_OK;
    back.items = offers.items;
    for (size_t i = 0; err == ERR_OK && i < offers.count; i++)
        if (!serves(&offering->subscriptions, &offers.items[i]))
            back.items[back.count++] = offers.items[i];
    return err == ERR_OK ? revoke_these(group, &back) : err;
}

enum err places_given(const struct group *group)
{
    struct feed_call *call = group->call;
    struct offering offering;
    struct id *ids = arena_take_array(call->arena, group->count, sizeof *ids);
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < group->count; i++)
        ids[i] = group->events[i]->key;
    enum err err = store_find_applications(call->db, call->arena, &(struct id_set){ids, group->count}, gone_before(call), &offering);
    if (err != ERR_OK)
        return err;
    hold_unknown(group, &offering);
    err = remember(group, &offering);
    if (err == ERR_OK)
        err = take_back_elsewhere(group, &offering);
    return err == ERR_OK ? offer_all(group, &offering) : err;
}

/* ── She has none ── */

static bool says_that_she_has_no_place(struct event *event, struct arena *arena)
{
    struct decision_message message = {0};
    struct violations violations;
    violations_init(&violations, arena);
    event->outcome = wire_decode(&DECISION_MESSAGE, event->data, WIRE_IGNORE_UNKNOWN, arena, &message, &violations);
    event->reason = event->outcome == ERR_OK ? NULL : "a decision event whose data doesn't fit its schema";
    if (!str_equal(event->type, STR(EVENT_DECISION_ASSESSED)))
        return event->outcome == ERR_OK;
    return event->outcome == ERR_OK && (message.unlisted || str_equal(message.outcome, STR("INELIGIBLE")));
}

/* Most never had a place. Of those who had one no partner hears any more, also where her word would come later (offer_late). */
enum err places_lost(const struct group *group)
{
    struct feed_call *call = group->call;
    struct id_set had_place = {0};
    struct id *ids = arena_take_array(call->arena, group->count, sizeof *ids);
    size_t count = 0;
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < group->count; i++)
        if (says_that_she_has_no_place(group->events[i], call->arena))
            ids[count++] = group->events[i]->key;
    enum err err = count > 0 ? store_forget_shortlisted(call->db, call->arena, &(struct id_set){ids, count}, &had_place) : ERR_OK;
    return err == ERR_OK && had_place.count > 0 ? places_revoke(group, &had_place) : err;
}
