/* Decisions on files that may be doubles, or are merged: they rest, without a place and without a rank, until the file goes on. */
#include "tests/integration/eligibility_support.h"

#include "proto/topics.h"

#define SUBMITTED EVENT_APPLICATION_SUBMITTED
#define AMENDED EVENT_APPLICATION_AMENDED
#define PROGRESSED EVENT_APPLICATION_PROGRESSED

static void play_one(struct wish wish)
{
    play(&wish, 1);
}

static void who_may_be_a_double_gives_her_place_back_and_is_decided_on_again(void **state)
{
    (void)state;
    new_quota("T-DOUBLE", 1);
    play((const struct wish[]){{.number = 100, .type = SUBMITTED, .province = "T-DOUBLE", .version = 1},
                               {.number = 101, .type = SUBMITTED, .province = "T-DOUBLE", .version = 1, .minute = 1}},
         2);
    play_one((struct wish){.number = 100, .type = AMENDED, .province = "T-DOUBLE", .version = 2, .under_review = true});
    check_text(told(100), "assessed 1, shortlisted 2 1, held 3", "the form that counts waits for a reviewer");
    check_text(told(101), "assessed 1, waitlisted 2, shortlisted 3 2", "the place is the next woman's");
    check_text(quota_of("T-DOUBLE"), "places 1 taken 1 waiting 0 sequence 2", "full");
    play_one((struct wish){.number = 100, .type = AMENDED, .province = "T-DOUBLE", .version = 3, .under_review = true});
    check_text(told(100), "assessed 1, shortlisted 2 1, held 3", "it rests once");
    play_one((struct wish){.number = 100, .type = AMENDED, .province = "T-DOUBLE", .version = 4});
    check_text(told(100), "assessed 1, shortlisted 2 1, held 3, assessed 4, waitlisted 5", "no double: she stands before the quota as who arrives");
}

static void who_waits_and_may_be_a_double_leaves_the_list(void **state)
{
    (void)state;
    new_quota("T-LEFT", 1);
    play((const struct wish[]){{.number = 110, .type = SUBMITTED, .province = "T-LEFT", .version = 1},
                               {.number = 111, .type = SUBMITTED, .province = "T-LEFT", .version = 1, .minute = 1}},
         2);
    play((const struct wish[]){{.number = 111, .type = AMENDED, .province = "T-LEFT", .version = 2, .under_review = true},
                               {.number = 110, .type = EVENT_APPLICATION_WITHDRAWN, .province = "T-LEFT", .version = 2}},
         2);
    check_text(told(111), "assessed 1, waitlisted 2, held 3", "a place that comes free with it is not hers");
    check_text(quota_of("T-LEFT"), "places 1 taken 0 waiting 0 sequence 1", "nobody holds it, nobody waits");
    play_one((struct wish){.number = 111, .type = EVENT_APPLICATION_WITHDRAWN, .province = "T-LEFT", .version = 3});
    check_text(told(111), "assessed 1, waitlisted 2, held 3, closed 4", "who rests may leave");
}

static void a_merged_file_rests_until_the_merge_is_undone_and_it_goes_on(void **state)
{
    (void)state;
    new_quota("T-MERGED", 1);
    play_one((struct wish){.number = 120, .type = SUBMITTED, .province = "T-MERGED", .version = 1});
    play_one((struct wish){.number = 120, .type = PROGRESSED, .province = "T-MERGED", .version = 2, .state = "SHORTLISTED"});
    check_text(told(120), "assessed 1, shortlisted 2 1", "what intake makes of a decision is no news");
    play_one((struct wish){.number = 120, .type = PROGRESSED, .province = "T-MERGED", .version = 3, .state = "MERGED"});
    check_text(told(120), "assessed 1, shortlisted 2 1, held 3", "the other file goes on");
    check_text(quota_of("T-MERGED"), "places 1 taken 0 waiting 0 sequence 1", "its place is free");
    play_one((struct wish){.number = 120, .type = PROGRESSED, .province = "T-MERGED", .version = 4, .state = "DUPLICATE_REVIEW"});
    check_text(decision_of(120).state, "HELD", "undone: it waits for a reviewer again");
    play_one((struct wish){.number = 120, .type = AMENDED, .province = "T-MERGED", .version = 5});
    check_text(told(120), "assessed 1, shortlisted 2 1, held 3, assessed 4, shortlisted 5 2", "no double: a new place, with a number of its own");
}

static void who_is_asked_for_a_complement_has_no_place_until_it_has_come(void **state)
{
    (void)state;
    new_quota("T-ASKED", 1);
    play((const struct wish[]){{.number = 140, .type = SUBMITTED, .province = "T-ASKED", .version = 1},
                               {.number = 141, .type = SUBMITTED, .province = "T-ASKED", .version = 1, .minute = 1}},
         2);
    play_one((struct wish){.number = 140, .type = PROGRESSED, .province = "T-ASKED", .version = 2, .state = "INFO_REQUESTED"});
    check_text(told(140), "assessed 1, shortlisted 2 1, held 3", "asked in the moment in which she was given it");
    check_text(told(141), "assessed 1, waitlisted 2, shortlisted 3 2", "the place is the next woman's");
    play_one((struct wish){.number = 140, .type = AMENDED, .province = "T-ASKED", .version = 3});
    check_text(told(140), "assessed 1, shortlisted 2 1, held 3, assessed 4, waitlisted 5", "the completed form is assessed anew");
    play_one((struct wish){.number = 141, .type = PROGRESSED, .province = "T-ASKED", .version = 2, .state = "INFO_REQUESTED"});
    play_one((struct wish){.number = 141, .type = EVENT_APPLICATION_EXPIRED, .province = "T-ASKED", .version = 3});
    check_text(told(141), "assessed 1, waitlisted 2, shortlisted 3 2, held 4, closed 5", "no complement came");
    check_text(quota_of("T-ASKED"), "places 1 taken 1 waiting 0 sequence 3", "hers again");
}

static void what_was_never_decided_on_has_nothing_that_could_rest(void **state)
{
    (void)state;
    new_quota("T-NEVER", 1);
    play_one((struct wish){.number = 130, .type = SUBMITTED, .province = "T-NEVER", .version = 1, .under_review = true});
    play_one((struct wish){.number = 130, .type = PROGRESSED, .province = "T-NEVER", .version = 2, .state = "MERGED"});
    check_text(told(130), "", "nothing was said of it");
    play_one((struct wish){.number = 131, .type = PROGRESSED, .version = 2, .state = "EXPIRED"}); /* a draft, which has no province: not parked */
    check_text(told(131), "", "nor of a draft");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_be_a_double_gives_her_place_back_and_is_decided_on_again),
        cmocka_unit_test(who_waits_and_may_be_a_double_leaves_the_list),
        cmocka_unit_test(a_merged_file_rests_until_the_merge_is_undone_and_it_goes_on),
        cmocka_unit_test(who_is_asked_for_a_complement_has_no_place_until_it_has_come),
        cmocka_unit_test(what_was_never_decided_on_has_nothing_that_could_rest),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
