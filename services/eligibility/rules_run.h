/* Runs compiled rules over data. Bounded: by the run's steps, its depth and its arena's ceiling. A wrong operand never ends it: it gives what
 * JavaScript gives; what JavaScript would throw is a fault. Pure, and as many threads as there are runs. */
#ifndef JISR_ELIGIBILITY_RULES_RUN_H
#define JISR_ELIGIBILITY_RULES_RUN_H

#include "rules_compile.h"

#define RULES_STEPS_STANDARD 1000000u

/* The result lives in the run's arena, or is a part of the rule or of the data. With a fault in the run it is undefined. */
struct rules_value rules_execute(struct rules_run *run, const struct rules_program *program, struct rules_value data);
/* Is the result truthy? */
bool rules_holds(struct rules_run *run, const struct rules_program *program, struct rules_value data);
/* Looks the names up in `data`, for programs that were compiled with them and now run over that data. `hints` may be NULL. */
void rules_bind(struct rules_run *run, const struct rules_names *names, struct rules_hints *hints, struct rules_value data);
/* Compiles and executes at once. */
struct rules_value rules_evaluate(struct rules_run *run, struct rules_value rule, struct rules_value data);

#endif
