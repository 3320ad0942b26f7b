/* What keeps a call from being published: all of it at once, each with its pointer. */
#include "call_document.h"
#include "services/intake/application/validate.h"

#define DAYS_MAX 1000
#define PLACES_MAX 1000000

static const char *const COUNTINGS[] = {"calendar", "working", NULL};
static const char *const SHORTLISTINGS[] = {"automatic", "committee", NULL};
static const char *const FIELD_TYPES[] = {"text", "integer", "money", "date", "choice", "yes-no", NULL};

struct checking {
    struct violations *violations;
    const struct call_document *document, *published;
    instant_us now;
};

static struct str at(const struct checking *checking, const char *list, size_t index, const char *name)
{
    return str_format(checking->violations->arena, "/%s/%zu/%s", list, index, name);
}

static void add(const struct checking *checking, struct str pointer, enum violation_code code, const char *detail)
{
    violations_add(checking->violations, pointer, code, detail);
}

static void check_given(const struct checking *checking, struct str pointer, struct str value)
{
    if (str_empty(str_trim(value)))
        add(checking, pointer, VIOLATION_REQUIRED, NULL);
}

/* Women read in three languages. */
static void check_text(const struct checking *checking, struct str pointer, const struct reason *text)
{
    const struct {
        const char *language;
        struct str text;
    } languages[] = {{"ar", text->ar}, {"fr", text->fr}, {"en", text->en}};
    for (size_t i = 0; i < 3; i++)
        check_given(checking, str_format(checking->violations->arena, "%.*s/%s", (int)pointer.size, pointer.at, languages[i].language),
                    languages[i].text);
}

static void check_choice(const struct checking *checking, struct str pointer, struct str value, const char *const *choices, const char *shown)
{
    if (!str_is_one_of(value, choices))
        add(checking, pointer, VIOLATION_CHOICE, shown);
}

/* ISO 3166-2: a country, a hyphen, one to three letters or digits. */
static bool is_subdivision(struct str code)
{
    bool right = code.size >= 4 && code.size <= 6 && code.at[2] == '-';
    for (size_t i = 0; right && i < code.size; i++)
        right = i == 2 || (code.at[i] >= 'A' && code.at[i] <= 'Z') || (i > 2 && code.at[i] >= '0' && code.at[i] <= '9');
    return right;
}

static bool same_country(struct str a, struct str b)
{
    return a.size > 2 && b.size > 2 && memcmp(a.at, b.at, 3) == 0;
}

static void check_region(const struct checking *checking)
{
    const struct call_document *document = checking->document;
    if (!is_subdivision(document->region.code))
        add(checking, STR("/region/code"), VIOLATION_FORMAT, "ISO 3166-2, as MA-03");
    if (checking->published && !str_equal(document->region.code, checking->published->region.code))
        add(checking, STR("/region/code"), VIOLATION_NOT_ALLOWED, "another region than was published");
    check_text(checking, STR("/region/name"), &document->region.name);
}

static const struct call_province *find_province(const struct wire_list *provinces, struct str code, size_t before)
{
    const struct call_province *items = provinces->items;
    for (size_t i = 0; i < before; i++)
        if (str_equal(items[i].code, code))
            return &items[i];
    return NULL;
}

static void check_provinces(const struct checking *checking)
{
    const struct wire_list *list = &checking->document->provinces;
    const struct call_province *provinces = list->items;
    if (list->count == 0)
        add(checking, STR("/provinces"), VIOLATION_TOO_FEW, "1");
    for (size_t i = 0; i < list->count; i++) {
        struct str code = provinces[i].code;
        if (!is_subdivision(code) || !same_country(code, checking->document->region.code))
            add(checking, at(checking, "provinces", i, "code"), VIOLATION_FORMAT, "ISO 3166-2, of the region's country");
        else if (find_province(list, code, i))
            add(checking, at(checking, "provinces", i, "code"), VIOLATION_DUPLICATE, NULL);
        if (!provinces[i].has_places)
            add(checking, at(checking, "provinces", i, "places"), VIOLATION_REQUIRED, NULL);
        else if (provinces[i].places < 0 || provinces[i].places > PLACES_MAX)
            add(checking, at(checking, "provinces", i, "places"), VIOLATION_FORMAT, "0 … 1000000");
        check_text(checking, at(checking, "provinces", i, "name"), &provinces[i].name);
    }
    const struct wire_list *before = checking->published ? &checking->published->provinces : &(struct wire_list){0};
    for (size_t i = 0; i < before->count; i++)
        if (!find_province(list, ((const struct call_province *)before->items)[i].code, list->count))
            add(checking, STR("/provinces"), VIOLATION_NOT_ALLOWED, "to leave out a province that was published");
}

static void check_dates(const struct checking *checking)
{
    const struct call_document *document = checking->document;
    if (document->opens_at == INSTANT_NEVER)
        add(checking, STR("/opens_at"), VIOLATION_REQUIRED, NULL);
    if (document->closes_at == INSTANT_NEVER)
        add(checking, STR("/closes_at"), VIOLATION_REQUIRED, NULL);
    else if (document->closes_at <= document->opens_at)
        add(checking, STR("/closes_at"), VIOLATION_FORMAT, "after opens_at");
    else if (document->closes_at <= checking->now)
        add(checking, STR("/closes_at"), VIOLATION_FORMAT, "in the future");
}

static void check_kinds(const struct checking *checking, struct str pointer, const struct wire_list *list)
{
    const struct str *kinds = list->items;
    enum kind kind;
    for (size_t i = 0; i < list->count; i++)
        if (!kind_parse(kinds[i], &kind))
            add(checking, str_format(checking->violations->arena, "%.*s/%zu", (int)pointer.size, pointer.at, i), VIOLATION_CHOICE,
                "person, cooperative");
}

static void check_papers(const struct checking *checking)
{
    const struct call_paper *papers = checking->document->documents.items;
    for (size_t i = 0; i < checking->document->documents.count; i++) {
        check_given(checking, at(checking, "documents", i, "id"), papers[i].id);
        check_text(checking, at(checking, "documents", i, "title"), &papers[i].title);
        check_text(checking, at(checking, "documents", i, "why"), &papers[i].why); /* law 55-19: nothing is asked for without its reason */
        check_kinds(checking, at(checking, "documents", i, "kinds"), &papers[i].kinds);
    }
}

static void check_consents(const struct checking *checking)
{
    const struct call_consent *consents = checking->document->consents.items;
    bool processing = false;
    for (size_t i = 0; i < checking->document->consents.count; i++) {
        check_given(checking, at(checking, "consents", i, "purpose"), consents[i].purpose);
        check_given(checking, at(checking, "consents", i, "version"), consents[i].version);
        check_text(checking, at(checking, "consents", i, "text"), &consents[i].text);
        processing |= str_equal(consents[i].purpose, PURPOSE_PROCESSING);
        for (size_t before = 0; before < i; before++)
            if (str_equal(consents[i].purpose, consents[before].purpose))
                add(checking, at(checking, "consents", i, "purpose"), VIOLATION_DUPLICATE, NULL);
    }
    if (!processing)
        add(checking, STR("/consents"), VIOLATION_CONSENT, NULL);
}

static void check_days(const struct checking *checking, struct str pointer, bool given, bool required, int64_t days)
{
    if (required && !given)
        add(checking, pointer, VIOLATION_REQUIRED, NULL);
    else if (given && (days < 1 || days > DAYS_MAX))
        add(checking, pointer, VIOLATION_FORMAT, "1 … 1000");
}

static void check_clock(const struct checking *checking)
{
    const struct call_clock *clock = &checking->document->clock;
    check_days(checking, STR("/clock/answer_days"), clock->has_answer_days, true, clock->answer_days);
    check_days(checking, STR("/clock/complement_days"), clock->has_complement_days, true, clock->complement_days);
    check_days(checking, STR("/clock/draft_days"), clock->has_draft_days, false, clock->draft_days);
    check_choice(checking, STR("/clock/counting"), clock->counting, COUNTINGS, "calendar, working");
    if (str_equal(clock->counting, STR("working")) && str_empty(clock->calendar))
        add(checking, STR("/clock/calendar"), VIOLATION_REQUIRED, NULL);
    if (!checking->published)
        return;
    /* A receipt has promised her a day. */
    const struct call_clock *before = &checking->published->clock;
    if (clock->answer_days != before->answer_days)
        add(checking, STR("/clock/answer_days"), VIOLATION_NOT_ALLOWED, "another time than was published");
    if (!str_equal(clock->counting, before->counting))
        add(checking, STR("/clock/counting"), VIOLATION_NOT_ALLOWED, "another counting than was published");
    if (!str_equal(clock->calendar, before->calendar))
        add(checking, STR("/clock/calendar"), VIOLATION_NOT_ALLOWED, "another calendar than was published");
}

static void check_choices(const struct checking *checking, size_t index, const struct call_field *field)
{
    const struct call_choice *choices = field->choices.items;
    struct str place = at(checking, "fields", index, "choices");
    if (str_equal(field->type, STR("choice")) != (field->choices.count > 0))
        add(checking, place, VIOLATION_NOT_ALLOWED, "choices belong to the type choice, which needs them");
    for (size_t i = 0; i < field->choices.count; i++) {
        struct arena *arena = checking->violations->arena;
        check_given(checking, str_format(arena, "%.*s/%zu/id", (int)place.size, place.at, i), choices[i].id);
        check_text(checking, str_format(arena, "%.*s/%zu/label", (int)place.size, place.at, i), &choices[i].label);
    }
}

static void check_fields(const struct checking *checking)
{
    const struct call_field *fields = checking->document->fields.items;
    for (size_t i = 0; i < checking->document->fields.count; i++) {
        const struct call_field *field = &fields[i];
        check_given(checking, at(checking, "fields", i, "id"), field->id);
        for (size_t before = 0; before < i; before++)
            if (str_equal(field->id, fields[before].id))
                add(checking, at(checking, "fields", i, "id"), VIOLATION_DUPLICATE, NULL);
        check_choice(checking, at(checking, "fields", i, "type"), field->type, FIELD_TYPES, "text, integer, money, date, choice, yes-no");
        check_text(checking, at(checking, "fields", i, "label"), &field->label);
        check_kinds(checking, at(checking, "fields", i, "kinds"), &field->kinds);
        check_choices(checking, i, field);
        if (field->has_min && field->has_max && field->min > field->max)
            add(checking, at(checking, "fields", i, "max"), VIOLATION_FORMAT, "not below min");
    }
}

void call_document_check(const struct call_document *document, const struct call_document *published, instant_us now, struct violations *violations)
{
    const struct checking checking = {violations, document, published, now};
    check_text(&checking, STR("/title"), &document->title);
    check_region(&checking);
    check_provinces(&checking);
    check_dates(&checking);
    if (document->kinds.count == 0)
        add(&checking, STR("/kinds"), VIOLATION_TOO_FEW, "1");
    check_kinds(&checking, STR("/kinds"), &document->kinds);
    check_papers(&checking);
    check_consents(&checking);
    check_clock(&checking);
    check_choice(&checking, STR("/shortlisting"), document->shortlisting, SHORTLISTINGS, "automatic, committee");
    check_given(&checking, STR("/ruleset"), document->ruleset);
    if (document->has_members_min && (document->members_min < 1 || document->members_min > 500))
        add(&checking, STR("/members_min"), VIOLATION_FORMAT, "1 … 500");
    check_fields(&checking);
}
