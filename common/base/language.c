#include "base/violation.h"

static const char *const CODES[LANGUAGE_COUNT] = {[LANGUAGE_AR] = "ar", [LANGUAGE_FR] = "fr", [LANGUAGE_EN] = "en"};

const char *language_code(enum language language)
{
    return (unsigned)language < LANGUAGE_COUNT ? CODES[language] : CODES[LANGUAGE_AR];
}

/* "0.7" in thousandths; 0 when it can't be read: a range that is not understood is not wanted. */
static int thousandths(struct str digits)
{
    if (digits.size == 0 || digits.size > 5 || (digits.at[0] != '0' && digits.at[0] != '1') || (digits.size > 1 && digits.at[1] != '.'))
        return 0;
    int value = (digits.at[0] - '0') * 1000;
    int weight = 100;
    for (size_t i = 2; i < digits.size; i++, weight /= 10) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return 0;
        value += (digits.at[i] - '0') * weight;
    }
    return value > 1000 ? 0 : value;
}

/* 1000 when there is no `q=`. */
static int quality_of(struct str parameters)
{
    while (parameters.size) {
        struct str parameter = str_trim(str_cut(&parameters, ';'));
        if (str_starts(parameter, STR("q=")) || str_starts(parameter, STR("Q=")))
            return thousandths((struct str){parameter.at + 2, parameter.size - 2});
    }
    return 1000;
}

/* How exactly `range` names the language (basic filtering, RFC 4647 §3.3.1): 0 not at all, 1 by "*", 2 by name. */
static int range_fits(struct str range, enum language language)
{
    if (str_equal(range, STR("*")))
        return 1;
    struct str code = str_from(CODES[language]);
    if (range.size < code.size || !str_equal_nocase((struct str){range.at, code.size}, code))
        return 0;
    return range.size == code.size || range.at[code.size] == '-' ? 2 : 0;
}

static int wish_for(struct str accept_language, enum language language)
{
    int best_fit = 0, quality = 0;
    while (accept_language.size) {
        struct str parameters = str_cut(&accept_language, ',');
        struct str range = str_trim(str_cut(&parameters, ';'));
        int fit = range_fits(range, language);
        if (fit > best_fit) {
            best_fit = fit;
            quality = quality_of(parameters);
        }
    }
    return quality;
}

enum language language_choose(struct str accept_language)
{
    enum language best = LANGUAGE_AR;
    int best_quality = wish_for(accept_language, LANGUAGE_AR);
    for (int i = LANGUAGE_AR + 1; i < LANGUAGE_COUNT; i++) {
        int quality = wish_for(accept_language, (enum language)i);
        if (quality > best_quality) {
            best = (enum language)i;
            best_quality = quality;
        }
    }
    return best;
}
