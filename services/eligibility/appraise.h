/* Opens an application's facts and assesses them. */
#ifndef JISR_ELIGIBILITY_APPRAISE_H
#define JISR_ELIGIBILITY_APPRAISE_H

#include "docket.h"

/* Fills file->appraisal from message, terms and wrapped key. Its outcome: ERR_ERASED, her key is gone; ERR_INVALID or ERR_MALFORMED, to be parked.
 * Any other error is returned: the world's fault. */
enum err appraise(const struct eligibility *eligibility, struct file *file, struct arena *arena) MUST_CHECK;
/* The decision's score is that of the appraisal. */
void appraise_decision(struct file *file);

#endif
