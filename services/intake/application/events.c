/* What intake hears: decisions move an application along its life, enrolments fill in her training. Each visible change raises the version once. */
#include "services/intake/intake.h"
#include "awaiting.h"
#include "progress.h"
#include "proto/topics.h"
#include "services/intake/store/store.h"

const char *const INTAKE_TOPICS[] = {TOPIC_DECISION, TOPIC_TRAINING, NULL};

/* One event and the row it is about. */
struct effect {
    struct feed_call *call;
    struct event *event;
    struct application_row *row;
    struct application_change change;
    const struct subscription *subscription;
    bool applied;
};

typedef void (*on_event)(struct effect *effect);

static void on_decision(struct effect *effect);
static void on_enrolment(struct effect *effect);
static void on_nothing(struct effect *effect);

static const struct subscription {
    const char *type;
    on_event handle;
    enum application_state outcome; /* of a decision; STATE_NONE: its `outcome` says */
    const char *why;
} SUBSCRIPTIONS[] = {
    {EVENT_DECISION_ASSESSED, on_decision, STATE_NONE, "ELIGIBLE or INELIGIBLE"},
    {EVENT_DECISION_SHORTLISTED, on_decision, STATE_SHORTLISTED, "a place is hers"},
    {EVENT_DECISION_WAITLISTED, on_decision, STATE_WAITLISTED, "her rank is known"},
    {EVENT_DECISION_REJECTED, on_decision, STATE_REJECTED, "with reasons"},
    {EVENT_DECISION_APPROVED, on_decision, STATE_APPROVED, "by the committee"},
    {EVENT_DECISION_HELD, on_nothing, STATE_NONE, "follows from the doubt, the merge or the complement, which intake knows"},
    {EVENT_DECISION_CLOSED, on_nothing, STATE_NONE, "follows from her withdrawal, which intake knows"},
    {EVENT_ENROLMENT_OFFERED, on_enrolment, STATE_NONE, "where and when she learns"},
    {EVENT_ENROLMENT_WAITLISTED, on_enrolment, STATE_NONE, "no seat yet"},
    {EVENT_ENROLMENT_CANCELLED, on_enrolment, STATE_NONE, "the seat is gone"},
    {EVENT_ENROLMENT_COMPLETED, on_enrolment, STATE_NONE, "she has finished"},
};

static const struct subscription *find_subscription(struct str type)
{
    for (size_t i = 0; i < sizeof(SUBSCRIPTIONS) / sizeof(SUBSCRIPTIONS[0]); i++)
        if (str_equal(type, str_from(SUBSCRIPTIONS[i].type)))
            return &SUBSCRIPTIONS[i];
    return NULL;
}

static void refuse(struct event *event, enum err outcome, const char *reason)
{
    event->outcome = outcome;
    event->reason = reason;
}

static bool decode(struct effect *effect, const struct wire_table *table, void *ret_message)
{
    struct arena *arena = effect->call->arena;
    struct violations *violations = arena_take(arena, sizeof(*violations));
    if (!violations) {
        refuse(effect->event, ERR_LIMIT, "no memory to read it");
        return false;
    }
    violations_init(violations, arena);
    enum err err = wire_decode(table, effect->event->data, WIRE_IGNORE_UNKNOWN, arena, ret_message, violations);
    if (err != ERR_OK)
        refuse(effect->event, err, "its data is not what its type says");
    return err == ERR_OK;
}

static void on_nothing(struct effect *effect)
{
    (void)effect;
}

/* ── Decisions ── */

static bool find_outcome(const struct effect *effect, const struct decision_event *decision, enum application_state *ret_outcome)
{
    if (effect->subscription->outcome == STATE_NONE)
        return application_state_parse(decision->outcome, ret_outcome) && (*ret_outcome == STATE_ELIGIBLE || *ret_outcome == STATE_INELIGIBLE);
    *ret_outcome = effect->subscription->outcome;
    return true;
}

/* The reason of the last state is the decision's own, where it has one. */
static void add_history(struct effect *effect, const struct decision_event *decision)
{
    struct arena *arena = effect->call->arena;
    const struct reason *reasons = decision->reasons.items;
    for (size_t i = 0; i < effect->change.count; i++) {
        bool last = i + 1 == effect->change.count;
        struct str why = last && decision->reasons.count > 0 ? reason_text(arena, &reasons[0]) : (struct str){0};
        effect->row->history = history_add(arena, effect->row->history, effect->change.moves[i].to, effect->event->at, why);
    }
    effect->row->state = effect->change.state;
}

static void apply_decision(struct effect *effect, const struct decision_event *decision, enum application_state outcome)
{
    struct decision_view view = {str_from(application_state_name(outcome)), decision->reasons, effect->event->at};
    effect->row->decision_version = decision->version;
    add_history(effect, decision);
    if (wire_text(&DECISION_VIEW, &view, effect->call->arena, &effect->row->decision) != ERR_OK)
        refuse(effect->event, ERR_LIMIT, "no memory to keep it");
    else
        effect->applied = true;
}

static void on_decision(struct effect *effect)
{
    struct decision_event decision;
    enum application_state outcome;
    if (!decode(effect, &DECISION_EVENT, &decision))
        return;
    if (decision.version <= effect->row->decision_version)
        return; /* a later one has been seen */
    if (!find_outcome(effect, &decision, &outcome)) {
        refuse(effect->event, ERR_INVALID, "its outcome is not one of its type");
        return;
    }
    if (effect->subscription->outcome == STATE_NONE && decision.revision != 0 && decision.revision < effect->row->revision)
        return; /* about a form that she has replaced since: the new one is assessed too */
    switch (application_decide(&effect->change, outcome)) {
    case DECISION_APPLIED:
        if (effect->change.count == 0 && outcome == STATE_WAITLISTED)
            break; /* scored again: her rank has changed, not what she reads */
        apply_decision(effect, &decision, outcome);
        break;
    case DECISION_CONFLICT:
        refuse(effect->event, ERR_CONFLICT, "no way leads from the application's state to this decision");
        break;
    case DECISION_IGNORED:
        break;
    }
}

/* ── Training ── */

/* Her latest enrolment counts: ids are UUIDv7, so the later one is the greater. */
static bool is_news(const struct application_row *row, const struct enrolment_event *enrolment)
{
    int order = id_compare(enrolment->enrolment, row->training_enrolment);
    return order > 0 || (order == 0 && enrolment->version > row->training_version);
}

static void on_enrolment(struct effect *effect)
{
    struct enrolment_event enrolment;
    if (!decode(effect, &ENROLMENT_EVENT, &enrolment) || !is_news(effect->row, &enrolment))
        return;
    struct training_view view = {enrolment.session, enrolment.course, enrolment.title, enrolment.state, enrolment.place, enrolment.starts_at};
    effect->row->training_enrolment = enrolment.enrolment;
    effect->row->training_version = enrolment.version;
    if (wire_text(&TRAINING_VIEW, &view, effect->call->arena, &effect->row->training) != ERR_OK)
        refuse(effect->event, ERR_LIMIT, "no memory to keep it");
    else
        effect->applied = true;
}

/* ── The batch ── */

static enum err add_outbox(struct effect *effect, const struct call *call)
{
    struct progress progress = {
        .row = effect->row,
        .call = call,
        .change = &effect->change,
        .happened_at = effect->event->at,
        .now = effect->call->now,
        .type = EVENT_APPLICATION_PROGRESSED,
        .cause = effect->event->id,
        .traceparent = effect->event->traceparent,
        .actor = effect->subscription->handle == on_enrolment ? STR("service:training") : STR("service:eligibility"),
        .action = STR("progress"),
    };
    return progress_tell(&progress, effect->call->outbox);
}

static struct application_row *find_row(struct application_row *rows, size_t count, struct id id)
{
    size_t low = 0, high = count; /* rows are in the order of their ids */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(rows[middle].id, id);
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void handle_one(struct effect *effect)
{
    effect->subscription = find_subscription(effect->event->type);
    if (!effect->subscription)
        return; /* a type of a newer writer: nothing that intake needs */
    if (!effect->row) {
        refuse(effect->event, ERR_NOT_FOUND, "there is no such application");
        return;
    }
    effect->change.state = effect->row->state;
    effect->subscription->handle(effect);
}

struct gathered {
    struct application_row **changed;
    size_t count;
    struct stat_deltas deltas;
};

static enum err gather(struct effect *effect, const struct calls_snapshot *calls, struct gathered *gathered)
{
    const struct call *call = calls_by_id(calls, effect->row->call_id);
    if (!call) {
        refuse(effect->event, ERR_NOT_FOUND, "its call is not shown any more");
        return ERR_OK;
    }
    gathered->changed[gathered->count++] = effect->row;
    if (effect->change.count > 0)
        stat_move(&gathered->deltas, effect->row, effect->change.moves[0].from, effect->change.state);
    return add_outbox(effect, call);
}

enum err intake_handle(struct feed_call *call)
{
    struct intake *intake = intake_of(call->service);
    const struct calls_snapshot *calls = calls_hold(intake->calls, call->arena);
    struct id *ids = arena_take_array(call->arena, call->count, sizeof(*ids));
    struct gathered gathered = {.changed = arena_take_array(call->arena, call->count, sizeof(struct application_row *))};
    struct application_row *rows = NULL;
    size_t row_count = 0;
    if (!calls)
        return ERR_UNAVAILABLE;
    if (!ids || !gathered.changed)
        return ERR_LIMIT;
    for (size_t i = 0; i < call->count; i++)
        ids[i] = call->events[i]->key;
    enum err err = store_lock_for_events(call->db, call->arena, ids, call->count, &rows, &row_count);
    if (err != ERR_OK)
        return err;
    stat_init(&gathered.deltas, call->arena, 2 * call->count);
    for (size_t i = 0; i < call->count; i++) {
        struct effect effect = {.call = call, .event = call->events[i], .row = find_row(rows, row_count, call->events[i]->key)};
        handle_one(&effect);
        if (effect.applied && (err = gather(&effect, calls, &gathered)) != ERR_OK)
            return err;
    }
    if (gathered.count == 0)
        return ERR_OK;
    err = store_progress(call->db, call->arena, gathered.changed, gathered.count);
    if (err == ERR_OK)
        err = awaiting_follow(call->db, call->arena, gathered.changed, gathered.count, call->now);
    return err == ERR_OK ? stat_write(&gathered.deltas, call->db, call->arena) : err;
}
