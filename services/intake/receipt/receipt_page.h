/* The receipt as a document: what the service hands to jisr-receipt (JSON), and the page that it draws of it. */
#ifndef JISR_INTAKE_RECEIPT_PAGE_H
#define JISR_INTAKE_RECEIPT_PAGE_H

#include "json/wire.h"

#define RECEIPT_PROGRAM "jisr-receipt"
#define RECEIPT_PAGE_BYTES_MAX ((size_t)1 << 20) /* of the PDF; fonts are embedded as subsets */

struct receipt_page {
    struct str language; /* beside Arabic: "fr" or "en" */
    struct str receipt_number, kind;
    struct str call_ar, call_other;   /* title of the call */
    struct str name_ar, name_other;   /* hers; either may be empty */
    struct date submitted_on, due_on; /* in Casablanca */
    int64_t days;
    struct str address; /* where its state is seen; also in the QR code */
    instant_us submitted_at;
};
extern const struct wire_table RECEIPT_PAGE;

/* ERR_LIMIT, ERR_INTERNAL. */
enum err receipt_page_draw(const struct receipt_page *page, struct arena *arena, struct str *ret_pdf) MUST_CHECK;

#endif
