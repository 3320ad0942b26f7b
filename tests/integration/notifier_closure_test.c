/* A partner that an administrator closes: it is gone for good, and what it held of women goes back. */
#include "tests/integration/notifier_http.h"
#include "tests/integration/notifier_play.h"

#include "notifier_checks_statements.h"
#include "services/notifier/closure.h"
#include "tests/support/check.h"

#define CHUNK 200             /* closure.c's */
#define BURIED_AT_A_TIME 1000 /* queue.c's */

static struct id partners[2];

/* Partner 1 and another one, each with an endpoint, both offered two women; the first has taken one of them and is done with a third. */
static void two_partners(void)
{
    for (uint32_t number = 1; number <= 2; number++) {
        partners[number - 1] = add_partner(number);
        add_endpoint(partners[number - 1], number, "/ok", ALL, "");
    }
    for (uint32_t woman = 1; woman <= 3; woman++)
        add_submitted(woman, 1, true);
    run();
    for (uint32_t woman = 1; woman <= 3; woman++)
        add_event(woman, EVENT_DECISION_SHORTLISTED, 2, ",\"revision\":1");
    run();
    fixture_script(test_db, "UPDATE referral SET state = 'ACCEPTED' WHERE right(application::text, 1) = '2' AND right(partner::text, 1) = '1'; "
                            "UPDATE referral SET state = 'DONE' WHERE right(application::text, 1) = '3' AND right(partner::text, 1) = '1'; "
                            "TRUNCATE outbox, audit");
}

static struct said close_first(void)
{
    return say(path_to("partners", partners[0], "/closure"), staff("admin"), "");
}

static size_t revoke_all(void)
{
    bool found = true;
    size_t transactions = 0;
    while (found) {
        assert_int_equal(closure_run_once(test_db, clock_wall_us(), &found), ERR_OK);
        transactions += found;
    }
    return transactions;
}

static void closing_it_ends_its_key_and_its_endpoints(void **state)
{
    (void)state;
    two_partners();
    struct said said = close_first();
    check_int(said.status, 200, "closed");
    check(!json_member(said.json, STR("enabled"))->boolean, "it says so");
    assert_true(text_of(&said, "closed_at").size > 0);
    check_int(say("/referrals", PARTNER_1, NULL).status, 401, "its key");
    check_int(say("/referrals", PARTNER_2, NULL).status, 200, "another one's");
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_ENDPOINTS, NULL);
    check_text(db_get_str(&rows, 0, 0), "DISABLED ENABLED", "without a way back for the first");
    rows = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
    check_int(rows.count, 1, "on record");
    check_text(db_get_str(&rows, 0, 0), "admin:u1", "by whom");
    check_text(db_get_str(&rows, 0, 1), "close-partner", "what");
    struct said again = close_first();
    check_int(again.status, 200, "the same again");
    assert_true(str_equal(again.body, said.body));
    check_int(test_ask(&NOTIFIER_CHECKS_AUDIT, NULL).count, 1, "changes nothing");
}

static void what_it_held_is_revoked_with_an_event_each_and_nobody_elses(void **state)
{
    (void)state;
    two_partners();
    check_int(close_first().status, 200, "closed");
    check_int((int64_t)revoke_all(), 1, "transactions");
    assert_referrals(
        "REVOKED/2 OFFERED/1 REVOKED/2 OFFERED/1 DONE/1 OFFERED/1"); /* by woman, then by partner: what was open, and of the first alone */
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL);
    check_int(rows.count, 2, "events");
    for (size_t i = 0; i < rows.count; i++) {
        check_text(db_get_str(&rows, i, 0), EVENT_REFERRAL_REVOKED, "its type");
        check_int(db_get_int(&rows, i, 3), 2, "its version");
    }
    check_int(test_ask(&NOTIFIER_CHECKS_AUDIT, NULL).count, 3, "the closing, and each referral");
    check_int(test_count(&NOTIFIER_CHECKS_PENDING), 6, "no webhook more: nobody is there to be told");
    check_int((int64_t)revoke_all(), 0, "it is done");
}

static void a_long_list_is_revoked_a_chunk_at_a_time(void **state)
{
    (void)state;
    two_partners();
    fixture_script(test_db, "INSERT INTO application (id, version, call, kind, region, province, referral_consent, withdrawn) "
                            "SELECT gen_random_uuid(), 1, 'many', 'person', 'MA-03', 'MA-TAO', true, false FROM generate_series(1, 498); "
                            "INSERT INTO referral (id, partner, application, province, state, version, offered_at, changed_at) "
                            "SELECT gen_random_uuid(), p.id, a.id, 'MA-TAO', 'OFFERED', 1, now(), now() "
                            "FROM application a, partner p WHERE a.call = 'many' AND right(p.id::text, 1) = '1'");
    check_int(close_first().status, 200, "closed");
    check_int((int64_t)revoke_all(), 500 / CHUNK + 1, "transactions");
    check_int(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 500, "events");
}

static void what_waited_for_its_endpoints_is_buried_a_chunk_at_a_time(void **state)
{
    (void)state;
    two_partners();
    check_int(test_count(&NOTIFIER_CHECKS_PENDING), 6, "three offers for each");
    fixture_script(test_db, "INSERT INTO delivery (event_id, endpoint, application, due_at, created_at) "
                            "SELECT gen_random_uuid(), e.id, gen_random_uuid(), now(), now() FROM endpoint e, generate_series(1, 2500) "
                            "WHERE right(e.partner::text, 1) = '1'");
    check_int(close_first().status, 200, "closed");
    check_int(test_count(&NOTIFIER_CHECKS_PENDING), 2506, "closing it takes no longer for what waits");
    check_int((int64_t)notifier_turn_queue(), 2500 / BURIED_AT_A_TIME + 1, "transactions");
    check_int(test_count(&NOTIFIER_CHECKS_PENDING), 3, "the other one's");
}

static void nobody_is_offered_to_it_any_more(void **state)
{
    (void)state;
    two_partners();
    check_int(close_first().status, 200, "closed");
    add_submitted(4, 1, true);
    run();
    add_event(4, EVENT_DECISION_SHORTLISTED, 2, ",\"revision\":1");
    run();
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL);
    check_int(rows.count, 1, "an offer to the other one alone");
    revoke_all();
    check_int(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 3, "and what the first held before");
}

static void an_offer_that_is_being_made_is_there_when_the_revoking_begins(void **state)
{
    (void)state;
    two_partners();
    struct said said = {0};
    const char *path = path_to("partners", partners[0], "/closure"), *admin = staff("admin");
    fixture_script(test_db, "BEGIN; SELECT FROM endpoint FOR SHARE"); /* as who makes offers */
    ask_begin((struct ask){.path = path, .token = admin, .body = ""}, &said);
    fixture_script(test_db, WAIT_FOR_WAITER);
    fixture_script(test_db, "INSERT INTO application (id, version, call, kind, region, province, referral_consent, withdrawn) "
                            "VALUES (gen_random_uuid(), 1, 'late', 'person', 'MA-03', 'MA-TAO', true, false); "
                            "INSERT INTO referral (id, partner, application, province, state, version, offered_at, changed_at) "
                            "SELECT gen_random_uuid(), p.id, a.id, 'MA-TAO', 'OFFERED', 1, now(), now() "
                            "FROM application a, partner p WHERE a.call = 'late' AND right(p.id::text, 1) = '1'; COMMIT");
    ask_end(&said);
    check_int(said.status, 200, "closed");
    revoke_all();
    check_int(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 3, "revoked");
}

static void an_endpoint_that_comes_while_it_is_closed_is_refused(void **state)
{
    (void)state;
    two_partners();
    struct said said = {0};
    const char *body = "{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"]}";
    fixture_script(test_db, "BEGIN; UPDATE partner SET enabled = false");
    ask_begin((struct ask){.path = "/endpoints", .token = PARTNER_1, .body = body}, &said);
    fixture_script(test_db, WAIT_FOR_WAITER);
    fixture_script(test_db, "COMMIT");
    ask_end(&said);
    check_int(said.status, 401, "its key is none any more");
}

/* Before there was a way to close one, `enabled` was the only switch. */
static void a_partner_that_somebody_has_switched_off_by_hand_can_be_closed(void **state)
{
    (void)state;
    two_partners();
    fixture_script(test_db, "UPDATE partner SET enabled = false WHERE right(id::text, 1) = '1'");
    struct said said = close_first();
    check_int(said.status, 200, "closed");
    assert_true(text_of(&said, "closed_at").size > 0);
    check_int((int64_t)revoke_all(), 1, "transactions");
    check_int(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 2, "revoked");
}

static void it_is_for_an_administrator_of_all_territories(void **state)
{
    (void)state;
    two_partners();
    const char *path = path_to("partners", partners[0], "/closure");
    const struct {
        const char *path, *token;
        int status;
        const char *why;
    } rows[] = {
        {path, NULL, 401, "nobody"},
        {path, staff("committee"), 403, "another role"},
        {path, staff_of("admin", "MA-TAO"), 403, "it serves all territories"},
        {path, PARTNER_1, 403, "not itself"},
        {path_to("partners", fixture_id(9), "/closure"), staff("admin"), 404, "none"},
        {"/partners/x/closure", staff("admin"), 404, "no id"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_int(say(rows[i].path, rows[i].token, "").status, rows[i].status, rows[i].why);
    check_int(say("/referrals", PARTNER_1, NULL).status, 200, "it is still there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(closing_it_ends_its_key_and_its_endpoints),
        TEST(what_waited_for_its_endpoints_is_buried_a_chunk_at_a_time),
        TEST(what_it_held_is_revoked_with_an_event_each_and_nobody_elses),
        TEST(a_long_list_is_revoked_a_chunk_at_a_time),
        TEST(nobody_is_offered_to_it_any_more),
        TEST(an_offer_that_is_being_made_is_there_when_the_revoking_begins),
        TEST(an_endpoint_that_comes_while_it_is_closed_is_refused),
        TEST(a_partner_that_somebody_has_switched_off_by_hand_can_be_closed),
        TEST(it_is_for_an_administrator_of_all_territories),
#undef TEST
    };
    return cmocka_run_group_tests(tests, http_open, http_close);
}
