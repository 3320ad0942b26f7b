/* Decisions and places: the transition table, rank as a total order, and who gets the places of a quota. */
#include "services/eligibility/allocation.h"
#include "tests/support/check.h"

static void a_decision_moves_only_as_the_table_says(void **state)
{
    (void)state;
    static const struct {
        enum decision_state from, to;
        bool may;
        const char *why;
    } rows[] = {
        {DECISION_NEW, DECISION_SHORTLISTED, false, "nobody is listed without an assessment"},
        {DECISION_INELIGIBLE, DECISION_SHORTLISTED, false, "nor against it"},
        {DECISION_WAITLISTED, DECISION_SHORTLISTED, true, "a place was freed"},
        {DECISION_SHORTLISTED, DECISION_WAITLISTED, false, "a place isn't taken away"},
        {DECISION_SHORTLISTED, DECISION_HELD, true, "her file may be a double"},
        {DECISION_HELD, DECISION_SHORTLISTED, false, "nobody is listed without an assessment of the form that counts"},
        {DECISION_HELD, DECISION_HELD, false, "and rests once"},
        {DECISION_NEW, DECISION_HELD, false, "there is nothing to hold"},
        {DECISION_CLOSED, DECISION_ELIGIBLE, false, "withdrawn is for good"},
        {DECISION_CLOSED, DECISION_CLOSED, false, "and happens once"},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        check(decision_may(rows[i].from, rows[i].to) == rows[i].may, rows[i].why);
    for (size_t i = 0; i < DECISION_TRANSITION_COUNT; i++)
        check(DECISION_TRANSITIONS[i].why[0] != '\0', "every transition says why");
}

#define APPLICATION(number)                                     \
    {                                                           \
        {                                                       \
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number \
        }                                                       \
    }

static void rank_is_score_then_arrival_then_id(void **state)
{
    (void)state;
    const struct decision rows[] = {
        {.score = 90, .submitted_at = 5, .application = APPLICATION(9)}, {.score = 50, .submitted_at = 1, .application = APPLICATION(8)},
        {.score = 50, .submitted_at = 2, .application = APPLICATION(3)}, {.score = 50, .submitted_at = 2, .application = APPLICATION(4)},
        {.score = 10, .submitted_at = 0, .application = APPLICATION(1)},
    };
    for (size_t a = 0; a < ROWS(rows); a++)
        for (size_t b = 0; b < ROWS(rows); b++)
            check_int(decision_rank(&rows[a], &rows[b]), (a > b) - (a < b), "the rows are in order of rank");
}

#define SEEKERS_MAX 6

static void places_are_given_in_turn(void **state)
{
    (void)state;
    static const struct {
        struct quota before;
        struct {
            enum seeking seeking;
            int score, at, place;
            int expected; /* place; 0: none */
        } seekers[SEEKERS_MAX];
        size_t count;
        struct quota after;
        const char *why;
    } rows[] = {
        {{.places = 2, .taken = 0, .sequence = 0},
         {{SEEKING_ARRIVAL, 10, 3, 0, 0}, {SEEKING_ARRIVAL, 90, 2, 0, 2}, {SEEKING_ARRIVAL, 50, 1, 0, 1}},
         3,
         {.taken = 2, .waiting = 1, .sequence = 2},
         "by arrival, whatever the score"},
        {{.places = 1, .taken = 1, .waiting = 2, .sequence = 1},
         {{SEEKING_NOTHING, 0, 0, 1, 0}, {SEEKING_RANK, 40, 1, 0, 0}, {SEEKING_RANK, 60, 2, 0, 2}, {SEEKING_ARRIVAL, 99, 0, 0, 0}},
         4,
         {.taken = 1, .waiting = 2, .sequence = 2},
         "a freed place goes by rank, before anybody who arrives"},
        {{.places = 1, .taken = 1, .sequence = 7},
         {{SEEKING_KEEP, 10, 0, 7, 7}, {SEEKING_ARRIVAL, 99, 1, 0, 0}},
         2,
         {.taken = 1, .waiting = 1, .sequence = 7},
         "who holds a place keeps it, with its number"},
        {{.places = 1, .taken = 1, .sequence = 7},
         {{SEEKING_NOTHING, 10, 0, 7, 0}},
         1,
         {.taken = 0, .sequence = 7},
         "a place that nobody seeks is free"},
        {{.places = 3, .taken = 3, .waiting = 1, .surplus = 1, .sequence = 3},
         {{SEEKING_NOTHING, 10, 0, 1, 0}, {SEEKING_NOTHING, 10, 1, 2, 0}, {SEEKING_RANK, 10, 2, 0, 4}, {SEEKING_ARRIVAL, 10, 3, 0, 0}},
         4,
         {.taken = 2, .waiting = 1, .sequence = 4},
         "of two places that come free one was cut"},
        {{.places = 0}, {{SEEKING_ARRIVAL, 10, 0, 0, 0}}, 1, {.waiting = 1}, "no places at all"},
        {{.places = 1, .taken = 1, .waiting = 1}, {{SEEKING_NOTHING, 10, 0, 0, 0}}, 1, {.taken = 1}, "who leaves the waiting list frees nothing"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct quota quota = rows[i].before;
        struct decision decisions[SEEKERS_MAX] = {{.version = 0}};
        struct seeker seekers[SEEKERS_MAX] = {{.decision = NULL}};
        struct seeker *list[SEEKERS_MAX], *spare[SEEKERS_MAX];
        for (size_t k = 0; k < rows[i].count; k++) {
            enum seeking seeking = rows[i].seekers[k].seeking;
            decisions[k] =
                (struct decision){.score = rows[i].seekers[k].score, .submitted_at = rows[i].seekers[k].at, .place = rows[i].seekers[k].place};
            bool listed = seeking == SEEKING_RANK || (seeking == SEEKING_NOTHING && rows[i].seekers[k].place == 0);
            seekers[k] = (struct seeker){.decision = &decisions[k], .seeking = seeking, .listed = listed};
            list[k] = &seekers[k];
        }
        allocate(&quota, list, spare, rows[i].count);
        for (size_t k = 0; k < rows[i].count; k++)
            check_int(decisions[k].place, rows[i].seekers[k].expected, rows[i].why);
        check_int(quota.taken, rows[i].after.taken, rows[i].why);
        check_int(quota.waiting, rows[i].after.waiting, rows[i].why);
        check_int(quota.sequence, rows[i].after.sequence, rows[i].why);
    }
}

static void as_many_heads_are_asked_for_as_places_come_free(void **state)
{
    (void)state;
    struct decision holder = {.place = 3}, waiter = {.place = 0};
    struct seeker leaves = {.decision = &holder, .seeking = SEEKING_NOTHING},
                  gone = {.decision = &waiter, .seeking = SEEKING_NOTHING, .listed = true}, keeps = {.decision = &holder, .seeking = SEEKING_KEEP};
    struct seeker *all[] = {&leaves, &gone, &keeps};
    check_int(allocation_free(&(struct quota){.places = 5, .taken = 5}, all, 3), 1, "one holder leaves");
    check_int(allocation_free(&(struct quota){.places = 5, .taken = 3}, all, 3), 3, "and two were free");
    check_int(allocation_free(&(struct quota){.places = 2, .taken = 4}, all, 3), 0, "never below none, when places were cut");
    check_int(allocation_free(&(struct quota){.places = 5, .taken = 5, .surplus = 2}, all, 3), 0, "the place of who leaves is one that was cut");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_moves_only_as_the_table_says),
        cmocka_unit_test(rank_is_score_then_arrival_then_id),
        cmocka_unit_test(places_are_given_in_turn),
        cmocka_unit_test(as_many_heads_are_asked_for_as_places_come_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
