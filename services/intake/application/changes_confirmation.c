/* The woman's own word on what an agent entered for her. */
#include "changes.h"
#include "papers_statements.h"
#include "proto/topics.h"

#define PAPER_POINTS_MAX 120

static enum entrant entrant_of(const struct change *change)
{
    if (change->kind->keeps_consents)
        return ENTRANT_NOBODY;
    return change->request->who.role == WHO_APPLICANT ? ENTRANT_HERSELF : ENTRANT_AGENT;
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

/* ── Her register of consents ── */

static const struct form_consent *said_in(const struct form *form, struct str purpose)
{
    static const struct form_consent NOTHING;
    for (size_t i = 0; i < form->consent_count; i++)
        if (str_equal(form->consents[i].purpose, purpose))
            return &form->consents[i];
    return &NOTHING;
}

/* Which text it was stands in her form alone: the call may show another one by now, or none. */
enum err change_keep_consent(struct change *change, struct db *db, struct str purpose, bool given)
{
    struct db_args args;
    enum err err = change->form ? ERR_OK : change_stored_form(change, db, &change->form);
    if (err != ERR_OK)
        return err;
    const struct form_consent *said = said_in(change->form, purpose);
    struct str language = given ? said->language : (struct str){0};
    db_args_init(&args, change->arena);
    db_arg_id(&args, change->id);
    db_arg_instant(&args, change->request->received_at);
    db_arg_str(&args, purpose);
    db_arg_str(&args, str_empty(said->version) ? STR("") : said->version);
    db_arg_str(&args, given ? STR("GIVEN") : STR("WITHDRAWN"));
    db_arg_str(&args, str_empty(language) ? str_from(language_code(change->request->language)) : language);
    db_arg_str(&args, str_from(who_name(change->request->who.role)));
    return db_queue(db, &PAPERS_ADD_CONSENT_CHANGE, &args);
}

enum err change_follow_consent(struct change *change, struct db *db, bool before)
{
    bool now = change->row.referral_consent;
    if (before == now)
        return ERR_OK;
    enum err err = store_set_referral_consent(db, change->arena, change->id, now);
    if (err != ERR_OK || change->row.state == STATE_DRAFT)
        return err; /* until a draft is sent, and by that, her form itself is the register */
    return change_keep_consent(change, db, PURPOSE_REFERRAL, now);
}

/* ── Confirmation ── */

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

const struct change_kind CHANGE_CONFIRM = {.apply = confirm, .action = "confirm"};
