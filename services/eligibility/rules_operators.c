#include "rules_operators.h"

#include <math.h>

#include "rules_coerce.h"
#include "rules_text.h"
#include "rules_var.h"

#define UNDEFINED ((struct rules_value){0})

static struct rules_value argument(const struct rules_call *call, size_t index)
{
    return index < call->count ? call->arguments[index] : UNDEFINED;
}

/* ── Comparing ── */

static struct rules_value on_loosely_equal(struct rules_run *run, const struct rules_call *call)
{
    return rules_bool(rules_loosely_equal(run, argument(call, 0), argument(call, 1)));
}
static struct rules_value on_strictly_equal(struct rules_run *run, const struct rules_call *call)
{
    (void)run;
    return rules_bool(rules_strictly_equal(argument(call, 0), argument(call, 1)));
}
static struct rules_value on_loosely_unequal(struct rules_run *run, const struct rules_call *call)
{
    return rules_bool(!rules_loosely_equal(run, argument(call, 0), argument(call, 1)));
}
static struct rules_value on_strictly_unequal(struct rules_run *run, const struct rules_call *call)
{
    (void)run;
    return rules_bool(!rules_strictly_equal(argument(call, 0), argument(call, 1)));
}
static struct rules_value on_greater(struct rules_run *run, const struct rules_call *call)
{
    return rules_bool(rules_less(run, argument(call, 1), argument(call, 0)));
}
static struct rules_value on_greater_or_equal(struct rules_run *run, const struct rules_call *call)
{
    return rules_bool(rules_less_or_equal(run, argument(call, 1), argument(call, 0)));
}
/* With three operands: between. */
static struct rules_value on_less(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value a = argument(call, 0), b = argument(call, 1), c = argument(call, 2);
    return rules_bool(rules_less(run, a, b) && (c.kind == RULES_UNDEFINED || rules_less(run, b, c)));
}
static struct rules_value on_less_or_equal(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value a = argument(call, 0), b = argument(call, 1), c = argument(call, 2);
    return rules_bool(rules_less_or_equal(run, a, b) && (c.kind == RULES_UNDEFINED || rules_less_or_equal(run, b, c)));
}
static struct rules_value on_truthy(struct rules_run *run, const struct rules_call *call)
{
    (void)run;
    return rules_bool(rules_truthy(argument(call, 0)));
}
static struct rules_value on_not(struct rules_run *run, const struct rules_call *call)
{
    (void)run;
    return rules_bool(!rules_truthy(argument(call, 0)));
}

/* ── Numbers ── */

static struct rules_value on_add(struct rules_run *run, const struct rules_call *call)
{
    double sum = 0;
    for (size_t i = 0; i < call->count; i++)
        sum += rules_parse_float(run, call->arguments[i]);
    return rules_number(sum);
}
/* One factor comes back as it is, whatever it is. */
static struct rules_value on_multiply(struct rules_run *run, const struct rules_call *call)
{
    if (call->count == 0)
        rules_fail(run, RULES_FAULT_EMPTY_PRODUCT);
    struct rules_value product = argument(call, 0);
    for (size_t i = 1; i < call->count; i++)
        product = rules_number(rules_parse_float(run, product) * rules_parse_float(run, call->arguments[i]));
    return product;
}
static struct rules_value on_subtract(struct rules_run *run, const struct rules_call *call)
{
    double a = rules_to_number(run, argument(call, 0));
    if (argument(call, 1).kind == RULES_UNDEFINED)
        return rules_number(-a);
    return rules_number(a - rules_to_number(run, argument(call, 1)));
}
static struct rules_value on_divide(struct rules_run *run, const struct rules_call *call)
{
    double a = rules_to_number(run, argument(call, 0)), b = rules_to_number(run, argument(call, 1));
    return rules_number(a / b);
}
static struct rules_value on_remainder(struct rules_run *run, const struct rules_call *call)
{
    double a = rules_to_number(run, argument(call, 0)), b = rules_to_number(run, argument(call, 1));
    return rules_number(fmod(a, b));
}
/* The least (sign 1) or the greatest (sign -1); NaN when one of them is no number, -0 before +0. */
static struct rules_value extreme(struct rules_run *run, const struct rules_call *call, double sign)
{
    double best = (double)INFINITY;
    for (size_t i = 0; i < call->count; i++) {
        double number = sign * rules_to_number(run, call->arguments[i]);
        if (isnan(best) || isnan(number))
            best = (double)NAN;
        else if (number < best || (number == best && signbit(number)))
            best = number;
    }
    return rules_number(sign * best);
}
static struct rules_value on_min(struct rules_run *run, const struct rules_call *call)
{
    return extreme(run, call, 1);
}
static struct rules_value on_max(struct rules_run *run, const struct rules_call *call)
{
    return extreme(run, call, -1);
}

/* ── Text and lists ── */

static struct rules_value on_in(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value part = argument(call, 0), whole = argument(call, 1);
    if (!rules_truthy(whole) && whole.kind != RULES_ARRAY)
        return rules_bool(false);
    if (whole.kind == RULES_STRING)
        return rules_bool(text_contains(rules_text(whole), rules_to_text(run, part)));
    if (whole.kind == RULES_OBJECT && rules_member(whole, STR("indexOf")))
        rules_fail(run, RULES_FAULT_NOT_CALLABLE);
    if (whole.kind != RULES_ARRAY || !rules_charge(run, whole.size))
        return rules_bool(false);
    for (uint32_t i = 0; i < whole.size; i++)
        if (rules_strictly_equal(whole.as.items[i], part))
            return rules_bool(true);
    return rules_bool(false);
}

static struct rules_value on_cat(struct rules_run *run, const struct rules_call *call)
{
    return rules_string(rules_join(run, call->arguments, call->count, STR("")));
}

static size_t clamp(double number, double low, double high)
{
    return (size_t)(number < low ? low : number > high ? high : number);
}

/* String.prototype.substr: ECMA-262 §B.2.2.1. */
static struct str cut(struct rules_run *run, struct str text, double start, double count)
{
    double size = (double)text_units(text);
    if (start < 0)
        start += size;
    size_t first = clamp(start, 0, size);
    size_t units = clamp(count, 0, size - (double)first);
    if (units == 0)
        return STR("");
    struct str slice = text_slice(run->arena, text, first, units);
    if (!slice.at)
        rules_fail(run, RULES_FAULT_MEMORY);
    return slice;
}

/* A negative end counts from the end of the text, and is then an operand of JavaScript's `+`: text is appended, not added. */
static double length_with(struct rules_run *run, struct str text, struct rules_value end)
{
    struct rules_value length = rules_number((double)text_units(text));
    struct rules_value primitive = rules_to_primitive(run, end);
    if (primitive.kind != RULES_STRING)
        return rules_to_integer(run, rules_number(length.as.number + rules_to_number(run, primitive)));
    struct rules_value both[] = {length, primitive};
    return rules_to_integer(run, rules_string(rules_join(run, both, 2, STR(""))));
}

static struct rules_value on_substr(struct rules_run *run, const struct rules_call *call)
{
    struct rules_value end = argument(call, 2);
    bool from_the_end = rules_less(run, end, rules_number(0));
    struct str source = rules_to_text(run, argument(call, 0));
    double start = rules_to_integer(run, argument(call, 1));
    if (from_the_end) {
        struct str rest = cut(run, source, start, (double)INFINITY);
        return rules_string(cut(run, rest, 0, length_with(run, rest, end)));
    }
    double count = end.kind == RULES_UNDEFINED ? (double)INFINITY : rules_to_integer(run, end);
    return rules_string(cut(run, source, start, count));
}

static struct rules_value on_merge(struct rules_run *run, const struct rules_call *call)
{
    size_t count = 0;
    for (size_t i = 0; i < call->count; i++)
        count += call->arguments[i].kind == RULES_ARRAY ? call->arguments[i].size : 1;
    struct rules_value *items = rules_items(run, count);
    if (!items)
        return UNDEFINED;
    size_t at = 0;
    for (size_t i = 0; i < call->count; i++) {
        struct rules_value value = call->arguments[i];
        if (value.kind != RULES_ARRAY)
            items[at++] = value;
        else
            for (uint32_t k = 0; k < value.size; k++)
                items[at++] = value.as.items[k];
    }
    return rules_array(items, count);
}

/* The reference prints its operand to the console; a service keeps what it reads to itself. */
static struct rules_value on_log(struct rules_run *run, const struct rules_call *call)
{
    (void)run;
    return argument(call, 0);
}

static const struct rules_operator operators[] = {
    {"==", on_loosely_equal, ORDER_EQUAL},
    {"===", on_strictly_equal, ORDER_EQUAL},
    {"!=", on_loosely_unequal, ORDER_NONE},
    {"!==", on_strictly_unequal, ORDER_NONE},
    {">", on_greater, ORDER_GREATER},
    {">=", on_greater_or_equal, ORDER_GREATER_OR_EQUAL},
    {"<", on_less, ORDER_LESS},
    {"<=", on_less_or_equal, ORDER_LESS_OR_EQUAL},
    {"!!", on_truthy, ORDER_NONE},
    {"!", on_not, ORDER_NONE},
    {"+", on_add, ORDER_NONE},
    {"-", on_subtract, ORDER_NONE},
    {"*", on_multiply, ORDER_NONE},
    {"/", on_divide, ORDER_NONE},
    {"%", on_remainder, ORDER_NONE},
    {"min", on_min, ORDER_NONE},
    {"max", on_max, ORDER_NONE},
    {"in", on_in, ORDER_NONE},
    {"cat", on_cat, ORDER_NONE},
    {"substr", on_substr, ORDER_NONE},
    {"merge", on_merge, ORDER_NONE},
    {"log", on_log, ORDER_NONE},
    {"var", rules_on_var, ORDER_NONE},
    {"missing", rules_on_missing, ORDER_NONE},
    {"missing_some", rules_on_missing_some, ORDER_NONE},
};

const struct rules_operator *rules_operator_find(struct str name)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (str_equal(str_from(operators[i].name), name))
            return &operators[i];
    return NULL;
}
