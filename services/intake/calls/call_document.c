#include "call_document.h"

#define TEXT_MAX 4000
#define CODE_MAX 80

static const struct wire_field TEXT_FIELDS[] = {WIRE_LANGUAGES(reason, WIRE_NULLABLE, TEXT_MAX)};
static WIRE_TABLE(TEXT, reason, TEXT_FIELDS);

static const struct wire_field REGION_FIELDS[] = {
    WIRE_TEXT(call_region, code, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_OBJECT(call_region, name, WIRE_NULLABLE, reason, &TEXT),
};
static WIRE_TABLE(REGION, call_region, REGION_FIELDS);

static const struct wire_field PROVINCE_FIELDS[] = {
    WIRE_TEXT(call_province, code, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_OBJECT(call_province, name, WIRE_NULLABLE, reason, &TEXT),
    WIRE_GIVEN(call_province, places, has_places, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
static WIRE_TABLE(PROVINCE, call_province, PROVINCE_FIELDS);

static const struct wire_field PAPER_FIELDS[] = {
    WIRE_TEXT(call_paper, id, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_OBJECT(call_paper, title, WIRE_NULLABLE, reason, &TEXT),
    WIRE_OBJECT(call_paper, why, WIRE_NULLABLE, reason, &TEXT),
    WIRE_TEXTS(call_paper, kinds, WIRE_NULLABLE, 0, 10),
};
static WIRE_TABLE(PAPER, call_paper, PAPER_FIELDS);

static const struct wire_field CONSENT_FIELDS[] = {
    WIRE_TEXT(call_consent, purpose, WIRE_NULLABLE, 0, 40),
    WIRE_TEXT(call_consent, version, WIRE_NULLABLE, 0, 40),
    WIRE_BOOL(call_consent, required, WIRE_NULLABLE),
    WIRE_OBJECT(call_consent, text, WIRE_NULLABLE, reason, &TEXT),
};
static WIRE_TABLE(CONSENT, call_consent, CONSENT_FIELDS);

static const struct wire_field CLOCK_FIELDS[] = {
    WIRE_GIVEN(call_clock, answer_days, has_answer_days, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(call_clock, complement_days, has_complement_days, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(call_clock, draft_days, has_draft_days, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_TEXT(call_clock, counting, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_TEXT(call_clock, calendar, WIRE_NULLABLE, 0, CODE_MAX),
};
static WIRE_TABLE(CLOCK, call_clock, CLOCK_FIELDS);

static const struct wire_field CHOICE_FIELDS[] = {
    WIRE_TEXT(call_choice, id, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_OBJECT(call_choice, label, WIRE_NULLABLE, reason, &TEXT),
};
static WIRE_TABLE(CHOICE, call_choice, CHOICE_FIELDS);

static const struct wire_field FIELD_FIELDS[] = {
    WIRE_TEXT(call_field, id, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_TEXT(call_field, type, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_OBJECT(call_field, label, WIRE_NULLABLE, reason, &TEXT),
    WIRE_OBJECT(call_field, help, WIRE_NULLABLE, reason, &TEXT),
    WIRE_TEXTS(call_field, kinds, WIRE_NULLABLE, 0, 10),
    WIRE_BOOL(call_field, required, WIRE_NULLABLE),
    WIRE_GIVEN(call_field, min, has_min, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_GIVEN(call_field, max, has_max, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_LIST(call_field, choices, WIRE_NULLABLE, 0, 200, &CHOICE),
};
static WIRE_TABLE(FIELD, call_field, FIELD_FIELDS);

static const struct wire_field DOCUMENT_FIELDS[] = {
    WIRE_TEXT(call_document, id, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_OBJECT(call_document, title, WIRE_NULLABLE, reason, &TEXT),
    WIRE_OBJECT(call_document, region, WIRE_REQUIRED, call_region, &REGION),
    WIRE_LIST(call_document, provinces, WIRE_NULLABLE, 0, 100, &PROVINCE),
    WIRE_INSTANT(call_document, opens_at, WIRE_NULLABLE),
    WIRE_INSTANT(call_document, closes_at, WIRE_NULLABLE),
    WIRE_TEXTS(call_document, kinds, WIRE_NULLABLE, 0, 10),
    WIRE_LIST(call_document, documents, WIRE_NULLABLE, 0, 50, &PAPER),
    WIRE_LIST(call_document, consents, WIRE_NULLABLE, 0, 10, &CONSENT),
    WIRE_OBJECT(call_document, clock, WIRE_NULLABLE, call_clock, &CLOCK),
    WIRE_TEXT(call_document, shortlisting, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_TEXT(call_document, ruleset, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_BOOL(call_document, ice_strict, WIRE_NULLABLE),
    WIRE_BOOL(call_document, sample, WIRE_NULLABLE),
    WIRE_GIVEN(call_document, members_min, has_members_min, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_LIST(call_document, fields, WIRE_NULLABLE, 0, 100, &FIELD),
};
static WIRE_TABLE(DOCUMENT, call_document, DOCUMENT_FIELDS);

struct fields_document {
    struct wire_list fields;
};

static const struct wire_field FIELDS_DOCUMENT_FIELDS[] = {WIRE_LIST(fields_document, fields, WIRE_REQUIRED, 0, 100, &FIELD)};
static WIRE_TABLE(FIELDS_DOCUMENT, fields_document, FIELDS_DOCUMENT_FIELDS);

static enum err field_terms_of(const struct call_field *field, struct arena *arena, struct field_terms *ret_terms)
{
    const struct call_choice *choices = field->choices.items;
    const struct str *kinds = field->kinds.items;
    struct str *ids = arena_take_array(arena, field->choices.count + 1, sizeof(*ids));
    struct field_terms terms = {
        field->id, field_type_parse(field->type), {false}, field->required, field->has_min, field->has_max, field->min, field->max,
        ids,       field->choices.count};
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < field->choices.count; i++)
        ids[i] = choices[i].id;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        terms.kinds[kind] = field->kinds.count == 0;
        for (size_t i = 0; i < field->kinds.count; i++)
            terms.kinds[kind] |= str_equal(kinds[i], str_from(kind_name((enum kind)kind)));
    }
    *ret_terms = terms;
    return ERR_OK;
}

enum err call_fields_read(struct str json, struct arena *arena, struct call_terms *terms)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct fields_document document;
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    struct str whole = str_format(arena, "{\"fields\":%.*s}", (int)json.size, json.at);
    if (wire_decode(&FIELDS_DOCUMENT, whole, WIRE_IGNORE_UNKNOWN, arena, &document, violations) != ERR_OK)
        return ERR_INTERNAL;
    const struct call_field *fields = document.fields.items;
    struct field_terms *read = arena_take_array(arena, document.fields.count + 1, sizeof(*read));
    enum err err = read ? ERR_OK : ERR_LIMIT;
    for (size_t i = 0; err == ERR_OK && i < document.fields.count; i++)
        err = field_terms_of(&fields[i], arena, &read[i]);
    terms->fields = read;
    terms->field_count = document.fields.count;
    return err;
}

/* "fes-meknes-2026": it stands in addresses and events. */
static bool is_slug(struct str text)
{
    bool plain = text.size >= 3 && text.size <= CODE_MAX && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; plain && i < text.size; i++)
        plain = (text.at[i] >= 'a' && text.at[i] <= 'z') || (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '-';
    return plain;
}

enum err call_document_decode(struct str body, struct arena *arena, struct call_document *ret_document, struct violations *violations)
{
    enum err err = wire_decode(&DOCUMENT, body, WIRE_REFUSE_UNKNOWN, arena, ret_document, violations);
    if (err != ERR_OK)
        return err;
    if (!is_slug(ret_document->id))
        violations_add(violations, STR("/id"), VIOLATION_FORMAT, "a-z, 0-9 and -, from 3 characters on");
    if (str_empty(ret_document->region.code))
        violations_add(violations, STR("/region/code"), VIOLATION_REQUIRED, NULL);
    return violations->count == 0 ? ERR_OK : ERR_INVALID;
}
