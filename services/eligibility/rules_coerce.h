/* JavaScript's conversions and comparisons (ECMA-262 §7.1, §7.2) of the values that JsonLogic has. Pure.
 * What JavaScript would throw is a fault of the run; the result is then undefined, NaN, "" or false. */
#ifndef JISR_ELIGIBILITY_RULES_COERCE_H
#define JISR_ELIGIBILITY_RULES_COERCE_H

#include "rules_value.h"

/* JsonLogic's own: like JavaScript's, but an empty array is false. */
bool rules_truthy(struct rules_value value);
/* ToPrimitive: an array is its items joined by commas, an object "[object Object]". */
struct rules_value rules_to_primitive(struct rules_run *run, struct rules_value value);
double rules_to_number(struct rules_run *run, struct rules_value value);
/* ToIntegerOrInfinity. */
double rules_to_integer(struct rules_run *run, struct rules_value value);
struct str rules_to_text(struct rules_run *run, struct rules_value value);
double rules_parse_float(struct rules_run *run, struct rules_value value);
/* Array.prototype.join: null and undefined are "". */
struct str rules_join(struct rules_run *run, const struct rules_value *items, size_t count, struct str separator);

bool rules_strictly_equal(struct rules_value a, struct rules_value b);
bool rules_loosely_equal(struct rules_run *run, struct rules_value a, struct rules_value b);
/* a < b and a <= b: undefined order (NaN) is false. */
bool rules_less(struct rules_run *run, struct rules_value a, struct rules_value b);
bool rules_less_or_equal(struct rules_run *run, struct rules_value a, struct rules_value b);

#endif
