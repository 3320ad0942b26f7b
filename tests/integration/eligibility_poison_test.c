/* Records that no service of ours writes: they are parked, and stop nobody. */
#include "tests/integration/eligibility_support.h"

#include "proto/topics.h"

#define SUBMITTED EVENT_APPLICATION_SUBMITTED

static void an_event_of_another_application_than_its_key_is_parked(void **state)
{
    (void)state;
    new_quota("T-KEY", 2);
    struct event *events[] = {
        make_event(stage.db, &(struct wish){.number = 300, .type = SUBMITTED, .province = "T-KEY", .version = 1}),
        make_event(stage.db, &(struct wish){.number = 300, .type = SUBMITTED, .province = "T-KEY", .version = 1}),
    };
    events[0]->key = application_id(301);
    check_int(settle(stage.db, events, ROWS(events)), ERR_OK, "the batch goes on");
    check_int(events[0]->outcome, ERR_INVALID, "what it says is not of the application in whose order it came");
    check_int(events[1]->outcome, ERR_OK, "her own event");
    check_text(told(300), "assessed 1, shortlisted 2 1", "is told once");
}

static void a_call_with_one_province_twice_is_parked(void **state)
{
    (void)state;
    struct event event = {.key = application_id(9001), .type = STR(EVENT_CALL_PUBLISHED), .version = 1};
    struct event *events[] = {&event};
    event.data =
        STR("{\"call\":\"twice\",\"version\":1,\"region\":\"MA-03\",\"shortlisting\":\"automatic\",\"ruleset\":\"fes-meknes-2026\",\"sample\":false,"
            "\"quotas\":[{\"province\":\"MA-FES\",\"places\":1},{\"province\":\"MA-FES\",\"places\":2}]}");
    check_int(settle(stage.db, events, 1), ERR_OK, "the batch goes on");
    check_int(event.outcome, ERR_INVALID, "an error of its statement would stop the feed for good");
}

/* Her key does not open, or nobody knows, for there was no memory to open it in. */
static void what_looks_wrong_while_memory_is_short_is_not_parked_but_tried_again(void **state)
{
    (void)state;
    new_quota("T-MEM", 2);
    struct event *events[] = {make_event(stage.db, &(struct wish){.number = 310, .type = SUBMITTED, .province = "T-MEM", .version = 1})};
    const struct seal_key master = stage.eligibility.facts_master;
    random_bytes(&stage.eligibility.facts_master, sizeof(stage.eligibility.facts_master));
    stage.is_short_of_memory = true;
    check_int(settle(stage.db, events, 1), ERR_MEMORY, "all of it again");
    stage.eligibility.facts_master = master;
    stage.is_short_of_memory = false;
    check_int(settle(stage.db, events, 1), ERR_OK, "there is memory again");
    check_int(events[0]->outcome, ERR_OK, "and nothing is wrong with her event");
    check_text(told(310), "assessed 1, shortlisted 2 1", "told once");
}

static void a_score_that_was_worked_out_while_memory_was_short_does_not_count(void **state)
{
    (void)state;
    new_quota("T-SCO", 2);
    struct event *events[] = {make_event(stage.db, &(struct wish){.number = 311, .type = SUBMITTED, .province = "T-SCO", .version = 1})};
    stage.is_short_of_memory = true;
    check_int(settle(stage.db, events, 1), ERR_MEMORY, "all of it again");
    stage.is_short_of_memory = false;
    check_int(settle(stage.db, events, 1), ERR_OK, "there is memory again");
    check_text(told(311), "assessed 1, shortlisted 2 1", "told once");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_of_another_application_than_its_key_is_parked),
        cmocka_unit_test(what_looks_wrong_while_memory_is_short_is_not_parked_but_tried_again),
        cmocka_unit_test(a_score_that_was_worked_out_while_memory_was_short_does_not_count),
        cmocka_unit_test(a_call_with_one_province_twice_is_parked),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
