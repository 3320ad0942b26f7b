/* `jisrctl rules apply`: JsonLogic from standard input, the same engine as the service's. */
#ifndef JISR_ELIGIBILITY_RULES_CLI_H
#define JISR_ELIGIBILITY_RULES_CLI_H

#include <stdio.h>

/* Reads NDJSON {"rule":…,"data":…}, writes {"result":…} or {"error":"…"} a line, in order; empty lines are skipped, a line is at most 16 MB.
 * An exit status: 0 also when lines had errors, 1 when `in` or `out` failed. */
int rules_apply(FILE *in, FILE *out);

#endif
