/* A chunk of lines on its way: read and judged on one thread (import_lines.c), stored on another (import_store.c), so that the file is read on while
 * PostgreSQL is at work. Owned by one of the two at a time. */
#ifndef JISR_INTAKE_IMPORT_CHUNK_H
#define JISR_INTAKE_IMPORT_CHUNK_H

#include "import_work.h"
#include "services/intake/application/submission.h"

struct import_line {
    struct import_form form; /* of a cooperative, that of its first line is the whole form */
    struct id key, hash;
    struct import_result *result; /* outcome LINE_OUTCOME_COUNT: not settled yet */
    struct submission *item;
    bool follows;               /* a further line of a cooperative: settled by its first */
    struct import_group *group; /* of the first line of a cooperative; NULL: a person */
};

struct import_chunk {
    struct import_job *job; /* only read once the chunk is with the one that stores */
    struct arena *arena;
    struct import_line *lines;
    struct import_result *results;
    struct violations *violations;  /* of the line in hand */
    size_t count, most, room;       /* lines: there; to be read, but for the rest of a cooperative; that there is memory for */
    int64_t next_offset, next_line; /* of what comes after it */
};

/* `chunk` has job and arena. ret_more false: the file has ended. */
enum err import_read_chunk(struct import_chunk *chunk, bool *ret_more) MUST_CHECK;
/* What fails with an error is done again as a whole, and finds by its keys what it had done. ERR_FENCED: another copy has the import. */
enum err import_store_chunk(struct import_chunk *chunk, struct db *db, struct arena *writer) MUST_CHECK;

/* import_lines.c: complaints about the record, then its cells decoded. */
enum err import_read_cells(struct import_chunk *chunk, struct csv_record *record, struct violations *violations) MUST_CHECK;
/* import_lines.c: a line is settled by what chunk->violations says; by an application that its key has made with other cells. */
enum err import_refuse(struct import_chunk *chunk, struct import_line *line) MUST_CHECK;
enum err import_settle_changed(struct import_chunk *chunk, struct import_line *line, struct id application) MUST_CHECK;

#endif
