/* Comma-separated values as spreadsheets open them (RFC 4180). Pure. */
#ifndef JISR_INTAKE_CSV_H
#define JISR_INTAKE_CSV_H

#include "base/str.h"

/* Appends one field. What a spreadsheet would take for a formula (= + - @, a tab or a line's end in front) gets an apostrophe before it: a table of
 * ours runs nothing on whoever opens it. */
void csv_add(struct buf *out, struct str field);
/* Appends a line of `count` fields with its end. */
void csv_add_line(struct buf *out, const struct str *fields, size_t count);

#endif
