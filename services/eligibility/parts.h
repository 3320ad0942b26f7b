/* What eligibility starts beside the parts that every service has. */
#ifndef JISR_ELIGIBILITY_PARTS_H
#define JISR_ELIGIBILITY_PARTS_H

#include "app/app.h"

extern const struct app_part ELIGIBILITY_PARTS[];
extern const size_t ELIGIBILITY_PART_COUNT;

#endif
