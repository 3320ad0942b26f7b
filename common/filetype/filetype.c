#include "filetype/filetype.h"

#include <magic.h>

struct filetype; /* a magic_t */

/* Looks at signatures alone: nothing is unpacked, no other program started. */
#define FLAGS                                                                                                                           \
    (MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_TOKENS | \
     MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_CSV)

enum err filetype_open(struct filetype **ret_filetype)
{
    magic_t magic = magic_open(FLAGS);
    if (!magic)
        return ERR_MEMORY;
    if (magic_load(magic, NULL) != 0) {
        magic_close(magic);
        return ERR_UNAVAILABLE;
    }
    *ret_filetype = (struct filetype *)magic;
    return ERR_OK;
}

struct str filetype_of(struct filetype *filetype, struct str file)
{
    return str_from(magic_buffer((magic_t)filetype, file.at, file.size));
}
