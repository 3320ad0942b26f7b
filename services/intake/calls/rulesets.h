/* Which rulesets there are: those of proto/rulesets, which eligibility is built with as well (RULESET_FILES). Pure reading of embedded files. */
#ifndef JISR_INTAKE_RULESETS_H
#define JISR_INTAKE_RULESETS_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/str.h"
#include "base/violation.h"
#include "call_document.h"

/* A version of it is there, valid on whichever days. */
bool ruleset_is_known(struct str id, struct arena *arena);
/* On each of these days, both included, a version of it is valid: who applies on another one would never be assessed. */
bool ruleset_covers(struct str id, struct date first, struct date last, struct arena *arena);
/* What is wrong with a call's ruleset, if it names one: files of the call would wait for ever. */
void ruleset_check(const struct call_document *document, struct arena *arena, struct violations *violations);

#endif
