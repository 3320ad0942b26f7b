/* What applications and decisions do to referrals: the handler in a transaction of its own, as the feed calls it. */
#include "tests/integration/notifier_play.h"

#include <pthread.h>
#include <stdio.h>

#include "app/app.h"
#include "json/wire.h"
#include "notifier_checks_statements.h"
#include "proto/topics.h"
#include "services/notifier/expiry.h"

static void a_shortlisted_woman_is_offered_once_to_each_partner_that_serves_her_province(void **state)
{
    (void)state;
    struct id first = add_partner(1), second = add_partner(2), elsewhere = add_partner(3), revoked_only = add_partner(4);
    struct id two[] = {add_endpoint(first, 1, "/ok", ALL, "MA-TAO"), add_endpoint(first, 2, "/second", EVENT_REFERRAL_OFFERED, "")};
    add_endpoint(second, 3, "/ok", EVENT_REFERRAL_OFFERED, "MA-03");
    add_endpoint(elsewhere, 4, "/ok", ALL, "MA-FES");
    add_endpoint(revoked_only, 5, "/ok", EVENT_REFERRAL_REVOKED, "");
    add_submitted(1, 1, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    assert_referrals("OFFERED/1 OFFERED/1");
    assert_outbox((const char *const[]){EVENT_REFERRAL_OFFERED, EVENT_REFERRAL_OFFERED}, 2);
    struct db_rows bodies = test_ask(&NOTIFIER_CHECKS_BODIES, NULL);
    assert_int_equal(bodies.count, 3); /* both endpoints of the first partner, one of the second */
    for (size_t i = 0; i < 2; i++)
        assert_true(id_compare(db_get_id(&bodies, 0, 0), two[i]) == 0 || id_compare(db_get_id(&bodies, 1, 0), two[i]) == 0);
    add_event(1, EVENT_DECISION_SHORTLISTED, 3, ""); /* shortlisted anew */
    run();
    assert_referrals("OFFERED/1 OFFERED/1");
    assert_int_equal(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 2);
}

static void the_webhook_is_the_event_that_kafka_carries(void **state)
{
    (void)state;
    struct id partner = add_partner(1);
    add_endpoint(partner, 1, "/ok", ALL, "");
    add_submitted(1, 1, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    struct db_rows bodies = test_ask(&NOTIFIER_CHECKS_BODIES, NULL), outbox = test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL);
    const struct json_value *event, *data, *kafka;
    assert_int_equal(json_parse(db_get_str(&bodies, 0, 1), test_arena, &event), ERR_OK);
    assert_int_equal(json_parse(db_get_str(&outbox, 0, 4), test_arena, &kafka), ERR_OK);
    static const char *const attributes[][2] = {{"specversion", "1.0"},           {"source", "/jisr/notifier"},
                                                {"type", EVENT_REFERRAL_OFFERED}, {"datacontenttype", "application/json"},
                                                {"aggregateversion", "1"},        {"traceparent", TRACE}};
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        assert_true(str_equal(json_member(event, str_from(attributes[i][0]))->string, str_from(attributes[i][1])));
    assert_true(str_equal(json_member(event, STR("subject"))->string, id_text(test_arena, fixture_id(1))));
    data = json_member(event, STR("data"));
    assert_true(data && data->count == kafka->count);
    assert_true(str_equal(json_member(data, STR("state"))->string, STR("OFFERED")));
    assert_true(str_equal(json_member(data, STR("partner"))->string, id_text(test_arena, partner)));
    assert_int_equal(json_member(json_member(data, STR("transitions"))->items, STR("from"))->kind, JSON_KIND_NULL);
    assert_true(str_equal(db_get_str(&outbox, 0, 5), STR(TRACE)));
}

static void without_her_consent_or_after_her_withdrawal_there_is_never_a_referral(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, false);
    add_submitted(2, 1, true);
    run();
    add_event(2, EVENT_APPLICATION_WITHDRAWN, 2, "");
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    add_event(2, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    assert_referrals("");
    assert_outbox(NULL, 0);
}

static void whatever_ends_her_application_revokes_what_is_open(void **state)
{
    (void)state;
    static const char *const ends[] = {EVENT_APPLICATION_WITHDRAWN, EVENT_APPLICATION_RESTRICTED, EVENT_APPLICATION_EXPIRED,
                                       EVENT_APPLICATION_ERASED};
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    for (uint32_t n = 1; n <= 4; n++) {
        add_submitted(n, 1, true);
        add_event(n, EVENT_DECISION_SHORTLISTED, 1, "");
    }
    run();
    for (uint32_t n = 1; n <= 4; n++)
        add_event(n, ends[n - 1], 2, "");
    run();
    assert_referrals("REVOKED/2 REVOKED/2 REVOKED/2 REVOKED/2");
}

static void an_erasure_takes_with_it_what_partners_noted(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    for (uint32_t n = 1; n <= 2; n++) {
        add_submitted(n, 1, true);
        add_event(n, EVENT_DECISION_SHORTLISTED, 1, "");
    }
    run();
    test_ask(&NOTIFIER_CHECKS_REJECT_ALL, NULL);
    add_event(1, EVENT_APPLICATION_ERASED, 2, "");
    add_event(2, EVENT_APPLICATION_WITHDRAWN, 2, "");
    run();
    struct db_rows noted = test_ask(&NOTIFIER_CHECKS_NOTED, NULL);
    assert_int_equal(noted.count, 1);
    assert_int_equal(id_compare(db_get_id(&noted, 0, 0), fixture_id(2)), 0);
}

static void who_takes_an_objection_back_is_offered_again(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, true);
    add_event(1, EVENT_DECISION_SHORTLISTED, 1, "");
    run();
    add_event(1, EVENT_APPLICATION_RESTRICTED, 2, "");
    run();
    assert_referrals("REVOKED/2");
    add_event(1, EVENT_APPLICATION_CONFIRMED, 3, ",\"referral_consent\":true,\"contact\":\"c2VhbGVk\",\"revision\":1");
    run();
    assert_referrals("REVOKED/2 OFFERED/1");
}

static void a_decision_that_comes_before_its_application_is_held(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(2, 1, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    add_event(2, EVENT_DECISION_SHORTLISTED, 2, "");
    assert_int_equal(db_transaction(test_db, handle, NULL), ERR_OK);
    assert_int_equal(events[0].outcome, ERR_NO_CAUSE);
    assert_non_null(events[0].reason);
    assert_int_equal(events[1].outcome, ERR_OK);
    assert_referrals("OFFERED/1"); /* its neighbour goes on */
}

static void a_withdrawal_revokes_what_is_open_and_tells_the_partner(void **state)
{
    (void)state;
    static const char *const states[] = {"OFFERED", "ACCEPTED", "REJECTED", "DONE", "EXPIRED"};
    for (uint32_t i = 0; i < 5; i++) {
        struct id partner = add_partner(i);
        struct db_args args = test_args();
        add_endpoint(partner, i, "/ok", ALL, "");
        if (i == 0) {
            add_submitted(1, 1, true);
            run();
        }
        db_arg_id(&args, fixture_id(0x5000 + i));
        db_arg_id(&args, partner);
        db_arg_id(&args, fixture_id(1));
        db_arg_str(&args, str_from(states[i]));
        test_ask(&NOTIFIER_CHECKS_ADD_REFERRAL, &args);
    }
    add_event(1, EVENT_APPLICATION_WITHDRAWN, 2, "");
    run();
    assert_referrals("REVOKED/2 REVOKED/2 REJECTED/1 DONE/1 EXPIRED/1");
    assert_outbox((const char *const[]){EVENT_REFERRAL_REVOKED, EVENT_REFERRAL_REVOKED}, 2);
    assert_int_equal(test_ask(&NOTIFIER_CHECKS_BODIES, NULL).count, 2);
}

static void an_amendment_without_consent_revokes_and_an_older_version_changes_nothing(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 3, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    add_submitted(1, 2, false); /* late */
    run();
    assert_referrals("OFFERED/1");
    add_submitted(1, 4, false);
    run();
    assert_referrals("REVOKED/2");
    add_submitted(1, 5, true); /* and with her consent given again, a new shortlisting offers anew */
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 3, "");
    run();
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_REFERRALS, NULL);
    assert_int_equal(rows.count, 2);
}

static void an_event_that_does_not_fit_its_schema_is_parked_and_its_neighbours_go_on(void **state)
{
    (void)state;
    add_submitted(1, 1, true);
    add_submitted(2, 1, true);
    events[0].data = STR("{\"application\":\"0190\",\"version\":1}");
    assert_int_equal(db_transaction(test_db, handle, NULL), ERR_OK);
    assert_int_equal(err_info(events[0].outcome)->verdict, VERDICT_PARK);
    assert_non_null(events[0].reason);
    assert_int_equal(events[1].outcome, ERR_OK);
}

static void what_does_not_concern_partners_changes_nothing(void **state)
{
    (void)state;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, true);
    add_event(2, EVENT_APPLICATION_DRAFTED, 1, "");
    add_event(3, EVENT_DECISION_ASSESSED, 1, "");
    add_event(4, "ma.jisr.application.renamed.v7", 1, "");
    run();
    assert_referrals("");
}

static void a_call_with_hundreds_of_events_is_one_piece_of_work(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        add_endpoint(add_partner(i), i, "/ok", ALL, "");
    for (uint32_t i = 0; i < 60; i++)
        add_submitted(i, 1, true);
    run();
    for (uint32_t i = 0; i < 60; i++)
        add_event(i, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    assert_int_equal(test_ask(&NOTIFIER_CHECKS_REFERRALS, NULL).count, 180);
    assert_int_equal(test_ask(&NOTIFIER_CHECKS_BODIES, NULL).count, 180);
}

static void an_offer_that_nobody_answers_expires(void **state)
{
    (void)state;
    size_t expired;
    add_endpoint(add_partner(1), 1, "/ok", ALL, "");
    add_submitted(1, 1, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, "");
    run();
    instant_us now = clock_wall_us();
    assert_int_equal(expiry_run_once(test_db, now - 30 * INSTANT_DAY, now, &expired), ERR_OK);
    assert_int_equal(expired, 0);
    assert_int_equal(expiry_run_once(test_db, now + INSTANT_SECOND, now, &expired), ERR_OK);
    assert_int_equal(expired, 1);
    assert_referrals("EXPIRED/2");
    assert_outbox((const char *const[]){EVENT_REFERRAL_OFFERED, EVENT_REFERRAL_CLOSED}, 2);
}

/* ── Two copies at the same moment ── */

#define HELD_US 300000 /* long enough for the other copy to do all that it is allowed to do meanwhile */

struct first_copy {
    struct db *db;
    pthread_barrier_t handled;
    enum err err;
};

/* After the barrier it uses neither the events nor the arena any more: they are the other copy's. */
static enum err handle_and_hold(struct db *db, void *context)
{
    struct first_copy *copy = context;
    enum err err = handle(db, NULL);
    pthread_barrier_wait(&copy->handled);
    clock_sleep_us(HELD_US);
    return err;
}

static void *first_copy_main(void *context)
{
    struct first_copy *copy = context;
    copy->err = db_transaction(copy->db, handle_and_hold, copy);
    return NULL;
}

static void an_offer_and_a_withdrawal_at_the_same_moment_leave_no_open_referral(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second; /* the first is handled and not yet committed when the second begins */
        const char *referrals, *why;
    } CASES[] = {
        {EVENT_DECISION_SHORTLISTED, EVENT_APPLICATION_WITHDRAWN, "REVOKED/2", "the withdrawal waits for the offer, then finds and revokes it"},
        {EVENT_APPLICATION_WITHDRAWN, EVENT_DECISION_SHORTLISTED, "", "the offer waits for the withdrawal, then rests on nothing"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct first_copy copy = {.db = notifier_connect()};
        pthread_t thread;
        clear(state);
        add_endpoint(add_partner(1), 1, "/ok", ALL, "");
        add_submitted(1, 1, true);
        run();
        add_event(1, CASES[i].first, 2, "");
        events[0].id = fixture_id(0x91000); /* another event than the second */
        assert_int_equal(pthread_barrier_init(&copy.handled, NULL, 2), 0);
        assert_int_equal(pthread_create(&thread, NULL, first_copy_main, &copy), 0);
        pthread_barrier_wait(&copy.handled);
        event_count = 0;
        add_event(1, CASES[i].second, 2, "");
        run();
        pthread_join(thread, NULL);
        pthread_barrier_destroy(&copy.handled);
        db_close(copy.db);
        assert_int_equal(copy.err, ERR_OK);
        assert_referrals(CASES[i].referrals);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(a_shortlisted_woman_is_offered_once_to_each_partner_that_serves_her_province),
        TEST(the_webhook_is_the_event_that_kafka_carries),
        TEST(without_her_consent_or_after_her_withdrawal_there_is_never_a_referral),
        TEST(whatever_ends_her_application_revokes_what_is_open),
        TEST(an_erasure_takes_with_it_what_partners_noted),
        TEST(who_takes_an_objection_back_is_offered_again),
        TEST(a_decision_that_comes_before_its_application_is_held),
        TEST(a_withdrawal_revokes_what_is_open_and_tells_the_partner),
        TEST(an_amendment_without_consent_revokes_and_an_older_version_changes_nothing),
        TEST(an_event_that_does_not_fit_its_schema_is_parked_and_its_neighbours_go_on),
        TEST(what_does_not_concern_partners_changes_nothing),
        TEST(a_call_with_hundreds_of_events_is_one_piece_of_work),
        TEST(an_offer_that_nobody_answers_expires),
        TEST(an_offer_and_a_withdrawal_at_the_same_moment_leave_no_open_referral),
#undef TEST
    };
    return cmocka_run_group_tests(tests, notifier_open, notifier_close);
}
