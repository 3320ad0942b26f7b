/* CSV (RFC 4180) as people's spreadsheets write it: one record at a time out of a window of bytes, in any encoding that has ASCII in its place.
 * Keeps no state between records: whoever reads moves the window. Which separator and which encoding a file has is told here as well. Pure. */
#ifndef JISR_INTAKE_CSV_READ_H
#define JISR_INTAKE_CSV_READ_H

#include "base/err.h"
#include "base/str.h"

#define CSV_RECORD_BYTES_MAX ((size_t)32768)
#define CSV_CELLS_MAX 128

enum csv_fault {
    CSV_FINE,
    CSV_STRAY_QUOTE,    /* a quote inside of a cell that doesn't begin with one, or something between a closing quote and the separator */
    CSV_UNCLOSED_QUOTE, /* the file, or what a record may be long, ends inside of quotes */
    CSV_TOO_LONG,
    CSV_TOO_MANY_CELLS,
    CSV_NUL,
};

struct csv_record {
    struct str cells[CSV_CELLS_MAX]; /* borrowed from the window, or from the arena where quotes were doubled */
    size_t count;
    enum csv_fault fault; /* cells are then those before it */
    struct str text;      /* the record as it lies in the window, with its line end */
    int64_t lines;        /* of the file that it takes; 0: its line does not end within the window (csv_line_end finds where) */
};

/* The record that `window` (not empty) begins with; the window has CSV_RECORD_BYTES_MAX bytes or more, or all that is left of the file. A record with
 * its line end is shorter than that, however much of the file the window has. A faulty one is taken to end with its first line, so that a wrong quote
 * costs one line and not the rest of the file. ERR_LIMIT without memory. */
enum err csv_read(struct str window, char separator, struct arena *arena, struct csv_record *ret_record) MUST_CHECK;
/* Bytes up to and with the end of the line that the window begins in; all of it when there is none. */
size_t csv_line_end(struct str window, bool *ret_ended);
/* Nothing in it: such a line is passed over. */
bool csv_is_blank(const struct csv_record *record);

/* The most frequent of , ; and TAB outside of quotes in the first line; ',' where there is none. */
char csv_separator(struct str first_line);
/* "sep=;", which Excel writes before the header: false when the line is something else. */
bool csv_names_separator(struct str first_line, char *ret_separator);

/* ── Encoding ── */

enum csv_encoding { CSV_UTF_8, CSV_WINDOWS_1256, CSV_WINDOWS_1252, CSV_ENCODING_COUNT };
const char *csv_encoding_name(enum csv_encoding encoding); /* as iconv knows it: "WINDOWS-1256" */
bool csv_encoding_parse(struct str name, enum csv_encoding *ret_encoding);

/* Seen so far, record by record. Where more records beyond ASCII are well-formed UTF-8 than are not, it is UTF-8 (text of another encoding hardly
 * ever is, by accident; a single broken record doesn't make the file something else). Otherwise letters say it: Windows-1256 has Arabic ones where
 * Windows-1252 has accented capitals; French has one of those beside ASCII letters, Arabic has words of nothing else. (The small accented letters of
 * French are at the same places in both.) */
struct csv_evidence {
    bool marked;           /* the file begins with the byte order mark of UTF-8 */
    int64_t utf_8, other;  /* records with bytes beyond ASCII */
    int64_t arabic, latin; /* of the others: words of Arabic letters; words with one of those among ASCII letters */
};
void csv_look(struct csv_evidence *evidence, struct str record);
enum csv_encoding csv_encoding(const struct csv_evidence *evidence);
/* The byte order mark of UTF-16: not taken here. */
bool csv_is_utf_16(struct str file);
#define CSV_BOM STR("\xef\xbb\xbf")

#endif
