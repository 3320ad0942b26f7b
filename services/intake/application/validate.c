#include "validate.h"

#include "assistance.h"
#include "validate_parts.h"

static const char *const KINDS[KIND_COUNT] = {[KIND_PERSON] = "person", [KIND_COOPERATIVE] = "cooperative"};
static const char *const WARNINGS[WARNING_COUNT] = {
    [WARNING_ICE_CHECK] = "ice-check", [WARNING_UNCONFIRMED] = "unconfirmed", [WARNING_SIGNED_PAPER] = "signed-paper"};
static const char *const LANGUAGES[] = {"ar", "fr", "en", NULL};

const char *warning_name(enum warning warning)
{
    return WARNINGS[warning];
}

const char *kind_name(enum kind kind)
{
    return KINDS[kind];
}

bool kind_parse(struct str name, enum kind *ret_kind)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (str_equal(name, str_from(KINDS[kind]))) {
            *ret_kind = (enum kind)kind;
            return true;
        }
    return false;
}

bool form_consents(const struct form *form, struct str purpose)
{
    for (size_t i = 0; i < form->consent_count; i++)
        if (form->consents[i].given && str_equal(form->consents[i].purpose, purpose))
            return true;
    return false;
}

static const struct consent_terms *find_terms(const struct call_terms *terms, struct str purpose)
{
    for (size_t i = 0; i < terms->consent_count; i++)
        if (str_equal(terms->consents[i].purpose, purpose))
            return &terms->consents[i];
    return NULL;
}

static bool named_before(const struct form *form, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (str_equal(form->consents[i].purpose, form->consents[index].purpose))
            return true;
    return false;
}

static void check_one_consent(struct judge *judge, const struct form *form, const struct call_terms *terms, size_t index)
{
    const struct form_consent *consent = &form->consents[index];
    struct str place = str_format(judge->violations->arena, "/consents/%zu", index);
    if (!judge_required(judge, place, "purpose", consent->purpose))
        return;
    const struct consent_terms *asked = find_terms(terms, consent->purpose);
    if (!asked)
        judge_add(judge, place, "purpose", VIOLATION_UNKNOWN, "a purpose that this call asks for");
    else if (named_before(form, index))
        judge_add(judge, place, "purpose", VIOLATION_DUPLICATE, NULL);
    else if (judge_required(judge, place, "version", consent->version) && !str_equal(consent->version, asked->version))
        judge_add(judge, place, "version", VIOLATION_UNKNOWN, "the version that this call shows");
    if (consent->language.at) /* given, be it as "" */
        judge_choice(judge, place, "language", consent->language, LANGUAGES);
}

static void check_consents(struct judge *judge, const struct form *form, const struct call_terms *terms)
{
    for (size_t i = 0; i < form->consent_count; i++)
        check_one_consent(judge, form, terms, i);
    for (size_t i = 0; i < terms->consent_count; i++)
        if (terms->consents[i].required && !form_consents(form, terms->consents[i].purpose))
            judge_add(judge, STR(""), "consents", VIOLATION_CONSENT, NULL);
}

bool call_has_province(const struct call_terms *terms, struct str province)
{
    for (size_t i = 0; i < terms->province_count; i++)
        if (str_equal(terms->provinces[i], province))
            return true;
    return false;
}

/* The province decides the quota and the territory, so that even a draft's must be one of the call. */
static void check_province(struct judge *judge, const struct form *form, const struct call_terms *terms)
{
    struct str province = form->applicant.address.province;
    if (form->draft && str_empty(province))
        return;
    if (judge_required(judge, STR("/applicant/address"), "province", province) && !call_has_province(terms, province))
        judge_add(judge, STR("/applicant/address"), "province", VIOLATION_UNKNOWN, "a province with a quota in this call");
}

static bool check_kind(struct judge *judge, const struct form *form, const struct call_terms *terms)
{
    enum kind kind;
    if (!judge_required(judge, STR(""), "kind", form->kind_name))
        return false;
    if (!kind_parse(form->kind_name, &kind)) {
        judge_add(judge, STR(""), "kind", VIOLATION_CHOICE, "person, cooperative");
        return false;
    }
    if (!terms->kinds[kind])
        judge_add(judge, STR(""), "kind", VIOLATION_NOT_ALLOWED, "this kind in this call");
    return true;
}

void form_validate(const struct form *form, const struct call_terms *terms, struct date today, struct violations *violations,
                   struct form_facts *ret_facts)
{
    struct judge judge = {violations, today};
    memset(ret_facts, 0, sizeof(*ret_facts));
    if (judge_required(&judge, STR(""), "call", form->call)) {
        if (!terms)
            judge_add(&judge, STR(""), "call", VIOLATION_UNKNOWN, "a call of the programme");
        else if (!terms->takes_applications)
            judge_add(&judge, STR(""), "call", VIOLATION_CLOSED, NULL);
    }
    if (!terms)
        return;
    bool kind_known = check_kind(&judge, form, terms);
    check_consents(&judge, form, terms);
    if (form->has_applicant || !form->draft)
        check_province(&judge, form, terms);
    judge_milieu(&judge, form->applicant.address.milieu);
    ret_facts->referral_consent = form_consents(form, PURPOSE_REFERRAL);
    ret_facts->women = kind_known && form->kind == KIND_COOPERATIVE ? (int64_t)form->cooperative.member_count : 1;
    if (form->draft || !kind_known)
        return;
    judge_applicant(&judge, &form->applicant, ret_facts);
    judge_project(&judge, form);
    if (form->has_assistance)
        judge_assistance(&judge, &form->assistance);
    judge_extra(&judge, form, terms);
    if (form->kind == KIND_PERSON)
        judge_person(&judge, form);
    else
        judge_cooperative(&judge, form, terms, ret_facts);
}
