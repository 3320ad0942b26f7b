#include "events.h"

#include "events_places.h"
#include "proto/topics.h"

static enum err on_applications(const struct group *group);

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
    {EVENT_DECISION_SHORTLISTED, places_given,
     "with her consent: a referral to every partner that subscribes to her province; offers to those of another one are revoked"},
    {EVENT_DECISION_ASSESSED, places_lost,
     "amended and not eligible any more, or for a committee to list: open referrals are revoked (who else is eligible is listed next)"},
    {EVENT_DECISION_WAITLISTED, places_lost, "the same: amended, and another province has no place for her"},
    {EVENT_DECISION_HELD, places_lost, "the same: her file may be a double, is merged, or she is asked for a complement"},
    {EVENT_DECISION_REJECTED, places_lost, "the same: the committee said no"},
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

/* ── Applications ── */

static bool decode_application(struct event *event, struct arena *arena, struct application_message *ret_application)
{
    struct violations violations;
    violations_init(&violations, arena);
    event->outcome = wire_decode(&APPLICATION_MESSAGE, event->data, WIRE_IGNORE_UNKNOWN, arena, ret_application, &violations);
    event->reason = event->outcome == ERR_OK ? NULL : "an application event whose data doesn't fit its schema";
    return event->outcome == ERR_OK;
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
        err = places_revoke(group, &(struct id_set){heard.leaving, heard.leaving_count});
    if (err == ERR_OK && heard.erased_count > 0)
        err = store_forget_notes(call->db, call->arena, &(struct id_set){heard.erased, heard.erased_count});
    struct form_set confirmed = {heard.confirmed, heard.confirmed_revisions, heard.confirmed_count};
    return err == ERR_OK && confirmed.count > 0 ? places_offer_late(group, &confirmed) : err;
}
