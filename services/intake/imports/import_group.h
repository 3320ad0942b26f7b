/* A cooperative in a file: a line a member, one after the other, each naming the cooperative. What is the cooperative's (its names and ICE, address,
 * project, consents, reference) stands in any of its lines, and nowhere otherwise than in another. All of it is taken or none: its lines have one
 * outcome, and what is wrong is told on the line and column where it stands. */
#ifndef JISR_INTAKE_IMPORT_GROUP_H
#define JISR_INTAKE_IMPORT_GROUP_H

#include "import_chunk.h"

/* `record` is that of chunk->lines[chunk->count], its cells decoded and `chunk->violations` what is wrong with it. Reads on to the cooperative's last
 * line, makes its form and adds what is wrong with that to chunk->violations. ret_lines: how many it has. ret_whole: nothing is wrong so far. */
enum err import_gather(struct import_chunk *chunk, const struct csv_record *record, size_t *ret_lines, bool *ret_whole) MUST_CHECK;
/* Each line with what is wrong on it, and what is wrong with all. */
enum err import_refuse_group(struct import_chunk *chunk, struct import_line *first) MUST_CHECK;
/* What became of the first line became of all. */
void import_settle_groups(struct import_chunk *chunk);

#endif
