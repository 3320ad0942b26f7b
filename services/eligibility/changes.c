#include "changes.h"

#include "proto/topics.h"

#define SERVICE_ACTOR "service:eligibility"

/* What tells that a decision has reached a state. */
static const struct {
    const char *type, *action;
    const struct wire_table *table;
} TELLING[DECISION_STATE_COUNT] = {
    [DECISION_ELIGIBLE] = {EVENT_DECISION_ASSESSED, "assess", &ASSESSED_MESSAGE},
    [DECISION_INELIGIBLE] = {EVENT_DECISION_ASSESSED, "assess", &ASSESSED_MESSAGE},
    [DECISION_SHORTLISTED] = {EVENT_DECISION_SHORTLISTED, "shortlist", &LISTED_MESSAGE},
    [DECISION_WAITLISTED] = {EVENT_DECISION_WAITLISTED, "waitlist", &LISTED_MESSAGE},
    [DECISION_HELD] = {EVENT_DECISION_HELD, "hold", &LISTED_MESSAGE},
    [DECISION_CLOSED] = {EVENT_DECISION_CLOSED, "close", &LISTED_MESSAGE},
};

static struct decision_message message_of(const struct file *file, struct transition_message *transitions, size_t count)
{
    const struct transition_message *last = &transitions[count - 1];
    const struct decision *decision = &file->decision;
    const struct ruleset *ruleset = file->appraisal.ruleset;
    struct decision_message message = {
        .application = decision->application,
        .version = decision->version,
        .call = decision->call,
        .kind = decision->kind,
        .region = decision->region,
        .province = decision->province,
        .state = last->to,
        .transitions = {transitions, count},
        .outcome = last->to,
        .revision = decision->revision,
        .score = decision->score,
        .has_score = decision->has_score,
        .place = decision->place,
        .has_place = decision->state == DECISION_SHORTLISTED,
        .unlisted = file->leaves && !file->seeks,
    };
    if (decision->state == DECISION_INELIGIBLE)
        message.reasons = file->appraisal.reasons;
    if (ruleset) {
        message.ruleset = ruleset->id;
        message.ruleset_version = ruleset->version;
    }
    return message;
}

static enum err tell(struct file *file, struct transition_message *transitions, size_t count, instant_us now, struct outbox *outbox)
{
    struct decision *decision = &file->decision;
    const enum decision_state to = decision->state;
    decision->version++;
    const struct decision_message message = message_of(file, transitions, count);
    struct outbox_row row = {
        .event_id = fresh_id(now),
        .key = decision->application,
        .aggregate_id = decision->application,
        .version = decision->version,
        .type = TELLING[to].type,
        .traceparent = file->event ? file->event->traceparent : (struct str){0},
        .at = now,
        .actor = STR(SERVICE_ACTOR),
        .action = str_from(TELLING[to].action),
    };
    enum err err = wire_text(TELLING[to].table, &message, outbox->arena, &row.data);
    if (err == ERR_OK)
        outbox_add(outbox, &row);
    return err;
}

static struct transition_message transition(enum decision_state from, enum decision_state to, instant_us now)
{
    return (struct transition_message){from == DECISION_NEW ? (struct str){0} : str_from(decision_state_name(from)),
                                       str_from(decision_state_name(to)), now};
}

enum err change_to(struct file *file, enum decision_state to, instant_us now, struct outbox *outbox)
{
    if (!decision_may(file->decision.state, to))
        return ERR_INTERNAL;
    struct transition_message made = transition(file->decision.state, to, now);
    file->decision.state = to;
    return tell(file, &made, 1, now, outbox);
}

enum err change_rank(struct file *file, instant_us now, struct outbox *outbox)
{
    if (file->decision.state != DECISION_WAITLISTED)
        return ERR_INTERNAL;
    struct transition_message made[] = {transition(DECISION_WAITLISTED, DECISION_ELIGIBLE, now),
                                        transition(DECISION_ELIGIBLE, DECISION_WAITLISTED, now)};
    return tell(file, made, 2, now, outbox);
}
