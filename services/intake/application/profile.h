/* In which group a woman is counted by the finer statistics: where she lives and how old she was when she applied. Pure.
 * A profile holds the women of an application, or of many, by group; it is stored as text, a number a group in the order of profile_slot(). */
#ifndef JISR_INTAKE_PROFILE_H
#define JISR_INTAKE_PROFILE_H

#include <stdint.h>

#include "form.h"

enum milieu { MILIEU_UNKNOWN, MILIEU_URBAN, MILIEU_RURAL, MILIEU_COUNT };
enum age_band {
    AGE_UNKNOWN, /* of files that were counted before there were groups */
    AGE_UNDER_18,
    AGE_18_24,
    AGE_25_34,
    AGE_35_44,
    AGE_45_54,
    AGE_55_64,
    AGE_65_OVER,
    AGE_BAND_COUNT
};
enum { PROFILE_SLOTS = MILIEU_COUNT * AGE_BAND_COUNT };

struct profile {
    int32_t women[PROFILE_SLOTS];
};

const char *milieu_name(enum milieu milieu);   /* "unknown", "urban", "rural" */
const char *age_band_name(enum age_band band); /* "unknown", "under-18", "18-24" … "65-over" */
enum age_band age_band_of(int years);

static inline enum milieu profile_milieu(int slot)
{
    return (enum milieu)(slot / AGE_BAND_COUNT);
}
static inline enum age_band profile_age_band(int slot)
{
    return (enum age_band)(slot % AGE_BAND_COUNT);
}

/* The women of a form: she, or the members of the cooperative, who are counted where it has its address. Ages are those of the day in Casablanca. */
struct profile profile_of(const struct form *form, struct date submitted_on);
void profile_add(struct profile *profile, const struct profile *other, int times); /* times: 1, or -1 to take away */
/* Appends "{1,0,…}", as PostgreSQL writes an array. False, and nothing: all are 0. */
bool profile_text(const struct profile *profile, struct buf *out);

/* ── What everybody may see of it ── */

/* Groups are shown in steps of so many: what is fewer is not shown at all, and what is more is rounded down. So what is left out can't be had by
 * taking what is shown from an exact total: each number that is shown hides up to four women, and each that is not up to four. */
#define PROFILE_STEP 5
static inline int64_t profile_shown(int64_t women)
{
    return women > 0 ? women - women % PROFILE_STEP : 0;
}

#endif
