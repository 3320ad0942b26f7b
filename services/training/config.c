#include "config.h"

const struct setting TRAINING_SETTINGS[] = {
    SERVICE_SETTINGS(training_settings, common, "8130", "8131"),
};
const size_t TRAINING_SETTING_COUNT = sizeof(TRAINING_SETTINGS) / sizeof(TRAINING_SETTINGS[0]);
