/* The reading half of ruleset.h: each member is taken by name, and what is not known is refused (a misspelt member would be a rule that
 * silently does nothing). */
#include "ruleset.h"

#include <math.h>

#include "rules_json.h"

/* Where the reader is, and what is wrong there (the first thing only). */
struct loader {
    struct arena *arena;
    struct rules_run run;
    struct rules_names names;
    struct str where; /* "criteria/2/cases/0" */
    struct str why;
};

static bool wrong(struct loader *loader, const char *member, const char *expected)
{
    if (str_empty(loader->why))
        loader->why = str_format(loader->arena, "/%.*s%s%s: %s", (int)loader->where.size, loader->where.at ? loader->where.at : "",
                                 str_empty(loader->where) || !*member ? "" : "/", member, expected);
    return false;
}

static const struct rules_value *member_of(struct rules_value object, const char *name)
{
    return object.kind == RULES_OBJECT ? rules_member(object, str_from(name)) : NULL;
}

/* An object with members of these names only (NULL-ended). */
static bool take_object(struct loader *loader, struct rules_value value, const char *const *names)
{
    if (value.kind != RULES_OBJECT)
        return wrong(loader, "", "an object is expected");
    for (uint32_t i = 0; i < value.size; i++) {
        bool known = false;
        for (const char *const *name = names; *name; name++)
            known = known || str_equal(value.as.members[i].name, str_from(*name));
        if (!known)
            return wrong(loader, str_copy(loader->arena, value.as.members[i].name).at, "no such member is known");
    }
    return true;
}

static bool take_text(struct loader *loader, struct rules_value object, const char *name, struct str *ret_text)
{
    const struct rules_value *value = member_of(object, name);
    if (!value || value->kind != RULES_STRING || value->size == 0)
        return wrong(loader, name, "a text is expected");
    *ret_text = rules_text(*value);
    return true;
}

static bool take_number(struct loader *loader, struct rules_value object, const char *name, double *ret_number)
{
    const struct rules_value *value = member_of(object, name);
    if (!value || value->kind != RULES_NUMBER || !isfinite(value->as.number))
        return wrong(loader, name, "a number is expected");
    *ret_number = value->as.number;
    return true;
}

static bool take_date(struct loader *loader, struct rules_value object, const char *name, struct date *ret_date)
{
    struct str text = {0};
    return take_text(loader, object, name, &text) && (date_parse(text, ret_date) || wrong(loader, name, "a date YYYY-MM-DD is expected"));
}

/* One of the names (NULL-ended), by its place. */
static bool take_choice(struct loader *loader, struct rules_value object, const char *name, const char *const *choices, unsigned *ret_choice)
{
    struct str text = {0};
    if (!take_text(loader, object, name, &text))
        return false;
    for (unsigned i = 0; choices[i]; i++)
        if (str_equal(text, str_from(choices[i]))) {
            *ret_choice = i;
            return true;
        }
    return wrong(loader, name, "not one of the words that are known here");
}

static bool take_translation(struct loader *loader, struct rules_value object, const char *name, struct translation *ret_translation)
{
    static const char *const names[] = {"ar", "fr", "en", NULL};
    const struct rules_value *value = member_of(object, name);
    if (!value || value->kind != RULES_OBJECT || !take_object(loader, *value, names))
        return wrong(loader, name, "{\"ar\", \"fr\", \"en\"} is expected");
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (!take_text(loader, *value, language_code((enum language)language), &ret_translation->texts[language]))
            return wrong(loader, name, "a text in each of ar, fr and en is expected");
    return true;
}

static bool take_rule(struct loader *loader, struct rules_value object, const char *name, struct rules_program *ret_program)
{
    const struct rules_value *value = member_of(object, name);
    if (!value)
        return wrong(loader, name, "a rule (JsonLogic) is expected");
    if (!rules_compile(&loader->run, *value, &loader->names, ret_program))
        return wrong(loader, name, rules_fault_text(loader->run.fault));
    for (uint32_t i = 0; i < ret_program->instruction_count; i++)
        if (ret_program->instructions[i].code == CODE_UNKNOWN)
            return wrong(loader, name, "the rule has an operation that JsonLogic does not know");
    return true;
}

static bool load_case(struct loader *loader, struct rules_value value, struct criterion_case *ret_case)
{
    static const char *const names[] = {"when", "outcome", "points", "reason", NULL};
    static const char *const outcomes[] = {"MET", "NOT_MET", "UNKNOWN", NULL};
    unsigned outcome = 0;
    if (!take_object(loader, value, names) || !take_rule(loader, value, "when", &ret_case->when) ||
        !take_choice(loader, value, "outcome", outcomes, &outcome) || !take_rule(loader, value, "points", &ret_case->points) ||
        !take_translation(loader, value, "reason", &ret_case->reason))
        return false;
    const struct rules_value *points = member_of(value, "points");
    ret_case->outcome = (enum criterion_outcome)outcome;
    ret_case->fixed_points = points->kind == RULES_NUMBER && isfinite(points->as.number);
    ret_case->points_number = ret_case->fixed_points ? points->as.number : 0;
    return true;
}

static bool is_true(struct rules_value case_value)
{
    const struct rules_value *when = member_of(case_value, "when");
    return when && when->kind == RULES_BOOL && when->as.boolean;
}

static bool load_cases(struct loader *loader, struct rules_value value, struct criterion *ret_criterion)
{
    const struct rules_value *list = member_of(value, "cases");
    if (!list || list->kind != RULES_ARRAY || list->size == 0 || list->size > RULESET_CASES_MAX)
        return wrong(loader, "cases", "a list of 1 to 32 cases is expected");
    if (!is_true(list->as.items[list->size - 1]))
        return wrong(loader, "cases", "the last case must be for all that is left: \"when\": true");
    struct criterion_case *cases = arena_take_array(loader->arena, list->size, sizeof(*cases));
    if (!cases)
        return wrong(loader, "cases", "too much memory");
    struct str where = loader->where;
    for (uint32_t i = 0; i < list->size; i++) {
        loader->where = str_format(loader->arena, "%.*s/cases/%u", (int)where.size, where.at, i);
        if (!load_case(loader, list->as.items[i], &cases[i]))
            return false;
    }
    loader->where = where;
    ret_criterion->cases = cases;
    ret_criterion->case_count = list->size;
    return true;
}

static bool load_criterion(struct loader *loader, struct rules_value value, struct criterion *ret_criterion)
{
    static const char *const names[] = {"id", "kind", "label", "applies", "cases", NULL};
    static const char *const kinds[] = {"required", "weighted", NULL};
    unsigned kind = 0;
    if (!take_object(loader, value, names) || !take_text(loader, value, "id", &ret_criterion->id) ||
        !take_choice(loader, value, "kind", kinds, &kind) || !take_translation(loader, value, "label", &ret_criterion->label))
        return false;
    ret_criterion->kind = (enum criterion_kind)kind;
    ret_criterion->always = !member_of(value, "applies");
    if (!ret_criterion->always && !take_rule(loader, value, "applies", &ret_criterion->applies))
        return false;
    return load_cases(loader, value, ret_criterion);
}

static bool load_criteria(struct loader *loader, struct rules_value value, struct ruleset *ret_ruleset)
{
    const struct rules_value *list = member_of(value, "criteria");
    if (!list || list->kind != RULES_ARRAY || list->size == 0 || list->size > RULESET_CRITERIA_MAX)
        return wrong(loader, "criteria", "a list of 1 to 64 criteria is expected");
    struct criterion *criteria = arena_take_array(loader->arena, list->size, sizeof(*criteria));
    if (!criteria)
        return wrong(loader, "criteria", "too much memory");
    for (uint32_t i = 0; i < list->size; i++) {
        loader->where = str_format(loader->arena, "criteria/%u", i);
        if (!load_criterion(loader, list->as.items[i], &criteria[i]))
            return false;
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(criteria[k].id, criteria[i].id))
                return wrong(loader, "id", "two criteria have this id");
    }
    loader->where = (struct str){0};
    ret_ruleset->criteria = criteria;
    ret_ruleset->criterion_count = list->size;
    return true;
}

static bool load_threshold(struct loader *loader, struct rules_value value, struct ruleset *ret_ruleset)
{
    static const char *const names[] = {"minimum_score", "reason", NULL};
    const struct rules_value *threshold = member_of(value, "threshold");
    if (!threshold)
        return wrong(loader, "threshold", "an object is expected");
    loader->where = STR("threshold");
    bool good = take_object(loader, *threshold, names) && take_number(loader, *threshold, "minimum_score", &ret_ruleset->minimum_score) &&
                take_translation(loader, *threshold, "reason", &ret_ruleset->below_minimum);
    if (good)
        loader->where = (struct str){0};
    return good;
}

/* The order and the quota that this program knows how to keep; a ruleset says them so that its readers see them. */
static bool check_ranking(struct loader *loader, struct rules_value value)
{
    static const char *const order[] = {"score:descending", "submitted_at:ascending", "application:ascending"};
    const struct rules_value *ranking = member_of(value, "ranking"), *quota = member_of(value, "quota");
    bool known = ranking && ranking->kind == RULES_ARRAY && ranking->size == 3;
    for (uint32_t i = 0; known && i < 3; i++)
        known = ranking->as.items[i].kind == RULES_STRING && str_equal(rules_text(ranking->as.items[i]), str_from(order[i]));
    if (!known)
        return wrong(loader, "ranking", "[\"score:descending\", \"submitted_at:ascending\", \"application:ascending\"] is the order that is kept");
    if (!quota || quota->kind != RULES_STRING || !str_equal(rules_text(*quota), STR("province")))
        return wrong(loader, "quota", "\"province\" is the quota that is kept");
    return true;
}

static bool load(struct loader *loader, struct rules_value value, struct ruleset *ret_ruleset)
{
    static const char *const names[] = {"id",       "version",   "sample",  "title", "note",     "valid_from",
                                        "valid_to", "threshold", "ranking", "quota", "criteria", NULL};
    double version = 0;
    const struct rules_value *sample = member_of(value, "sample");
    if (!take_object(loader, value, names) || !take_text(loader, value, "id", &ret_ruleset->id) || !take_number(loader, value, "version", &version))
        return false;
    if (version < 1 || version > 1e9 || version != floor(version))
        return wrong(loader, "version", "a whole number from 1 on is expected");
    ret_ruleset->version = (int64_t)version;
    ret_ruleset->sample = sample && sample->kind == RULES_BOOL && sample->as.boolean;
    if (!take_date(loader, value, "valid_from", &ret_ruleset->valid_from) || !take_date(loader, value, "valid_to", &ret_ruleset->valid_to))
        return false;
    if (date_compare(ret_ruleset->valid_from, ret_ruleset->valid_to) > 0)
        return wrong(loader, "valid_to", "it ends before it begins");
    return load_threshold(loader, value, ret_ruleset) && check_ranking(loader, value) && load_criteria(loader, value, ret_ruleset);
}

enum err ruleset_load(struct str text, struct arena *arena, struct ruleset *ret_ruleset, struct str *ret_why)
{
    struct loader loader = {.arena = arena, .run = rules_run_begin(arena, RULES_STEPS_STANDARD)};
    struct rules_value value = {0};
    struct ruleset ruleset = {0};
    const char *why = "";
    if (rules_read(text, arena, &value, &why) != ERR_OK)
        wrong(&loader, "", why);
    else if (load(&loader, value, &ruleset)) {
        ruleset.names = loader.names;
        *ret_ruleset = ruleset;
        return ERR_OK;
    }
    *ret_why = loader.why;
    return ERR_INVALID;
}
