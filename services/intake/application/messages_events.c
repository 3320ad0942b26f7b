/* The second half of messages.h: events that go out, documents that are sealed into them, events that come in. */
#include "messages.h"

/* ── Events that go out ── */

static const struct wire_field TRANSITION_FIELDS[] = {
    WIRE_TEXT(transition_entry, from, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(transition_entry, to, 0, 0, 0),
    WIRE_INSTANT(transition_entry, at, 0),
};
static WIRE_TABLE(TRANSITION, transition_entry, TRANSITION_FIELDS);

/* What all application events say. */
#define COMMON_ROWS                                                                                                                         \
    WIRE_ID(application_event, application, 0), WIRE_INT(application_event, version, 0, 0, 0), WIRE_TEXT(application_event, call, 0, 0, 0), \
        WIRE_TEXT(application_event, kind, 0, 0, 0), WIRE_TEXT(application_event, region, 0, 0, 0),                                         \
        WIRE_TEXT(application_event, province, WIRE_NULLABLE, 0, 0), WIRE_TEXT(application_event, state, 0, 0, 0),                          \
        WIRE_LIST(application_event, transitions, 0, 0, 0, &TRANSITION)

static const struct wire_field FULL_FIELDS[] = {
    COMMON_ROWS,
    WIRE_INT(application_event, revision, 0, 0, 0),
    WIRE_INSTANT(application_event, submitted_at, 0),
    WIRE_INSTANT(application_event, answer_due_at, 0),
    WIRE_BOOL(application_event, referral_consent, 0),
    WIRE_BOOL(application_event, under_review, 0),
    WIRE_TEXT(application_event, facts, 0, 0, 0),
    WIRE_TEXT(application_event, contact, 0, 0, 0),
};
WIRE_TABLE(APPLICATION_FULL_EVENT, application_event, FULL_FIELDS);

static const struct wire_field SHORT_FIELDS[] = {
    COMMON_ROWS,
    WIRE_ID(application_event, cause, WIRE_NULLABLE),
};
WIRE_TABLE(APPLICATION_SHORT_EVENT, application_event, SHORT_FIELDS);

enum err event_set_change(struct application_event *event, const struct application_change *change, instant_us at, struct arena *arena)
{
    struct transition_entry *entries = arena_take_array(arena, change->count, sizeof(*entries));
    if (!entries && change->count > 0)
        return ERR_LIMIT;
    for (size_t i = 0; i < change->count; i++)
        entries[i] = (struct transition_entry){str_from(application_state_name(change->moves[i].from)),
                                               str_from(application_state_name(change->moves[i].to)), at};
    event->state = str_from(application_state_name(change->state));
    event->transitions = (struct wire_list){entries, change->count};
    return ERR_OK;
}

/* ── Sealed documents ── */

static const struct wire_field FACTS_FIELDS[] = {
    WIRE_TEXT(facts_document, kind, 0, 0, 0),
    WIRE_DATE(facts_document, birth_date, WIRE_NULLABLE),
    WIRE_TEXT(facts_document, milieu, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(facts_document, sector, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(facts_document, stage, WIRE_NULLABLE, 0, 0),
    WIRE_GIVEN(facts_document, requested_centimes, has_requested_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(facts_document, own_contribution_centimes, has_own_contribution_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(facts_document, jobs, has_jobs, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(facts_document, household_size, has_household_size, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(facts_document, monthly_income_centimes, has_monthly_income_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(facts_document, head_of_household, has_head_of_household, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_GIVEN(facts_document, disability, has_disability, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_GIVEN(facts_document, rsu_index, has_rsu_index, WIRE_NULLABLE, WIRE_NUMBER_FIELD, double, NULL, NULL),
    WIRE_BOOL(facts_document, auto_entrepreneur, 0),
    WIRE_INT(facts_document, members, 0, 0, 0),
    WIRE_GIVEN(facts_document, ice_valid, has_ice_valid, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_DATE(facts_document, submitted_on, 0),
    WIRE_INT(facts_document, age, 0, 0, 0),
};
WIRE_TABLE(FACTS_DOCUMENT, facts_document, FACTS_FIELDS);

static const struct wire_field KEPT_NAME_FIELDS[] = {
    WIRE_TEXT(form_name, ar, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(form_name, latin, WIRE_NULLABLE, 0, 0),
};
WIRE_TABLE(KEPT_NAME, form_name, KEPT_NAME_FIELDS);

static const struct wire_field CONTACT_ADDRESS_FIELDS[] = {
    WIRE_TEXT(form_address, province, 0, 0, 0),
    WIRE_TEXT(form_address, commune, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(form_address, milieu, WIRE_NULLABLE, 0, 0),
};
static WIRE_TABLE(CONTACT_ADDRESS, form_address, CONTACT_ADDRESS_FIELDS);

static const struct wire_field CONTACT_PROJECT_FIELDS[] = {
    WIRE_TEXT(contact_project, title, 0, 0, 0),
    WIRE_TEXT(contact_project, sector, 0, 0, 0),
};
static WIRE_TABLE(CONTACT_PROJECT, contact_project, CONTACT_PROJECT_FIELDS);

static const struct wire_field CONTACT_FIELDS[] = {
    WIRE_OBJECT(contact_document, name, 0, form_name, &KEPT_NAME),
    WIRE_TEXT(contact_document, phone, 0, 0, 0),
    WIRE_OBJECT(contact_document, address, 0, form_address, &CONTACT_ADDRESS),
    WIRE_OBJECT(contact_document, project, 0, contact_project, &CONTACT_PROJECT),
    WIRE_GIVEN(contact_document, cooperative, has_cooperative, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_name, NULL, &KEPT_NAME),
    WIRE_TEXT(contact_document, language, 0, 0, 0),
};
WIRE_TABLE(CONTACT_DOCUMENT, contact_document, CONTACT_FIELDS);

/* ── Events that come in: more members may be there, a newer writer adds them ── */

static const struct wire_field EVENT_REASON_FIELDS[] = {WIRE_LANGUAGES(reason, WIRE_NULLABLE, 2000)};
static WIRE_TABLE(EVENT_REASON, reason, EVENT_REASON_FIELDS);

static const struct wire_field DECISION_FIELDS[] = {
    WIRE_ID(decision_event, application, WIRE_REQUIRED),
    WIRE_INT(decision_event, version, WIRE_REQUIRED, 1, 1e15),
    WIRE_INT(decision_event, revision, WIRE_NULLABLE, 0, 1e9),
    WIRE_TEXT(decision_event, outcome, WIRE_NULLABLE, 0, 40),
    WIRE_LIST(decision_event, reasons, WIRE_NULLABLE, 0, 100, &EVENT_REASON),
};
WIRE_TABLE(DECISION_EVENT, decision_event, DECISION_FIELDS);

static const struct wire_field ENROLMENT_FIELDS[] = {
    WIRE_ID(enrolment_event, application, WIRE_REQUIRED),
    WIRE_ID(enrolment_event, enrolment, WIRE_REQUIRED),
    WIRE_INT(enrolment_event, version, WIRE_REQUIRED, 1, 1e15),
    WIRE_TEXT(enrolment_event, state, WIRE_REQUIRED, 1, 40),
    WIRE_ID(enrolment_event, session, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_event, course, WIRE_NULLABLE, 0, 200),
    WIRE_RAW(enrolment_event, title, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_event, place, WIRE_NULLABLE, 0, 500),
    WIRE_INSTANT(enrolment_event, starts_at, WIRE_NULLABLE),
};
WIRE_TABLE(ENROLMENT_EVENT, enrolment_event, ENROLMENT_FIELDS);
