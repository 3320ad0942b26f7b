#include "profile.h"

static const char *const MILIEUS[MILIEU_COUNT] = {[MILIEU_UNKNOWN] = "unknown", [MILIEU_URBAN] = "urban", [MILIEU_RURAL] = "rural"};

static const struct {
    const char *name;
    int from; /* years */
} BANDS[AGE_BAND_COUNT] = {
    [AGE_UNKNOWN] = {"unknown", 0}, [AGE_UNDER_18] = {"under-18", 0}, [AGE_18_24] = {"18-24", 18}, [AGE_25_34] = {"25-34", 25},
    [AGE_35_44] = {"35-44", 35},    [AGE_45_54] = {"45-54", 45},      [AGE_55_64] = {"55-64", 55}, [AGE_65_OVER] = {"65-over", 65},
};

const char *milieu_name(enum milieu milieu)
{
    return MILIEUS[milieu];
}

const char *age_band_name(enum age_band band)
{
    return BANDS[band].name;
}

enum age_band age_band_of(int years)
{
    int band = AGE_BAND_COUNT - 1;
    while (band > AGE_UNDER_18 && years < BANDS[band].from)
        band--;
    return (enum age_band)band;
}

static enum milieu milieu_of(struct str name)
{
    for (int milieu = MILIEU_URBAN; milieu < MILIEU_COUNT; milieu++)
        if (str_equal(name, str_from(MILIEUS[milieu])))
            return (enum milieu)milieu;
    return MILIEU_UNKNOWN;
}

static void count_one(struct profile *profile, enum milieu milieu, struct date born, struct date submitted_on)
{
    enum age_band band = born.year == 0 ? AGE_UNKNOWN : age_band_of(date_years_between(born, submitted_on));
    profile->women[(int)milieu * AGE_BAND_COUNT + (int)band]++;
}

struct profile profile_of(const struct form *form, struct date submitted_on)
{
    struct profile profile = {{0}};
    enum milieu milieu = milieu_of(form->applicant.address.milieu);
    if (form->kind == KIND_PERSON)
        count_one(&profile, milieu, form->applicant.birth_date, submitted_on);
    for (size_t i = 0; form->kind == KIND_COOPERATIVE && i < form->cooperative.member_count; i++)
        count_one(&profile, milieu, form->cooperative.members[i].birth_date, submitted_on);
    return profile;
}

void profile_add(struct profile *profile, const struct profile *other, int times)
{
    for (int slot = 0; slot < PROFILE_SLOTS; slot++)
        profile->women[slot] += times * other->women[slot];
}

bool profile_text(const struct profile *profile, struct buf *out)
{
    bool any = false;
    for (int slot = 0; slot < PROFILE_SLOTS; slot++)
        any |= profile->women[slot] != 0;
    for (int slot = 0; any && slot < PROFILE_SLOTS; slot++)
        buf_format(out, "%s%d", slot == 0 ? "{" : ",", (int)profile->women[slot]);
    if (any)
        buf_byte(out, '}');
    return any;
}
