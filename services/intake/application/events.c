/* What intake hears: decisions move an application along its life, enrolments fill in her training. Each visible change raises the version once;
 * what one transaction of another service decided is one change. */
#include "services/intake/intake.h"
#include "awaiting.h"
#include "progress.h"
#include "proto/topics.h"
#include "services/intake/store/store.h"

const char *const INTAKE_TOPICS[] = {TOPIC_DECISION, TOPIC_TRAINING, NULL};

/* An application of the batch, and what has become of it that no event tells yet. */
struct file {
    struct application_row *row;
    const struct call *call; /* NULL: it is not shown any more */
    struct application_change change;
    const struct event *last; /* that it follows from; NULL: there is nothing to tell */
    struct str actor;
    bool is_changed; /* in this batch */
};

/* One event and the file it is about. */
struct effect {
    struct feed_call *call;
    struct event *event;
    struct file *file;
    const struct subscription *subscription;
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

/* What she reads of it. From here on there is something to tell. */
static void keep_view(struct effect *effect, const struct wire_table *table, const void *view, struct str *ret_text)
{
    if (wire_text(table, view, effect->call->arena, ret_text) == ERR_OK)
        effect->file->last = effect->event;
    else
        refuse(effect->event, ERR_LIMIT, "no memory to keep it");
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
static void add_history(struct effect *effect, const struct decision_event *decision, size_t first)
{
    struct arena *arena = effect->call->arena;
    struct file *file = effect->file;
    const struct reason *reasons = decision->reasons.items;
    for (size_t i = first; i < file->change.count; i++) {
        bool last = i + 1 == file->change.count;
        struct str why = last && decision->reasons.count > 0 ? reason_text(arena, &reasons[0]) : (struct str){0};
        file->row->history = history_add(arena, file->row->history, file->change.moves[i].to, effect->event->at, why);
    }
    file->row->state = file->change.state;
}

static void apply_decision(struct effect *effect, const struct decision_event *decision, enum application_state outcome, size_t first)
{
    struct decision_view view = {str_from(application_state_name(outcome)), decision->reasons, effect->event->at};
    effect->file->row->decision_version = decision->version;
    add_history(effect, decision, first);
    keep_view(effect, &DECISION_VIEW, &view, &effect->file->row->decision);
}

static void on_decision(struct effect *effect)
{
    struct decision_event decision;
    enum application_state outcome;
    struct file *file = effect->file;
    if (!decode(effect, &DECISION_EVENT, &decision))
        return;
    if (decision.version <= file->row->decision_version)
        return; /* a later one has been seen */
    if (!find_outcome(effect, &decision, &outcome)) {
        refuse(effect->event, ERR_INVALID, "its outcome is not one of its type");
        return;
    }
    if (effect->subscription->outcome == STATE_NONE && decision.revision != 0 && decision.revision < file->row->revision)
        return; /* about a form that she has replaced since: the new one is assessed too */
    size_t first = file->change.count;
    switch (application_decide(&file->change, outcome)) {
    case DECISION_APPLIED:
        if (file->change.count == first && outcome == STATE_WAITLISTED)
            break; /* scored again: her rank has changed, not what she reads */
        apply_decision(effect, &decision, outcome, first);
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
    struct application_row *row = effect->file->row;
    if (!decode(effect, &ENROLMENT_EVENT, &enrolment) || !is_news(row, &enrolment))
        return;
    struct training_view view = {enrolment.session, enrolment.course, enrolment.title, enrolment.state, enrolment.place, enrolment.starts_at};
    row->training_enrolment = enrolment.enrolment;
    row->training_version = enrolment.version;
    keep_view(effect, &TRAINING_VIEW, &view, &row->training);
}

/* ── The batch ── */

struct batch {
    struct feed_call *call;
    struct file *files; /* in the order of their ids */
    struct application_row **changed;
    size_t count, changed_count;
    struct stat_deltas deltas;
};

/* The change that a file has come to, as one event. */
static enum err tell(struct batch *batch, struct file *file)
{
    const struct feed_call *call = batch->call;
    struct progress progress = {
        .row = file->row,
        .call = file->call,
        .change = &file->change,
        .happened_at = file->last->at,
        .now = call->now,
        .type = EVENT_APPLICATION_PROGRESSED,
        .cause = file->last->id,
        .traceparent = file->last->traceparent,
        .actor = file->actor,
        .action = STR("progress"),
    };
    if (file->change.count > 0)
        stat_move(&batch->deltas, file->row, file->change.moves[0].from, file->change.state);
    enum err err = progress_tell(&progress, call->outbox);
    if (!file->is_changed)
        batch->changed[batch->changed_count++] = file->row;
    file->is_changed = true;
    file->last = NULL;
    file->change = (struct application_change){.state = file->row->state};
    return err;
}

/* What one service decided in one transaction (assessed, then listed) is one change here. */
static bool goes_on(const struct file *file, const struct event *event, struct str actor)
{
    return file->last->at == event->at && str_equal(file->actor, actor) && file->change.count + DECISION_MOVES_MAX <= APPLICATION_MOVES_MAX;
}

static struct file *find_file(const struct batch *batch, struct id id)
{
    size_t low = 0, high = batch->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(batch->files[middle].row->id, id);
        if (order == 0)
            return &batch->files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum err handle_one(struct batch *batch, struct event *event)
{
    struct effect effect = {batch->call, event, find_file(batch, event->key), find_subscription(event->type)};
    struct file *file = effect.file;
    if (!effect.subscription)
        return ERR_OK; /* a type of a newer writer: nothing that intake needs */
    if (!file)
        refuse(event, ERR_NOT_FOUND, "there is no such application");
    else if (!file->call)
        refuse(event, ERR_NO_CAUSE, "its call is so new that this copy has not read it yet");
    if (event->outcome != ERR_OK)
        return ERR_OK;
    struct str actor = effect.subscription->handle == on_enrolment ? STR("service:training") : STR("service:eligibility");
    enum err err = file->last && !goes_on(file, event, actor) ? tell(batch, file) : ERR_OK;
    file->actor = actor;
    if (err == ERR_OK)
        effect.subscription->handle(&effect);
    return err;
}

static enum err lock_files(struct batch *batch, const struct calls_snapshot *calls)
{
    struct feed_call *call = batch->call;
    struct application_row *rows = NULL;
    struct id *ids = arena_take_array(call->arena, call->count, sizeof(*ids));
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < call->count; i++)
        ids[i] = call->events[i]->key;
    enum err err = store_lock_for_events(call->db, call->arena, ids, call->count, &rows, &batch->count);
    if (err != ERR_OK)
        return err;
    batch->files = arena_take_array(call->arena, batch->count + 1, sizeof(*batch->files));
    batch->changed = arena_take_array(call->arena, batch->count + 1, sizeof(*batch->changed));
    stat_init(&batch->deltas, call->arena, 2 * call->count);
    if (!batch->files || !batch->changed)
        return ERR_LIMIT;
    for (size_t i = 0; i < batch->count; i++)
        batch->files[i] = (struct file){.row = &rows[i], .call = calls_by_id(calls, rows[i].call_id), .change.state = rows[i].state};
    return ERR_OK;
}

static enum err store(struct batch *batch)
{
    struct feed_call *call = batch->call;
    enum err err = store_progress(call->db, call->arena, batch->changed, batch->changed_count);
    if (err == ERR_OK)
        err = awaiting_follow(call->db, call->arena, batch->changed, batch->changed_count, call->now);
    return err == ERR_OK ? stat_write(&batch->deltas, call->db, call->arena) : err;
}

enum err intake_handle(struct feed_call *call)
{
    const struct intake *intake = intake_of(call->service);
    const struct calls_snapshot *calls = calls_hold(intake->calls, call->arena);
    struct batch batch = {.call = call};
    enum err err = calls ? lock_files(&batch, calls) : ERR_UNAVAILABLE;
    for (size_t i = 0; err == ERR_OK && i < call->count; i++)
        if (feed_may_take(call, i))
            err = handle_one(&batch, call->events[i]);
    for (size_t i = 0; err == ERR_OK && i < batch.count; i++)
        if (batch.files[i].last)
            err = tell(&batch, &batch.files[i]);
    return err == ERR_OK && batch.changed_count > 0 ? store(&batch) : err;
}
