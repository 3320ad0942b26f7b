/* The demo's raw material: common Moroccan names (Arabic and Latin spelling of the same name), the provinces of Fès-Meknès with a few of their
 * communes and their share of the women, and projects by sector. Invented people are made of these; none is a real one. */
#ifndef JISRCTL_DEMO_DATA_H
#define JISRCTL_DEMO_DATA_H

#include <stddef.h>

struct demo_name {
    const char *ar, *latin;
};

struct demo_province { /* NOLINT(clang-analyzer-optin.performance.Padding): in the order in which a table row reads */
    const char *code;
    unsigned share; /* of a thousand applications */
    const char *communes[4];
    unsigned rural_percent;
};

struct demo_project {
    const char *sector, *title;
};

extern const struct demo_name DEMO_FIRST_NAMES[], DEMO_FAMILY_NAMES[], DEMO_COOPERATIVES[];
extern const size_t DEMO_FIRST_NAME_COUNT, DEMO_FAMILY_NAME_COUNT, DEMO_COOPERATIVE_COUNT;
extern const struct demo_province DEMO_PROVINCES[];
extern const size_t DEMO_PROVINCE_COUNT;
extern const struct demo_project DEMO_PROJECTS[];
extern const size_t DEMO_PROJECT_COUNT;

#endif
