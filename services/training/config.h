/* Training's settings: the common ones only. */
#ifndef TRAINING_CONFIG_H
#define TRAINING_CONFIG_H

#include "app/settings.h"

struct training_settings {
    struct service_settings common;
};

extern const struct setting TRAINING_SETTINGS[];
extern const size_t TRAINING_SETTING_COUNT;

#endif
