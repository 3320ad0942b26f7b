/* Names made comparable: folded within a script, and brought to one consonant key across Arabic and Latin script, so that فاطمة, Fatima and Fatema
 * meet. Pure; what is made here is hashed before it is stored (traits.h). */
#ifndef JISR_INTAKE_NAMES_H
#define JISR_INTAKE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define NAME_TOKENS_MAX 8
#define NAME_TOKEN_SIZE 48 /* bytes with the NUL; what is longer is cut */

struct name_token {
    char folded[NAME_TOKEN_SIZE]; /* in its script: case, accents, alef, ya, ta marbuta, tatweel and harakat folded */
    char key[NAME_TOKEN_SIZE];    /* consonants in one alphabet, doubles once; empty when it has none */
};

/* The words of a name without articles (El, Ez-, ال): at most NAME_TOKENS_MAX. Returns how many. */
size_t name_tokens(struct str name, struct name_token ret_tokens[NAME_TOKENS_MAX]);

/* Whether two spellings in one script may be of one woman: written in one word or in several, in another order, with names left out. What was not
 * given agrees with everything. */
bool names_agree(struct str a, struct str b);

/* The n-grams of a word with its ends marked, for `use`: text pieces that live in `word`'s padded copy. Returns how many. */
#define NAME_GRAMS_MAX 64
struct name_grams {
    char padded[NAME_TOKEN_SIZE + 4];
    struct str grams[NAME_GRAMS_MAX];
    size_t count;
};
void name_grams(const char *word, unsigned characters, struct name_grams *ret_grams);

#endif
