#include "events.h"

#include "appraise.h"
#include "calls.h"
#include "places.h"
#include "proto/topics.h"
#include "service/service.h"
#include "store.h"

const char *const ELIGIBILITY_TOPICS[] = {TOPIC_APPLICATION, TOPIC_CALL, NULL};
const char *const ELIGIBILITY_URGENT[] = {EVENT_APPLICATION_SUBMITTED,
                                          EVENT_APPLICATION_AMENDED,
                                          EVENT_APPLICATION_WITHDRAWN,
                                          EVENT_APPLICATION_EXPIRED,
                                          EVENT_APPLICATION_ERASED,
                                          EVENT_CALL_PUBLISHED,
                                          NULL};

/* What is not here does not concern eligibility. */
static const struct subscription {
    const char *type;
    enum effect effect;
    const struct wire_table *table;
    const char *why;
} SUBSCRIPTIONS[] = {
    {EVENT_APPLICATION_SUBMITTED, EFFECT_ASSESS, &SUBMITTED_MESSAGE, "her application is assessed, and listed where the call does so at once"},
    {EVENT_APPLICATION_AMENDED, EFFECT_ASSESS, &SUBMITTED_MESSAGE,
     "it is assessed again; a place that she holds stays hers while she is eligible, unless it is for the committee now"},
    {EVENT_APPLICATION_PROGRESSED, EFFECT_HOLD, &PROGRESSED_MESSAGE,
     "merged with another file, or she is asked for a complement: what was decided on it rests, and its place is the next woman's"},
    {EVENT_APPLICATION_WITHDRAWN, EFFECT_CLOSE, &WITHDRAWN_MESSAGE, "her file is closed; a place that she held is the next woman's"},
    {EVENT_APPLICATION_ERASED, EFFECT_CLOSE, &WITHDRAWN_MESSAGE, "the same, also where it is closed: what each criterion came to is forgotten"},
    {EVENT_APPLICATION_EXPIRED, EFFECT_CLOSE, &WITHDRAWN_MESSAGE, "the same: it may have been assessed before she was asked for a complement"},
};

static const struct subscription *find_subscription(struct str type)
{
    for (size_t i = 0; i < sizeof(SUBSCRIPTIONS) / sizeof(SUBSCRIPTIONS[0]); i++)
        if (str_equal(type, str_from(SUBSCRIPTIONS[i].type)))
            return &SUBSCRIPTIONS[i];
    return NULL;
}

static void set_aside(struct file *file, enum err outcome, const char *reason)
{
    file->event->outcome = outcome;
    file->event->reason = reason;
    file->set_aside = true;
}

/* ── Reading the events ── */

/* A form that waits in DUPLICATE_REVIEW is assessed by nobody, and what was decided on the one before it rests. Of what else becomes of a file
 * (progressed), only a merge matters here, and that she is asked for a complement; whatever ends that comes as an amendment. */
static bool concerns(struct file *file)
{
    if (file->message.under_review)
        file->effect = EFFECT_HOLD;
    return file->effect != EFFECT_HOLD || file->message.under_review || str_equal(file->message.state, STR("MERGED")) ||
           str_equal(file->message.state, STR("INFO_REQUESTED"));
}

static bool read_event(const struct feed_call *call, struct event *event, struct violations *violations, struct file *ret_file)
{
    const struct subscription *subscription = find_subscription(event->type);
    if (!subscription)
        return false;
    *ret_file = (struct file){.event = event, .effect = subscription->effect, .message.submitted_at = INSTANT_NEVER};
    violations_init(violations, call->arena);
    enum err err = wire_decode(subscription->table, event->data, WIRE_IGNORE_UNKNOWN, call->arena, &ret_file->message, violations);
    if (err == ERR_OK && id_compare(ret_file->message.application, event->key) != 0)
        err = ERR_INVALID; /* the order of events, and one an application in a call, are the key's */
    if (err != ERR_OK) {
        event->outcome = err;
        event->reason = "its data is not what proto/events says";
        return false;
    }
    return concerns(ret_file);
}

/* In the order of the ids: rows are locked in it. The applications of one call are distinct. Events of a batch come nearly in this order. */
static void insert_in_order(struct docket *docket, const struct file *file)
{
    size_t at = docket->count++;
    for (; at > 0 && id_compare(docket->files[at - 1].message.application, file->message.application) > 0; at--)
        docket->files[at] = docket->files[at - 1];
    docket->files[at] = *file;
}

static enum err read_events(const struct feed_call *call, struct docket *ret_docket)
{
    struct violations *violations = arena_take(call->arena, sizeof(*violations));
    ret_docket->files = arena_take_array(call->arena, call->count, sizeof(*ret_docket->files));
    if (!violations || !ret_docket->files)
        return ERR_LIMIT;
    for (size_t i = 0; i < call->count; i++) {
        struct file file;
        if (read_event(call, call->events[i], violations, &file))
            insert_in_order(ret_docket, &file);
    }
    return ERR_OK;
}

/* ── Assessing ── */

/* The decision as it will be, up to its state, which changes one event at a time. */
static void begin_decision(struct file *file)
{
    const struct application_message *message = &file->message;
    file->decision = file->former;
    file->decision.application_version = file->event->version;
    if (file->effect != EFFECT_ASSESS && file->former.version > 0)
        return;
    file->decision.application = message->application;
    file->decision.call = message->call;
    file->decision.kind = message->kind;
    file->decision.region = message->region;
    file->decision.province = message->province;
    file->decision.revision = message->revision;
    file->decision.submitted_at = message->submitted_at;
}

static bool is_old_news(const struct file *file)
{
    return file->former.version > 0 && (file->former.state == DECISION_CLOSED || file->event->version <= file->former.application_version);
}

static bool has_nothing_to_hold(const struct file *file)
{
    return file->effect == EFFECT_HOLD && (file->former.version == 0 || file->former.state == DECISION_HELD);
}

/* Before a place or a decision is locked: whoever assesses the next batch does not wait for the rules of this one. What is not needed is seen then.
 */
static enum err assess_forms(const struct feed_call *call, const struct eligibility *eligibility, const struct docket *docket)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < docket->count; i++) {
        struct file *file = &docket->files[i];
        if (file->effect != EFFECT_ASSESS)
            continue;
        file->terms = docket_terms(docket, file->message.call);
        if (file->terms)
            err = appraise(eligibility, file, call->arena);
    }
    return err;
}

static void consider(const struct docket *docket, struct file *file)
{
    if (is_old_news(file) || has_nothing_to_hold(file)) {
        file->set_aside = true;
        return;
    }
    begin_decision(file);
    if (file->effect != EFFECT_ASSESS)
        return;
    if (!file->terms)
        set_aside(file, ERR_NO_CAUSE, "its call has not arrived here yet");
    else if (file->terms->automatic && !docket_quota(docket, file->message.call, file->message.province))
        set_aside(file, ERR_NO_CAUSE, "the version of its call that gives its province places has not arrived here yet");
    else if (file->appraisal.outcome != ERR_OK)
        set_aside(file, file->appraisal.outcome, file->appraisal.why); /* erased: done, nothing is left to read */
    else
        appraise_decision(file);
}

static enum err forget_erased(const struct feed_call *call, const struct docket *docket)
{
    struct db_column ids;
    db_column_init(&ids, call->arena, DB_UUID);
    for (size_t i = 0; i < docket->count; i++) {
        const struct file *file = &docket->files[i];
        if (file->event && str_equal(file->event->type, STR(EVENT_APPLICATION_ERASED)))
            db_column_id(&ids, file->message.application);
    }
    return ids.count > 0 ? store_forget_assessments(call->db, call->arena, &ids) : ERR_OK;
}

enum err eligibility_settle(struct feed_call *call, const struct eligibility *eligibility)
{
    struct docket docket = {0};
    enum err err = calls_hear(call, &docket.published); /* before the applications to them */
    if (err == ERR_OK)
        err = read_events(call, &docket);
    if (err != ERR_OK || (docket.count == 0 && docket.published.count == 0))
        return err;
    err = store_load_terms(call->db, call->arena, &docket);
    if (err == ERR_OK)
        err = assess_forms(call, eligibility, &docket);
    if (err == ERR_OK)
        err = store_load_decisions(call->db, call->arena, &docket);
    for (size_t i = 0; err == ERR_OK && i < docket.count; i++)
        consider(&docket, &docket.files[i]);
    if (err == ERR_OK)
        err = places_give(call, &docket);
    if (err == ERR_OK)
        err = places_tell(call, &docket);
    if (err == ERR_OK)
        err = store_save(call->db, call->arena, &docket, call->now);
    return err == ERR_OK ? forget_erased(call, &docket) : err;
}

enum err eligibility_handle(struct feed_call *call)
{
    const struct service *service = call->service;
    return eligibility_settle(call, service->own);
}
