/* What a file really is, whatever its name says. The only folder that includes libmagic. */
#ifndef JISR_FILETYPE_FILETYPE_H
#define JISR_FILETYPE_FILETYPE_H

#include "base/err.h"
#include "base/str.h"

struct filetype;

/* Reads the database of signatures: before a cage. */
enum err filetype_open(struct filetype **ret_filetype) MUST_CHECK;
/* "image/jpeg"; borrowed until the next call. Empty: it can't be said. */
struct str filetype_of(struct filetype *filetype, struct str file);

#endif
