/* The shapes that go over the wire: one struct and one wire table each (json/wire.h). HTTP shapes are those of proto/http/intake.yaml,
 * events those of proto/events/. */
#ifndef JISR_INTAKE_MESSAGES_H
#define JISR_INTAKE_MESSAGES_H

#include "application.h"
#include "assistance.h"
#include "form.h"
#include "json/wire.h"

/* ── What people send ── */

struct cooperative_message {
    struct form_name name;
    struct str ice;
    struct wire_list members; /* struct form_member */
};

struct application_message {
    struct str call, kind;
    bool draft;
    bool has_applicant, has_project, has_situation, has_cooperative, has_assistance;
    struct form_applicant applicant;
    struct form_project project;
    struct form_situation situation;
    struct cooperative_message cooperative;
    struct form_assistance assistance;
    struct str extra;          /* JSON */
    struct wire_list consents; /* struct form_consent */
};

/* Decodes a body into a form (borrowed from the arena). Errors as wire_decode. */
enum err form_decode(struct str body, struct arena *arena, struct form *ret_form, struct violations *violations) MUST_CHECK;

/* ── What they get ── */

struct application_answer { /* 201 */
    struct id id;
    struct str receipt_number, secret_code, state;
    int64_t version;
    instant_us submitted_at, answer_due_at;
};
extern const struct wire_table APPLICATION_ANSWER;

struct token_answer {
    struct str token;
    instant_us expires_at;
};
extern const struct wire_table TOKEN_ANSWER;

struct sign_in_answer { /* empty: null, nobody signs in here */
    struct str issuer, client_id;
};
extern const struct wire_table SIGN_IN_ANSWER;

struct reason {
    struct str ar, fr, en;
};

/* As stored: `why` only where it isn't the state's own reason. As shown: always. */
struct history_entry {
    struct str state;
    instant_us at;
    struct str why; /* JSON of a struct reason, or empty */
};

/* The legal clock as it is shown: null where no answer is waited for. */
struct clock_view {
    instant_us due_at, paused_since;
    int64_t days_left;
};

/* What she is asked to complete, once. */
struct complement_message {
    struct wire_list fields; /* struct str: RFC 6901 pointers into the form */
    struct reason text;
};
extern const struct wire_table COMPLEMENT_MESSAGE;

struct complement_view {
    instant_us asked_at, due_at; /* due_at: null once it is no longer waited for */
    struct wire_list fields;
    struct reason text;
};

/* What an agent entered counts as consented once she stands by it. */
struct confirmation_view {
    bool needed;
    instant_us confirmed_at;
    struct str how;   /* "code": by her receipt and code; "paper": by a form that she signed */
    struct str paper; /* where that is kept, as it was told with the confirmation */
};
extern const struct wire_table CONFIRMATION_VIEW;

struct application_view {
    struct id id;
    struct str receipt_number, call, kind, state, province;
    int64_t version, revision;
    instant_us submitted_at, answer_due_at;
    struct str decision, training; /* JSON, or empty: null */
    struct str hold, restriction, register_checks, funding, follow_up;
    bool has_clock, has_complement;
    int64_t days_left;
    struct clock_view clock;
    struct complement_view complement;
    struct confirmation_view confirmation;
    struct wire_list warnings; /* struct str */
    struct wire_list history;  /* struct history_entry */
};
extern const struct wire_table APPLICATION_VIEW;

struct decision_view {
    struct str outcome;
    struct wire_list reasons; /* struct reason */
    instant_us at;
};
extern const struct wire_table DECISION_VIEW;

struct training_view {
    struct id session;
    struct str course, title, state, place; /* title: JSON {ar,fr,en} */
    instant_us starts_at;
};
extern const struct wire_table TRAINING_VIEW;

/* Appends one entry to a stored history ("" or a JSON array). `why` may be empty. */
struct str history_add(struct arena *arena, struct str history, enum application_state state, instant_us at, struct str why);
/* States and times alone: what somebody wrote about a step is left out. Empty without memory. */
struct str history_without_words(struct arena *arena, struct str history);
/* The stored history as it is shown. ERR_INTERNAL when it can't be read. */
enum err history_show(struct str history, struct arena *arena, struct wire_list *ret_entries) MUST_CHECK;
struct str reason_text(struct arena *arena, const struct reason *reason);
struct str line_text(struct arena *arena, enum assistance_line line); /* the same of a line of assistance.h */

/* ── Events ── */

struct transition_entry {
    struct str from, to; /* from empty: null, birth */
    instant_us at;
};

struct application_event { /* every application event; which members are written is the table's to say */
    struct id application;
    int64_t version;
    struct str call, kind, region, province, state;
    struct wire_list transitions; /* struct transition_entry */
    int64_t revision;
    instant_us submitted_at, answer_due_at;
    bool referral_consent, under_review;
    struct str facts, contact; /* base64 of sealed bytes */
    struct id cause;           /* nil: null */
};
extern const struct wire_table APPLICATION_FULL_EVENT;  /* submitted, amended */
extern const struct wire_table APPLICATION_SHORT_EVENT; /* drafted, withdrawn, progressed */

/* Fills state and transitions out of a change. ERR_LIMIT without memory. */
enum err event_set_change(struct application_event *event, const struct application_change *change, instant_us at, struct arena *arena) MUST_CHECK;

struct facts_document {
    struct str kind, milieu, sector, stage;
    struct date birth_date, submitted_on;
    int64_t requested_centimes, own_contribution_centimes, jobs, household_size, monthly_income_centimes, members, age;
    bool has_requested_centimes, has_own_contribution_centimes, has_jobs, has_household_size, has_monthly_income_centimes;
    bool head_of_household, disability, auto_entrepreneur, ice_valid;
    bool has_head_of_household, has_disability, has_rsu_index, has_ice_valid;
    double rsu_index;
};
extern const struct wire_table FACTS_DOCUMENT;

struct contact_project {
    struct str title, sector;
};

struct contact_document {
    struct form_name name, cooperative;
    bool has_cooperative;
    struct str phone, language;
    struct form_address address;
    struct contact_project project;
};
extern const struct wire_table CONTACT_DOCUMENT, KEPT_NAME /* of a struct form_name that was checked when it came */;

struct decision_event {
    struct id application;
    int64_t version, revision;
    struct str outcome;
    struct wire_list reasons; /* struct reason */
};
extern const struct wire_table DECISION_EVENT;

struct enrolment_event {
    struct id application, enrolment, session;
    int64_t version;
    struct str course, title, place, state; /* title: JSON {ar,fr,en} */
    instant_us starts_at;
};
extern const struct wire_table ENROLMENT_EVENT;

#endif
