/* Who holds a place, and who doesn't any more: what decisions that follow one another do to referrals. */
#include "tests/integration/notifier_play.h"

#include "notifier_checks_statements.h"
#include "tests/support/check.h"

#define CONFIRMED ",\"referral_consent\":true,\"contact\":\"c2VhbGVk\",\"revision\":"

static void shortlisted(uint32_t application)
{
    add_submitted(application, 1, true);
    run();
    add_event(application, EVENT_DECISION_ASSESSED, 1, ",\"outcome\":\"ELIGIBLE\",\"revision\":1");
    run();
    add_event(application, EVENT_DECISION_SHORTLISTED, 2, ",\"outcome\":\"SHORTLISTED\",\"revision\":1");
    run();
}

static void who_loses_her_place_is_taken_back_from_the_partners(void **state)
{
    static const struct {
        const char *type, *more, *referrals, *why;
    } DECISIONS[] = {
        {EVENT_DECISION_ASSESSED, ",\"outcome\":\"INELIGIBLE\",\"revision\":2", "REVOKED/2", "amended, not eligible any more"},
        {EVENT_DECISION_WAITLISTED, ",\"outcome\":\"WAITLISTED\",\"revision\":2", "REVOKED/2", "amended, and waits for a place again"},
        {EVENT_DECISION_HELD, ",\"outcome\":\"HELD\",\"revision\":1", "REVOKED/2", "her file may be a double"},
        {EVENT_DECISION_REJECTED, ",\"outcome\":\"REJECTED\",\"revision\":1", "REVOKED/2", "the committee said no"},
        {EVENT_DECISION_ASSESSED, ",\"outcome\":\"ELIGIBLE\",\"revision\":2,\"unlisted\":true", "REVOKED/2", "amended, and a committee lists now"},
        {EVENT_DECISION_ASSESSED, ",\"outcome\":\"ELIGIBLE\",\"revision\":2", "OFFERED/1", "amended; whether she keeps her place is said next"},
        {EVENT_DECISION_SHORTLISTED, ",\"outcome\":\"SHORTLISTED\",\"revision\":2", "OFFERED/1", "amended, and her place is hers"},
    };
    for (size_t i = 0; i < ROWS(DECISIONS); i++) {
        clear(state);
        add_endpoint(add_partner(1), 1, "/ok", ALL, "");
        shortlisted(1);
        assert_referrals("OFFERED/1");
        add_event(1, DECISIONS[i].type, 3, DECISIONS[i].more);
        run();
        check_text(referrals_text(), DECISIONS[i].referrals, DECISIONS[i].why);
    }
}

static void the_partner_is_told_that_she_is_taken_back(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    shortlisted(1);
    add_event(1, EVENT_DECISION_WAITLISTED, 4, ",\"outcome\":\"WAITLISTED\",\"revision\":2");
    run();
    assert_outbox((const char *const[]){EVENT_REFERRAL_OFFERED, EVENT_REFERRAL_REVOKED}, 2);
}

static void who_gets_a_place_again_is_offered_again(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    shortlisted(1);
    add_event(1, EVENT_DECISION_ASSESSED, 3, ",\"outcome\":\"INELIGIBLE\",\"revision\":2");
    run();
    add_event(1, EVENT_DECISION_ASSESSED, 4, ",\"outcome\":\"ELIGIBLE\",\"revision\":3");
    run();
    assert_referrals("REVOKED/2");
    add_event(1, EVENT_DECISION_SHORTLISTED, 5, ",\"outcome\":\"SHORTLISTED\",\"revision\":3");
    run();
    assert_referrals("REVOKED/2 OFFERED/1");
}

static void a_word_that_comes_after_the_place_is_lost_offers_nothing(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, false); /* an agent entered her: she has not confirmed */
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, ",\"outcome\":\"SHORTLISTED\",\"revision\":1");
    run();
    add_event(1, EVENT_DECISION_ASSESSED, 3, ",\"outcome\":\"INELIGIBLE\",\"revision\":2");
    run();
    add_event(1, EVENT_APPLICATION_CONFIRMED, 2, CONFIRMED "1");
    run();
    add_event(1, EVENT_APPLICATION_CONFIRMED, 3, CONFIRMED "2");
    run();
    assert_referrals("");
}

/* Amended: she lives in another province now. */
static void move_last(void)
{
    struct event *event = &events[event_count - 1];
    const char *was = memmem(event->data.at, event->data.size, "MA-TAO", 6);
    assert_non_null(was);
    const size_t before = (size_t)(was - event->data.at);
    event->data = str_format(test_arena, "%.*sMA-FES%s", (int)before, event->data.at, was + 6);
}

static void add_moved(uint32_t application, int64_t version)
{
    add_submitted(application, version, true);
    move_last();
}

static void the_endpoint_that_heard_of_an_offer_hears_of_its_end_though_she_has_moved(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "MA-TAO");
    shortlisted(1);
    add_moved(1, 2);
    run();
    add_event(1, EVENT_DECISION_WAITLISTED, 4, ",\"outcome\":\"WAITLISTED\",\"revision\":2");
    run();
    struct db_rows bodies = test_ask(&NOTIFIER_CHECKS_BODIES, NULL);
    check_int(bodies.count, 2, "offered and revoked");
    struct str last = db_get_str(&bodies, 1, 1);
    check(memmem(last.at, last.size, "referral.revoked", 16) && memmem(last.at, last.size, "MA-TAO", 6), "the province is that of the offer");
}

#define TELLS_OF(revision) ",\"referral_consent\":true,\"contact\":\"c2VhbGVk\",\"revision\":" revision

/* "1 OFFERED MA-TAO, 2 REVOKED MA-FES": partner, state and province of the offer. */
static void assert_offers(const char *expected, const char *why)
{
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_OFFERS, NULL);
    check_text(db_get_str(&rows, 0, 0), expected, why);
}

/* One for each province, one for both, one for the region. */
static void add_partners_of_two_provinces(void)
{
    static const char *const TERRITORIES[] = {"MA-TAO", "MA-FES", "MA-TAO,MA-FES", "MA-03"};
    for (uint32_t i = 0; i < ROWS(TERRITORIES); i++)
        add_endpoint(add_partner(i + 1), i + 1, "/ok", ALL, TERRITORIES[i]);
}

static void who_moves_with_her_place_is_taken_back_from_those_who_serve_only_where_she_was(void **state)
{
    static const struct {
        const char *accepted, *offers, *why;
    } MOVES[] = {
        {"", "1 REVOKED MA-TAO, 2 OFFERED MA-FES, 3 OFFERED MA-TAO, 4 OFFERED MA-TAO",
         "every partner that subscribes to the province that she lives in"},
        {"yes", "1 ACCEPTED MA-TAO, 2 OFFERED MA-FES, 3 ACCEPTED MA-TAO, 4 ACCEPTED MA-TAO", "who has taken her goes on with her"},
    };
    for (size_t i = 0; i < ROWS(MOVES); i++) {
        clear(state);
        add_partners_of_two_provinces();
        shortlisted(1);
        if (MOVES[i].accepted[0])
            test_ask(&NOTIFIER_CHECKS_ACCEPT_ALL, NULL);
        add_moved(1, 2);
        run();
        add_event(1, EVENT_DECISION_SHORTLISTED, 4, ",\"outcome\":\"SHORTLISTED\",\"revision\":2");
        run();
        assert_offers(MOVES[i].offers, MOVES[i].why);
    }
}

static void a_place_is_offered_where_the_form_that_got_it_says_she_lives_however_late_that_comes(void **state)
{
    (void)state;
    add_partners_of_two_provinces();
    add_event(1, EVENT_APPLICATION_SUBMITTED, 1, TELLS_OF("1"));
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, ",\"outcome\":\"SHORTLISTED\",\"revision\":2"); /* another topic, and quicker */
    assert_int_equal(db_transaction(test_db, handle, NULL), ERR_OK);
    check_int(events[0].outcome, ERR_NO_CAUSE, "held: only her second form says where she lives");
    event_count = 0;
    assert_offers("", "nobody has heard of her");
    add_event(1, EVENT_APPLICATION_AMENDED, 2, TELLS_OF("2"));
    move_last();
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, ",\"outcome\":\"SHORTLISTED\",\"revision\":2");
    run();
    assert_offers("2 OFFERED MA-FES, 3 OFFERED MA-FES, 4 OFFERED MA-FES", "and those are offered to whom she lives near");
}

static void who_never_had_a_place_has_nothing_to_lose(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, true);
    add_event(2, EVENT_DECISION_ASSESSED, 1, ",\"outcome\":\"INELIGIBLE\",\"revision\":1"); /* her application is not here yet: no cause to wait */
    add_event(3, EVENT_DECISION_WAITLISTED, 2, ",\"outcome\":\"WAITLISTED\",\"revision\":1");
    run();
    add_event(1, EVENT_DECISION_WAITLISTED, 2, ",\"outcome\":\"WAITLISTED\",\"revision\":1");
    run();
    assert_outbox(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(who_loses_her_place_is_taken_back_from_the_partners),
        TEST(the_partner_is_told_that_she_is_taken_back),
        TEST(who_gets_a_place_again_is_offered_again),
        TEST(a_word_that_comes_after_the_place_is_lost_offers_nothing),
        TEST(the_endpoint_that_heard_of_an_offer_hears_of_its_end_though_she_has_moved),
        TEST(who_moves_with_her_place_is_taken_back_from_those_who_serve_only_where_she_was),
        TEST(a_place_is_offered_where_the_form_that_got_it_says_she_lives_however_late_that_comes),
        TEST(who_never_had_a_place_has_nothing_to_lose),
#undef TEST
    };
    return cmocka_run_group_tests(tests, notifier_open, notifier_close);
}
