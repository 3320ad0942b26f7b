#include "base/geography.h"

#define REGIONS 12

static const char PROVINCES[] =
    "AGD AOU ASZ AZI BEM BER BES BOD BOM BRR CAS CHE CHI CHT DRI ERR ESI ESM FAH FES FIG FQH GUE GUF HAJ HAO HOC IFR INE JDI "
    "JRA KEN KES KHE KHN KHO LAA LAR MAR MDF MED MEK MID MOH MOU NAD NOU OUA OUD OUJ OUZ RAB REH SAF SAL SEF SET SIB SIF SIK "
    "SIL SKH TAF TAI TAO TAR TAT TAZ TET TIN TIZ TNG TNT YUS ZAG";

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool geography_is_moroccan(struct str code)
{
    if (!str_starts(code, GEOGRAPHY_COUNTRY))
        return false;
    struct str rest = {code.at + GEOGRAPHY_COUNTRY.size, code.size - GEOGRAPHY_COUNTRY.size}, provinces = STR(PROVINCES);
    if (rest.size == 2 && is_digit(rest.at[0]) && is_digit(rest.at[1])) {
        int region = 10 * (rest.at[0] - '0') + (rest.at[1] - '0');
        return region >= 1 && region <= REGIONS;
    }
    while (!str_empty(provinces))
        if (str_equal(str_cut(&provinces, ' '), rest))
            return true;
    return false;
}

bool geography_is_code(struct str code)
{
    if (str_starts(code, GEOGRAPHY_COUNTRY))
        return geography_is_moroccan(code);
    bool fine = code.size >= 4 && code.size <= 6 && is_capital(code.at[0]) && is_capital(code.at[1]) && code.at[2] == '-';
    for (size_t i = 3; fine && i < code.size; i++)
        fine = is_capital(code.at[i]) || is_digit(code.at[i]);
    return fine;
}
