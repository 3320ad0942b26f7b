/* How likely two files are of the same woman, or of the same project: points with their parts, out of hashes alone. Pure: what is compared are keyed
 * hashes (traits.h), never names or dates. A gram carries its family in its two lowest bits, so that scripts are compared with their own. */
#ifndef JISR_INTAKE_LIKENESS_H
#define JISR_INTAKE_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gram_family {
    GRAM_ARABIC,     /* trigrams of the folded Arabic name */
    GRAM_LATIN,      /* trigrams of the folded Latin name */
    GRAM_KEY_ARABIC, /* bigrams of the consonant key made from the Arabic name */
    GRAM_KEY_LATIN,  /* … from the Latin one: the two key families are compared with each other as well */
    GRAM_FAMILY_COUNT
};

#define LIKENESS_YEARS 3 /* a birth year may be off by so many */

/* One woman of one file. 0: not given. */
struct traits {
    int64_t number;                             /* of the identity document, leading zeros stripped */
    int64_t born, born_day;                     /* the whole date; day and month */
    int64_t born_years[2 * LIKENESS_YEARS + 1]; /* the years around hers, hers in the middle; of a stored woman that one alone */
    bool presumed;                              /* born on a first of January: nobody wrote her day down; of a probe alone */
    int64_t phone, commune, ice;
    const uint32_t *grams; /* of names, ascending within the whole, each once */
    size_t gram_count;
    const uint32_t *project; /* of the project's title, the same */
    size_t project_count;
};

enum likeness_part { LIKENESS_NUMBER, LIKENESS_BIRTH, LIKENESS_NAME, LIKENESS_PHONE, LIKENESS_COMMUNE, LIKENESS_PART_COUNT };
const char *likeness_part_name(enum likeness_part part);

struct likeness {
    int score; /* the sum, within 0 and 100 */
    int parts[LIKENESS_PART_COUNT];
};

/* `probe` has all its years, `stored` its own. */
struct likeness likeness_of(const struct traits *probe, const struct traits *stored);
/* 0 to 100: how much the titles of two projects have in common. */
int likeness_of_projects(const struct traits *probe, const struct traits *stored);

enum likeness_level { LIKENESS_NONE, LIKENESS_LIKELY, LIKENESS_SAME };
struct likeness_thresholds {
    int likely, same; /* points */
};
enum likeness_level likeness_level(int score, struct likeness_thresholds thresholds);
const char *likeness_level_name(enum likeness_level level);

#endif
