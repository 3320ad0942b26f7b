#include "terms.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct str PROVINCES[] = {{"MA-FES", 6}, {"MA-TAO", 6}};
static const struct str CHOICES[] = {{"one", 3}, {"two", 3}};
static const struct consent_terms CONSENTS[] = {{{"processing", 10}, {"2026-1", 6}, true}, {{"partner-referral", 16}, {"2026-1", 6}, false}};
static const struct field_terms FIELDS[] = {
    {.id = {"about", 5}, .type = FIELD_TEXT, .kinds = {true, true}, .has_max = true, .max = 20},
    {.id = {"trees", 5}, .type = FIELD_INTEGER, .kinds = {true, true}, .has_min = true, .min = 1, .has_max = true, .max = 500},
    {.id = {"debts", 5}, .type = FIELD_MONEY, .kinds = {true, true}},
    {.id = {"since", 5}, .type = FIELD_DATE, .kinds = {true, true}},
    {.id = {"which", 5}, .type = FIELD_CHOICE, .kinds = {true, true}, .choices = CHOICES, .choice_count = COUNT(CHOICES)},
    {.id = {"diploma", 7}, .type = FIELD_YES_NO, .kinds = {true, true}},
    {.id = {"statutes", 8}, .type = FIELD_TEXT, .kinds = {false, true}},
};

struct call_terms fuzz_terms(void)
{
    return (struct call_terms){
        .id = STR("fes-meknes-2026"),
        .region = STR("MA-03"),
        .takes_applications = true,
        .kinds = {true, true},
        .provinces = PROVINCES,
        .province_count = COUNT(PROVINCES),
        .consents = CONSENTS,
        .consent_count = COUNT(CONSENTS),
        .fields = FIELDS,
        .field_count = COUNT(FIELDS),
    };
}
