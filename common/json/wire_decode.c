#include <math.h>

#include "json/number.h"
#include "json/tree.h"
#include "json/wire.h"

#define POINTER_BYTES_MAX ((size_t)512)
#define NAME_BYTES_MAX ((size_t)128)
#define CHOICES_BYTES_MAX ((size_t)1024)
#define EXACT_INTEGER_MAX 9007199254740991.0 /* beyond it a double, and JSON between programs (RFC 7493), isn't exact */

struct decoder {
    struct arena *arena;
    struct violations *violations;
    enum wire_unknown unknown;
    bool out_of_memory;
};

/* Where the decoder is: a chain on the stack, made into a pointer only when something is wrong. */
struct place {
    const struct place *up; /* NULL: the whole document */
    const char *name;       /* NULL: the item `index` of a list */
    size_t index;
};

struct value {
    const struct wire_field *field;
    json_t *tree;
    void *member;
    struct place place;
};

static void add_step(struct buf *out, const struct place *place)
{
    if (!place->up)
        return;
    add_step(out, place->up);
    if (place->name)
        violation_step(out, str_from(place->name));
    else
        buf_format(out, "/%zu", place->index);
}

static void violate(struct decoder *decoder, const struct place *place, enum violation_code code, const char *detail)
{
    struct buf out;
    struct str pointer = {0};
    if (violations_overflow(decoder->violations))
        return;
    buf_init(&out, decoder->arena, POINTER_BYTES_MAX);
    add_step(&out, place);
    if (buf_done(&out, &pointer) != ERR_OK)
        pointer = (struct str){0}; /* a place that can't be named is reported as the whole document */
    violations_add(decoder->violations, pointer, code, detail);
}

static void violate_bound(struct decoder *decoder, const struct value *value, enum violation_code code, double bound)
{
    char detail[NUMBER_TEXT_SIZE];
    number_format(bound, detail);
    violate(decoder, &value->place, code, detail);
}

/* Bounds of 0 and 0 mean none: a field of WIRE_GIVEN has no room for them. */
static bool within(struct decoder *decoder, const struct value *value, double amount, enum violation_code low, enum violation_code high)
{
    double min = value->field->min, max = value->field->max;
    if (min == 0 && max == 0)
        return true;
    if (amount < min)
        violate_bound(decoder, value, low, min);
    else if (amount > max)
        violate_bound(decoder, value, high, max);
    else
        return true;
    return false;
}

static struct str tree_text(const json_t *tree)
{
    return (struct str){json_string_value(tree), json_string_length(tree)};
}

static bool is_string(struct decoder *decoder, const struct value *value)
{
    if (json_is_string(value->tree))
        return true;
    violate(decoder, &value->place, VIOLATION_TYPE, "string");
    return false;
}

/* Code points, or -1 when there is a control character; text of ASCII letters alone is settled in one look at each byte. */
static double measured(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] < 0x20 || (unsigned char)text.at[i] >= 0x7f)
            return str_has_control(text) ? -1 : (double)str_utf8_length(text);
    return (double)text.size;
}

static void decode_text(struct decoder *decoder, const struct value *value)
{
    if (!is_string(decoder, value))
        return;
    struct str text = tree_text(value->tree);
    double length = measured(text);
    if (length < 0) {
        violate(decoder, &value->place, VIOLATION_TEXT, NULL);
        return;
    }
    if (value->field->min > 0 && text.size > 0 && str_is_blank(text)) { /* where something has to be, something is seen */
        violate(decoder, &value->place, VIOLATION_REQUIRED, NULL);
        return;
    }
    if (!within(decoder, value, length, VIOLATION_TOO_SHORT, VIOLATION_TOO_LONG))
        return;
    struct str *member = value->member;
    *member = str_copy(decoder->arena, text);
    decoder->out_of_memory |= !member->at;
}

static void decode_int(struct decoder *decoder, const struct value *value)
{
    double number = json_number_value(value->tree);
    if (!json_is_number(value->tree) || trunc(number) != number)
        violate(decoder, &value->place, VIOLATION_TYPE, "integer");
    else if (!within(decoder, value, number, VIOLATION_TOO_SMALL, VIOLATION_TOO_LARGE))
        return;
    else if (number > EXACT_INTEGER_MAX)
        violate_bound(decoder, value, VIOLATION_TOO_LARGE, EXACT_INTEGER_MAX);
    else if (number < -EXACT_INTEGER_MAX)
        violate_bound(decoder, value, VIOLATION_TOO_SMALL, -EXACT_INTEGER_MAX);
    else
        *(int64_t *)value->member = (int64_t)number;
}

static void decode_number(struct decoder *decoder, const struct value *value)
{
    double number = json_number_value(value->tree);
    if (!json_is_number(value->tree))
        violate(decoder, &value->place, VIOLATION_TYPE, "number");
    else if (within(decoder, value, number, VIOLATION_TOO_SMALL, VIOLATION_TOO_LARGE))
        *(double *)value->member = number;
}

static void decode_bool(struct decoder *decoder, const struct value *value)
{
    if (!json_is_boolean(value->tree))
        violate(decoder, &value->place, VIOLATION_TYPE, "boolean");
    else
        *(bool *)value->member = json_is_true(value->tree);
}

static void decode_id(struct decoder *decoder, const struct value *value)
{
    if (is_string(decoder, value) && !id_parse(tree_text(value->tree), value->member))
        violate(decoder, &value->place, VIOLATION_FORMAT, "UUID");
}

static void decode_instant(struct decoder *decoder, const struct value *value)
{
    if (is_string(decoder, value) && !instant_parse(tree_text(value->tree), value->member))
        violate(decoder, &value->place, VIOLATION_FORMAT, "RFC 3339");
}

static void decode_date(struct decoder *decoder, const struct value *value)
{
    if (is_string(decoder, value) && !date_parse(str_fold_digits(decoder->arena, tree_text(value->tree)), value->member))
        violate(decoder, &value->place, VIOLATION_DATE, NULL);
}

static void decode_choice(struct decoder *decoder, const struct value *value)
{
    if (!is_string(decoder, value))
        return;
    const char *const *choices = value->field->choices;
    struct str text = tree_text(value->tree);
    for (int i = 0; choices[i]; i++) {
        if (str_equal(text, str_from(choices[i]))) {
            *(int *)value->member = i;
            return;
        }
    }
    struct buf list;
    struct str detail = {0};
    buf_init(&list, decoder->arena, CHOICES_BYTES_MAX);
    for (int i = 0; choices[i]; i++)
        buf_format(&list, "%s%s", i ? ", " : "", choices[i]);
    enum err err = buf_done(&list, &detail);
    violate(decoder, &value->place, VIOLATION_CHOICE, err ? "…" : detail.at);
}

static void decode_object(struct decoder *decoder, const struct wire_table *table, const struct value *value);

static void decode_object_field(struct decoder *decoder, const struct value *value)
{
    decode_object(decoder, value->field->table, value);
}

/* Items of a list: each is checked, and those that are right are kept in their place. */
static void decode_list(struct decoder *decoder, const struct value *value)
{
    static const struct wire_field any_text = {.type = WIRE_TEXT_FIELD};
    const struct wire_field *field = value->field;
    if (!json_is_array(value->tree)) {
        violate(decoder, &value->place, VIOLATION_TYPE, "array");
        return;
    }
    size_t count = json_array_size(value->tree);
    if (!within(decoder, value, (double)count, VIOLATION_TOO_FEW, VIOLATION_TOO_MANY) || count == 0)
        return;
    size_t size_bytes = field->type == WIRE_TEXTS_FIELD ? sizeof(struct str) : field->table->size_bytes;
    char *items = arena_take_array(decoder->arena, count, size_bytes);
    decoder->out_of_memory |= !items;
    for (size_t i = 0; items && i < count; i++) {
        struct value item = {.field = field->type == WIRE_TEXTS_FIELD ? &any_text : field,
                             .tree = json_array_get(value->tree, i),
                             .member = items + i * size_bytes,
                             .place = {.up = &value->place, .index = i}};
        if (field->type == WIRE_TEXTS_FIELD)
            decode_text(decoder, &item);
        else
            decode_object(decoder, field->table, &item);
    }
    *(struct wire_list *)value->member = (struct wire_list){items, items ? count : 0};
}

static void decode_raw(struct decoder *decoder, const struct value *value)
{
    struct buf out;
    buf_init(&out, decoder->arena, SIZE_MAX);
    tree_add(&out, value->tree);
    decoder->out_of_memory |= buf_done(&out, value->member) != ERR_OK;
}

static void decode_value(struct decoder *decoder, const struct value *value)
{
    static void (*const DECODERS[])(struct decoder *, const struct value *) = {
        [WIRE_TEXT_FIELD] = decode_text, [WIRE_INT_FIELD] = decode_int,       [WIRE_NUMBER_FIELD] = decode_number,
        [WIRE_BOOL_FIELD] = decode_bool, [WIRE_ID_FIELD] = decode_id,         [WIRE_INSTANT_FIELD] = decode_instant,
        [WIRE_DATE_FIELD] = decode_date, [WIRE_CHOICE_FIELD] = decode_choice, [WIRE_OBJECT_FIELD] = decode_object_field,
        [WIRE_LIST_FIELD] = decode_list, [WIRE_TEXTS_FIELD] = decode_list,    [WIRE_RAW_FIELD] = decode_raw,
    };
    DECODERS[value->field->type](decoder, value);
}

/* What is not there, or null: nothing is written, save that no instant is INSTANT_NEVER. */
static void decode_absent(struct decoder *decoder, const struct value *value)
{
    const struct wire_field *field = value->field;
    bool null_is_fine = !value->tree ? !(field->flags & WIRE_REQUIRED) : (field->flags & WIRE_NULLABLE) != 0;
    if (!null_is_fine)
        violate(decoder, &value->place, field->flags & WIRE_REQUIRED ? VIOLATION_REQUIRED : VIOLATION_TYPE, "a value");
    if (field->type == WIRE_INSTANT_FIELD)
        *(instant_us *)value->member = INSTANT_NEVER;
}

static bool in_table(const struct wire_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->fields[i].name, name) == 0)
            return true;
    return false;
}

static void refuse_unknown(struct decoder *decoder, const struct wire_table *table, const struct value *value)
{
    for (void *at = json_object_iter(value->tree); at; at = json_object_iter_next(value->tree, at)) {
        const char *name = json_object_iter_key(at);
        if (in_table(table, name))
            continue;
        struct place place = {.up = &value->place, .name = name};
        /* A name as long as a letter isn't one to be repeated: then the object is named. */
        violate(decoder, strlen(name) > NAME_BYTES_MAX ? &value->place : &place, VIOLATION_UNKNOWN_FIELD, NULL);
    }
}

/* The value's member is the struct that the table describes. */
static void decode_object(struct decoder *decoder, const struct wire_table *table, const struct value *value)
{
    if (!json_is_object(value->tree)) {
        violate(decoder, &value->place, VIOLATION_TYPE, "object");
        return;
    }
    char *into = value->member;
    size_t found = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct wire_field *field = &table->fields[i];
        struct value inner = {.field = field,
                              .tree = json_object_get(value->tree, field->name),
                              .member = into + field->offset,
                              .place = {.up = &value->place, .name = field->name}};
        found += inner.tree != NULL;
        if (!inner.tree || json_is_null(inner.tree)) {
            decode_absent(decoder, &inner);
            continue;
        }
        if (field->given_offset != SIZE_MAX)
            *(bool *)(into + field->given_offset) = true;
        decode_value(decoder, &inner);
    }
    if (decoder->unknown == WIRE_REFUSE_UNKNOWN && found != json_object_size(value->tree))
        refuse_unknown(decoder, table, value);
}

enum err wire_decode(const struct wire_table *table, struct str text, enum wire_unknown unknown, struct arena *arena, void *ret_struct,
                     struct violations *violations)
{
    char fault[TREE_FAULT_SIZE];
    json_t *tree;
    memset(ret_struct, 0, table->size_bytes);
    enum err err = tree_load(text, &tree, fault);
    if (err == ERR_MALFORMED)
        violations_add(violations, (struct str){0}, VIOLATION_TYPE, fault);
    if (err)
        return err;
    size_t before = violations->count + violations->more;
    struct decoder decoder = {.arena = arena, .violations = violations, .unknown = unknown};
    struct value root = {.tree = tree, .member = ret_struct};
    decode_object(&decoder, table, &root);
    tree_release();
    if (decoder.out_of_memory)
        return arena_excuse(arena, ERR_LIMIT);
    return violations->count + violations->more > before ? ERR_INVALID : ERR_OK;
}
