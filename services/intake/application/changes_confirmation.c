/* The woman's own word on what an agent entered for her. */
#include "changes.h"
#include "proto/topics.h"

#define PAPER_POINTS_MAX 120

static enum entrant entrant_of(const struct change *change)
{
    if (change->request->who.role == WHO_APPLICANT)
        return ENTRANT_HERSELF;
    return change->kind == &CHANGE_REVIEW ? ENTRANT_REVIEWER : ENTRANT_AGENT;
}

/* Kept where something waited, or where a paper came; a form that waits anew has none. */
static void keep_confirmation(struct change *change, const struct entry *entry, const struct consent_state *now)
{
    struct application_row *row = &change->row;
    struct confirmation_view view = {.confirmed_at = change->request->received_at, .paper = change->paper};
    if (now->unconfirmed)
        row->confirmation = (struct str){0};
    if (now->unconfirmed || entry->draft || !(entry->before.unconfirmed || (now->signed_paper && !entry->before.signed_paper)))
        return;
    view.how = entry->by == ENTRANT_HERSELF ? STR("code") : STR("paper");
    if (wire_text(&CONFIRMATION_VIEW, &view, change->arena, &row->confirmation) != ERR_OK)
        row->confirmation = (struct str){0}; /* the arena is at its end: what is written next fails as well */
}

void change_settle_consent(struct change *change, bool draft)
{
    struct application_row *row = &change->row;
    struct entry entry = {
        .by = entrant_of(change),
        .paper = !str_empty(change->paper) || !str_empty(change->form->assistance.paper),
        .referral = change->facts.referral_consent,
        .draft = draft,
        .first = row->state == STATE_DRAFT,
        .before = assistance_state(row->warnings, row->referral_consent),
    };
    struct consent_state now = assistance_settle(&entry);
    row->referral_consent = now.referral && str_empty(row->restriction);
    row->warnings = assistance_warnings(&now, change->facts.warnings);
    keep_confirmation(change, &entry, &now);
    if (entry.first && !draft && entry.by == ENTRANT_AGENT)
        change->why = line_text(change->arena, now.signed_paper ? LINE_ENTERED_ON_PAPER : LINE_ENTERED);
}

struct confirmation_message {
    struct str paper;
};

static const struct wire_field MESSAGE_FIELDS[] = {WIRE_TEXT(confirmation_message, paper, WIRE_NULLABLE, 1, PAPER_POINTS_MAX)};
static WIRE_TABLE(CONFIRMATION_MESSAGE, confirmation_message, MESSAGE_FIELDS);

/* She needs to say nothing: that she asks with her code is what counts. An agent names the paper. */
static enum err read_paper(struct change *change)
{
    struct violations *violations = &change->request->violations;
    struct confirmation_message message = {0};
    bool hers = change->request->who.role == WHO_APPLICANT;
    enum err err = ERR_OK;
    if (!str_empty(change->request->body))
        err = wire_decode(&CONFIRMATION_MESSAGE, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, violations);
    if (err != ERR_OK)
        return err;
    change->paper = str_trim(message.paper);
    if (hers && !str_empty(change->paper))
        violations_add(violations, STR("/paper"), VIOLATION_NOT_ALLOWED, "a paper beside her code");
    if (!hers && str_empty(change->paper))
        violations_add(violations, STR("/paper"), VIOLATION_REQUIRED, NULL);
    return violations->count == 0 ? ERR_OK : ERR_INVALID;
}

static enum err confirm(struct change *change, struct db *db)
{
    struct application_row *row = &change->row;
    bool consent_before = row->referral_consent;
    struct str body;
    enum err err = read_paper(change);
    if (err == ERR_OK && (application_is_gone(row->state) || !assistance_state(row->warnings, consent_before).unconfirmed))
        err = ERR_CONFLICT;
    if (err == ERR_OK)
        err = change_reopen_form(change, db, &body);
    if (err == ERR_OK)
        err = change_take_form(change, body, row->submitted_at);
    if (err != ERR_OK)
        return err;
    struct str line = line_text(change->arena, str_empty(change->paper) ? LINE_CONFIRMED_BY_CODE : LINE_CONFIRMED_ON_PAPER);
    row->history = history_add(change->arena, row->history, row->state, change->request->received_at, line);
    change->event_type = EVENT_APPLICATION_CONFIRMED;
    return change_follow_consent(change, db, consent_before);
}

const struct change_kind CHANGE_CONFIRM = {confirm, "confirm", false};
