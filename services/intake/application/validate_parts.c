#include "validate_parts.h"

#include "services/intake/duplicates/names.h"

#define MEMBERS_MAX 500

static const char *const MILIEUS[] = {"urban", "rural", NULL};
static const char *const ROLES[] = {"president", "treasurer", "member", NULL};

/* Named already: the place itself, or what holds it (an applicant that is no object lacks no name). */
static bool is_named(const struct violations *violations, struct str pointer)
{
    for (size_t i = 0; i < violations->count; i++) {
        struct str named = violations->items[i].pointer;
        if (str_equal(named, pointer) || (named.size > 0 && pointer.size > named.size && str_starts(pointer, named) && pointer.at[named.size] == '/'))
            return true;
    }
    return false;
}

void judge_add(struct judge *judge, struct str place, const char *name, enum violation_code code, const char *detail)
{
    if (violations_overflow(judge->violations))
        return;
    struct str pointer = str_format(judge->violations->arena, "%.*s/%s", (int)place.size, place.size ? place.at : "", name);
    if (!is_named(judge->violations, pointer))
        violations_add(judge->violations, pointer, code, detail);
}

bool judge_required(struct judge *judge, struct str place, const char *name, struct str value)
{
    if (!str_is_blank(value))
        return true;
    judge_add(judge, place, name, VIOLATION_REQUIRED, NULL);
    return false;
}

/* Receipts, lists and letters show it in one line. */
static void judge_one_line(struct judge *judge, struct str place, const char *name, struct str value)
{
    size_t at = 0;
    while (at < value.size && (unsigned char)value.at[at] >= 0x20)
        at++;
    if (at < value.size)
        judge_add(judge, place, name, VIOLATION_TEXT, NULL);
}

void judge_choice(struct judge *judge, struct str place, const char *name, struct str value, const char *const *choices)
{
    for (size_t i = 0; choices[i]; i++)
        if (str_equal(value, str_from(choices[i])))
            return;
    struct buf list;
    struct str detail;
    buf_init(&list, judge->violations->arena, 256);
    for (size_t i = 0; choices[i]; i++)
        buf_format(&list, "%s%s", i ? ", " : "", choices[i]);
    buf_byte(&list, '\0');
    judge_add(judge, place, name, VIOLATION_CHOICE, buf_done(&list, &detail) == ERR_OK ? detail.at : "…");
}

static struct str below(struct judge *judge, struct str place, const char *name)
{
    return str_format(judge->violations->arena, "%.*s/%s", (int)place.size, place.size ? place.at : "", name);
}

static void judge_one_name(struct judge *judge, struct str place, const char *name, struct str value)
{
    if (str_empty(value))
        return;
    if (str_utf8_length(value) > NAME_POINTS_MAX)
        judge_add(judge, place, name, VIOLATION_TOO_LONG, "120");
    else if (!name_is_plain(value))
        judge_add(judge, place, name, VIOLATION_TEXT, NULL);
}

static void judge_name(struct judge *judge, struct str place, const struct form_name *name)
{
    struct str inside = below(judge, place, "name");
    if (str_is_blank(name->ar) && str_is_blank(name->latin))
        judge_add(judge, place, "name", VIOLATION_REQUIRED, NULL);
    judge_one_name(judge, inside, "ar", name->ar);
    judge_one_name(judge, inside, "latin", name->latin);
}

static void judge_identity(struct judge *judge, struct str place, const struct form_identity *identity, struct person_number *ret_number)
{
    struct str inside = below(judge, place, "identity");
    bool typed = judge_required(judge, inside, "type", identity->type);
    bool numbered = judge_required(judge, inside, "number", identity->number);
    if (typed && !identity_type_parse(identity->type, &ret_number->type))
        judge_add(judge, inside, "type", VIOLATION_CHOICE, "cnie, residence-permit, passport");
    else if (typed && numbered && !identity_normalise(ret_number->type, identity->number, ret_number->number))
        judge_add(judge, inside, "number", VIOLATION_FORMAT, identity_form(ret_number->type));
}

/* Under age isn't refused here: the answer to it is a decision with its reason. */
static void judge_birth_date(struct judge *judge, struct str place, struct date birth_date)
{
    if (birth_date.year == 0)
        judge_add(judge, place, "birth_date", VIOLATION_REQUIRED, NULL);
    else if (date_compare(birth_date, judge->today) > 0)
        judge_add(judge, place, "birth_date", VIOLATION_FUTURE, NULL);
    else if (birth_date.year < OLDEST_BIRTH_YEAR)
        judge_add(judge, place, "birth_date", VIOLATION_TOO_EARLY, str_format(judge->violations->arena, "%d-01-01", OLDEST_BIRTH_YEAR).at);
}

static void judge_phone(struct judge *judge, struct str place, struct str phone, char ret_phone[PHONE_SIZE])
{
    if (!phone_normalise(phone, ret_phone))
        judge_add(judge, place, "phone", VIOLATION_FORMAT, "06 12 34 56 78, +212 6 12 34 56 78");
}

void judge_applicant(struct judge *judge, const struct form_applicant *applicant, struct form_facts *facts)
{
    struct str place = STR("/applicant");
    judge_name(judge, place, &applicant->name);
    judge_identity(judge, place, &applicant->identity, &facts->applicant);
    judge_birth_date(judge, place, applicant->birth_date);
    if (judge_required(judge, place, "phone", applicant->phone))
        judge_phone(judge, place, applicant->phone, facts->phone);
    judge_one_line(judge, STR("/applicant/address"), "commune", applicant->address.commune);
}

void judge_milieu(struct judge *judge, struct str milieu)
{
    if (milieu.at)
        judge_choice(judge, STR("/applicant/address"), "milieu", milieu, MILIEUS);
}

#define NUMBER(section, member, min, max)                                                                                          \
    {                                                                                                                              \
        "/" #section "/" #member, offsetof(struct form, section.member), offsetof(struct form, section.has_##member), (min), (max) \
    }
const struct form_number FORM_NUMBERS[] = {
    NUMBER(project, requested_centimes, 1, CENTIMES_MAX),
    NUMBER(project, own_contribution_centimes, 0, CENTIMES_MAX),
    NUMBER(project, jobs, 0, JOBS_MAX),
    NUMBER(situation, household_size, 1, HOUSEHOLD_MAX),
    NUMBER(situation, monthly_income_centimes, 0, CENTIMES_MAX),
};
const size_t FORM_NUMBER_COUNT = sizeof(FORM_NUMBERS) / sizeof(FORM_NUMBERS[0]);

/* Those of a section of the form. */
static void judge_numbers(struct judge *judge, const struct form *form, struct str section)
{
    for (size_t i = 0; i < FORM_NUMBER_COUNT; i++) {
        const struct form_number *number = &FORM_NUMBERS[i];
        const int64_t value = *(const int64_t *)(const void *)((const char *)form + number->value_at);
        bool given = *(const bool *)((const char *)form + number->given_at), low = value < number->min;
        if (!str_starts(str_from(number->pointer), section) || !given || (!low && value <= number->max))
            continue;
        struct str bound = str_format(judge->violations->arena, "%lld", (long long)(low ? number->min : number->max));
        judge_add(judge, STR(""), number->pointer + 1, low ? VIOLATION_TOO_SMALL : VIOLATION_TOO_LARGE, bound.at);
    }
}

/* Sectors and stages are the programme's to choose: codes in lower case, not a list in the code. */
static void judge_code(struct judge *judge, struct str place, const char *name, struct str value)
{
    if (!judge_required(judge, place, name, value))
        return;
    bool fine = value.size <= 40 && value.at[0] >= 'a' && value.at[0] <= 'z';
    for (size_t i = 1; i < value.size && fine; i++)
        fine = (value.at[i] >= 'a' && value.at[i] <= 'z') || (value.at[i] >= '0' && value.at[i] <= '9') || value.at[i] == '-' || value.at[i] == '_';
    if (!fine)
        judge_add(judge, place, name, VIOLATION_FORMAT, "a code such as agrifood");
}

void judge_project(struct judge *judge, const struct form *form)
{
    struct str place = STR("/project");
    const struct form_project *project = &form->project;
    if (judge_required(judge, place, "title", project->title))
        judge_one_line(judge, place, "title", project->title);
    judge_code(judge, place, "sector", project->sector);
    judge_code(judge, place, "stage", project->stage);
    if (!project->has_requested_centimes)
        judge_add(judge, place, "requested_centimes", VIOLATION_REQUIRED, NULL);
    judge_numbers(judge, form, place);
}

void judge_person(struct judge *judge, const struct form *form)
{
    if (form->has_cooperative)
        judge_add(judge, STR(""), "cooperative", VIOLATION_NOT_ALLOWED, "a person has no cooperative");
    const struct form_situation *situation = &form->situation;
    judge_numbers(judge, form, STR("/situation"));
    if (situation->has_rsu_index && situation->rsu_index < 0)
        judge_add(judge, STR("/situation"), "rsu_index", VIOLATION_TOO_SMALL, "0");
    else if (situation->has_rsu_index && situation->rsu_index > 1000)
        judge_add(judge, STR("/situation"), "rsu_index", VIOLATION_TOO_LARGE, "1000");
}

static bool same_number(const struct person_number *a, const struct person_number *b)
{
    return a->number[0] != '\0' && a->type == b->type && strcmp(a->number, b->number) == 0;
}

static bool stands_before(const struct person_number *members, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_number(&members[i], &members[index]))
            return true;
    return false;
}

/* She stands in the form twice, and what is decided (her age, her doubles) must not depend on where it is read. */
static void judge_representative(struct judge *judge, struct str place, const struct form_member *member, const struct form_applicant *applicant)
{
    struct str inside = below(judge, place, "name");
    if (member->birth_date.year != 0 && applicant->birth_date.year != 0 && date_compare(member->birth_date, applicant->birth_date) != 0)
        judge_add(judge, place, "birth_date", VIOLATION_NOT_ALLOWED, "another birth date than the applicant's, who she is");
    if (!names_agree(member->name.ar, applicant->name.ar))
        judge_add(judge, inside, "ar", VIOLATION_NOT_ALLOWED, "another name than the applicant's, who she is");
    if (!names_agree(member->name.latin, applicant->name.latin))
        judge_add(judge, inside, "latin", VIOLATION_NOT_ALLOWED, "another name than the applicant's, who she is");
}

static void judge_members(struct judge *judge, const struct form *form, struct form_facts *facts)
{
    const struct form_cooperative *cooperative = &form->cooperative;
    bool represented = false;
    for (size_t i = 0; i < cooperative->member_count; i++) {
        const struct form_member *member = &cooperative->members[i];
        struct str place = str_format(judge->violations->arena, "/cooperative/members/%zu", i);
        struct person_number *number = &facts->members[i];
        char phone[PHONE_SIZE];
        judge_name(judge, place, &member->name);
        judge_identity(judge, place, &member->identity, number);
        judge_birth_date(judge, place, member->birth_date);
        if (!str_empty(member->phone))
            judge_phone(judge, place, member->phone, phone);
        if (judge_required(judge, place, "role", member->role))
            judge_choice(judge, place, "role", member->role, ROLES);
        if (stands_before(facts->members, i))
            judge_add(judge, below(judge, place, "identity"), "number", VIOLATION_DUPLICATE, NULL);
        if (!same_number(number, &facts->applicant))
            continue;
        represented = true;
        judge_representative(judge, place, member, &form->applicant);
    }
    if (!represented && facts->applicant.number[0] != '\0')
        judge_add(judge, STR("/cooperative"), "members", VIOLATION_FORMAT, "the applicant is one of the members");
}

static void judge_ice(struct judge *judge, struct str ice, bool strict, struct form_facts *facts)
{
    if (str_empty(ice))
        return;
    if (!ice_normalise(ice, facts->ice)) {
        judge_add(judge, STR("/cooperative"), "ice", VIOLATION_FORMAT, "15 digits");
        return;
    }
    facts->ice_valid = ice_check(facts->ice);
    if (facts->ice_valid)
        return;
    facts->warnings |= WARNING_BIT(WARNING_ICE_CHECK); /* also where it is refused: a call may have become strict after it was accepted */
    if (strict)
        judge_add(judge, STR("/cooperative"), "ice", VIOLATION_CHECKSUM, NULL);
}

void judge_cooperative(struct judge *judge, const struct form *form, const struct call_terms *terms, struct form_facts *facts)
{
    const struct form_cooperative *cooperative = &form->cooperative;
    if (form->has_situation)
        judge_add(judge, STR(""), "situation", VIOLATION_NOT_ALLOWED, "a cooperative has no situation");
    if (!form->has_cooperative) {
        judge_add(judge, STR(""), "cooperative", VIOLATION_REQUIRED, NULL);
        return;
    }
    if (str_is_blank(cooperative->name.ar) && str_is_blank(cooperative->name.latin))
        judge_add(judge, STR("/cooperative"), "name", VIOLATION_REQUIRED, NULL);
    judge_ice(judge, cooperative->ice, terms->ice_strict, facts);
    if (cooperative->member_count == 0)
        judge_add(judge, STR("/cooperative"), "members", VIOLATION_TOO_FEW, "1");
    else if ((int64_t)cooperative->member_count < terms->members_min)
        judge_add(judge, STR("/cooperative"), "members", VIOLATION_TOO_FEW,
                  str_format(judge->violations->arena, "%lld", (long long)terms->members_min).at);
    else if (cooperative->member_count > MEMBERS_MAX)
        judge_add(judge, STR("/cooperative"), "members", VIOLATION_TOO_MANY, "500");
    facts->members = arena_take_array(judge->violations->arena, cooperative->member_count, sizeof(*facts->members));
    if (facts->members && cooperative->member_count > 0 && cooperative->member_count <= MEMBERS_MAX)
        judge_members(judge, form, facts);
}
