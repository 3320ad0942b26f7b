#include "rules_var.h"

#include "rules_coerce.h"
#include "rules_run.h"
#include "rules_text.h"

#define UNDEFINED ((struct rules_value){0})

bool rules_path_split(struct rules_run *run, struct str text, struct rules_path *ret_path)
{
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++)
        count += text.at[i] == '.';
    struct str *names = rules_charge(run, count) ? arena_take_array(run->arena, count, sizeof(*names)) : NULL;
    if (!names) {
        rules_fail(run, RULES_FAULT_MEMORY);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        names[i] = str_cut(&text, '.');
    *ret_path = (struct rules_path){names, count, 0};
    return true;
}

/* "0", "1", "17" …, below `count`: only the canonical form names an item. */
static bool index_parse(struct str name, size_t count, size_t *ret_index)
{
    if (name.size == 0 || name.size > 9 || (name.at[0] == '0' && name.size > 1))
        return false;
    size_t index = 0;
    for (size_t i = 0; i < name.size; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
        index = index * 10 + (size_t)(name.at[i] - '0');
    }
    *ret_index = index;
    return index < count;
}

static struct rules_value descend_text(struct rules_run *run, struct str text, struct str name)
{
    rules_charge(run, text.size / 32);
    size_t index = 0, units = text_units(text);
    if (str_equal(name, STR("length")))
        return rules_number((double)units);
    return index_parse(name, units, &index) ? rules_string(text_slice(run->arena, text, index, 1)) : UNDEFINED;
}

static struct rules_value descend(struct rules_run *run, struct rules_value data, struct str name)
{
    size_t index = 0;
    const struct rules_value *found = NULL;
    if (data.kind == RULES_OBJECT)
        found = rules_member(data, name);
    else if (data.kind == RULES_STRING)
        return descend_text(run, rules_text(data), name);
    else if (data.kind == RULES_ARRAY && index_parse(name, data.size, &index))
        found = &data.as.items[index];
    else if (data.kind == RULES_ARRAY && str_equal(name, STR("length")))
        return rules_number(data.size);
    return found ? *found : UNDEFINED;
}

struct rules_value rules_follow(struct rules_run *run, struct rules_value data, const struct rules_path *path, struct rules_value not_found)
{
    for (size_t i = 0; i < path->count; i++) {
        if (data.kind == RULES_UNDEFINED || data.kind == RULES_NULL)
            return not_found;
        data = descend(run, data, path->names[i]);
        if (data.kind == RULES_UNDEFINED)
            return not_found;
    }
    return data;
}

struct rules_value rules_on_var(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value key = call->count > 0 ? call->arguments[0] : UNDEFINED;
    struct rules_value other = call->count > 1 ? call->arguments[1] : UNDEFINED;
    if (key.kind == RULES_UNDEFINED || key.kind == RULES_NULL || (key.kind == RULES_STRING && key.size == 0))
        return call->data;
    struct str text = rules_to_text(run, key);
    struct rules_path path = {&text, 1, 0}; /* most have no dot, and need no memory */
    if (memchr(text.at, '.', text.size) && !rules_path_split(run, text, &path))
        return UNDEFINED;
    return rules_follow(run, call->data, &path, other.kind == RULES_UNDEFINED ? rules_null() : other);
}

/* The reference evaluates {"<operation>": value} with a value that is already the result of a rule: what looks like a rule in the data is
 * run, once more. */
static struct rules_value apply_again(struct rules_run *run, struct str operation, struct rules_value value, struct rules_value data)
{
    struct rules_member *member = arena_take(run->arena, sizeof(*member));
    if (!member) {
        rules_fail(run, RULES_FAULT_MEMORY);
        return UNDEFINED;
    }
    *member = (struct rules_member){operation, value};
    return rules_evaluate(run, rules_object(member, 1), data);
}

static bool is_missing(struct rules_run *run, struct rules_value key, struct rules_value data)
{
    struct rules_value value;
    if (key.kind == RULES_ARRAY || key.kind == RULES_OBJECT) {
        value = apply_again(run, STR("var"), key, data);
    } else {
        struct rules_call call = {&key, 1, data};
        value = rules_on_var(run, &call);
    }
    return value.kind == RULES_NULL || (value.kind == RULES_STRING && value.size == 0);
}

struct rules_value rules_on_missing(struct rules_run *run, const struct rules_call *call)
{
    const struct rules_value *keys = call->arguments;
    size_t count = call->count, missing = 0;
    if (count > 0 && keys[0].kind == RULES_ARRAY) {
        count = keys[0].size;
        keys = keys[0].as.items;
    }
    struct rules_value *items = rules_items(run, count);
    for (size_t i = 0; items && i < count && run->fault == RULES_FAULT_NONE; i++)
        if (is_missing(run, keys[i], call->data))
            items[missing++] = keys[i];
    return items ? rules_array(items, missing) : UNDEFINED;
}

struct rules_value rules_on_missing_some(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value needed = call->count > 0 ? call->arguments[0] : UNDEFINED;
    struct rules_value options = call->count > 1 ? call->arguments[1] : UNDEFINED;
    struct rules_value missing = apply_again(run, STR("missing"), options, call->data);
    if (options.kind == RULES_UNDEFINED || options.kind == RULES_NULL) {
        rules_fail(run, RULES_FAULT_NO_MEMBERS);
        return UNDEFINED;
    }
    struct rules_value length = descend(run, options, STR("length"));
    struct rules_value present = rules_number(rules_to_number(run, length) - missing.size);
    if (!rules_less_or_equal(run, needed, present))
        return missing;
    struct rules_value *none = rules_items(run, 0);
    return none ? rules_array(none, 0) : UNDEFINED;
}
