/* A line whose reference came before with other cells: its application is amended, where an agent could amend it by hand and nobody else has since.
 */
#ifndef JISR_INTAKE_IMPORT_AMEND_H
#define JISR_INTAKE_IMPORT_AMEND_H

#include "import_work.h"

struct import_amendment {
    struct import_key_row before; /* what the reference made, and as what revision it was left */
    struct str body;              /* of the line */
    struct id hash;               /* of the line: the key's from now on */
    bool dry_run;                 /* all of it but the last step */
    /* What comes out. */
    enum import_outcome outcome; /* AMENDED; KNOWN: the file says already what the line says; CHANGED; REFUSED, with violations */
};

/* An error is the world's: it is tried again. */
enum err import_amend(const struct import_job *job, struct import_amendment *amendment, struct arena *arena,
                      struct violations *violations) MUST_CHECK;

#endif
