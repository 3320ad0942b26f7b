/* A partner all of whose endpoints are gone: women are offered to it all the same, and what it would have been told waits for an endpoint. */
#include "tests/integration/notifier_http.h"
#include "tests/integration/notifier_play.h"

#include "notifier_checks_statements.h"
#include "tests/support/check.h"

#define CHUNK 1000 /* queue.c's */

/* "offered revoked": what is pending for an endpoint, in order. */
static struct str due_to(struct id endpoint)
{
    struct db_args args = test_args();
    db_arg_id(&args, endpoint);
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_DUE, &args);
    return db_get_str(&rows, 0, 0);
}

static struct id gone_endpoint(struct id partner, uint32_t number, const char *territories)
{
    struct id endpoint = add_endpoint(partner, number, "/410", ALL, territories);
    struct db_args args = test_args();
    db_arg_id(&args, endpoint);
    test_ask(&NOTIFIER_CHECKS_DISABLE_ENDPOINT, &args);
    return endpoint;
}

static void shortlist(uint32_t application)
{
    add_submitted(application, 1, true);
    run();
    add_event(application, EVENT_DECISION_SHORTLISTED, 2, ",\"revision\":1");
    run();
}

static struct id register_endpoint(const char *types, const char *territories)
{
    struct id endpoint;
    struct str body = str_format(test_arena, "{\"url\":\"https://x.ma/\",\"event_types\":[\"%s\"],\"territories\":[%s]}", types, territories);
    struct said said = say("/endpoints", PARTNER_1, body.at);
    check_int(said.status, 201, "registered");
    assert_true(id_parse(text_of(&said, "id"), &endpoint));
    notifier_turn_queue();
    return endpoint;
}

static void comes_back(struct id endpoint)
{
    check_int(say(path_to("endpoints", endpoint, "/enablement"), PARTNER_1, "").status, 200, "it is back");
    notifier_turn_queue();
}

static void an_endpoint_that_is_enabled_again_is_told_in_order_of_all_that_happened_meanwhile(void **state)
{
    (void)state;
    struct id endpoint = gone_endpoint(add_partner(1), 1, "MA-TAO");
    shortlist(1);
    add_event(1, EVENT_APPLICATION_WITHDRAWN, 2, "");
    run();
    shortlist(2);
    assert_referrals("REVOKED/2 OFFERED/1");
    check_text(due_to(endpoint), "", "nothing is sent to who is gone");
    comes_back(endpoint);
    check_text(due_to(endpoint), "offered revoked offered", "what was due meanwhile");
    shortlist(3);
    check_text(due_to(endpoint), "offered revoked offered offered", "and from now on as ever");
}

static void an_offer_made_while_all_were_gone_is_made_once(void **state)
{
    (void)state;
    struct id endpoint = gone_endpoint(add_partner(1), 1, "");
    shortlist(1);
    comes_back(endpoint);
    add_event(1, EVENT_DECISION_SHORTLISTED, 3, ",\"revision\":1");
    run();
    assert_referrals("OFFERED/1");
    check_text(due_to(endpoint), "offered", "shortlisted anew");
}

static void a_new_endpoint_takes_over_what_fits_it_and_went_to_no_other(void **state)
{
    static const struct {
        const char *types, *territories, *due, *why;
    } ENDPOINTS[] = {
        {ALL, "", "offered revoked offered", "everything, everywhere"},
        {ALL, "\"MA-FES\",\"MA-03\"", "offered revoked offered", "her region"},
        {EVENT_REFERRAL_OFFERED, "\"MA-TAO\"", "offered offered", "it asks for one type"},
        {ALL, "\"MA-FES\"", "", "another province"},
    };
    for (size_t i = 0; i < ROWS(ENDPOINTS); i++) {
        clear(state);
        struct id partner = add_partner(1);
        gone_endpoint(partner, 1, "");
        gone_endpoint(partner, 2, ""); /* what both would have heard is sent once */
        gone_endpoint(add_partner(2), 3, "");
        shortlist(1);
        add_event(1, EVENT_APPLICATION_WITHDRAWN, 2, "");
        run();
        shortlist(2);
        struct id endpoint = register_endpoint(ENDPOINTS[i].types, ENDPOINTS[i].territories);
        check_text(due_to(endpoint), ENDPOINTS[i].due, ENDPOINTS[i].why);
        if (i == 0)
            check_text(due_to(register_endpoint(ALL, "")), "", "the first of the new ones has it");
    }
}

static void what_is_not_buried_yet_waits_for_an_endpoint_all_the_same(void **state)
{
    (void)state;
    struct id gone = gone_endpoint(add_partner(1), 1, "");
    shortlist(1);
    fixture_script(test_db, "UPDATE delivery SET state = 'PENDING', last_failure = NULL, finished_at = NULL");
    check_text(due_to(register_endpoint(ALL, "")), "offered", "a new one takes it over");
    check_text(due_to(register_endpoint(ALL, "")), "", "the first of the new ones has it");
    comes_back(gone);
    check_text(due_to(gone), "offered", "as what was buried is revived");
}

/* Both at once: who writes what a partner is to be told, and who adds an endpoint of its. Whoever is first, the new one is told. */
static enum err handle_while_one_registers(struct db *db, void *context)
{
    enum err err = handle(db, NULL);
    struct db *watch = notifier_connect();
    fixture_script(watch, "SELECT"); /* connected before somebody waits for the whole table */
    ask_begin((struct ask){.path = "/endpoints", .token = PARTNER_1, .body = "{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"]}"}, context);
    fixture_script(watch, WAIT_FOR_WAITER);
    db_close(watch);
    return err;
}

static void what_is_being_written_while_an_endpoint_is_registered_comes_to_it(void **state)
{
    (void)state;
    struct said said = {0};
    struct id endpoint;
    gone_endpoint(add_partner(1), 1, "");
    add_submitted(1, 1, true);
    run();
    add_event(1, EVENT_DECISION_SHORTLISTED, 2, ",\"revision\":1");
    assert_int_equal(db_transaction(test_db, handle_while_one_registers, &said), ERR_OK);
    event_count = 0;
    ask_end(&said);
    check_int(said.status, 201, "registered");
    assert_true(id_parse(text_of(&said, "id"), &endpoint));
    notifier_turn_queue();
    check_text(due_to(endpoint), "offered", "as with a registration after it");
}

static void what_is_written_as_soon_as_an_endpoint_is_registered_comes_to_it(void **state)
{
    (void)state;
    struct said said = {0};
    struct id referral = referral_in("OFFERED");
    fixture_script(test_db, "BEGIN; LOCK TABLE endpoint IN EXCLUSIVE MODE; " /* as store.sql has it */
                            "INSERT INTO endpoint (id, partner, url, event_types, territories, secret, created_at) "
                            "SELECT gen_random_uuid(), id, 'https://x.ma/', '{" ALL "}', '{}', '', now() FROM partner");
    ask_begin((struct ask){.path = path_to("referrals", referral, "/acceptance"), .token = PARTNER_1, .body = "{}"}, &said);
    fixture_script(test_db, WAIT_FOR_WAITER "; COMMIT");
    ask_end(&said);
    check_int(said.status, 200, "accepted");
    check_int(test_count(&NOTIFIER_CHECKS_PENDING), 2, "both endpoints are told");
}

static void hundreds_of_thousands_come_back_a_chunk_at_a_time_each_in_its_place(void **state)
{
    static const char BURIED[] =
        "WITH made AS (INSERT INTO delivery (event_id, endpoint, application, state, last_failure, due_at, created_at, finished_at) "
        "SELECT gen_random_uuid(), e.id, gen_random_uuid(), 'DEAD', 'endpoint gone', now(), now(), now() FROM endpoint e, generate_series(1, 2499) "
        "RETURNING *) "
        "INSERT INTO message (event_id, application, body) SELECT event_id, application, '{\"type\":\"ma.jisr.referral.offered.v1\",\"data\":{}}' "
        "FROM made";
    for (int inherits = 0; inherits < 2; inherits++) {
        clear(state);
        struct id gone = gone_endpoint(add_partner(1), 1, ""), endpoint = gone; /* with one that is buried */
        struct said said;
        fixture_script(test_db, BURIED);
        if (inherits) {
            said = say("/endpoints", PARTNER_1, "{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"]}");
            assert_true(id_parse(text_of(&said, "id"), &endpoint));
        } else {
            said = say(path_to("endpoints", gone, "/enablement"), PARTNER_1, "");
        }
        check_int(said.status, inherits ? 201 : 200, "it hears again");
        check_int(test_count(&NOTIFIER_CHECKS_PENDING), 0, "that takes no longer for what was buried");
        check_int((int64_t)notifier_turn_queue(), 2500 / CHUNK + 3,
                  "transactions: the last one that is less, one that finds no more, one that finds nobody");
        check_int(test_count(&NOTIFIER_CHECKS_PENDING), inherits ? 2499 : 2500, "all of it; what has no body is nobody else's");
        check_int(test_count(&NOTIFIER_CHECKS_MISPLACED), 0, "in the order of its making");
    }
}

static void to_a_partner_that_has_been_gone_for_longer_than_an_offer_waits_nobody_is_offered(void **state)
{
    static const struct {
        int days;
        const char *referrals, *why;
    } GONE[] = {
        {29, "OFFERED/1 OFFERED/1", "it may come back, and reads Kafka meanwhile"},
        {31, "OFFERED/1", "what it was told before it hears the end of, and is offered no other"},
    };
    test_settings.offer_days = 30;
    for (size_t i = 0; i < ROWS(GONE); i++) {
        clear(state);
        struct id endpoint = gone_endpoint(add_partner(1), 1, "MA-TAO");
        struct db_args args = test_args();
        shortlist(1);
        db_arg_id(&args, endpoint);
        db_arg_int4(&args, GONE[i].days);
        test_ask(&NOTIFIER_CHECKS_AGE_ENDPOINT, &args);
        shortlist(2);
        check_text(referrals_text(), GONE[i].referrals, GONE[i].why);
        add_event(1, EVENT_APPLICATION_WITHDRAWN, 2, "");
        run();
        comes_back(endpoint);
        check(memmem(due_to(endpoint).at, due_to(endpoint).size, "revoked", 7), "the end of what it was offered");
        shortlist(3);
        check_int(test_ask(&NOTIFIER_CHECKS_REFERRALS, NULL).count, i == 0 ? 3 : 2, "and from now on as ever");
    }
}

static void a_new_partner_is_told_of_nothing_that_was_before_it(void **state)
{
    (void)state;
    gone_endpoint(add_partner(2), 1, "");
    shortlist(1);
    add_partner(1);
    check_text(due_to(register_endpoint(ALL, "")), "", "it was offered to another");
    assert_referrals("OFFERED/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(an_endpoint_that_is_enabled_again_is_told_in_order_of_all_that_happened_meanwhile),
        TEST(an_offer_made_while_all_were_gone_is_made_once),
        TEST(a_new_endpoint_takes_over_what_fits_it_and_went_to_no_other),
        TEST(what_is_not_buried_yet_waits_for_an_endpoint_all_the_same),
        TEST(what_is_being_written_while_an_endpoint_is_registered_comes_to_it),
        TEST(what_is_written_as_soon_as_an_endpoint_is_registered_comes_to_it),
        TEST(hundreds_of_thousands_come_back_a_chunk_at_a_time_each_in_its_place),
        TEST(to_a_partner_that_has_been_gone_for_longer_than_an_offer_waits_nobody_is_offered),
        TEST(a_new_partner_is_told_of_nothing_that_was_before_it),
#undef TEST
    };
    return cmocka_run_group_tests(tests, http_open, http_close);
}
