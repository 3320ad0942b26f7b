/* A program of ours that lies beside the running one, started for one piece of work: bytes in, bytes out, an exit status. What is foreign to a
 * service (drawing, decoding what strangers send) runs there, so that a fault or a flood of memory ends the child and not the service. Blocks: for
 * worker threads. One deadline covers the whole life; past it the child is killed. */
#ifndef JISR_APP_CHILD_H
#define JISR_APP_CHILD_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct child;

/* `program` is a file name in the folder of this executable. The child gets no environment and no descriptors but 0, 1 and 2. */
enum err child_start(const char *program, const char *const *words, int64_t deadline_us, struct child **ret_child) MUST_CHECK;
/* All of `bytes`. ERR_CONFLICT: the child has stopped listening (its exit status says why); ERR_TIMEOUT. */
enum err child_write(struct child *child, struct str bytes) MUST_CHECK;
void child_end_input(struct child *child);
/* What there is, at least one byte; *ret_size 0: the child has said all. ERR_TIMEOUT. */
enum err child_read(struct child *child, void *ret_bytes, size_t size, size_t *ret_size) MUST_CHECK;
/* Reads to the end into the arena. ERR_LIMIT past max_bytes. */
enum err child_read_all(struct child *child, size_t max_bytes, struct arena *arena, struct str *ret_bytes) MUST_CHECK;
/* Ends it, frees. The exit status, or -1 when it was killed or crashed. NULL is allowed. */
int child_end(struct child *child);

#endif
