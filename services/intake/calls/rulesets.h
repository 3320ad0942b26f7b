/* Which rulesets there are: those of proto/rulesets, which eligibility is built with as well (RULESET_FILES). Pure reading of embedded files. */
#ifndef JISR_INTAKE_RULESETS_H
#define JISR_INTAKE_RULESETS_H

#include "base/arena.h"
#include "base/str.h"

/* A version of it is there, valid on whichever days. */
bool ruleset_is_known(struct str id, struct arena *arena);

#endif
