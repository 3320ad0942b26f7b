/* The thread that stores chunks of lines, one after the other, on a connection of its own. Two chunks: while one is stored the next is read. Owned by
 * the one thread that works on imports. */
#ifndef JISR_INTAKE_IMPORT_STORER_H
#define JISR_INTAKE_IMPORT_STORER_H

#include "import_chunk.h"

struct import_storer;

enum err import_storer_start(struct intake *intake, struct import_storer **ret_storer) MUST_CHECK;
void import_storer_stop(struct import_storer *storer); /* NULL is allowed */

/* An empty chunk to read into, once what was in it is stored; or the error that ended the storing of this job. */
enum err import_storer_take(struct import_storer *storer, struct import_job *job, struct import_chunk **ret_chunk) MUST_CHECK;
/* The one that was taken last. They are stored in this order; after one that fails none is, or the file would have a hole. */
enum err import_storer_give(struct import_storer *storer) MUST_CHECK;
/* Waits for what was given. The error of the first that failed; the storer is then ready for another job. */
enum err import_storer_finish(struct import_storer *storer) MUST_CHECK;

#endif
