/* The operators that take finished arguments (the lazy ones are instructions, see rules_compile.h). Pure. */
#ifndef JISR_ELIGIBILITY_RULES_OPERATORS_H
#define JISR_ELIGIBILITY_RULES_OPERATORS_H

#include "rules_value.h"

struct rules_call {
    const struct rules_value *arguments;
    size_t count;
    struct rules_value data; /* what `var` reads */
};

struct rules_operator {
    const char *name;
    struct rules_value (*apply)(struct rules_run *run, const struct rules_call *call);
};

/* NULL: no such operator. */
const struct rules_operator *rules_operator_find(struct str name);

#endif
