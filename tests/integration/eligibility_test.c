/* The eligibility service on a real PostgreSQL: what becomes of events, of places and of waiting lists. */
#include "tests/integration/eligibility_support.h"

#include <pthread.h>

#include "eligibility_checks_statements.h"
#include "proto/topics.h"

#define SUBMITTED EVENT_APPLICATION_SUBMITTED
#define AMENDED EVENT_APPLICATION_AMENDED
#define WITHDRAWN EVENT_APPLICATION_WITHDRAWN

/* Facts that differ by what the sample ruleset asks; 73, 61, 49 and 0 points. */
#define FACTS(milieu, head, age)                                                                                                                  \
    "{\"kind\":\"person\",\"milieu\":\"" milieu                                                                                                   \
    "\",\"stage\":\"idea\",\"requested_centimes\":4500000,\"own_contribution_centimes\":300000,\"jobs\":2,"                                       \
    "\"household_size\":6,\"monthly_income_centimes\":180000,\"head_of_household\":" head ",\"disability\":false,\"rsu_index\":9.12,\"age\":" age \
    "}"
#define BEST FACTS("rural", "true", "35")
#define GOOD FACTS("rural", "false", "35")
#define FAIR FACTS("urban", "false", "35")
#define MINOR FACTS("rural", "true", "17")

static void the_example_of_the_contract_is_eligible_and_gets_the_first_place(void **state)
{
    (void)state;
    new_quota("T-FIRST", 2);
    play((const struct wish[]){{.number = 100, .type = SUBMITTED, .province = "T-FIRST", .version = 1}}, 1);
    check_text(told(100), "assessed 1, shortlisted 2 1", "two state changes, two events");
    check_int((long long)decision_of(100).score, 73, "rural 10, head 12, income 20, RSU 15, jobs 6, contribution 5, idea 5");
    check_text(quota_of("T-FIRST"), "places 2 taken 1 waiting 0 sequence 1", "one place is taken");
}

static void places_go_by_order_of_arrival_and_the_rest_wait(void **state)
{
    (void)state;
    new_quota("T-ARRIVAL", 2);
    play((const struct wish[]){{.number = 203, .type = SUBMITTED, .province = "T-ARRIVAL", .version = 1, .minute = 1},
                               {.number = 201, .type = SUBMITTED, .province = "T-ARRIVAL", .version = 1, .minute = 3},
                               {.number = 202, .type = SUBMITTED, .province = "T-ARRIVAL", .version = 1, .minute = 2}},
         3);
    check_text(told(203), "assessed 1, shortlisted 2 1", "she came first, though her id is the last");
    check_text(told(202), "assessed 1, shortlisted 2 2", "she came second");
    check_text(told(201), "assessed 1, waitlisted 2", "no place is left");
    check_text(quota_of("T-ARRIVAL"), "places 2 taken 2 waiting 1 sequence 2", "full, one waits");
}

static void a_minor_is_told_why_and_takes_no_place(void **state)
{
    (void)state;
    new_quota("T-MINOR", 1);
    play((const struct wish[]){{.number = 300, .type = SUBMITTED, .province = "T-MINOR", .version = 1, .facts = MINOR}}, 1);
    check_text(told(300), "assessed 1", "she is not listed");
    check_text(decision_of(300).state, "INELIGIBLE", "under 18");
    struct str data = last_data(300);
    check(memmem(data.at, data.size, "18 ans", 6) != NULL, "the reason is in the event, in French");
    check(memmem(data.at, data.size, "\"outcome\":\"INELIGIBLE\"", 22) != NULL, "so is the outcome");
    check_text(quota_of("T-MINOR"), "places 1 taken 0 waiting 0 sequence 0", "the place is left");
}

static void a_freed_place_goes_to_the_first_by_rank(void **state)
{
    (void)state;
    new_quota("T-RANK", 1);
    play((const struct wish[]){{.number = 400, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 0},
                               {.number = 401, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 1, .facts = FAIR},
                               {.number = 402, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 2, .facts = BEST},
                               {.number = 403, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 3, .facts = BEST},
                               {.number = 404, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 4, .facts = GOOD}},
         5);
    play((const struct wish[]){{.number = 400, .type = WITHDRAWN, .province = "T-RANK", .version = 2}}, 1);
    check_text(told(400), "assessed 1, shortlisted 2 1, closed 3", "she is closed");
    check_text(told(402), "assessed 1, waitlisted 2, shortlisted 3 2", "the best score, and the earlier of two; a number is never given twice");
    check_text(quota_of("T-RANK"), "places 1 taken 1 waiting 3 sequence 2", "one waits less");
    play((const struct wish[]){{.number = 404, .type = WITHDRAWN, .province = "T-RANK", .version = 2},
                               {.number = 402, .type = WITHDRAWN, .province = "T-RANK", .version = 2},
                               {.number = 405, .type = SUBMITTED, .province = "T-RANK", .version = 1, .minute = 0}},
         3);
    check_text(told(403), "assessed 1, waitlisted 2, shortlisted 3 3", "she is next; who left the list is passed over");
    check_text(told(405), "assessed 1, waitlisted 2", "who arrives now doesn't overtake those who wait, whenever she submitted");
    check_text(quota_of("T-RANK"), "places 1 taken 1 waiting 2 sequence 3", "401 and 405 wait");
}

static void a_file_that_expires_or_is_erased_frees_its_place_as_a_withdrawal_does(void **state)
{
    (void)state;
    static const struct {
        const char *type, *province;
        uint32_t number;
    } WAYS[] = {{EVENT_APPLICATION_EXPIRED, "T-EXPIRED", 450}, {EVENT_APPLICATION_ERASED, "T-ERASED", 460}, {WITHDRAWN, "T-WITHDRAWN", 470}};
    for (size_t i = 0; i < ROWS(WAYS); i++) {
        uint32_t first = WAYS[i].number, second = first + 1, third = first + 2;
        new_quota(WAYS[i].province, 1);
        play((const struct wish[]){{.number = first, .type = SUBMITTED, .province = WAYS[i].province, .version = 1},
                                   {.number = second, .type = SUBMITTED, .province = WAYS[i].province, .version = 1, .minute = 1},
                                   {.number = third, .type = SUBMITTED, .province = WAYS[i].province, .version = 1, .minute = 2}},
             3);
        check_text(quota_of(WAYS[i].province), "places 1 taken 1 waiting 2 sequence 1", WAYS[i].type);
        play((const struct wish[]){{.number = first, .type = WAYS[i].type, .province = WAYS[i].province, .version = 3}}, 1);
        check_text(told(first), "assessed 1, shortlisted 2 1, closed 3", WAYS[i].type);
        check_text(told(second), "assessed 1, waitlisted 2, shortlisted 3 2", "the place is the next woman's");
        play((const struct wish[]){{.number = third, .type = WAYS[i].type, .province = WAYS[i].province, .version = 3}}, 1);
        check_text(told(third), "assessed 1, waitlisted 2, closed 3", "who waited leaves the list, and nobody moves up");
        check_text(quota_of(WAYS[i].province), "places 1 taken 1 waiting 0 sequence 2", WAYS[i].type);
    }
}

/* The call "more-places" with one province, as intake publishes it. */
static struct event *published(int version, int places)
{
    struct event *event = arena_take(stage.arena, sizeof(*event));
    *event = (struct event){.key = application_id(9000), .type = STR(EVENT_CALL_PUBLISHED), .version = version};
    event->data = str_format(stage.arena,
                             "{\"call\":\"more-places\",\"version\":%d,\"region\":\"MA-03\",\"shortlisting\":\"automatic\","
                             "\"ruleset\":\"fes-meknes-2026\",\"sample\":false,\"quotas\":[{\"province\":\"T-MORE\",\"places\":%d}]}",
                             version, places);
    return event;
}

static void publish(int version, int places)
{
    struct event *event = published(version, places);
    assert_int_equal(settle(stage.db, &event, 1), ERR_OK);
    assert_int_equal(event->outcome, ERR_OK);
}

static void places_that_a_call_gets_later_go_to_those_who_wait_by_rank(void **state)
{
    (void)state;
    publish(1, 1);
    play(
        (const struct wish[]){
            {.number = 480, .type = SUBMITTED, .province = "T-MORE", .version = 1, .call = "more-places"},
            {.number = 481, .type = SUBMITTED, .province = "T-MORE", .version = 1, .call = "more-places", .minute = 1, .facts = FAIR},
            {.number = 482, .type = SUBMITTED, .province = "T-MORE", .version = 1, .call = "more-places", .minute = 2, .facts = GOOD},
            {.number = 483, .type = SUBMITTED, .province = "T-MORE", .version = 1, .call = "more-places", .minute = 3, .facts = BEST}},
        4);
    check_text(quota_of("T-MORE"), "places 1 taken 1 waiting 3 sequence 1", "three wait");
    publish(2, 3);
    check_text(told(483), "assessed 1, waitlisted 2, shortlisted 3 2", "the best of those who wait, though she came last");
    check_text(told(482), "assessed 1, waitlisted 2, shortlisted 3 3", "the next by rank");
    check_text(told(481), "assessed 1, waitlisted 2", "there were two places more");
    check_text(quota_of("T-MORE"), "places 3 taken 3 waiting 1 sequence 3", "full again");
    publish(2, 9);
    check_text(quota_of("T-MORE"), "places 3 taken 3 waiting 1 sequence 3", "a version that has been heard changes nothing");
    publish(3, 1);
    check_text(quota_of("T-MORE"), "places 3 taken 3 waiting 1 sequence 3", "places that were given stay given");
    play((const struct wish[]){{.number = 480, .type = WITHDRAWN, .province = "T-MORE", .version = 2, .call = "more-places"}}, 1);
    check_text(told(481), "assessed 1, waitlisted 2", "the place that came free is one that the call no longer has");
    check_text(quota_of("T-MORE"), "places 2 taken 2 waiting 1 sequence 3", "it is gone");
    struct event *events[] = {
        published(4, 3),
        make_event(stage.db,
                   &(struct wish){.number = 484, .type = SUBMITTED, .province = "T-MORE", .version = 1, .call = "more-places", .facts = BEST})};
    assert_int_equal(settle(stage.db, events, 2), ERR_OK);
    check_text(told(481), "assessed 1, waitlisted 2, shortlisted 3 4", "who waits comes before who arrives with the places");
    check_text(told(484), "assessed 1, waitlisted 2", "she waits now");
    check_text(quota_of("T-MORE"), "places 3 taken 3 waiting 1 sequence 4", "full");
}

static void an_amendment_is_assessed_again_and_keeps_a_place_while_eligible(void **state)
{
    (void)state;
    new_quota("T-AMEND", 1);
    play((const struct wish[]){{.number = 500, .type = SUBMITTED, .province = "T-AMEND", .version = 1},
                               {.number = 501, .type = SUBMITTED, .province = "T-AMEND", .version = 1, .minute = 1}},
         2);
    play((const struct wish[]){{.number = 500, .type = AMENDED, .province = "T-AMEND", .version = 3, .facts = FAIR}}, 1);
    check_text(told(500), "assessed 1, shortlisted 2 1, assessed 3, shortlisted 4 1", "the same place, told again for the new revision");
    struct id amended = application_id(500);
    check_int(count_of(&ELIGIBILITY_CHECKS_FORMER_COUNT, &amended), 1, "the replaced assessment is kept");
    play((const struct wish[]){{.number = 500, .type = AMENDED, .province = "T-AMEND", .version = 4, .facts = MINOR}}, 1);
    check_text(told(500), "assessed 1, shortlisted 2 1, assessed 3, shortlisted 4 1, assessed 5", "no longer eligible");
    check_text(told(501), "assessed 1, waitlisted 2, shortlisted 3 2", "her place is the next woman's");
    play((const struct wish[]){{.number = 500, .type = AMENDED, .province = "T-AMEND", .version = 5, .facts = BEST}}, 1);
    check_text(decision_of(500).state, "WAITLISTED", "eligible again, but the place is gone");
    check_text(quota_of("T-AMEND"), "places 1 taken 1 waiting 1 sequence 2", "one holds, one waits");
}

static void an_amendment_on_the_waiting_list_changes_her_rank(void **state)
{
    (void)state;
    new_quota("T-RERANK", 1);
    play((const struct wish[]){{.number = 600, .type = SUBMITTED, .province = "T-RERANK", .version = 1},
                               {.number = 601, .type = SUBMITTED, .province = "T-RERANK", .version = 1, .minute = 1, .facts = GOOD},
                               {.number = 602, .type = SUBMITTED, .province = "T-RERANK", .version = 1, .minute = 2, .facts = FAIR}},
         3);
    play((const struct wish[]){{.number = 602, .type = AMENDED, .province = "T-RERANK", .version = 2, .minute = 2, .facts = BEST},
                               {.number = 600, .type = WITHDRAWN, .province = "T-RERANK", .version = 2}},
         2);
    check_text(told(602), "assessed 1, waitlisted 2, assessed 3, shortlisted 4 2", "in the same batch she is ranked by her new score");
    check_text(told(601), "assessed 1, waitlisted 2", "she waits on, and nothing is said");
}

static void an_amendment_to_another_province_leaves_one_quota_and_stands_before_the_other(void **state)
{
    (void)state;
    new_quota("T-FROM", 1);
    new_quota("T-TO", 1);
    play((const struct wish[]){{.number = 700, .type = SUBMITTED, .province = "T-FROM", .version = 1},
                               {.number = 701, .type = SUBMITTED, .province = "T-FROM", .version = 1, .minute = 1}},
         2);
    play((const struct wish[]){{.number = 700, .type = AMENDED, .province = "T-TO", .version = 2}}, 1);
    check_text(told(700), "assessed 1, shortlisted 2 1, assessed 3, shortlisted 4 1", "the first place over there");
    check_text(decision_of(700).province, "T-TO", "she has moved");
    check_text(told(701), "assessed 1, waitlisted 2, shortlisted 3 2", "her old place is the next woman's");
    check_text(quota_of("T-FROM"), "places 1 taken 1 waiting 0 sequence 2", "");
    check_text(quota_of("T-TO"), "places 1 taken 1 waiting 0 sequence 1", "");
}

static void an_erasure_forgets_what_each_criterion_came_to(void **state)
{
    (void)state;
    struct id erased = application_id(490), other = application_id(491), closed = application_id(492);
    new_quota("T-FORGET", 3);
    for (uint32_t number = 490; number <= 492; number++)
        play((const struct wish[]){{.number = number, .type = SUBMITTED, .province = "T-FORGET", .version = 1}}, 1);
    play((const struct wish[]){{.number = 490, .type = AMENDED, .province = "T-FORGET", .version = 2, .facts = GOOD},
                               {.number = 492, .type = WITHDRAWN, .province = "T-FORGET", .version = 2}},
         2);
    check_int(count_of(&ELIGIBILITY_CHECKS_SAID_OF_HER, &erased), 2, "her assessment and the former one");
    play((const struct wish[]){{.number = 490, .type = EVENT_APPLICATION_ERASED, .province = "T-FORGET", .version = 3},
                               {.number = 492, .type = EVENT_APPLICATION_ERASED, .province = "T-FORGET", .version = 3}},
         2);
    check_int(count_of(&ELIGIBILITY_CHECKS_SAID_OF_HER, &erased), 0, "both are forgotten");
    check_int(count_of(&ELIGIBILITY_CHECKS_SAID_OF_HER, &closed), 0, "also of a file that was closed before");
    check_int(count_of(&ELIGIBILITY_CHECKS_SAID_OF_HER, &other), 1, "nobody else's");
    check_int((long long)decision_of(490).score, 61, "the figure stays");
}

static void old_news_changes_nothing(void **state)
{
    (void)state;
    new_quota("T-OLD", 1);
    play((const struct wish[]){{.number = 800, .type = AMENDED, .province = "T-OLD", .version = 5}}, 1);
    play((const struct wish[]){{.number = 800, .type = SUBMITTED, .province = "T-OLD", .version = 1, .facts = MINOR}}, 1);
    play((const struct wish[]){{.number = 800, .type = AMENDED, .province = "T-OLD", .version = 5, .facts = MINOR}}, 1);
    check_text(told(800), "assessed 1, shortlisted 2 1", "earlier and equal versions are behind us");
    play((const struct wish[]){{.number = 801, .type = WITHDRAWN, .province = "T-OLD", .version = 2}}, 1);
    play((const struct wish[]){{.number = 801, .type = SUBMITTED, .province = "T-OLD", .version = 1},
                               {.number = 802, .type = "ma.jisr.application.progressed.v1", .province = "T-OLD", .version = 1}},
         2);
    check_text(told(801), "closed 1", "withdrawn is for good, also when its submission comes late");
    check_text(decision_of(802).state, "NONE", "what is not in the table does not concern us");
}

static void what_waits_for_a_review_is_not_assessed(void **state)
{
    (void)state;
    new_quota("T-REVIEW", 1);
    play((const struct wish[]){{.number = 900, .type = SUBMITTED, .province = "T-REVIEW", .version = 1, .under_review = true}}, 1);
    check_text(decision_of(900).state, "NONE", "nobody assesses it");
    play((const struct wish[]){{.number = 900, .type = AMENDED, .province = "T-REVIEW", .version = 3}}, 1);
    check_text(told(900), "assessed 1, shortlisted 2 1", "until it comes back");
}

static void what_cannot_be_processed_is_parked_with_its_reason_and_its_neighbours_are_not(void **state)
{
    (void)state;
    new_quota("T-PARK", 9);
    struct event *events[] = {
        make_event(stage.db, &(struct wish){.number = 1000, .type = SUBMITTED, .province = "T-PARK", .version = 1, .call = "no-such-call"}),
        make_event(stage.db, &(struct wish){.number = 1001, .type = SUBMITTED, .province = "T-NOWHERE", .version = 1}),
        make_event(stage.db, &(struct wish){.number = 1002, .type = SUBMITTED, .province = "T-PARK", .version = 1, .facts = "not JSON"}),
        make_event(stage.db, &(struct wish){.number = 1003, .type = SUBMITTED, .province = "T-PARK", .version = 1}),
        make_event(stage.db, &(struct wish){.number = 1004, .type = SUBMITTED, .province = "T-PARK", .version = 1}),
        make_event(stage.db, &(struct wish){.number = 1005, .type = SUBMITTED, .province = "T-PARK", .version = 1}),
        make_event(stage.db, &(struct wish){.number = 1006, .type = SUBMITTED, .province = "T-PARK", .version = 1}),
    };
    struct db_args args;
    db_args_init(&args, stage.arena);
    db_arg_id(&args, application_id(1003));
    assert_int_equal(db_run(stage.db, &ELIGIBILITY_CHECKS_ERASE, &args, stage.arena, NULL), ERR_OK);
    events[4]->data = STR("{\"application\":1}");
    events[5]->key = application_id(1999); /* sealed for another */
    struct str data = events[5]->data, other = id_text(stage.arena, application_id(1006));
    char *copy = arena_take(stage.arena, data.size);
    memcpy(copy, data.at, data.size);
    memcpy(memmem(copy, data.size, id_text(stage.arena, application_id(1005)).at, ID_TEXT_SIZE), other.at, ID_TEXT_SIZE);
    events[5]->data = (struct str){copy, data.size};
    assert_int_equal(settle(stage.db, (struct event *[]){events[0], events[1], events[2], events[3], events[4], events[5]}, 6), ERR_OK);
    assert_int_equal(settle(stage.db, &events[6], 1), ERR_OK);
    static const struct {
        enum err outcome;
        enum verdict verdict;
        const char *why;
    } rows[] = {
        {ERR_NO_CAUSE, VERDICT_HOLD, "an application that overtook the event of its call"},
        {ERR_NO_CAUSE, VERDICT_HOLD, "one that overtook the version that has places in its province"},
        {ERR_MALFORMED, VERDICT_PARK, "facts that are no JSON"},
        {ERR_ERASED, VERDICT_DONE, "her key is gone: nothing is left to read"},
        {ERR_INVALID, VERDICT_PARK, "data that is not what proto/events says"},
        {ERR_INVALID, VERDICT_PARK, "facts sealed for another application"},
        {ERR_OK, VERDICT_DONE, "a neighbour"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        check_int(events[i]->outcome, rows[i].outcome, rows[i].why);
        check_int(err_info(events[i]->outcome)->verdict, rows[i].verdict, rows[i].why);
        check(rows[i].verdict == VERDICT_DONE || events[i]->reason, rows[i].why);
    }
    check_text(told(1006), "assessed 1, shortlisted 2 1", "what is sound goes its way");
    new_quota("T-NOWHERE", 1);
    events[1]->outcome = ERR_OK;
    assert_int_equal(settle(stage.db, &events[1], 1), ERR_OK);
    check_text(told(1001), "assessed 1, shortlisted 2 1", "what was held goes on once its call has arrived");
}

/* ── Two copies at once ── */

#define COPIES 2
#define ROUNDS 20
#define EACH 20

struct copy {
    pthread_t thread;
    struct db *db;
    uint32_t first;
    struct event *events[2 * ROUNDS][EACH];
    enum err err;
};

static void *run_copy(void *context)
{
    struct copy *copy = context;
    for (size_t round = 0; round < 2 * ROUNDS && copy->err == ERR_OK; round++)
        copy->err = settle(copy->db, copy->events[round], EACH);
    return NULL;
}

/* Each copy submits its own women to two provinces that fill up, then some of them withdraw: their places go to whoever ranks first, of either copy.
 */
static void two_copies_never_exceed_a_quota_nor_give_a_number_twice(void **state)
{
    (void)state;
    new_quota("T-RACE-A", 150);
    new_quota("T-RACE-B", 90);
    static struct copy copies[COPIES];
    static const char *const facts[] = {BEST, GOOD, FAIR};
    for (uint32_t c = 0; c < COPIES; c++) {
        copies[c].db = stage_connect();
        copies[c].first = 100000 * (c + 1);
        for (uint32_t i = 0; i < ROUNDS * EACH; i++) {
            uint32_t place = (i * 7) % (ROUNDS * EACH);
            struct wish wish = {
                copies[c].first + place, SUBMITTED, place % 3 ? "T-RACE-A" : "T-RACE-B", facts[place % 7 % 3], 1, (int)place, NULL, false, NULL};
            copies[c].events[i / EACH][i % EACH] = make_event(stage.db, &wish);
            wish.type = place % 2 ? WITHDRAWN : AMENDED;
            wish.version = 2;
            struct event *second = make_event(stage.db, &wish);
            copies[c].events[ROUNDS + i / EACH][i % EACH] = second;
        }
        for (uint32_t i = 0; i < ROUNDS * EACH; i++) /* the vault has the key of her last event */
            copies[c].events[i / EACH][i % EACH]->data = copies[c].events[ROUNDS + i / EACH][i % EACH]->data;
    }
    for (size_t c = 0; c < COPIES; c++)
        assert_int_equal(pthread_create(&copies[c].thread, NULL, run_copy, &copies[c]), 0);
    for (size_t c = 0; c < COPIES; c++) {
        pthread_join(copies[c].thread, NULL);
        check_int(copies[c].err, ERR_OK, "every batch was committed");
        db_close(copies[c].db);
    }
    struct str a = quota_of("T-RACE-A"), b = quota_of("T-RACE-B");
    check(memmem(a.at, a.size, "places 150 taken 150", 20) != NULL, "all places of A are held");
    check(memmem(b.at, b.size, "places 90 taken 90", 18) != NULL, "all places of B are held");
    check_int(count_of(&ELIGIBILITY_CHECKS_OUT_OF_STEP, NULL), 0, "versions are the number of events; a place is held once");
}

static void a_known_version_with_another_content_is_refused(void **state)
{
    (void)state;
    struct eligibility changed = {.ruleset_count = 1};
    const unsigned char other[] = "{}";
    const struct embedded_file file = {"proto/rulesets/fes-meknes-2026.json", other, 2};
    changed.rulesets[0] = stage.eligibility.rulesets[0];
    changed.files[0] = &file;
    check_int(eligibility_register_rulesets(&changed, stage.db), ERR_CONFLICT, "a version is used with one content only");
    check_int(eligibility_register_rulesets(&stage.eligibility, stage.db), ERR_OK, "the same content again is fine");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_contract_is_eligible_and_gets_the_first_place),
        cmocka_unit_test(places_go_by_order_of_arrival_and_the_rest_wait),
        cmocka_unit_test(a_minor_is_told_why_and_takes_no_place),
        cmocka_unit_test(a_freed_place_goes_to_the_first_by_rank),
        cmocka_unit_test(a_file_that_expires_or_is_erased_frees_its_place_as_a_withdrawal_does),
        cmocka_unit_test(places_that_a_call_gets_later_go_to_those_who_wait_by_rank),
        cmocka_unit_test(an_amendment_is_assessed_again_and_keeps_a_place_while_eligible),
        cmocka_unit_test(an_amendment_on_the_waiting_list_changes_her_rank),
        cmocka_unit_test(an_amendment_to_another_province_leaves_one_quota_and_stands_before_the_other),
        cmocka_unit_test(an_erasure_forgets_what_each_criterion_came_to),
        cmocka_unit_test(old_news_changes_nothing),
        cmocka_unit_test(what_waits_for_a_review_is_not_assessed),
        cmocka_unit_test(what_cannot_be_processed_is_parked_with_its_reason_and_its_neighbours_are_not),
        cmocka_unit_test(two_copies_never_exceed_a_quota_nor_give_a_number_twice),
        cmocka_unit_test(a_known_version_with_another_content_is_refused),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
