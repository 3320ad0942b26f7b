/* The operators that read data: var, missing, missing_some. Pure. */
#ifndef JISR_ELIGIBILITY_RULES_VAR_H
#define JISR_ELIGIBILITY_RULES_VAR_H

#include "rules_operators.h"

/* A path of `var`, split at its dots. */
struct rules_path {
    const struct str *names;
    size_t count;  /* 0: the data itself */
    uint32_t slot; /* 1 + the place of its first name in struct rules_names; 0: none */
};

/* False: without memory; the fault is set. */
bool rules_path_split(struct rules_run *run, struct str text, struct rules_path *ret_path);
/* Descends by own members, items, single units of a text, and `length`; what JavaScript's objects inherit (constructor, toString …) isn't
 * there. `not_found` when nothing is. */
struct rules_value rules_follow(struct rules_run *run, struct rules_value data, const struct rules_path *path, struct rules_value not_found);

struct rules_value rules_on_var(struct rules_run *run, const struct rules_call *call);
struct rules_value rules_on_missing(struct rules_run *run, const struct rules_call *call);
struct rules_value rules_on_missing_some(struct rules_run *run, const struct rules_call *call);

#endif
