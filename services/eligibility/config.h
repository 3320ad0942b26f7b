/* Eligibility's settings: the common ones only. */
#ifndef JISR_ELIGIBILITY_CONFIG_H
#define JISR_ELIGIBILITY_CONFIG_H

#include "app/settings.h"

struct eligibility_settings {
    struct service_settings common;
};

extern const struct setting ELIGIBILITY_SETTINGS[];
extern const size_t ELIGIBILITY_SETTING_COUNT;

#endif
