/* Birth dates as they are kept: whoever reads a form later, a page's date field above all, knows 0-9 alone. Numbers and phones stay as they were
 * typed. */
#ifndef JISR_INTAKE_FORM_DATES_H
#define JISR_INTAKE_FORM_DATES_H

#include "base/err.h"
#include "base/str.h"

/* The form's text with its birth dates in 0-9; `body` itself where they are. ERR_MALFORMED, ERR_LIMIT. */
enum err form_plain_dates(struct str body, struct arena *arena, struct str *ret_body) MUST_CHECK;

#endif
