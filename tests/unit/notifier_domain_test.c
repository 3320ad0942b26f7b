#include "support/check.h"

#include "proto/topics.h"
#include "services/notifier/circuit.h"
#include "services/notifier/delivery.h"
#include "services/notifier/referral.h"
#include "services/notifier/subscription.h"

/* ── Referrals ── */

static void every_state_and_action_has_the_result_that_the_programme_wants(void **state)
{
    enum { OFFERED = REFERRAL_OFFERED, ACCEPTED, REJECTED, REVOKED, EXPIRED, DONE, NO = -1 };
    static const int expected[REFERRAL_STATE_COUNT][REFERRAL_ACTION_COUNT] = {
        /*                      OFFER    ACCEPT    REJECT    REPORT REVOKE   EXPIRE */
        [REFERRAL_NONE] = {OFFERED, NO, NO, NO, NO, NO},
        [REFERRAL_OFFERED] = {NO, ACCEPTED, REJECTED, NO, REVOKED, EXPIRED},
        [REFERRAL_ACCEPTED] = {NO, ACCEPTED, NO, DONE, REVOKED, NO},
        [REFERRAL_REJECTED] = {NO, NO, REJECTED, NO, NO, NO},
        [REFERRAL_REVOKED] = {NO, NO, NO, NO, NO, NO},
        [REFERRAL_EXPIRED] = {NO, NO, NO, NO, NO, NO},
        [REFERRAL_DONE] = {NO, NO, NO, DONE, NO, NO},
    };
    (void)state;
    for (int from = 0; from < REFERRAL_STATE_COUNT; from++)
        for (int action = 0; action < REFERRAL_ACTION_COUNT; action++) {
            const struct referral_step *step = referral_step((enum referral_state)from, (enum referral_action)action);
            const char *why = referral_action_name((enum referral_action)action);
            check_int(step ? (int)step->to : NO, expected[from][action], why);
            check(!step || (step->event != NULL) == (step->from != step->to), "a change has an event, no change has none");
            check(!step || (step->why && step->why[0]), "each row says why");
        }
}

static void what_a_state_is_called_is_read_back_and_only_two_are_open(void **state)
{
    (void)state;
    for (int i = REFERRAL_OFFERED; i < REFERRAL_STATE_COUNT; i++) {
        enum referral_state parsed;
        const char *name = referral_state_name((enum referral_state)i);
        check(referral_state_parse(str_from(name), &parsed) && (int)parsed == i, name);
        check_int(referral_is_open((enum referral_state)i), i == REFERRAL_OFFERED || i == REFERRAL_ACCEPTED, name);
    }
    enum referral_state parsed;
    check(!referral_state_parse(STR(""), &parsed), "the state before the first has no name");
    check(!referral_state_parse(STR("offered"), &parsed), "names are exact");
}

/* ── Subscriptions ── */

static void an_endpoint_hears_what_it_asked_for_where_it_asked_for_it(void **state)
{
    static const struct {
        const char *types, *territories, *type, *region, *province, *why;
        bool expected;
    } rows[] = {
        {EVENT_REFERRAL_OFFERED, "", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "no territory: everywhere", true},
        {EVENT_REFERRAL_OFFERED, "MA-TAO", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "her province", true},
        {EVENT_REFERRAL_OFFERED, "MA-FES,MA-TAO", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "one of several", true},
        {EVENT_REFERRAL_OFFERED, "MA-03", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "her region", true},
        {EVENT_REFERRAL_OFFERED, "MA-FES", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "another province", false},
        {EVENT_REFERRAL_OFFERED, "MA-04", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "another region", false},
        {EVENT_REFERRAL_OFFERED, "MA-T", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "the beginning of a code is no code", false},
        {EVENT_REFERRAL_REVOKED, "", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "another type", false},
        {EVENT_REFERRAL_REVOKED "," EVENT_REFERRAL_OFFERED, "", EVENT_REFERRAL_OFFERED, "MA-03", "MA-TAO", "one of several types", true},
        {SUBSCRIPTION_PATTERN, "", EVENT_REFERRAL_CLOSED, "MA-03", "MA-TAO", "the pattern takes all of referral", true},
        {SUBSCRIPTION_PATTERN, "", EVENT_DECISION_SHORTLISTED, "MA-03", "MA-TAO", "and nothing else", false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct subscription subscription = {.event_types = str_from(rows[i].types), .territories = str_from(rows[i].territories)};
        bool hears = subscription_takes(&subscription, str_from(rows[i].type)) &&
                     subscription_covers(&subscription, str_from(rows[i].region), str_from(rows[i].province));
        check_int(hears, rows[i].expected, rows[i].why);
    }
}

static void partners_may_subscribe_to_referrals_alone(void **state)
{
    static const struct {
        const char *type;
        bool valid;
    } rows[] = {
        {EVENT_REFERRAL_OFFERED, true},
        {EVENT_REFERRAL_ACCEPTED, true},
        {EVENT_REFERRAL_REJECTED, true},
        {EVENT_REFERRAL_REVOKED, true},
        {EVENT_REFERRAL_CLOSED, true},
        {SUBSCRIPTION_PATTERN, true},
        {"ma.jisr.*", false},
        {"*", false},
        {EVENT_APPLICATION_SUBMITTED, false},
        {EVENT_DECISION_SHORTLISTED, false},
        {"ma.jisr.referral.offered.v2", false},
        {"ma.jisr.referral.", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        check_int(subscription_type_valid(str_from(rows[i].type)), rows[i].valid, rows[i].type);
        if (rows[i].valid)
            check(strstr(subscription_types(), rows[i].type) != NULL, "the error text names each");
    }
}

static void territories_are_iso_codes_of_morocco(void **state)
{
    static const struct {
        const char *code;
        bool valid;
    } rows[] = {
        {"MA-01", true},   {"MA-12", true},    {"MA-TAO", true},  {"MA-00", false}, {"MA-13", false}, {"MA--1", false},  {"MA-1", false},
        {"MA-tao", false}, {"MA-TAOU", false}, {"MA-TA", false},  {"FR-75", false}, {"MA-", false},   {"MA-TOA", false}, {"MA-XYZ", false},
        {"MA-AGD", true},  {"MA-ZAG", true},   {"MA-GD ", false}, {"", false},      {"TAO", false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        check_int(territory_valid(str_from(rows[i].code)), rows[i].valid, rows[i].code);
}

/* ── Deliveries ── */

#define NOW (INT64_C(1800000000) * INSTANT_SECOND)
#define HOUR (INT64_C(3600) * INSTANT_SECOND)

static void each_answer_has_its_meaning(void **state)
{
    static const struct {
        int status;
        const char *failure;
        int64_t age, retry_after_s;
        enum delivery_fate fate;
        const char *reason, *why;
    } rows[] = {
        {200, NULL, 0, -1, DELIVERY_DONE, NULL, "received"},
        {204, NULL, 90 * HOUR, -1, DELIVERY_DONE, NULL, "received, however late"},
        {299, NULL, 0, -1, DELIVERY_DONE, NULL, "any 2xx"},
        {301, NULL, 0, -1, DELIVERY_LATER, "redirected", "3xx is a failure"},
        {304, NULL, 0, -1, DELIVERY_LATER, "redirected", "all of 3xx"},
        {400, NULL, 0, -1, DELIVERY_LATER, "refused", "a bad deployment may be repaired"},
        {404, NULL, 75 * HOUR, -1, DELIVERY_DEAD, "refused", "its time is up"},
        {410, NULL, 0, -1, DELIVERY_GONE, "endpoint gone", "disabled at once"},
        {429, NULL, 0, 7, DELIVERY_LATER, "rate limited", "fewer, please"},
        {500, NULL, 0, -1, DELIVERY_LATER, "failed", "a fault of theirs"},
        {500, NULL, 75 * HOUR - 1, -1, DELIVERY_LATER, "failed", "a moment before the end there is one more"},
        {503, NULL, 0, 7, DELIVERY_LATER, "unavailable", "until then"},
        {0, "timeout", 0, -1, DELIVERY_LATER, "timeout", "the client's word is the reason"},
        {0, "refused-address", 80 * HOUR, -1, DELIVERY_DEAD, "refused-address", "and at the end as well"},
        {0, "stopped", 80 * HOUR, -1, DELIVERY_UNSENT, NULL, "our stop is not the partner's failure"},
        {999, NULL, 0, -1, DELIVERY_LATER, "no answer", "what HTTP does not know is no answer"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct delivery_attempt attempt = {.number = 1,
                                                 .made_at = NOW - rows[i].age,
                                                 .answered_at = NOW,
                                                 .status = rows[i].status,
                                                 .failure = rows[i].failure,
                                                 .retry_after_s = rows[i].retry_after_s,
                                                 .random = 0};
        struct delivery_verdict verdict = delivery_judge(&attempt);
        check_int(verdict.fate, rows[i].fate, rows[i].why);
        check((verdict.reason == NULL) == (rows[i].reason == NULL), rows[i].why);
        if (rows[i].reason)
            check_text(str_from(verdict.reason), rows[i].reason, rows[i].why);
    }
}

static void retries_spread_out_below_a_ceiling_that_doubles_up_to_six_hours(void **state)
{
    static const struct {
        int32_t number;
        int64_t ceiling;
        const char *why;
    } rows[] = {
        {1, INSTANT_SECOND, "after the first attempt"},        {2, 2 * INSTANT_SECOND, "doubled"},        {5, 16 * INSTANT_SECOND, "and again"},
        {15, 16384 * INSTANT_SECOND, "four and a half hours"}, {16, 6 * HOUR, "not more than six hours"}, {500, 6 * HOUR, "ever"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct delivery_attempt attempt = {.number = rows[i].number, .made_at = NOW, .answered_at = NOW, .status = 500, .retry_after_s = -1};
        check_int(delivery_judge(&attempt).due_at, NOW, rows[i].why);
        attempt.random = (uint64_t)rows[i].ceiling;
        check_int(delivery_judge(&attempt).due_at, NOW + rows[i].ceiling, rows[i].why);
        attempt.random++;
        check_int(delivery_judge(&attempt).due_at, NOW, rows[i].why);
    }
}

static void retry_after_comes_before_the_schedule_and_quiets_the_endpoint(void **state)
{
    static const struct {
        int status;
        int64_t retry_after_s, pause;
        const char *why;
    } rows[] = {
        {429, 120, 120 * INSTANT_SECOND, "obeyed"},
        {503, 120, 120 * INSTANT_SECOND, "obeyed"},
        {500, 120, 0, "not for other answers"},
        {429, -1, 0, "not said"},
        {429, INT64_C(999999999999), INSTANT_DAY, "a day is the most"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct delivery_attempt attempt = {
            .number = 1, .made_at = NOW, .answered_at = NOW, .status = rows[i].status, .retry_after_s = rows[i].retry_after_s, .random = 5};
        struct delivery_verdict verdict = delivery_judge(&attempt);
        check_int(verdict.pause_until, rows[i].pause ? NOW + rows[i].pause : 0, rows[i].why);
        check_int(verdict.due_at, NOW + rows[i].pause + 5, rows[i].why);
    }
}

static void the_last_attempt_falls_on_the_75th_hour_and_then_it_is_over(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u; /* xorshift: any run must end at the same moment */
    for (int run = 0; run < 200; run++) {
        struct delivery_attempt attempt = {.number = 1, .made_at = NOW, .answered_at = NOW, .status = 500, .retry_after_s = -1};
        struct delivery_verdict verdict;
        while ((verdict = delivery_judge(&attempt)).fate == DELIVERY_LATER) {
            check(verdict.due_at >= attempt.answered_at && verdict.due_at <= NOW + DELIVERY_LIFETIME, "never later than the end");
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            attempt.random = random;
            attempt.number++;
            attempt.answered_at = verdict.due_at;
        }
        check_int(verdict.fate, DELIVERY_DEAD, "it ends");
        check_int(attempt.answered_at, NOW + DELIVERY_LIFETIME, "with an attempt at the very end");
        check(attempt.number > 20 && attempt.number < 120, "a few dozen attempts");
    }
}

/* ── Circuit ── */

static void an_endpoint_that_answers_is_given_more_and_one_that_fails_less(void **state)
{
    struct circuit circuit;
    (void)state;
    circuit_init(&circuit);
    check_int(circuit_room(&circuit, 0, NOW), CIRCUIT_FIRST_WIDTH, "at first");
    check_int(circuit_room(&circuit, CIRCUIT_FIRST_WIDTH - 1, NOW), 1, "one more");
    check_int(circuit_room(&circuit, CIRCUIT_FIRST_WIDTH, NOW), 0, "full");
    for (int i = 0; i < 100; i++)
        circuit_note(&circuit, true, 64, NOW);
    check_int(circuit_room(&circuit, 0, NOW), 64, "not more than the most");
    circuit_note(&circuit, false, 64, NOW);
    check_int(circuit_room(&circuit, 0, NOW), 32, "half after a failure");
    check_int(circuit_room(&circuit, 40, NOW), 0, "those that are out already count");
}

static void an_endpoint_that_keeps_failing_is_left_alone_for_longer_and_longer(void **state)
{
    struct circuit circuit;
    instant_us now = NOW;
    (void)state;
    circuit_init(&circuit);
    for (int i = 0; i < 4; i++)
        circuit_note(&circuit, false, 64, now);
    check_int(circuit_room(&circuit, 0, now), 1, "four failures are not five");
    static const int64_t quiet_s[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (size_t i = 0; i < ROWS(quiet_s); i++) {
        circuit_note(&circuit, false, 64, now);
        check_int(circuit_room(&circuit, 0, now + quiet_s[i] * INSTANT_SECOND - 1), 0, "quiet");
        for (int other = 0; other < 50; other++) /* those that were out with it fail as well */
            circuit_note(&circuit, false, 64, now + 1);
        now += quiet_s[i] * INSTANT_SECOND;
        check_int(circuit_room(&circuit, 0, now), 1, "then one tries");
    }
    circuit_note(&circuit, true, 64, now);
    check_int(circuit_room(&circuit, 0, now), 2, "an answer opens it again");
    circuit_note(&circuit, false, 64, now);
    check_int(circuit_room(&circuit, 0, now), 1, "and patience begins anew");
}

static void an_endpoint_that_asks_for_quiet_gets_it(void **state)
{
    struct circuit circuit;
    (void)state;
    circuit_init(&circuit);
    circuit_pause(&circuit, NOW + 10);
    circuit_pause(&circuit, NOW + 5);
    check_int(circuit_room(&circuit, 0, NOW + 9), 0, "until the later of both");
    check_int(circuit_room(&circuit, 0, NOW + 10), CIRCUIT_FIRST_WIDTH, "then as before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_action_has_the_result_that_the_programme_wants),
        cmocka_unit_test(what_a_state_is_called_is_read_back_and_only_two_are_open),
        cmocka_unit_test(an_endpoint_hears_what_it_asked_for_where_it_asked_for_it),
        cmocka_unit_test(partners_may_subscribe_to_referrals_alone),
        cmocka_unit_test(territories_are_iso_codes_of_morocco),
        cmocka_unit_test(each_answer_has_its_meaning),
        cmocka_unit_test(retries_spread_out_below_a_ceiling_that_doubles_up_to_six_hours),
        cmocka_unit_test(retry_after_comes_before_the_schedule_and_quiets_the_endpoint),
        cmocka_unit_test(the_last_attempt_falls_on_the_75th_hour_and_then_it_is_over),
        cmocka_unit_test(an_endpoint_that_answers_is_given_more_and_one_that_fails_less),
        cmocka_unit_test(an_endpoint_that_keeps_failing_is_left_alone_for_longer_and_longer),
        cmocka_unit_test(an_endpoint_that_asks_for_quiet_gets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
