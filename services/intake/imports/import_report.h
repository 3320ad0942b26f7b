/* What is wrong with a line, or with a file: kept as codes and places, and told in the language of whoever asks. */
#ifndef JISR_INTAKE_IMPORT_REPORT_H
#define JISR_INTAKE_IMPORT_REPORT_H

#include "import_columns.h"
#include "json/wire.h"

struct import_error {
    int64_t column; /* from 1; 0: none alone */
    struct str key; /* the column's English header, whatever the file called it; empty: none */
    struct str pointer, code, detail;
    struct str message; /* made when it is read */
};
struct import_errors {
    struct wire_list items; /* struct import_error */
};

/* `header` NULL: of the file itself, with pointers "/columns/3". */
enum err import_errors_text(const struct violations *violations, const struct import_header *header, const struct call_terms *terms,
                            struct arena *arena, struct str *ret_json) MUST_CHECK;
/* Reads them back, with the message of each; an empty `json` is none. */
enum err import_errors_read(struct str json, enum language language, struct arena *arena, struct import_errors *ret_errors) MUST_CHECK;

extern const struct wire_table IMPORT_ERROR; /* as it is shown */

#endif
