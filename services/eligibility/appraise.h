/* Opens an application's facts and assesses them. */
#ifndef JISR_ELIGIBILITY_APPRAISE_H
#define JISR_ELIGIBILITY_APPRAISE_H

#include "docket.h"

/* Fills file->appraisal and the decision's score. ERR_ERASED: her key is gone; ERR_INVALID with *ret_reason (static): to be parked. */
enum err appraise(const struct eligibility *eligibility, struct file *file, struct arena *arena, const char **ret_reason) MUST_CHECK;

#endif
