/* Days and counts as people read them, in each language. Pure. */
#ifndef JISR_BASE_WORDING_H
#define JISR_BASE_WORDING_H

#include "base/instant.h"
#include "base/violation.h"

/* "29 novembre 2026"; the months as they are called in Morocco. {NULL,0} without memory. */
struct str wording_day(struct arena *arena, struct date date, enum language language);

/* The forms of a noun beside its number (Unicode CLDR 42, cardinals of ar, fr, en); a language that has not all of them leaves gaps. */
enum plural { PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER, PLURAL_COUNT };

enum plural wording_plural(int64_t count, enum language language);
/* The form for this count (OTHER where it is a gap), its '#' replaced by the number. {NULL,0} without memory. */
struct str wording_count(struct arena *arena, const char *const forms[PLURAL_COUNT], int64_t count, enum language language);

#endif
