#include "json/tree.h"
#include "json/wire.h"

static bool fill(struct arena *arena, json_t *tree, struct json_value *value);

static bool fill_object(struct arena *arena, json_t *tree, struct json_value *value)
{
    value->kind = JSON_KIND_OBJECT;
    value->count = json_object_size(tree);
    struct json_value *items = arena_take_array(arena, value->count, sizeof(*items));
    struct str *names = arena_take_array(arena, value->count, sizeof(*names));
    value->items = items;
    value->names = names;
    if (!items || !names)
        return false;
    size_t i = 0;
    for (void *at = json_object_iter(tree); at; at = json_object_iter_next(tree, at), i++) {
        names[i] = str_copy(arena, (struct str){json_object_iter_key(at), json_object_iter_key_len(at)});
        if (!names[i].at || !fill(arena, json_object_iter_value(at), &items[i]))
            return false;
    }
    return true;
}

static bool fill_array(struct arena *arena, json_t *tree, struct json_value *value)
{
    value->kind = JSON_KIND_ARRAY;
    value->count = json_array_size(tree);
    struct json_value *items = arena_take_array(arena, value->count, sizeof(*items));
    value->items = items;
    if (!items)
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (!fill(arena, json_array_get(tree, i), &items[i]))
            return false;
    return true;
}

/* Recursion at most TREE_DEPTH_MAX deep. */
static bool fill(struct arena *arena, json_t *tree, struct json_value *value)
{
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        return fill_object(arena, tree, value);
    case JSON_ARRAY:
        return fill_array(arena, tree, value);
    case JSON_STRING:
        value->kind = JSON_KIND_STRING;
        value->string = str_copy(arena, (struct str){json_string_value(tree), json_string_length(tree)});
        return value->string.at != NULL;
    case JSON_INTEGER:
    case JSON_REAL:
        value->kind = JSON_KIND_NUMBER;
        value->number = json_number_value(tree);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        value->kind = JSON_KIND_BOOL;
        value->boolean = json_is_true(tree);
        return true;
    case JSON_NULL:
        break;
    }
    value->kind = JSON_KIND_NULL;
    return true;
}

enum err json_parse(struct str text, struct arena *arena, const struct json_value **ret_value)
{
    char fault[TREE_FAULT_SIZE];
    json_t *tree;
    enum err err = tree_load(text, &tree, fault);
    if (err)
        return err;
    struct json_value *value = arena_take(arena, sizeof(*value));
    bool whole = value && fill(arena, tree, value);
    tree_release();
    if (!whole)
        return arena_excuse(arena, ERR_LIMIT);
    *ret_value = value;
    return ERR_OK;
}

const struct json_value *json_member(const struct json_value *object, struct str name)
{
    if (!object || object->kind != JSON_KIND_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (str_equal(object->names[i], name))
            return &object->items[i];
    return NULL;
}

struct json_value json_with(const struct json_value *object, const struct json_replacement *table, size_t count, struct arena *arena)
{
    size_t most = object->count + count;
    struct str *names = arena_take_array(arena, most, sizeof(*names));
    struct json_value *items = arena_take_array(arena, most, sizeof(*items));
    size_t filled = 0;
    if (!names || !items)
        return (struct json_value){.kind = JSON_KIND_NULL};
    for (size_t i = 0; i < object->count; i++) {
        names[filled] = object->names[i];
        items[filled++] = object->items[i];
    }
    for (size_t r = 0; r < count; r++) {
        size_t at = 0;
        while (at < filled && !str_equal(names[at], str_from(table[r].name)))
            at++;
        names[at] = str_from(table[r].name);
        items[at] = table[r].value;
        filled += at == filled;
    }
    return (struct json_value){.kind = JSON_KIND_OBJECT, .count = filled, .items = items, .names = names};
}
