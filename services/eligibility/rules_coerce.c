#include "rules_coerce.h"

#include <math.h>

#include "rules_text.h"

/* A budget step pays for so many bytes of text. */
#define BYTES_A_STEP 32

bool rules_truthy(struct rules_value value)
{
    switch (value.kind) {
    case RULES_UNDEFINED:
    case RULES_NULL:
        return false;
    case RULES_BOOL:
        return value.as.boolean;
    case RULES_NUMBER:
        return value.as.number != 0 && !isnan(value.as.number);
    case RULES_STRING:
    case RULES_ARRAY:
        return value.size > 0;
    case RULES_OBJECT:
        return true;
    }
    return false;
}

static bool is_nothing(struct rules_value value)
{
    return value.kind <= RULES_NULL;
}

static bool is_reference(struct rules_value value)
{
    return value.kind >= RULES_ARRAY;
}

struct str rules_join(struct rules_run *run, const struct rules_value *items, size_t count, struct str separator)
{
    if (run->depth >= RULES_DEPTH_MAX)
        rules_fail(run, RULES_FAULT_DEPTH);
    if (!rules_charge(run, count))
        return STR("");
    run->depth++;
    struct buf buf;
    buf_init(&buf, run->arena, SIZE_MAX);
    for (size_t i = 0; i < count && run->fault == RULES_FAULT_NONE; i++) {
        if (i > 0)
            buf_add(&buf, separator);
        if (!is_nothing(items[i]))
            text_append(&buf, rules_to_text(run, items[i]));
    }
    run->depth--;
    struct str joined = STR("");
    if (buf_done(&buf, &joined) != ERR_OK || joined.size > UINT32_MAX)
        rules_fail(run, RULES_FAULT_MEMORY);
    rules_charge(run, joined.size / BYTES_A_STEP);
    return run->fault == RULES_FAULT_NONE ? joined : STR("");
}

struct rules_value rules_to_primitive(struct rules_run *run, struct rules_value value)
{
    if (value.kind == RULES_ARRAY)
        return rules_string(rules_join(run, value.as.items, value.size, STR(",")));
    if (value.kind != RULES_OBJECT)
        return value;
    /* Its valueOf gives the object itself, whoever has it; a toString of its own is data, and can't be called. */
    if (rules_member(value, STR("toString")))
        rules_fail(run, RULES_FAULT_NOT_PRIMITIVE);
    return rules_string(STR("[object Object]"));
}

static struct str number_text(struct rules_run *run, double number)
{
    struct str text = text_from_number(run->arena, number);
    if (!text.at)
        rules_fail(run, RULES_FAULT_MEMORY);
    return text;
}

struct str rules_to_text(struct rules_run *run, struct rules_value value)
{
    switch (value.kind) {
    case RULES_UNDEFINED:
        return STR("undefined");
    case RULES_NULL:
        return STR("null");
    case RULES_BOOL:
        return value.as.boolean ? STR("true") : STR("false");
    case RULES_NUMBER:
        return number_text(run, value.as.number);
    case RULES_STRING:
        return rules_text(value);
    case RULES_ARRAY:
    case RULES_OBJECT:
        return rules_text(rules_to_primitive(run, value));
    }
    return STR("");
}

double rules_to_number(struct rules_run *run, struct rules_value value)
{
    switch (value.kind) {
    case RULES_UNDEFINED:
        return (double)NAN;
    case RULES_NULL:
        return 0;
    case RULES_BOOL:
        return value.as.boolean ? 1 : 0;
    case RULES_NUMBER:
        return value.as.number;
    case RULES_STRING:
        rules_charge(run, value.size / BYTES_A_STEP);
        return text_to_number(run->arena, rules_text(value));
    case RULES_ARRAY:
    case RULES_OBJECT:
        return text_to_number(run->arena, rules_text(rules_to_primitive(run, value)));
    }
    return (double)NAN;
}

double rules_to_integer(struct rules_run *run, struct rules_value value)
{
    double number = rules_to_number(run, value);
    return isnan(number) ? 0 : trunc(number);
}

double rules_parse_float(struct rules_run *run, struct rules_value value)
{
    if (value.kind == RULES_NUMBER)
        return value.as.number + 0.0; /* its text reads back the same, but -0 is written "0" */
    return text_parse_float(run->arena, rules_to_text(run, value));
}

bool rules_strictly_equal(struct rules_value a, struct rules_value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case RULES_UNDEFINED:
    case RULES_NULL:
        return true;
    case RULES_BOOL:
        return a.as.boolean == b.as.boolean;
    case RULES_NUMBER:
        return a.as.number == b.as.number;
    case RULES_STRING:
        return str_equal(rules_text(a), rules_text(b));
    case RULES_ARRAY:
        return a.as.items == b.as.items;
    case RULES_OBJECT:
        return a.as.members == b.as.members;
    }
    return false;
}

bool rules_loosely_equal(struct rules_run *run, struct rules_value a, struct rules_value b)
{
    if (a.kind == b.kind)
        return rules_strictly_equal(a, b);
    if (is_nothing(a) || is_nothing(b))
        return is_nothing(a) && is_nothing(b);
    if (is_reference(a) && is_reference(b))
        return false;
    struct rules_value primitive_a = rules_to_primitive(run, a), primitive_b = rules_to_primitive(run, b);
    if (primitive_a.kind == RULES_STRING && primitive_b.kind == RULES_STRING)
        return str_equal(rules_text(primitive_a), rules_text(primitive_b));
    return rules_to_number(run, primitive_a) == rules_to_number(run, primitive_b);
}

/* -1, 0, 1; 2: no order, because one of them is not a number. */
static int order(struct rules_run *run, struct rules_value a, struct rules_value b)
{
    struct rules_value primitive_a = rules_to_primitive(run, a), primitive_b = rules_to_primitive(run, b);
    if (primitive_a.kind == RULES_STRING && primitive_b.kind == RULES_STRING)
        return text_compare(rules_text(primitive_a), rules_text(primitive_b));
    double number_a = rules_to_number(run, primitive_a), number_b = rules_to_number(run, primitive_b);
    if (isnan(number_a) || isnan(number_b))
        return 2;
    return (number_a > number_b) - (number_a < number_b);
}

bool rules_less(struct rules_run *run, struct rules_value a, struct rules_value b)
{
    if (a.kind == RULES_NUMBER && b.kind == RULES_NUMBER)
        return a.as.number < b.as.number;
    return order(run, a, b) < 0;
}

bool rules_less_or_equal(struct rules_run *run, struct rules_value a, struct rules_value b)
{
    if (a.kind == RULES_NUMBER && b.kind == RULES_NUMBER)
        return a.as.number <= b.as.number;
    return order(run, a, b) <= 0;
}
