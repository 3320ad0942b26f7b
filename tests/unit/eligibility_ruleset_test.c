/* Rulesets: the sample assesses as it says, and a file that is wrong is refused with where and why. */
#include "base/embedded.h"
#include "services/eligibility/assessment.h"
#include "services/eligibility/rules_json.h"
#include "tests/support/check.h"

extern const struct embedded_file SAMPLE_RULESETS[];

static struct arena *arena;
static struct ruleset sample;

static int load_sample(void **state)
{
    (void)state;
    struct str why = {0};
    arena = arena_new(4u << 20);
    if (ruleset_load((struct str){(const char *)SAMPLE_RULESETS[0].bytes, SAMPLE_RULESETS[0].size}, arena, &sample, &why) != ERR_OK)
        fail_msg("%.*s", (int)why.size, why.at);
    return 0;
}

static int free_sample(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct assessment assessed(const char *facts)
{
    struct rules_value value = {0};
    struct assessment assessment = {0};
    const char *why = "";
    struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
    assert_int_equal(rules_read(str_from(facts), arena, &value, &why), ERR_OK);
    assert_int_equal(assess(&sample, value, &run, NULL, &assessment), ERR_OK);
    return assessment;
}

static const struct criterion_result *result_of(const struct assessment *assessment, const char *criterion)
{
    for (size_t i = 0; i < assessment->count; i++)
        if (str_equal(assessment->results[i].criterion->id, str_from(criterion)))
            return &assessment->results[i];
    return NULL;
}

static void the_sample_assesses_as_it_says(void **state)
{
    (void)state;
#define PERSON "\"kind\":\"person\",\"requested_centimes\":4500000,\"own_contribution_centimes\":300000,\"age\":35"
    static const struct {
        const char *facts;
        bool eligible;
        double score;
        const char *why;
    } rows[] = {
        {"{" PERSON
         ",\"milieu\":\"rural\",\"stage\":\"idea\",\"jobs\":2,\"household_size\":6,\"monthly_income_centimes\":180000,\"head_of_household\":true,"
         "\"disability\":false,\"rsu_index\":9.12}",
         true, 73, "the example of the contract"},
        {"{" PERSON
         ",\"milieu\":\"rural\",\"stage\":\"idea\",\"jobs\":2,\"household_size\":6,\"monthly_income_centimes\":180000,\"head_of_household\":true,"
         "\"disability\":false,\"rsu_index\":9.12,\"age\":17}",
         false, 73, "the same, under 18: points don't make up for it"},
        {"{" PERSON ",\"jobs\":40}", true, 20, "what is absent is unknown and gives nothing; jobs count up to five"},
        {"{" PERSON "}", false, 5, "below the minimum"},
        {"{" PERSON ",\"jobs\":5,\"requested_centimes\":10000001}", false, 15, "above a person's maximum"},
        {"{\"kind\":\"cooperative\",\"age\":40,\"requested_centimes\":29000000,\"own_contribution_centimes\":6000000,\"jobs\":7,\"members\":7,\"ice_"
         "valid\":true,"
         "\"milieu\":\"urban\",\"stage\":\"established\"}",
         true, 53, "a cooperative: 12 + 10 + 15 + 10 + 6, within its own maximum"},
        {"{\"kind\":\"association\",\"age\":40,\"requested_centimes\":1000000,\"jobs\":5}", false, 15, "another kind"},
        {"{}", false, 0, "nothing at all"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct assessment assessment = assessed(rows[i].facts);
        check(assessment.eligible == rows[i].eligible, rows[i].why);
        check(assessment.score == rows[i].score, str_format(arena, "%s: %g", rows[i].why, assessment.score).at);
    }
}

static void the_rsu_index_has_four_answers(void **state)
{
    (void)state;
    static const struct {
        const char *facts;
        enum criterion_outcome outcome;
        double points;
        const char *why;
    } rows[] = {
        {"{" PERSON ",\"rsu_index\":null}", CRITERION_UNKNOWN, 0, "absent"},
        {"{" PERSON ",\"rsu_index\":9,\"rsu_age_days\":400}", CRITERION_UNKNOWN, 3, "stale"},
        {"{" PERSON ",\"rsu_index\":9,\"rsu_age_days\":300}", CRITERION_MET, 15, "within the threshold"},
        {"{" PERSON ",\"rsu_index\":9.75}", CRITERION_NOT_MET, 0, "above the threshold"},
    };
    const struct criterion_case *seen[ROWS(rows)];
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct assessment assessment = assessed(rows[i].facts);
        const struct criterion_result *result = result_of(&assessment, "rsu");
        check(result && result->verdict->outcome == rows[i].outcome && result->points == rows[i].points, rows[i].why);
        seen[i] = result->verdict;
        for (size_t k = 0; k < i; k++)
            check(seen[k] != seen[i], "each has a reason of its own");
    }
}

static void a_refusal_gives_its_reasons_and_only_those(void **state)
{
    (void)state;
    struct assessment assessment = assessed("{\"kind\":\"person\",\"age\":17,\"requested_centimes\":1,\"own_contribution_centimes\":0}");
    const struct translation *reasons[RULESET_CRITERIA_MAX + 1];
    check_int(assessment_refusals(&assessment, reasons), 3, "age, amount, and the minimum; not the weighted criteria");
    check(memmem(reasons[0]->texts[LANGUAGE_EN].at, reasons[0]->texts[LANGUAGE_EN].size, "18 years", 8) != NULL, "age first, as in the ruleset");
    check(reasons[2] == &sample.below_minimum, "the minimum last");
    assessment = assessed("{\"kind\":\"person\",\"age\":18,\"requested_centimes\":500000,\"jobs\":5}");
    check(assessment.eligible && assessment_refusals(&assessment, reasons) == 0, "who is eligible is given none");
}

static void the_version_that_is_valid_on_the_day_applies(void **state)
{
    (void)state;
    const struct ruleset rulesets[] = {
        {.id = STR("a"), .version = 1, .valid_from = {2026, 1, 1}, .valid_to = {2026, 12, 31}},
        {.id = STR("a"), .version = 2, .valid_from = {2026, 6, 1}, .valid_to = {2026, 12, 31}},
        {.id = STR("b"), .version = 9, .valid_from = {2026, 1, 1}, .valid_to = {2026, 12, 31}},
    };
    static const struct {
        struct date day;
        int64_t version; /* 0: none */
        const char *why;
    } rows[] = {
        {{2025, 12, 31}, 0, "before the first"},  {{2026, 1, 1}, 1, "the first day counts"},      {{2026, 5, 31}, 1, "the second isn't valid yet"},
        {{2026, 6, 1}, 2, "the highest that is"}, {{2026, 12, 31}, 2, "the last day counts too"}, {{2027, 1, 1}, 0, "after the last"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct ruleset *found = ruleset_find(rulesets, ROWS(rulesets), STR("a"), rows[i].day);
        check_int(found ? found->version : 0, rows[i].version, rows[i].why);
    }
}

#define T "{\"ar\":\"a\",\"fr\":\"f\",\"en\":\"e\"}"
#define HEAD "\"id\":\"x\",\"version\":1,\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-12-31\","
#define RANKING "\"ranking\":[\"score:descending\",\"submitted_at:ascending\",\"application:ascending\"],\"quota\":\"province\","
#define THRESHOLD "\"threshold\":{\"minimum_score\":1,\"reason\":" T "},"
#define CASE(when) "{\"when\":" when ",\"outcome\":\"MET\",\"points\":1,\"reason\":" T "}"
#define CRITERIA(cases) "\"criteria\":[{\"id\":\"c\",\"kind\":\"required\",\"label\":" T ",\"cases\":[" cases "]}]"

static void a_file_that_is_wrong_is_refused_with_where_and_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why; /* NULL: it is right */
    } rows[] = {
        {"{" HEAD THRESHOLD RANKING CRITERIA(CASE("true")) "}", NULL},
        {"{", "/: an object needs a name in quotes"},
        {"[]", "/: an object is expected"},
        {"{" HEAD THRESHOLD RANKING "\"criterion\":1," CRITERIA(CASE("true")) "}", "/criterion: no such member is known"},
        {"{\"id\":\"x\",\"version\":1.5," THRESHOLD RANKING CRITERIA(CASE("true")) "}", "/version: a whole number from 1 on is expected"},
        {"{\"id\":\"x\",\"version\":1,\"valid_from\":\"2026-02-30\"}", "/valid_from: a date YYYY-MM-DD is expected"},
        {"{\"id\":\"x\",\"version\":1,\"valid_from\":\"2026-02-03\",\"valid_to\":\"2026-02-01\"}", "/valid_to: it ends before it begins"},
        {"{" HEAD THRESHOLD "\"quota\":\"province\"," CRITERIA(CASE("true")) "}",
         "/ranking: [\"score:descending\", \"submitted_at:ascending\", \"application:ascending\"] is the order that is kept"},
        {"{" HEAD THRESHOLD RANKING "\"criteria\":[]}", "/criteria: a list of 1 to 64 criteria is expected"},
        {"{" HEAD THRESHOLD RANKING CRITERIA(CASE("{\"<\":[1,2]}")) "}",
         "/criteria/0/cases: the last case must be for all that is left: \"when\": true"},
        {"{" HEAD THRESHOLD RANKING CRITERIA(CASE("{\"vra\":\"age\"}") "," CASE("true")) "}",
         "/criteria/0/cases/0/when: the rule has an operation that JsonLogic does not know"},
        {"{" HEAD THRESHOLD RANKING CRITERIA("{\"when\":true,\"outcome\":\"YES\",\"points\":1,\"reason\":" T "}") "}",
         "/criteria/0/cases/0/outcome: not one of the words that are known here"},
        {"{" HEAD THRESHOLD RANKING CRITERIA("{\"when\":true,\"outcome\":\"MET\",\"points\":1,\"reason\":{\"ar\":\"a\",\"fr\":\"f\"}}") "}",
         "/criteria/0/cases/0/en: a text is expected"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct ruleset ruleset = {0};
        struct str why = STR("");
        enum err err = ruleset_load(str_from(rows[i].text), arena, &ruleset, &why);
        check_int(err, rows[i].why ? ERR_INVALID : ERR_OK, rows[i].text);
        check_text(why, rows[i].why ? rows[i].why : "", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_assesses_as_it_says),
        cmocka_unit_test(the_rsu_index_has_four_answers),
        cmocka_unit_test(a_refusal_gives_its_reasons_and_only_those),
        cmocka_unit_test(the_version_that_is_valid_on_the_day_applies),
        cmocka_unit_test(a_file_that_is_wrong_is_refused_with_where_and_why),
    };
    return cmocka_run_group_tests(tests, load_sample, free_sample);
}
