/* Working on an import in the background: one thread a copy of the service takes what waits, looks through the file (which encoding, how many lines),
 * and then reads it chunk by chunk; another stores the chunk before (import_storer.h). A chunk's applications are stored as any others are
 * (store_submit), its report after them: what a kill leaves between the two is done again and finds, by the keys of its lines, that it was done. */
#ifndef JISR_INTAKE_IMPORT_WORK_H
#define JISR_INTAKE_IMPORT_WORK_H

#include "import_form.h"
#include "import_reader.h"
#include "import_seen.h"
#include "services/intake/intake.h"

/* One import in hand. */
struct import_job {
    struct intake *intake;
    struct db *db;
    struct arena *life;  /* of the whole import */
    struct arena *arena; /* of one statement, or of some records of the survey */
    struct import_row row;
    struct seal_key key;
    struct import_reader *reader;
    const struct calls_snapshot *calls;
    const struct call *call;
    struct import_header header;
    struct import_form_source source;
    struct import_seen *seen;      /* of a dry run; NULL: not made yet */
    struct metric *const *counted; /* one an outcome; NULL: nobody counts */
};

/* Each leaves the job as it was when it fails; ERR_FENCED: another copy has it, or it was cancelled. */

/* import_survey.c: the whole file once, until its encoding, separator and lines are known and kept in the row. Violations: why it is refused. */
enum err import_survey(struct import_job *job, struct violations *violations) MUST_CHECK;
/* Header and tables for the lines, from what the survey has found. */
enum err import_open(struct import_job *job, struct violations *violations) MUST_CHECK;
void import_close(struct import_job *job);
/* From when on another copy may take an import, after its last sign of life. */
#define IMPORT_LEASE (INT64_C(10) * INSTANT_SECOND)

struct import_work;
enum err import_work_start(struct intake *intake, struct import_work **ret_work) MUST_CHECK;
void import_work_wake(struct import_work *work);
bool import_work_is_busy(const struct import_work *work); /* a file is in hand; NULL: no */
/* What is in hand is let go of after its chunk: another copy goes on with it at once. */
void import_work_stop(struct import_work *work);

#endif
