/* The words of the readable export: names of members and of values, in the three languages. Data alone. */
#ifndef JISR_INTAKE_EXPORT_WORDS_H
#define JISR_INTAKE_EXPORT_WORDS_H

#include "base/str.h"
#include "base/violation.h"

/* What `code` is called: a member's name, or a value that is a code. {NULL, 0}: it has no other name. */
struct str export_word(struct str code, enum language language);

#endif
