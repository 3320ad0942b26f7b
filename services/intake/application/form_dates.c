#include "form_dates.h"

#include "json/wire.h"

/* Not to parse each form anew: most have none of these digits, neither as they are nor escaped (\u0661). */
static bool may_have_digits(struct str body)
{
    for (size_t i = 0; i + 1 < body.size; i++) {
        unsigned char c = (unsigned char)body.at[i], next = (unsigned char)body.at[i + 1];
        if ((c == 0xd9 && next >= 0xa0 && next <= 0xa9) || (c == 0xdb && next >= 0xb0 && next <= 0xb9) || (c == '\\' && next == 'u'))
            return true;
    }
    return false;
}

/* `person` with her date in 0-9. False: it is so already, or she has none. */
static bool fold_date(const struct json_value *person, struct arena *arena, struct json_value *ret_person)
{
    const struct json_value *date = person->kind == JSON_KIND_OBJECT ? json_member(person, STR("birth_date")) : NULL;
    if (!date || date->kind != JSON_KIND_STRING)
        return false;
    struct json_replacement plain[] = {{"birth_date", {.kind = JSON_KIND_STRING, .string = str_fold_digits(arena, date->string)}}};
    if (plain[0].value.string.at == date->string.at)
        return false;
    *ret_person = json_with(person, plain, 1, arena);
    return true;
}

static bool fold_members(const struct json_value *form, struct arena *arena, struct json_value *ret_cooperative)
{
    const struct json_value *cooperative = json_member(form, STR("cooperative"));
    const struct json_value *members = cooperative && cooperative->kind == JSON_KIND_OBJECT ? json_member(cooperative, STR("members")) : NULL;
    bool folded = false;
    if (!members || members->kind != JSON_KIND_ARRAY)
        return false;
    struct json_value *items = arena_take_array(arena, members->count + 1, sizeof(*items));
    *ret_cooperative = (struct json_value){.kind = JSON_KIND_NULL}; /* without memory */
    if (!items)
        return true;
    for (size_t i = 0; i < members->count; i++) {
        items[i] = members->items[i];
        folded |= fold_date(&members->items[i], arena, &items[i]);
    }
    struct json_replacement list[] = {{"members", {.kind = JSON_KIND_ARRAY, .count = members->count, .items = items}}};
    if (folded)
        *ret_cooperative = json_with(cooperative, list, 1, arena);
    return folded;
}

enum err form_plain_dates(struct str body, struct arena *arena, struct str *ret_body)
{
    struct json_replacement table[2];
    size_t count = 0;
    const struct json_value *form = NULL;
    struct buf out;
    *ret_body = body;
    enum err err = may_have_digits(body) ? json_parse(body, arena, &form) : ERR_OK;
    if (err != ERR_OK || !form || form->kind != JSON_KIND_OBJECT)
        return err;
    const struct json_value *applicant = json_member(form, STR("applicant"));
    if (applicant && fold_date(applicant, arena, &table[count].value))
        table[count++].name = "applicant";
    if (fold_members(form, arena, &table[count].value))
        table[count++].name = "cooperative";
    if (count == 0)
        return ERR_OK;
    for (size_t i = 0; i < count; i++)
        if (table[i].value.kind != JSON_KIND_OBJECT)
            return ERR_LIMIT;
    struct json_value whole = json_with(form, table, count, arena);
    if (whole.kind != JSON_KIND_OBJECT)
        return ERR_LIMIT;
    buf_init(&out, arena, SIZE_MAX);
    json_add_value(&out, &whole);
    return buf_done(&out, ret_body);
}
