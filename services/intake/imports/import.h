/* An import: a file of women to register. Its states, what becomes of a line, and its bounds. Pure. */
#ifndef JISR_INTAKE_IMPORT_H
#define JISR_INTAKE_IMPORT_H

#include "base/str.h"

#define IMPORT_BYTES_MAX INT64_C(67108864) /* 64 MB */
#define IMPORT_LINES_MAX 100000

enum import_state {
    IMPORT_UPLOADING,
    IMPORT_WAITING, /* all of it has arrived */
    IMPORT_RUNNING, /* some copy works on it */
    IMPORT_DONE,
    IMPORT_REFUSED,   /* as a whole: no line of it was looked at */
    IMPORT_CANCELLED, /* what was taken before stays */
    IMPORT_STATE_COUNT
};

enum import_outcome {
    LINE_TAKEN,   /* an application was made; of a dry run: would be */
    LINE_AMENDED, /* the application that this line made earlier says now what the line says */
    LINE_KNOWN,   /* the same line came before: nothing was done */
    LINE_CHANGED, /* the same reference came before with other cells, and its application can't be changed from here any more */
    LINE_REFUSED,
    LINE_OUTCOME_COUNT
};

const char *import_state_name(enum import_state state);
enum import_state import_state_parse(struct str name); /* IMPORT_STATE_COUNT: none of them */
const char *import_outcome_name(enum import_outcome outcome);
enum import_outcome import_outcome_parse(struct str name); /* LINE_OUTCOME_COUNT: none of them */

#endif
