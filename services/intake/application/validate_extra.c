/* The fields that a call adds to the form: typed and bounded by data, no code knows them. Pure. */
#include "validate_parts.h"

#define TEXT_POINTS_MAX 2000 /* where the call says nothing */
#define NAME_BYTES_MAX ((size_t)80)
#define WHOLE_MAX 9007199254740992.0 /* 2^53: beyond it a JSON number is not exact */

static const char *const TYPES[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = "text", [FIELD_INTEGER] = "integer", [FIELD_MONEY] = "money",
    [FIELD_DATE] = "date", [FIELD_CHOICE] = "choice",   [FIELD_YES_NO] = "yes-no",
};

enum field_type field_type_parse(struct str name)
{
    int type = 0;
    while (type < FIELD_TYPE_COUNT && !str_equal(name, str_from(TYPES[type])))
        type++;
    return (enum field_type)type;
}

struct answer {
    struct judge *judge;
    const struct field_terms *field;
    const struct form_extra *extra;
    const char *name; /* of the field, as a C string */
};

static void add(const struct answer *answer, enum violation_code code, const char *detail)
{
    judge_add(answer->judge, STR("/extra"), answer->name, code, detail);
}

static const char *number_text(const struct answer *answer, int64_t number)
{
    return str_format(answer->judge->violations->arena, "%lld", (long long)number).at;
}

static void judge_text(const struct answer *answer)
{
    size_t size = str_utf8_length(answer->extra->text);
    size_t most = answer->field->has_max && answer->field->max >= 0 ? (size_t)answer->field->max : TEXT_POINTS_MAX;
    if (answer->field->has_min && answer->field->min > 0 && size < (size_t)answer->field->min)
        add(answer, VIOLATION_TOO_SHORT, number_text(answer, answer->field->min));
    else if (size > most)
        add(answer, VIOLATION_TOO_LONG, number_text(answer, (int64_t)most));
    else if (str_has_control(answer->extra->text))
        add(answer, VIOLATION_TEXT, NULL);
}

static void judge_whole(const struct answer *answer)
{
    double number = answer->extra->number;
    bool whole = number >= -WHOLE_MAX && number <= WHOLE_MAX && number == (double)(int64_t)number;
    bool money = answer->field->type == FIELD_MONEY;
    if (!whole)
        add(answer, VIOLATION_TYPE, "integer");
    else if (answer->field->has_min && number < (double)answer->field->min)
        add(answer, VIOLATION_TOO_SMALL, number_text(answer, answer->field->min));
    else if (money && !answer->field->has_min && number < 0)
        add(answer, VIOLATION_TOO_SMALL, "0");
    else if (answer->field->has_max && number > (double)answer->field->max)
        add(answer, VIOLATION_TOO_LARGE, number_text(answer, answer->field->max));
}

static void judge_date(const struct answer *answer)
{
    struct date date;
    if (!date_parse(answer->extra->text, &date))
        add(answer, VIOLATION_DATE, NULL);
}

static void judge_one_of(const struct answer *answer)
{
    struct buf list;
    struct str shown;
    for (size_t i = 0; i < answer->field->choice_count; i++)
        if (str_equal(answer->extra->text, answer->field->choices[i]))
            return;
    buf_init(&list, answer->judge->violations->arena, 512);
    for (size_t i = 0; i < answer->field->choice_count; i++)
        buf_format(&list, "%s%.*s", i ? ", " : "", (int)answer->field->choices[i].size, answer->field->choices[i].at);
    buf_byte(&list, '\0');
    add(answer, VIOLATION_CHOICE, buf_done(&list, &shown) == ERR_OK ? shown.at : "…");
}

static void judge_yes_no(const struct answer *answer)
{
    (void)answer;
}

static const struct {
    enum extra_kind kind;
    const char *expected;
    void (*judge)(const struct answer *answer);
} JUDGES[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = {EXTRA_TEXT, "text", judge_text},        [FIELD_INTEGER] = {EXTRA_NUMBER, "integer", judge_whole},
    [FIELD_MONEY] = {EXTRA_NUMBER, "integer", judge_whole}, [FIELD_DATE] = {EXTRA_TEXT, "YYYY-MM-DD", judge_date},
    [FIELD_CHOICE] = {EXTRA_TEXT, "text", judge_one_of},    [FIELD_YES_NO] = {EXTRA_YES_NO, "true, false", judge_yes_no},
};

static const struct form_extra *find_answer(const struct form *form, struct str id)
{
    for (size_t i = 0; i < form->extra_count; i++)
        if (str_equal(form->extras[i].id, id))
            return &form->extras[i];
    return NULL;
}

static bool is_asked(const struct call_terms *terms, enum kind kind, struct str id)
{
    for (size_t i = 0; i < terms->field_count; i++)
        if (terms->fields[i].kinds[kind] && str_equal(terms->fields[i].id, id))
            return true;
    return false;
}

static void judge_field(struct judge *judge, const struct field_terms *field, const struct form_extra *extra)
{
    struct answer answer = {judge, field, extra, str_copy(judge->violations->arena, field->id).at};
    bool empty = !extra || extra->kind == EXTRA_NOTHING || (extra->kind == EXTRA_TEXT && str_is_blank(extra->text));
    if (!answer.name || field->type == FIELD_TYPE_COUNT)
        return;
    if (empty && field->required)
        add(&answer, VIOLATION_REQUIRED, NULL);
    else if (!empty && extra->kind != JUDGES[field->type].kind)
        add(&answer, VIOLATION_TYPE, JUDGES[field->type].expected);
    else if (!empty)
        JUDGES[field->type].judge(&answer);
}

/* A name as long as a letter isn't one to be repeated. */
static void refuse_unknown(struct judge *judge, struct str id)
{
    struct buf pointer;
    struct str step;
    if (violations_overflow(judge->violations))
        return;
    buf_init(&pointer, judge->violations->arena, 2 * NAME_BYTES_MAX + 1);
    violation_step(&pointer, id.size <= NAME_BYTES_MAX ? id : STR("…"));
    if (buf_done(&pointer, &step) == ERR_OK)
        judge_add(judge, STR("/extra"), step.at + 1, VIOLATION_UNKNOWN_FIELD, NULL);
}

void judge_extra(struct judge *judge, const struct form *form, const struct call_terms *terms)
{
    for (size_t i = 0; i < terms->field_count; i++)
        if (terms->fields[i].kinds[form->kind])
            judge_field(judge, &terms->fields[i], find_answer(form, terms->fields[i].id));
    for (size_t i = 0; i < form->extra_count; i++)
        if (!is_asked(terms, form->kind, form->extras[i].id))
            refuse_unknown(judge, form->extras[i].id);
}
