/* The operators that take finished arguments (the lazy ones are instructions, see rules_compile.h). Pure. */
#ifndef JISR_ELIGIBILITY_RULES_OPERATORS_H
#define JISR_ELIGIBILITY_RULES_OPERATORS_H

#include "rules_value.h"

struct rules_call {
    const struct rules_value *arguments;
    size_t count;
    struct rules_value data; /* what `var` reads */
};

/* What an operator comes to between two numbers, where that is one comparison. */
enum rules_order { ORDER_NONE, ORDER_EQUAL, ORDER_LESS, ORDER_LESS_OR_EQUAL, ORDER_GREATER, ORDER_GREATER_OR_EQUAL };

struct rules_operator {
    const char *name;
    struct rules_value (*apply)(struct rules_run *run, const struct rules_call *call);
    enum rules_order order;
};

/* NULL: no such operator. */
const struct rules_operator *rules_operator_find(struct str name);

#endif
