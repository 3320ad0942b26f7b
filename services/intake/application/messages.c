#include "messages.h"

#include "validate.h"

/* ── The form ── */

static const struct wire_field NAME_FIELDS[] = {
    WIRE_TEXT(form_name, ar, WIRE_NULLABLE, 0, NAME_POINTS_MAX),
    WIRE_TEXT(form_name, latin, WIRE_NULLABLE, 0, NAME_POINTS_MAX),
};
static WIRE_TABLE(NAME, form_name, NAME_FIELDS);

static const struct wire_field IDENTITY_FIELDS[] = {
    WIRE_TEXT(form_identity, type, WIRE_NULLABLE, 0, NUMBER_POINTS_MAX),
    WIRE_TEXT(form_identity, number, WIRE_NULLABLE, 0, NUMBER_POINTS_MAX),
};
static WIRE_TABLE(IDENTITY, form_identity, IDENTITY_FIELDS);

static const struct wire_field ADDRESS_FIELDS[] = {
    WIRE_TEXT(form_address, province, WIRE_NULLABLE, 0, 20),
    WIRE_TEXT(form_address, commune, WIRE_NULLABLE, 0, 120),
    WIRE_TEXT(form_address, milieu, WIRE_NULLABLE, 0, 20),
};
static WIRE_TABLE(ADDRESS, form_address, ADDRESS_FIELDS);

static const struct wire_field APPLICANT_FIELDS[] = {
    WIRE_OBJECT(form_applicant, name, WIRE_NULLABLE, form_name, &NAME),
    WIRE_OBJECT(form_applicant, identity, WIRE_NULLABLE, form_identity, &IDENTITY),
    WIRE_DATE(form_applicant, birth_date, WIRE_NULLABLE),
    WIRE_TEXT(form_applicant, phone, WIRE_NULLABLE, 0, NUMBER_POINTS_MAX),
    WIRE_OBJECT(form_applicant, address, WIRE_NULLABLE, form_address, &ADDRESS),
};
static WIRE_TABLE(APPLICANT, form_applicant, APPLICANT_FIELDS);

static const struct wire_field PROJECT_FIELDS[] = {
    WIRE_TEXT(form_project, title, WIRE_NULLABLE, 0, 200),
    WIRE_TEXT(form_project, sector, WIRE_NULLABLE, 0, 40),
    WIRE_TEXT(form_project, stage, WIRE_NULLABLE, 0, 40),
    WIRE_GIVEN(form_project, requested_centimes, has_requested_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(form_project, own_contribution_centimes, has_own_contribution_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(form_project, jobs, has_jobs, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
static WIRE_TABLE(PROJECT, form_project, PROJECT_FIELDS);

static const struct wire_field SITUATION_FIELDS[] = {
    WIRE_GIVEN(form_situation, household_size, has_household_size, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(form_situation, monthly_income_centimes, has_monthly_income_centimes, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(form_situation, head_of_household, has_head_of_household, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_GIVEN(form_situation, disability, has_disability, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_GIVEN(form_situation, rsu_index, has_rsu_index, WIRE_NULLABLE, WIRE_NUMBER_FIELD, double, NULL, NULL),
    WIRE_TEXT(form_situation, auto_entrepreneur_number, WIRE_NULLABLE, 0, 40),
};
static WIRE_TABLE(SITUATION, form_situation, SITUATION_FIELDS);

static const struct wire_field MEMBER_FIELDS[] = {
    WIRE_OBJECT(form_member, name, WIRE_NULLABLE, form_name, &NAME),
    WIRE_OBJECT(form_member, identity, WIRE_NULLABLE, form_identity, &IDENTITY),
    WIRE_DATE(form_member, birth_date, WIRE_NULLABLE),
    WIRE_TEXT(form_member, phone, WIRE_NULLABLE, 0, NUMBER_POINTS_MAX),
    WIRE_TEXT(form_member, role, WIRE_NULLABLE, 0, 20),
};
static WIRE_TABLE(MEMBER, form_member, MEMBER_FIELDS);

static const struct wire_field COOPERATIVE_FIELDS[] = {
    WIRE_OBJECT(cooperative_message, name, WIRE_NULLABLE, form_name, &NAME),
    WIRE_TEXT(cooperative_message, ice, WIRE_NULLABLE, 0, 40),
    WIRE_LIST(cooperative_message, members, WIRE_NULLABLE, 0, 500, &MEMBER),
};
static WIRE_TABLE(COOPERATIVE, cooperative_message, COOPERATIVE_FIELDS);

static const struct wire_field CONSENT_FIELDS[] = {
    WIRE_TEXT(form_consent, purpose, WIRE_NULLABLE, 0, 40),
    WIRE_TEXT(form_consent, version, WIRE_NULLABLE, 0, 40),
    WIRE_BOOL(form_consent, given, WIRE_REQUIRED),
    WIRE_TEXT(form_consent, language, WIRE_NULLABLE, 0, 10),
};
static WIRE_TABLE(CONSENT, form_consent, CONSENT_FIELDS);

static const struct wire_field ASSISTANCE_FIELDS[] = {
    WIRE_TEXT(form_assistance, channel, WIRE_NULLABLE, 0, 40),
    WIRE_TEXT(form_assistance, place, WIRE_NULLABLE, 0, 120),
    WIRE_TEXT(form_assistance, paper, WIRE_NULLABLE, 0, 120),
};
static WIRE_TABLE(ASSISTANCE, form_assistance, ASSISTANCE_FIELDS);

static const struct wire_field APPLICATION_FIELDS[] = {
    WIRE_TEXT(application_message, call, WIRE_NULLABLE, 0, 80),
    WIRE_TEXT(application_message, kind, WIRE_NULLABLE, 0, 40),
    WIRE_BOOL(application_message, draft, WIRE_NULLABLE),
    WIRE_GIVEN(application_message, applicant, has_applicant, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_applicant, NULL, &APPLICANT),
    WIRE_GIVEN(application_message, project, has_project, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_project, NULL, &PROJECT),
    WIRE_GIVEN(application_message, situation, has_situation, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_situation, NULL, &SITUATION),
    WIRE_GIVEN(application_message, cooperative, has_cooperative, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct cooperative_message, NULL, &COOPERATIVE),
    WIRE_GIVEN(application_message, assistance, has_assistance, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_assistance, NULL, &ASSISTANCE),
    WIRE_RAW(application_message, extra, WIRE_NULLABLE),
    WIRE_LIST(application_message, consents, WIRE_NULLABLE, 0, 10, &CONSENT),
};
static WIRE_TABLE(APPLICATION, application_message, APPLICATION_FIELDS);

static struct form_extra extra_of(struct str id, const struct json_value *value)
{
    static const enum extra_kind KINDS[] = {
        [JSON_KIND_NULL] = EXTRA_NOTHING, [JSON_KIND_BOOL] = EXTRA_YES_NO, [JSON_KIND_NUMBER] = EXTRA_NUMBER,
        [JSON_KIND_STRING] = EXTRA_TEXT,  [JSON_KIND_ARRAY] = EXTRA_OTHER, [JSON_KIND_OBJECT] = EXTRA_OTHER,
    };
    return (struct form_extra){id, KINDS[value->kind], value->string, value->number};
}

/* Its members are the call's to name, so no table can. */
static enum err decode_extra(struct str json, struct arena *arena, struct form *form, struct violations *violations)
{
    const struct json_value *extra = NULL;
    if (str_empty(json))
        return ERR_OK;
    if (json_parse(json, arena, &extra) != ERR_OK)
        return ERR_INTERNAL; /* it was part of a document that could be read */
    if (extra->kind != JSON_KIND_OBJECT) {
        violations_add(violations, STR("/extra"), VIOLATION_TYPE, "object");
        return ERR_INVALID;
    }
    struct form_extra *extras = arena_take_array(arena, extra->count + 1, sizeof(*extras));
    if (!extras)
        return ERR_LIMIT;
    for (size_t i = 0; i < extra->count; i++)
        extras[i] = extra_of(extra->names[i], &extra->items[i]);
    form->extras = extras;
    form->extra_count = extra->count;
    return ERR_OK;
}

/* A number too large for any double is refused while decoding, where a draft's other numbers are not: its message names the field's bound all the
 * same. */
static void name_the_fields_bounds(struct violations *violations)
{
    for (size_t i = 0; i < violations->count; i++) {
        struct violation *violation = &violations->items[i];
        if (violation->code != VIOLATION_TOO_LARGE && violation->code != VIOLATION_TOO_SMALL)
            continue;
        for (size_t j = 0; j < FORM_NUMBER_COUNT; j++)
            if (str_equal(violation->pointer, str_from(FORM_NUMBERS[j].pointer))) {
                int64_t bound = violation->code == VIOLATION_TOO_LARGE ? FORM_NUMBERS[j].max : FORM_NUMBERS[j].min;
                violation->detail = str_format(violations->arena, "%lld", (long long)bound);
            }
    }
}

enum err form_decode(struct str body, struct arena *arena, struct form *ret_form, struct violations *violations)
{
    struct application_message message;
    enum err err = wire_decode(&APPLICATION, body, WIRE_REFUSE_UNKNOWN, arena, &message, violations);
    name_the_fields_bounds(violations);
    *ret_form = (struct form){
        .call = message.call,
        .kind_name = message.kind,
        .draft = message.draft,
        .has_applicant = message.has_applicant,
        .has_project = message.has_project,
        .has_situation = message.has_situation,
        .has_cooperative = message.has_cooperative,
        .has_assistance = message.has_assistance,
        .applicant = message.applicant,
        .project = message.project,
        .situation = message.situation,
        .cooperative = {message.cooperative.name, message.cooperative.ice, message.cooperative.members.items, message.cooperative.members.count},
        .assistance = message.assistance,
        .consents = message.consents.items,
        .consent_count = message.consents.count,
    };
    (void)kind_parse(ret_form->kind_name, &ret_form->kind); /* what is no kind is validate's to say */
    enum err extra = err == ERR_OK || err == ERR_INVALID ? decode_extra(message.extra, arena, ret_form, violations) : ERR_OK;
    return err == ERR_OK || (extra != ERR_OK && extra != ERR_INVALID) ? extra : err;
}

/* ── Answers ── */

static const struct wire_field ANSWER_FIELDS[] = {
    WIRE_ID(application_answer, id, 0),
    WIRE_TEXT(application_answer, receipt_number, 0, 0, 0),
    WIRE_TEXT(application_answer, secret_code, 0, 0, 0),
    WIRE_TEXT(application_answer, state, 0, 0, 0),
    WIRE_INT(application_answer, version, 0, 0, 0),
    WIRE_INSTANT(application_answer, submitted_at, WIRE_NULLABLE),
    WIRE_INSTANT(application_answer, answer_due_at, WIRE_NULLABLE),
};
WIRE_TABLE(APPLICATION_ANSWER, application_answer, ANSWER_FIELDS);

static const struct wire_field TOKEN_FIELDS[] = {
    WIRE_TEXT(token_answer, token, 0, 0, 0),
    WIRE_INSTANT(token_answer, expires_at, 0),
};
WIRE_TABLE(TOKEN_ANSWER, token_answer, TOKEN_FIELDS);

static const struct wire_field SIGN_IN_FIELDS[] = {
    WIRE_TEXT(sign_in_answer, issuer, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(sign_in_answer, client_id, WIRE_NULLABLE, 0, 0),
};
WIRE_TABLE(SIGN_IN_ANSWER, sign_in_answer, SIGN_IN_FIELDS);

static const struct wire_field REASON_FIELDS[] = {WIRE_LANGUAGES(reason, WIRE_NULLABLE, 0)};
static WIRE_TABLE(REASON, reason, REASON_FIELDS);

static const struct wire_field HISTORY_FIELDS[] = {
    WIRE_TEXT(history_entry, state, 0, 0, 0),
    WIRE_INSTANT(history_entry, at, 0),
    WIRE_RAW(history_entry, why, WIRE_NULLABLE | WIRE_OMIT),
};
static WIRE_TABLE(HISTORY_ENTRY, history_entry, HISTORY_FIELDS);

static const struct wire_field CLOCK_FIELDS[] = {
    WIRE_INSTANT(clock_view, due_at, 0),
    WIRE_INSTANT(clock_view, paused_since, WIRE_NULLABLE),
    WIRE_INT(clock_view, days_left, 0, 0, 0),
};
static WIRE_TABLE(CLOCK_VIEW, clock_view, CLOCK_FIELDS);

#define COMPLEMENT_TEXT_MAX 1000

static const struct wire_field COMPLEMENT_TEXT_FIELDS[] = {
    WIRE_TEXT(reason, ar, WIRE_REQUIRED, 1, COMPLEMENT_TEXT_MAX),
    WIRE_TEXT(reason, fr, WIRE_REQUIRED, 1, COMPLEMENT_TEXT_MAX),
    WIRE_TEXT(reason, en, WIRE_NULLABLE, 0, COMPLEMENT_TEXT_MAX),
};
static WIRE_TABLE(COMPLEMENT_TEXT, reason, COMPLEMENT_TEXT_FIELDS);

static const struct wire_field COMPLEMENT_FIELDS[] = {
    WIRE_TEXTS(complement_message, fields, WIRE_NULLABLE, 0, 40),
    WIRE_OBJECT(complement_message, text, WIRE_REQUIRED, reason, &COMPLEMENT_TEXT),
};
WIRE_TABLE(COMPLEMENT_MESSAGE, complement_message, COMPLEMENT_FIELDS);

static const struct wire_field COMPLEMENT_VIEW_FIELDS[] = {
    WIRE_INSTANT(complement_view, asked_at, 0),
    WIRE_INSTANT(complement_view, due_at, WIRE_NULLABLE),
    WIRE_TEXTS(complement_view, fields, 0, 0, 0),
    WIRE_OBJECT(complement_view, text, 0, reason, &REASON),
};
static WIRE_TABLE(COMPLEMENT_VIEW, complement_view, COMPLEMENT_VIEW_FIELDS);

static const struct wire_field CONFIRMATION_FIELDS[] = {
    WIRE_BOOL(confirmation_view, needed, 0),
    WIRE_INSTANT(confirmation_view, confirmed_at, WIRE_NULLABLE),
    WIRE_TEXT(confirmation_view, how, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(confirmation_view, paper, WIRE_NULLABLE, 0, 0),
};
WIRE_TABLE(CONFIRMATION_VIEW, confirmation_view, CONFIRMATION_FIELDS);

static const struct wire_field VIEW_FIELDS[] = {
    WIRE_ID(application_view, id, 0),
    WIRE_TEXT(application_view, receipt_number, 0, 0, 0),
    WIRE_TEXT(application_view, call, 0, 0, 0),
    WIRE_TEXT(application_view, kind, 0, 0, 0),
    WIRE_TEXT(application_view, state, 0, 0, 0),
    WIRE_TEXT(application_view, province, WIRE_NULLABLE, 0, 0),
    WIRE_INT(application_view, version, 0, 0, 0),
    WIRE_INT(application_view, revision, 0, 0, 0),
    WIRE_INSTANT(application_view, submitted_at, WIRE_NULLABLE),
    WIRE_INSTANT(application_view, answer_due_at, WIRE_NULLABLE),
    WIRE_GIVEN(application_view, days_left, has_clock, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(application_view, clock, has_clock, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct clock_view, NULL, &CLOCK_VIEW),
    WIRE_GIVEN(application_view, complement, has_complement, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct complement_view, NULL, &COMPLEMENT_VIEW),
    WIRE_OBJECT(application_view, confirmation, 0, confirmation_view, &CONFIRMATION_VIEW),
    WIRE_RAW(application_view, decision, WIRE_NULLABLE),
    WIRE_RAW(application_view, training, WIRE_NULLABLE),
    WIRE_RAW(application_view, hold, WIRE_NULLABLE),
    WIRE_RAW(application_view, restriction, WIRE_NULLABLE),
    WIRE_RAW(application_view, register_checks, 0),
    WIRE_RAW(application_view, funding, WIRE_NULLABLE),
    WIRE_RAW(application_view, follow_up, WIRE_NULLABLE),
    WIRE_TEXTS(application_view, warnings, 0, 0, 0),
    WIRE_LIST(application_view, history, 0, 0, 0, &HISTORY_ENTRY),
};
WIRE_TABLE(APPLICATION_VIEW, application_view, VIEW_FIELDS);

static const struct wire_field DECISION_VIEW_FIELDS[] = {
    WIRE_TEXT(decision_view, outcome, 0, 0, 0),
    WIRE_LIST(decision_view, reasons, 0, 0, 0, &REASON),
    WIRE_INSTANT(decision_view, at, 0),
};
WIRE_TABLE(DECISION_VIEW, decision_view, DECISION_VIEW_FIELDS);

static const struct wire_field TRAINING_VIEW_FIELDS[] = {
    WIRE_ID(training_view, session, WIRE_NULLABLE),       WIRE_TEXT(training_view, course, WIRE_NULLABLE, 0, 0),
    WIRE_RAW(training_view, title, WIRE_NULLABLE),        WIRE_TEXT(training_view, state, 0, 0, 0),
    WIRE_TEXT(training_view, place, WIRE_NULLABLE, 0, 0), WIRE_INSTANT(training_view, starts_at, WIRE_NULLABLE),
};
WIRE_TABLE(TRAINING_VIEW, training_view, TRAINING_VIEW_FIELDS);

/* ── History ── */

struct history_document {
    struct wire_list entries;
};

static const struct wire_field HISTORY_DOCUMENT_FIELDS[] = {
    WIRE_LIST(history_document, entries, 0, 0, 0, &HISTORY_ENTRY),
};
static WIRE_TABLE(HISTORY_DOCUMENT, history_document, HISTORY_DOCUMENT_FIELDS);

struct str reason_text(struct arena *arena, const struct reason *reason)
{
    struct str text = {0};
    return wire_text(&REASON, reason, arena, &text) == ERR_OK ? text : (struct str){0};
}

struct str line_text(struct arena *arena, enum assistance_line line)
{
    const struct application_reason *text = assistance_line(line);
    return reason_text(arena, &(struct reason){str_from(text->ar), str_from(text->fr), str_from(text->en)});
}

struct str history_add(struct arena *arena, struct str history, enum application_state state, instant_us at, struct str why)
{
    struct history_entry entry = {str_from(application_state_name(state)), at, why};
    struct buf out;
    struct str text = {0};
    buf_init(&out, arena, SIZE_MAX);
    buf_add(&out, history.size > 1 ? (struct str){history.at, history.size - 1} : STR("["));
    if (history.size > 2)
        buf_byte(&out, ',');
    wire_encode(&HISTORY_ENTRY, &entry, &out);
    buf_byte(&out, ']');
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static enum err history_read(struct str history, struct arena *arena, struct history_document *ret_document)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    struct str whole = str_format(arena, "{\"entries\":%.*s}", (int)history.size, history.size ? history.at : "");
    return wire_decode(&HISTORY_DOCUMENT, whole, WIRE_IGNORE_UNKNOWN, arena, ret_document, violations) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

struct str history_without_words(struct arena *arena, struct str history)
{
    struct history_document document;
    struct str text = {0};
    struct buf out;
    if (history_read(history, arena, &document) != ERR_OK)
        return text;
    struct history_entry *entries = document.entries.items;
    buf_init(&out, arena, SIZE_MAX);
    for (size_t i = 0; i < document.entries.count; i++) {
        entries[i].why = (struct str){0};
        buf_byte(&out, i == 0 ? '[' : ',');
        wire_encode(&HISTORY_ENTRY, &entries[i], &out);
    }
    buf_byte(&out, ']');
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

enum err history_show(struct str history, struct arena *arena, struct wire_list *ret_entries)
{
    struct history_document document;
    enum err err = history_read(history, arena, &document);
    if (err != ERR_OK)
        return err;
    struct history_entry *entries = document.entries.items;
    for (size_t i = 0; i < document.entries.count; i++) {
        enum application_state state;
        if (!str_empty(entries[i].why) || !application_state_parse(entries[i].state, &state))
            continue;
        const struct application_reason *own = application_state_reason(state);
        struct reason reason = {str_from(own->ar), str_from(own->fr), str_from(own->en)};
        entries[i].why = reason_text(arena, &reason);
    }
    *ret_entries = document.entries;
    return ERR_OK;
}
