/* The columns of a file of women: their names in the header row, where in the form each cell goes, and what is written in it. Pure. */
#ifndef JISR_INTAKE_IMPORT_COLUMNS_H
#define JISR_INTAKE_IMPORT_COLUMNS_H

#include "csv_read.h"
#include "services/intake/application/validate.h"

enum cell_type {
    CELL_TEXT,
    CELL_DATE, /* 1991-04-12, or 12/04/1991 as spreadsheets here write it */
    CELL_INTEGER,
    CELL_DIRHAMS, /* 45000 or 45000,50: centimes in the form */
    CELL_NUMBER,  /* 9.12 or 9,12 */
    CELL_YES_NO,
    CELL_IDENTITY, /* a type of identity document; empty: cnie */
    CELL_MILIEU,
    CELL_PROVINCE, /* its code, or its name as the call writes it */
};

/* A column of every call. Headers are compared without regard to case; `_`, `-` and space are the same. */
struct import_column {
    const char *key;     /* "applicant.birth_date": the English header */
    const char *pointer; /* into the form */
    const char *fr, *ar; /* headers as well */
    enum cell_type type;
    bool required; /* the file must have the column (one of those with the same number of `either`) */
    int either;
};
extern const struct import_column IMPORT_COLUMNS[]; /* in the order of the form: those of one object stand together */
extern const size_t IMPORT_COLUMN_COUNT;
#define IMPORT_COLUMNS_MAX 32

enum column_kind {
    COLUMN_OF_FORM,   /* index in IMPORT_COLUMNS */
    COLUMN_REFERENCE, /* the staff's own number of this woman: what makes a line the same line when the file comes again */
    COLUMN_CONSENT,   /* "consents.<purpose>": index among the call's consents */
    COLUMN_CONSENT_LANGUAGE,
    COLUMN_EXTRA, /* "extra.<field>": index among the fields that the call adds */
    COLUMN_ROLE,  /* of a member, in her cooperative */
    COLUMN_REPRESENTATIVE,
};

/* Of no form, or of what the call shows by a name of its own: a consent's `purpose`. */
struct import_other {
    enum column_kind kind;
    const char *key, *fr, *ar, *purpose;
};
extern const struct import_other IMPORT_OTHERS[];
extern const size_t IMPORT_OTHER_COUNT;

struct header_column {
    enum column_kind kind;
    size_t index;
};

struct import_header {
    struct header_column columns[CSV_CELLS_MAX];
    size_t count;
    int of_form[IMPORT_COLUMNS_MAX]; /* the cell of each row of IMPORT_COLUMNS; -1: none */
    int reference, consent_language; /* -1: none */
    int role, representative;
};

/* A file has a line a person, and a line a member of a cooperative (import_group.h): a line that names a cooperative is one of its members. Cells are
 * decoded. */
struct str import_cell(const struct csv_record *record, int column); /* empty where there is none */
bool import_has_cooperatives(const struct import_header *header);
bool import_names_cooperative(const struct import_header *header, const struct csv_record *record);
/* By the strongest sign that both lines have: reference, ICE, name in one script. */
bool import_same_cooperative(const struct import_header *header, const struct csv_record *one, const struct csv_record *other);
/* What tells it from others of the same sender where it has no reference: its ICE, or its names. */
struct str import_known_by(const struct import_header *header, const struct csv_record *record, struct arena *arena);
/* Of the woman of the line (name, number, birth date, phone, role), not of the cooperative. */
bool import_is_of_member(const struct header_column *column);
bool import_is_of_situation(const struct header_column *column);

/* Adds to `violations` what is wrong with a header row (pointers "/columns/3", from 1), and the columns that are missing ("/columns"). What people
 * wrote is never repeated: a file without a header has a woman's data there. */
void import_header_read(const struct csv_record *record, const struct call_terms *terms, struct violations *violations,
                        struct import_header *ret_header);

/* Where in the form a column is: "/applicant/phone", "/consents/0", "/extra/diploma"; "/reference". */
struct str import_pointer(const struct import_header *header, size_t column, const struct call_terms *terms, struct arena *arena);
/* Its English header: "applicant.phone", "consents.processing". */
struct str import_key(const struct import_header *header, size_t column, const struct call_terms *terms, struct arena *arena);
/* "/phone" of "/cooperative/members/3/phone", and 3; empty: it is no member's. */
struct str import_inside_member(struct str pointer, size_t *ret_member);
/* The column that a violation of the form is about, from 1; 0: none of them alone. */
size_t import_column_of(const struct import_header *header, struct str pointer, const struct call_terms *terms, struct arena *arena);

/* ── Cells ── */

/* false: it is not of that type. */
bool cell_integer(struct arena *arena, struct str cell, int64_t *ret_number);
bool cell_centimes(struct arena *arena, struct str cell, int64_t *ret_centimes);
/* A decimal number as JSON has it ("9.12"), from 9.12, 9,12 or ٩٫١٢. */
bool cell_number(struct arena *arena, struct str cell, struct str *ret_number);
bool cell_yes_no(struct str cell, bool *ret_yes);
/* As the form wants it; the cell itself where it is nothing that is known here: the form's own rules then say so. */
struct str cell_date(struct arena *arena, struct str cell);
struct str cell_identity(struct str cell);
struct str cell_milieu(struct str cell);
struct str cell_role(struct str cell); /* empty: member */

#endif
