/* Values of JsonLogic: those of JSON, and undefined, NaN and the infinities, which JavaScript's operators make out of them.
 * A value is small and passed by copy; what it points to lives in the arena it was made in and never changes. Pure.
 * Text is WTF-8: UTF-8, where half of a surrogate pair that stands alone (JavaScript's substr can cut one) is its three bytes. */
#ifndef JISR_ELIGIBILITY_RULES_VALUE_H
#define JISR_ELIGIBILITY_RULES_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum rules_kind { RULES_UNDEFINED, RULES_NULL, RULES_BOOL, RULES_NUMBER, RULES_STRING, RULES_ARRAY, RULES_OBJECT };

struct rules_member;

/* All zero: undefined. */
struct rules_value {
    enum rules_kind kind;
    uint32_t size; /* bytes of a string, items of an array, members of an object */
    union {
        bool boolean;
        double number;
        const char *text;
        const struct rules_value *items;    /* never NULL, not even when there is none: === tells arrays apart by it */
        const struct rules_member *members; /* never NULL, as above */
    } as;
};

struct rules_member {
    struct str name;
    struct rules_value value;
};

#define RULES_DEPTH_MAX 256 /* of nested values, of a rule, of a rule within data within a rule */

/* X(NAME, text): why an evaluation ends without a value. The first group is what JavaScript would throw. */
#define RULES_FAULT_LIST(X)                                         \
    X(NONE, "no fault")                                             \
    X(UNKNOWN_OPERATION, "Unrecognized operation")                  \
    X(NOT_PRIMITIVE, "Cannot convert object to primitive value")    \
    X(EMPTY_PRODUCT, "Reduce of empty array with no initial value") \
    X(NO_MEMBERS, "Cannot read properties of null or undefined")    \
    X(NOT_CALLABLE, "indexOf is not a function")                    \
    X(STEPS, "too many steps")                                      \
    X(DEPTH, "nested too deeply")                                   \
    X(MEMORY, "too much memory")

enum rules_fault {
#define X(name, text) RULES_FAULT_##name,
    RULES_FAULT_LIST(X)
#undef X
};

const char *rules_fault_text(enum rules_fault fault);

/* Names of the data that several rules read: what they lead to is looked up once for all of these rules (rules_bind). */
#define RULES_NAMES_MAX 64
struct rules_names {
    struct str at[RULES_NAMES_MAX];
    size_t count;
};

/* Where each name was found last time: data of one kind has its members in one order. Guesses only, always checked. One thread's; all zero at first.
 */
struct rules_hints {
    uint32_t at[RULES_NAMES_MAX];
};

/* One evaluation, or a row of them: its memory, what is left of its budget, and the first fault (sticky: everything after it is undefined). */
struct rules_run {
    struct arena *arena;
    uint32_t steps_left;
    uint32_t depth;
    enum rules_fault fault;
    struct str detail;               /* of the fault: the operation's name */
    const struct rules_value *bound; /* what the names lead to, in their order; NULL: not looked up */
};

struct rules_run rules_run_begin(struct arena *arena, uint32_t steps);
void rules_fail(struct rules_run *run, enum rules_fault fault);
/* Takes `steps` off the budget. False: there is a fault, give up. */
static inline bool rules_charge(struct rules_run *run, size_t steps)
{
    if (run->fault == RULES_FAULT_NONE && steps > run->steps_left)
        rules_fail(run, RULES_FAULT_STEPS);
    if (run->fault != RULES_FAULT_NONE)
        return false;
    run->steps_left -= (uint32_t)steps;
    return true;
}

static inline struct rules_value rules_null(void)
{
    return (struct rules_value){.kind = RULES_NULL};
}
static inline struct rules_value rules_bool(bool boolean)
{
    return (struct rules_value){.kind = RULES_BOOL, .as.boolean = boolean};
}
static inline struct rules_value rules_number(double number)
{
    return (struct rules_value){.kind = RULES_NUMBER, .as.number = number};
}
static inline struct rules_value rules_string(struct str text)
{
    return (struct rules_value){.kind = RULES_STRING, .size = (uint32_t)text.size, .as.text = text.at};
}
static inline struct str rules_text(struct rules_value string)
{
    return (struct str){string.as.text, string.size};
}
/* Room for `count` items that the caller fills before anyone else sees the array. NULL: a fault is set. */
struct rules_value *rules_items(struct rules_run *run, size_t count);
struct rules_value rules_array(const struct rules_value *items, size_t count);
struct rules_value rules_object(const struct rules_member *members, size_t count);
/* The own member of an object; NULL when there is none. */
const struct rules_value *rules_member(struct rules_value object, struct str name);

#endif
