/* A place comes free in the same batch as news of the woman whose turn it is, news that changes nothing of hers: it is her place all the same. */
#include "tests/integration/eligibility_support.h"

#include "proto/topics.h"

#define SUBMITTED EVENT_APPLICATION_SUBMITTED
#define AMENDED EVENT_APPLICATION_AMENDED

static void who_is_first_keeps_her_turn_whatever_becomes_of_her_news(void **state)
{
    (void)state;
    static const struct {
        const char *province, *facts;
        int64_t version;
        enum err outcome;
        const char *why;
    } CASES[] = {
        {"T-TURN-OLD", NULL, 1, ERR_OK, "old news is no reason to pass her over"},
        {"T-TURN-PARKED", "{\"age\":", 3, ERR_MALFORMED, "nor is an amendment that can't be read: it is parked, and her decision stands"},
    };
    for (uint32_t i = 0; i < ROWS(CASES); i++) {
        const char *province = CASES[i].province;
        uint32_t holder = 200 + 10 * i, first = holder + 1, second = holder + 2;
        new_quota(province, 1);
        play((const struct wish[]){{.number = holder, .type = SUBMITTED, .province = province, .version = 1},
                                   {.number = first, .type = SUBMITTED, .province = province, .version = 2, .minute = 1},
                                   {.number = second, .type = SUBMITTED, .province = province, .version = 1, .minute = 2}},
             3);
        struct event *events[] = {
            make_event(stage.db,
                       &(struct wish){.number = first, .type = AMENDED, .province = province, .version = CASES[i].version, .facts = CASES[i].facts}),
            make_event(stage.db, &(struct wish){.number = holder, .type = EVENT_APPLICATION_WITHDRAWN, .province = province, .version = 2}),
        };
        check_int(settle(stage.db, events, ROWS(events)), ERR_OK, CASES[i].why);
        check_int(events[0]->outcome, CASES[i].outcome, CASES[i].why);
        check_text(told(first), "assessed 1, waitlisted 2, shortlisted 3 2", CASES[i].why);
        check_text(told(second), "assessed 1, waitlisted 2", "nobody overtakes her");
        check_text(quota_of(province), "places 1 taken 1 waiting 1 sequence 2", CASES[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_first_keeps_her_turn_whatever_becomes_of_her_news),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
