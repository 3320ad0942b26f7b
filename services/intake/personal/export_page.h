/* A woman's data as one page to read and to print: the parts of her export (JSON), in her language. No script, nothing from elsewhere; whatever she
 * or anybody wrote is text in it. */
#ifndef JISR_INTAKE_EXPORT_PAGE_H
#define JISR_INTAKE_EXPORT_PAGE_H

#include "base/err.h"
#include "base/str.h"
#include "base/violation.h"

struct export_parts {
    struct str notice;
    struct str application, form, consents, documents, reads; /* JSON */
};

enum err export_page(const struct export_parts *parts, enum language language, struct arena *arena, struct str *ret_html) MUST_CHECK;

#endif
