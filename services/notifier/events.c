#include "events.h"

#include "changes.h"
#include "crypto/seal.h"
#include "proto/topics.h"

/* The events of one kind that came in one call; all of different applications. */
struct group {
    struct feed_call *call;
    struct event **events;
    size_t count;
};

static enum err on_applications(const struct group *group);
static enum err offer_late(const struct group *group, const struct form_set *confirmed);
static enum err on_shortlisted(const struct group *group);
static enum err on_unlisted(const struct group *group);

const char *const NOTIFIER_TOPICS[] = {TOPIC_APPLICATION, TOPIC_DECISION, NULL};
/* A partner waits for these; a submission is only kept until its shortlisting. That a place is lost is told by types that every file gets, most of
 * which change nothing: were they urgent, nothing would wait for company. */
const char *const NOTIFIER_URGENT[] = {EVENT_APPLICATION_AMENDED,
                                       EVENT_APPLICATION_WITHDRAWN,
                                       EVENT_APPLICATION_RESTRICTED,
                                       EVENT_APPLICATION_ERASED,
                                       EVENT_APPLICATION_EXPIRED,
                                       EVENT_DECISION_SHORTLISTED,
                                       NULL};

/* Types that are not here change nothing for notifier. */
static const struct {
    const char *type;
    enum err (*on)(const struct group *group);
    const char *what;
} subscriptions[] = {
    {EVENT_APPLICATION_SUBMITTED, on_applications, "her province, her consent and her sealed contact are kept"},
    {EVENT_APPLICATION_AMENDED, on_applications, "the newer version replaces them; consent withdrawn: open referrals are revoked"},
    {EVENT_APPLICATION_CONFIRMED, on_applications, "the same; where a place is hers already, referrals as when it was given"},
    {EVENT_APPLICATION_WITHDRAWN, on_applications, "open referrals are revoked"},
    {EVENT_APPLICATION_RESTRICTED, on_applications, "the same: she took back her consent to be referred"},
    {EVENT_APPLICATION_EXPIRED, on_applications, "the same: a place may have been given in the moment when she was asked for a complement"},
    {EVENT_APPLICATION_ERASED, on_applications, "the same, and her sealed contact and what partners noted are forgotten"},
    {EVENT_DECISION_SHORTLISTED, on_shortlisted, "with her consent: a referral to every partner that subscribes to her province"},
    {EVENT_DECISION_ASSESSED, on_unlisted,
     "amended and not eligible any more, or for a committee to list: open referrals are revoked (who else is eligible is listed next)"},
    {EVENT_DECISION_WAITLISTED, on_unlisted, "the same: amended, and another province has no place for her"},
    {EVENT_DECISION_HELD, on_unlisted, "the same: her file may be a double, or is merged"},
    {EVENT_DECISION_REJECTED, on_unlisted, "the same: the committee said no"},
};
#define SUBSCRIPTION_COUNT (sizeof(subscriptions) / sizeof(subscriptions[0]))

/* The events whose type is handled as row `row` is. */
static enum err gather(struct feed_call *call, size_t row, struct group *ret_group)
{
    struct event **events = arena_take_array(call->arena, call->count + 1, sizeof(struct event *));
    size_t count = 0;
    for (size_t i = 0; events && i < call->count; i++)
        for (size_t other = row; other < SUBSCRIPTION_COUNT; other++)
            if (subscriptions[other].on == subscriptions[row].on && str_equal(call->events[i]->type, str_from(subscriptions[other].type)))
                events[count++] = call->events[i];
    *ret_group = (struct group){call, events, count};
    return events ? ERR_OK : ERR_LIMIT;
}

/* One call of each handler, whatever the number of events: types that share a handler are neighbours in the table and go together. */
enum err notifier_handle(struct feed_call *call)
{
    enum err err = ERR_OK;
    for (size_t row = 0; err == ERR_OK && row < SUBSCRIPTION_COUNT; row++) {
        struct group group = {0};
        if (row > 0 && subscriptions[row].on == subscriptions[row - 1].on)
            continue;
        err = gather(call, row, &group);
        if (err == ERR_OK && group.count > 0)
            err = subscriptions[row].on(&group);
    }
    return err;
}

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

/* ── Applications ── */

static bool decode_application(struct event *event, struct arena *arena, struct application_message *ret_application)
{
    struct violations violations;
    violations_init(&violations, arena);
    event->outcome = wire_decode(&APPLICATION_MESSAGE, event->data, WIRE_IGNORE_UNKNOWN, arena, ret_application, &violations);
    event->reason = event->outcome == ERR_OK ? NULL : "an application event whose data doesn't fit its schema";
    return event->outcome == ERR_OK;
}

static enum err revoke(const struct group *group, const struct id_set *applications)
{
    struct feed_call *call = group->call;
    struct referral_set referrals;
    struct subscription_set to_tell;
    enum err err = store_lock_revocable(call->db, call->arena, applications, &referrals);
    if (err != ERR_OK || referrals.count == 0)
        return err;
    struct id *partners = arena_take_array(call->arena, referrals.count, sizeof *partners);
    if (!partners)
        return ERR_LIMIT;
    for (size_t i = 0; i < referrals.count; i++) {
        const struct event *event = event_of(group, referrals.items[i].application);
        referrals.items[i].traceparent = event ? event->traceparent : (struct str){0};
        partners[i] = referrals.items[i].partner;
    }
    err = store_lock_subscriptions(call->db, call->arena, &(struct id_set){partners, referrals.count}, &to_tell);
    if (err != ERR_OK)
        return err;
    struct changes changes = changes_of(call, &to_tell);
    return changes_apply(&changes, &referrals, REFERRAL_REVOKE);
}

/* What the events of one call say of applications. */
struct heard {
    struct application_message *applications;
    bool *withdrawn;
    size_t count;
    struct id *leaving; /* no partner may hear of them any more */
    size_t leaving_count;
    struct id *erased; /* nothing that partners wrote about them stays */
    size_t erased_count;
    struct id *confirmed; /* their consent may have come after their place */
    int64_t *confirmed_revisions;
    size_t confirmed_count;
};

static bool heard_make(struct heard *heard, struct arena *arena, size_t most)
{
    heard->applications = arena_take_array(arena, most, sizeof *heard->applications);
    heard->withdrawn = arena_take_array(arena, most, sizeof *heard->withdrawn);
    heard->leaving = arena_take_array(arena, most, sizeof *heard->leaving);
    heard->erased = arena_take_array(arena, most, sizeof *heard->erased);
    heard->confirmed = arena_take_array(arena, most, sizeof *heard->confirmed);
    heard->confirmed_revisions = arena_take_array(arena, most, sizeof *heard->confirmed_revisions);
    return heard->applications && heard->withdrawn && heard->leaving && heard->erased && heard->confirmed && heard->confirmed_revisions;
}

/* From then on no partner may hear of her. */
static const char *const ENDS[] = {EVENT_APPLICATION_WITHDRAWN, EVENT_APPLICATION_RESTRICTED, EVENT_APPLICATION_EXPIRED, EVENT_APPLICATION_ERASED,
                                   NULL};

static void hear(struct heard *heard, const struct event *event, const struct application_message *application)
{
    bool withdrawn = str_is_one_of(event->type, ENDS);
    heard->applications[heard->count] = *application;
    heard->applications[heard->count].application = event->key; /* what the partition key says is what its order holds for */
    heard->withdrawn[heard->count++] = withdrawn;
    if (str_equal(event->type, STR(EVENT_APPLICATION_ERASED)))
        heard->erased[heard->erased_count++] = event->key;
    if (withdrawn || !application->referral_consent) {
        heard->leaving[heard->leaving_count++] = event->key;
    } else if (str_equal(event->type, STR(EVENT_APPLICATION_CONFIRMED))) {
        heard->confirmed_revisions[heard->confirmed_count] = application->revision;
        heard->confirmed[heard->confirmed_count++] = event->key;
    }
}

static enum err on_applications(const struct group *group)
{
    struct feed_call *call = group->call;
    struct heard heard = {0};
    if (!heard_make(&heard, call->arena, group->count))
        return ERR_LIMIT;
    for (size_t i = 0; i < group->count; i++) {
        struct application_message application = {0};
        if (decode_application(group->events[i], call->arena, &application))
            hear(&heard, group->events[i], &application);
    }
    enum err err = heard.count ? store_save_applications(call->db, call->arena, heard.applications, heard.withdrawn, heard.count) : ERR_OK;
    if (err == ERR_OK && heard.leaving_count > 0)
        err = revoke(group, &(struct id_set){heard.leaving, heard.leaving_count});
    if (err == ERR_OK && heard.erased_count > 0)
        err = store_forget_notes(call->db, call->arena, &(struct id_set){heard.erased, heard.erased_count});
    struct form_set confirmed = {heard.confirmed, heard.confirmed_revisions, heard.confirmed_count};
    return err == ERR_OK && confirmed.count > 0 ? offer_late(group, &confirmed) : err;
}

/* ── Decisions ── */

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

/* A decision may arrive before its application (another topic): it is held until that is here. */
static void hold_unknown(const struct group *group, const struct offering *offering)
{
    for (size_t i = 0; i < group->count; i++) {
        bool found = false;
        for (size_t other = 0; other < offering->count && !found; other++)
            found = id_compare(offering->applications[other].id, group->events[i]->key) == 0;
        if (!found) {
            group->events[i]->outcome = ERR_NO_CAUSE;
            group->events[i]->reason = "its application has not arrived yet";
        }
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

static enum err offer_late(const struct group *group, const struct form_set *confirmed)
{
    struct offering offering;
    enum err err = store_find_shortlisted(group->call->db, group->call->arena, confirmed, &offering);
    return err == ERR_OK ? offer_all(group, &offering) : err;
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

static enum err on_shortlisted(const struct group *group)
{
    struct feed_call *call = group->call;
    struct offering offering;
    struct id *ids = arena_take_array(call->arena, group->count, sizeof *ids);
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < group->count; i++)
        ids[i] = group->events[i]->key;
    enum err err = store_find_applications(call->db, call->arena, &(struct id_set){ids, group->count}, &offering);
    if (err != ERR_OK)
        return err;
    hold_unknown(group, &offering);
    err = remember(group, &offering);
    return err == ERR_OK ? offer_all(group, &offering) : err;
}

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
static enum err on_unlisted(const struct group *group)
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
    return err == ERR_OK && had_place.count > 0 ? revoke(group, &had_place) : err;
}
