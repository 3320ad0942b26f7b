/* One line of a file as the body of an application: the JSON that POST /applications would have brought. What is judged, sealed and kept is that
 * body, so that a line goes the way of every other form. Empty cells are left out of it. */
#ifndef JISR_INTAKE_IMPORT_FORM_H
#define JISR_INTAKE_IMPORT_FORM_H

#include "services/intake/calls/calls.h"
#include "charset/charset.h"
#include "import_columns.h"

struct import_province {
    struct str code, names[3]; /* as the call writes them */
};

struct import_form_source {
    const struct import_header *header;
    const struct call *call;
    const struct import_province *provinces;
    size_t province_count;
    struct str language;     /* of consents, where the line doesn't say it */
    struct charset *charset; /* NULL: the file is UTF-8 */
};

/* The provinces of the call with their names. */
enum err import_provinces(const struct call *call, struct arena *arena, struct import_province **ret_provinces, size_t *ret_count) MUST_CHECK;

/* The lines of one cooperative. */
struct import_members {
    const struct csv_record *const *records;
    size_t count;
};

struct import_form {
    struct str body;
    struct str line;        /* what of the body is the line's own: the same for the same line, whatever the call's texts are called by now */
    struct str reference;   /* empty: none */
    struct str cooperative; /* what it is known by where no reference is; empty: a person */
};

/* Every cell in UTF-8 in place of its bytes; one that can't be read is emptied, with a violation. ERR_LIMIT. */
enum err import_cells_decode(const struct import_form_source *source, struct csv_record *record, struct arena *arena,
                             struct violations *violations) MUST_CHECK;
/* Of a record with decoded cells. What isn't of its column's type is a violation and left out. `members` NULL: a person; otherwise `record` is what
 * the lines share. */
enum err import_form_make(const struct import_form_source *source, const struct csv_record *record, const struct import_members *members,
                          struct arena *arena, struct violations *violations, struct import_form *ret_form) MUST_CHECK;

#endif
