/* The sealed pieces of a file, read as records of CSV from any offset on. Holds a window of the file, never the file. Owned by one thread. */
#ifndef JISR_INTAKE_IMPORT_READER_H
#define JISR_INTAKE_IMPORT_READER_H

#include "csv_read.h"
#include "store_imports.h"

/* A record may be as long as csv_read.h says; two pieces more, so that the window is moved seldom. */
#define IMPORT_WINDOW_BYTES (CSV_RECORD_BYTES_MAX + (size_t)2 * 16384)

struct import_reader {
    struct db *db;
    const struct seal_key *key;
    struct id import;
    int64_t size;
    struct arena *arena; /* of one piece */
    char window[IMPORT_WINDOW_BYTES];
    size_t from, to;      /* what of the window is not read yet */
    int64_t offset, line; /* of what is at `from`; lines count from 1 */
    bool inside;          /* of a line that was too long: its rest is passed over */
};

/* `reader` has db, key, import, size and arena. From a record's beginning on: the offset and the number of its line. */
void import_reader_start(struct import_reader *reader, int64_t offset, int64_t line);
/* The window as it lies, with at least a record's length of bytes or all that is left: empty at the end of the file. Borrowed until the next call. */
enum err import_reader_look(struct import_reader *reader, struct str *ret_window) MUST_CHECK;
/* So many bytes were used, and lines. */
void import_reader_skip(struct import_reader *reader, size_t bytes, int64_t lines);

/* The next record that is not blank, and the line it begins in. Cells live until the arena is reset. ERR_NOT_FOUND: the file has ended. */
enum err import_reader_next(struct import_reader *reader, char separator, struct arena *arena, struct csv_record *ret_record,
                            int64_t *ret_line) MUST_CHECK;

/* The record that was read last is read again next; nothing was looked at since. */
void import_reader_back(struct import_reader *reader, const struct csv_record *record, int64_t line);

#endif
