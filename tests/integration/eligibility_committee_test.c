/* Calls whose places a committee gives, from the beginning or from a later version on. */
#include "tests/integration/eligibility_support.h"

#include "eligibility_checks_statements.h"
#include "proto/topics.h"

#define SUBMITTED EVENT_APPLICATION_SUBMITTED
#define AMENDED EVENT_APPLICATION_AMENDED
#define MINOR "{\"kind\":\"person\",\"age\":17}"

static void a_committees_call_is_assessed_and_not_listed(void **state)
{
    (void)state;
    new_quota("T-COMMITTEE", 1);
    play((const struct wish[]){{.number = 100, .type = SUBMITTED, .province = "T-COMMITTEE", .version = 1, .call = "by-committee"}}, 1);
    check_text(told(100), "assessed 1", "the committee lists");
}

/* A call with one place in the province T-TURNS and one in T-ALSO, as intake publishes it. */
static void publish(int version, const char *shortlisting)
{
    struct event event = {.key = application_id(9000), .type = STR(EVENT_CALL_PUBLISHED), .version = version}, *events[] = {&event};
    event.data = str_format(stage.arena,
                            "{\"call\":\"turns\",\"version\":%d,\"region\":\"MA-03\",\"shortlisting\":\"%s\",\"ruleset\":\"fes-meknes-2026\","
                            "\"sample\":false,\"quotas\":[{\"province\":\"T-TURNS\",\"places\":1},{\"province\":\"T-ALSO\",\"places\":1}]}",
                            version, shortlisting);
    assert_int_equal(settle(stage.db, events, 1), ERR_OK);
    assert_int_equal(event.outcome, ERR_OK);
}

static bool is_unlisted(uint32_t number)
{
    struct str data = last_data(number);
    return memmem(data.at, data.size, "\"unlisted\":true", 15) != NULL;
}

static void amend(uint32_t number, int version, const char *province, const char *facts)
{
    play((const struct wish[]){{.number = number, .type = AMENDED, .province = province, .version = version, .call = "turns", .facts = facts}}, 1);
}

static void a_form_that_is_amended_once_a_committee_lists_is_before_it_without_the_place_that_the_former_had(void **state)
{
    (void)state;
    publish(1, "automatic");
    play((const struct wish[]){{.number = 200, .type = SUBMITTED, .province = "T-TURNS", .version = 1, .call = "turns"},
                               {.number = 201, .type = SUBMITTED, .province = "T-TURNS", .version = 1, .call = "turns", .minute = 1},
                               {.number = 202, .type = SUBMITTED, .province = "T-TURNS", .version = 1, .call = "turns", .minute = 2},
                               {.number = 203, .type = SUBMITTED, .province = "T-ALSO", .version = 1, .call = "turns"}},
         4);
    amend(203, 2, "T-ALSO", NULL);
    check_text(told(203), "assessed 1, shortlisted 2 1, assessed 3, shortlisted 4 1", "while it lists at once she keeps her place");
    publish(2, "committee");
    check_text(quota_of("T-TURNS"), "places 1 taken 1 waiting 2 sequence 1", "what was given stays given");
    amend(202, 2, "T-TURNS", NULL);
    check_text(told(202), "assessed 1, waitlisted 2, assessed 3", "she had a turn");
    check(is_unlisted(202), "and is told apart from one who is listed next");
    amend(200, 2, "T-TURNS", NULL);
    check_text(told(200), "assessed 1, shortlisted 2 1, assessed 3", "she had a place");
    check(is_unlisted(200), "the same");
    check_text(told(201), "assessed 1, waitlisted 2, shortlisted 3 2", "it is the next woman's, who was on the list");
    check_text(quota_of("T-TURNS"), "places 1 taken 1 waiting 0 sequence 2", "nobody else waits");
    amend(200, 3, "T-TURNS", NULL);
    check_text(told(200), "assessed 1, shortlisted 2 1, assessed 3, assessed 4", "again");
    check(!is_unlisted(200), "there was nothing any more that she could lose");
}

static void an_assessment_that_is_followed_by_a_listing_or_has_none_to_lose_says_nothing_of_lists(void **state)
{
    (void)state;
    publish(3, "automatic");
    play((const struct wish[]){{.number = 300, .type = SUBMITTED, .province = "T-ALSO", .version = 1, .call = "turns", .facts = MINOR}}, 1);
    check(!is_unlisted(300), "she was on none");
    amend(203, 3, "T-TURNS", NULL);
    check_text(told(203), "assessed 1, shortlisted 2 1, assessed 3, shortlisted 4 1, assessed 5, waitlisted 6", "moved, and listed there");
    struct id moved = application_id(203);
    check_int(count_of(&ELIGIBILITY_CHECKS_UNLISTED_COUNT, &moved), 0, "from one list to another");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_committees_call_is_assessed_and_not_listed),
        cmocka_unit_test(a_form_that_is_amended_once_a_committee_lists_is_before_it_without_the_place_that_the_former_had),
        cmocka_unit_test(an_assessment_that_is_followed_by_a_listing_or_has_none_to_lose_says_nothing_of_lists),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
