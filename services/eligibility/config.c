#include "config.h"

const struct setting ELIGIBILITY_SETTINGS[] = {
    SERVICE_SETTINGS(eligibility_settings, common, "8120", "8121"),
};
const size_t ELIGIBILITY_SETTING_COUNT = sizeof(ELIGIBILITY_SETTINGS) / sizeof(ELIGIBILITY_SETTINGS[0]);
