#include "likeness.h"

#define SCORE_MOST 100
#define NAME_FLOOR 50 /* percent in common below which a name speaks against it */

/* What each sign is worth. A shared phone is a sign, never a proof: one phone serves many women. */
static const struct sign {
    int points;
    const char *why;
} NUMBER_EQUAL = {60, "the number alone makes it likely; what else agrees makes it the same"},
  BORN_EQUAL = {24, "one woman in 16,000 was born on a given day of the years that apply"},
  BORN_PRESUMED = {17, "a first of January stands for a day that nobody wrote down: the year agrees, and that the day is not known"},
  BORN_NEAR = {18, "day and month agree, the year is off by three at most: mistyped, or two registers differ"},
  YEAR_NEAR = {4, "the year alone says little"}, BORN_OTHER = {-14, "neither agrees"},
  NAME_EQUAL = {42, "both names, in either script; a part of it for what they have in common above the floor"},
  NAME_OTHER = {-16, "less in common than the floor: sisters share one name of two"},
  PHONE_EQUAL = {14, "a household's, an association's, an agent's"}, COMMUNE_EQUAL = {5, "where thousands live"};

static const char *const PART_NAMES[LIKENESS_PART_COUNT] = {"number", "birth", "name", "phone", "commune"};
static const char *const LEVEL_NAMES[] = {"NONE", "LIKELY", "SAME"};

const char *likeness_part_name(enum likeness_part part)
{
    return PART_NAMES[part];
}

const char *likeness_level_name(enum likeness_level level)
{
    return LEVEL_NAMES[level];
}

enum likeness_level likeness_level(int score, struct likeness_thresholds thresholds)
{
    return score >= thresholds.same ? LIKENESS_SAME : score >= thresholds.likely ? LIKENESS_LIKELY : LIKENESS_NONE;
}

static bool equal(int64_t a, int64_t b)
{
    return a != 0 && a == b;
}

/* An ascending list of grams; of one family of them, or of all. */
struct gram_set {
    const uint32_t *grams;
    size_t count;
    int family; /* -1: all */
};

static bool belongs(const struct gram_set *set, size_t i)
{
    return set->family < 0 || (set->grams[i] & 3u) == (uint32_t)set->family;
}

/* The set's next from `i` on; `count`: none is left. */
static size_t next_gram(const struct gram_set *set, size_t i)
{
    while (i < set->count && !belongs(set, i))
        i++;
    return i;
}

/* Dice's coefficient in percent, the family's bits aside; -1: one of them has none. */
static int common_percent(struct gram_set a, struct gram_set b)
{
    size_t i = next_gram(&a, 0), j = next_gram(&b, 0), of_a = 0, of_b = 0, common = 0;
    while (i < a.count || j < b.count) {
        uint32_t left = i < a.count ? a.grams[i] >> 2 : UINT32_MAX, right = j < b.count ? b.grams[j] >> 2 : UINT32_MAX;
        common += left == right;
        of_a += left <= right;
        of_b += right <= left;
        i = left <= right ? next_gram(&a, i + 1) : i;
        j = right <= left ? next_gram(&b, j + 1) : j;
    }
    return of_a == 0 || of_b == 0 ? -1 : (int)(200 * common / (of_a + of_b));
}

/* Each script with itself by trigrams, which forgive a slip of the keyboard; the consonant keys with one another, which forgive the spelling. */
static int name_percent(const struct traits *a, const struct traits *b)
{
    static const int PAIRS[][2] = {
        {GRAM_ARABIC, GRAM_ARABIC},       {GRAM_LATIN, GRAM_LATIN},          {GRAM_KEY_ARABIC, GRAM_KEY_ARABIC},
        {GRAM_KEY_LATIN, GRAM_KEY_LATIN}, {GRAM_KEY_ARABIC, GRAM_KEY_LATIN}, {GRAM_KEY_LATIN, GRAM_KEY_ARABIC},
    };
    int most = -1;
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        int percent =
            common_percent((struct gram_set){a->grams, a->gram_count, PAIRS[i][0]}, (struct gram_set){b->grams, b->gram_count, PAIRS[i][1]});
        most = percent > most ? percent : most;
    }
    return most;
}

static int name_points(const struct traits *probe, const struct traits *stored)
{
    int percent = name_percent(probe, stored);
    if (percent < 0)
        return 0;
    return percent < NAME_FLOOR ? NAME_OTHER.points : NAME_EQUAL.points * (percent - NAME_FLOOR) / (SCORE_MOST - NAME_FLOOR);
}

static int birth_points(const struct traits *probe, const struct traits *stored)
{
    bool near = false;
    if (probe->born == 0 || stored->born == 0)
        return 0;
    for (size_t i = 0; i < sizeof(probe->born_years) / sizeof(probe->born_years[0]); i++)
        near |= equal(probe->born_years[i], stored->born_years[LIKENESS_YEARS]);
    if (equal(probe->born, stored->born))
        return probe->presumed ? BORN_PRESUMED.points : BORN_EQUAL.points;
    if (near)
        return !probe->presumed && equal(probe->born_day, stored->born_day) ? BORN_NEAR.points : YEAR_NEAR.points;
    return BORN_OTHER.points;
}

struct likeness likeness_of(const struct traits *probe, const struct traits *stored)
{
    struct likeness likeness = {.parts = {
                                    [LIKENESS_NUMBER] = equal(probe->number, stored->number) ? NUMBER_EQUAL.points : 0,
                                    [LIKENESS_BIRTH] = birth_points(probe, stored),
                                    [LIKENESS_NAME] = name_points(probe, stored),
                                    [LIKENESS_PHONE] = equal(probe->phone, stored->phone) ? PHONE_EQUAL.points : 0,
                                    [LIKENESS_COMMUNE] = equal(probe->commune, stored->commune) ? COMMUNE_EQUAL.points : 0,
                                }};
    for (int part = 0; part < LIKENESS_PART_COUNT; part++)
        likeness.score += likeness.parts[part];
    likeness.score = likeness.score < 0 ? 0 : likeness.score > SCORE_MOST ? SCORE_MOST : likeness.score;
    return likeness;
}

int likeness_of_projects(const struct traits *probe, const struct traits *stored)
{
    int percent =
        common_percent((struct gram_set){probe->project, probe->project_count, -1}, (struct gram_set){stored->project, stored->project_count, -1});
    return percent < 0 ? 0 : percent;
}
