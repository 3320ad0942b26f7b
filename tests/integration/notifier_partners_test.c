/* Partners and their endpoints, and who may ask for what. */
#include "tests/integration/notifier_http.h"

#include "notifier_checks_statements.h"
#include "service/service_read.h"
#include "store_statements.h"
#include "tests/integration/staff_support.h"

#define NAME "{\"name\":{\"ar\":\"حاضنة\",\"fr\":\"Incubateur\",\"en\":\"Incubator\"}}"

static void a_partner_is_registered_by_an_admin_and_its_key_works_at_once(void **state)
{
    (void)state;
    struct said said = say("/partners", staff("admin"), NAME);
    assert_int_equal(said.status, 201);
    struct str key = text_of(&said, "api_key");
    assert_true(str_starts(key, STR("jisr_pk_")) && key.size == 8 + 64);
    assert_int_equal(say("/endpoints", str_copy(test_arena, key).at, NULL).status, 200);
    assert_int_equal(say("/endpoints", "jisr_pk_0000", NULL).status, 401);
    struct said list = say("/partners", staff("admin"), NULL);
    assert_int_equal(json_member(list.json, STR("items"))->count, 1);
    assert_null(strstr(list.body.at, "api_key"));
    struct db_rows audit = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
    assert_true(audit.count == 1 && str_equal(db_get_str(&audit, 0, 0), STR("admin:u1")) &&
                str_equal(db_get_str(&audit, 0, 1), STR("register-partner")));
}

static void an_idempotency_key_gives_the_same_bytes_again_and_refuses_another_body(void **state)
{
    (void)state;
    struct said first = ask((struct ask){.path = "/partners", .token = staff("admin"), .body = NAME, .key = "k1"});
    struct said again = ask((struct ask){.path = "/partners", .token = staff("admin"), .body = NAME, .key = "k1"});
    struct said other_body =
        ask((struct ask){.path = "/partners", .token = staff("admin"), .body = "{\"name\":{\"ar\":\"x\",\"fr\":\"y\"}}", .key = "k1"});
    struct said other_key = ask((struct ask){.path = "/partners", .token = staff("admin"), .body = NAME, .key = "k2"});
    assert_int_equal(first.status, 201);
    assert_int_equal(again.status, 201);
    assert_true(str_equal(first.body, again.body));
    assert_int_equal(other_body.status, 422);
    assert_int_equal(other_key.status, 201);
    assert_false(str_equal(first.body, other_key.body));
    assert_int_equal(json_member(say("/partners", staff("admin"), NULL).json, STR("items"))->count, 2);
}

static void only_those_whose_it_is_may_ask(void **state)
{
    (void)state;
    struct id referral = referral_in("OFFERED");
    const struct {
        const char *path, *token, *body;
        int status;
    } rows[] = {
        {"/partners", NULL, NAME, 401},
        {"/partners", staff("agent"), NAME, 403},
        {"/partners", PARTNER_1, NAME, 403},
        {"/partners", staff_of("admin", "MA-FES"), NAME, 403},
        {"/endpoints", staff("admin"), NULL, 403},
        {"/endpoints", NULL, NULL, 401},
        {"/referrals", staff("reviewer"), NULL, 403},
        {path_to("referrals", referral, ""), PARTNER_1, NULL, 200},
        {path_to("referrals", referral, ""), PARTNER_2, NULL, 404},
        {path_to("referrals", referral, "/contact"), PARTNER_2, NULL, 404},
        {path_to("referrals", referral, "/contact"), staff("admin"), NULL, 403},
        {path_to("referrals", referral, "/acceptance"), PARTNER_2, "", 404},
        {path_to("referrals", referral, "/rejection"), PARTNER_2, "{\"reason\":\"OTHER\"}", 404},
        {"/referrals/x", PARTNER_1, NULL, 404},
        {"/webhook-key", NULL, NULL, 200},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct said said = say(rows[i].path, rows[i].token, rows[i].body);
        if (said.status != rows[i].status)
            fail_msg("%s: %d, not %d", rows[i].path, said.status, rows[i].status);
    }
}

/* What a handler for staff would do that forgets whose it is. */
static enum err read_unasked(struct db *db, void *context)
{
    return db_run(db, context, NULL, test_arena, &(struct db_rows){0});
}

static void staff_read_partners_and_nothing_of_a_woman_whatever_a_handler_forgets(void **state)
{
    static const struct {
        const struct db_statement *statement;
        enum err outcome;
    } rows[] = {
        {&NOTIFIER_CHECKS_PARTNERS, ERR_OK},      {&NOTIFIER_CHECKS_REFERRALS, ERR_INTERNAL}, {&NOTIFIER_CHECKS_OFFERS, ERR_INTERNAL},
        {&NOTIFIER_CHECKS_PENDING, ERR_INTERNAL}, {&NOTIFIER_CHECKS_BODIES, ERR_INTERNAL},    {&NOTIFIER_CHECKS_OUTBOX, ERR_INTERNAL},
        {&NOTIFIER_CHECKS_AUDIT, ERR_INTERNAL},   {&NOTIFIER_CHECKS_NOTED, ERR_INTERNAL},
    };
    (void)state;
    referral_in("OFFERED");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request request = staff_request(test_arena, i % 2 ? "MA-03" : NULL);
        enum err err = service_read(test_db, &request, &STORE_READ_AS_STAFF, read_unasked, (void *)(uintptr_t)rows[i].statement);
        if (err != rows[i].outcome)
            fail_msg("%s: %s", rows[i].statement->name, err_info(err)->name);
    }
    /* The routes go that way: what their role may not see they can't show. */
    const char *const paths[] = {"/partners", path_to("partners", fixture_id(0x1001), "")};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assert_int_equal(say(paths[i], staff("admin"), NULL).status, 200);
        fixture_script(test_db, "REVOKE SELECT (name) ON partner FROM jisr_notifier_reader");
        int status = say(paths[i], staff("admin"), NULL).status;
        fixture_script(test_db, "GRANT SELECT (name) ON partner TO jisr_notifier_reader");
        assert_int_equal(status, 500);
    }
}

static void an_endpoint_needs_a_url_that_may_be_called_and_types_and_territories_that_exist(void **state)
{
    static const struct {
        const char *body, *pointer, *why;
        int status;
    } rows[] = {
        {"{\"url\":\"https://partner.example.ma/x\",\"event_types\":[\"" ALL "\"],\"territories\":[\"MA-TAO\"]}", NULL, "as it should be", 201},
        {"{\"url\":\"http://127.0.0.1:9/x\",\"event_types\":[\"ma.jisr.referral.offered.v1\"]}", NULL, "one machine: loopback; everywhere", 201},
        {"{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"],\"territories\":[\"XA-BET\"]}", NULL, "of another country's call", 201},
        {"{\"url\":\"https://10.0.0.1/x\",\"event_types\":[\"" ALL "\"]}", "/url", "a private address", 422},
        {"{\"url\":\"ftp://x.ma/\",\"event_types\":[\"" ALL "\"]}", "/url", "no HTTP", 422},
        {"{\"url\":\"https://x.ma/\",\"event_types\":[]}", "/event_types", "no type", 422},
        {"{\"url\":\"https://x.ma/\",\"event_types\":[\"ma.jisr.application.submitted.v1\"]}", "/event_types/0", "not for partners", 422},
        {"{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"],\"territories\":[\"MA-03\",\"Fès\"]}", "/territories/1", "no code", 422},
        {"{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"],\"secret\":\"mine\"}", "/secret", "not known", 422},
        {"{", NULL, "no JSON", 400},
    };
    (void)state;
    add_partner(1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct said said = say("/endpoints", PARTNER_1, rows[i].body);
        if (said.status != rows[i].status)
            fail_msg("%s: %d", rows[i].why, said.status);
        if (rows[i].status == 201)
            assert_true(str_starts(text_of(&said, "secret"), STR("whsec_")));
        if (rows[i].pointer && !strstr(said.body.at, str_format(test_arena, "\"pointer\":\"%s\"", rows[i].pointer).at))
            fail_msg("%s: %s is not pointed at: %s", rows[i].why, rows[i].pointer, said.body.at);
    }
    struct said list = say("/endpoints", PARTNER_1, NULL);
    assert_int_equal(json_member(list.json, STR("items"))->count, 3);
    assert_null(strstr(list.body.at, "whsec_"));
}

static void a_secret_is_rotated_by_its_owner_and_shown_once(void **state)
{
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    add_partner(2);
    struct said rotated = say(path_to("endpoints", endpoint, "/secret-rotation"), PARTNER_1, "");
    assert_int_equal(rotated.status, 200);
    assert_true(str_starts(text_of(&rotated, "secret"), STR("whsec_")));
    assert_int_equal(say(path_to("endpoints", endpoint, "/secret-rotation"), PARTNER_2, "").status, 404);
}

static void an_endpoint_that_was_gone_is_enabled_by_its_owner_and_what_was_due_waits_again(void **state)
{
    static const char *const STATES[] = {"DONE", "DEAD", "PENDING"};
    (void)state;
    struct id partner = add_partner(1), endpoint = add_endpoint(partner, 1, "/ok", ALL, "");
    struct db_args args = test_args();
    add_partner(2);
    db_arg_id(&args, endpoint);
    test_ask(&NOTIFIER_CHECKS_DISABLE_ENDPOINT, &args);
    assert_int_equal(say(path_to("endpoints", endpoint, "/enablement"), PARTNER_2, "").status, 404);
    for (int times = 0; times < 2; times++) { /* the second time it is enabled already */
        struct said enabled = say(path_to("endpoints", endpoint, "/enablement"), PARTNER_1, "");
        assert_int_equal(enabled.status, 200);
        assert_true(str_equal(text_of(&enabled, "state"), STR("ENABLED")));
        notifier_turn_queue();
        struct db_rows rows = test_ask(&NOTIFIER_CHECKS_DELIVERY, &args);
        assert_int_equal(rows.count, COUNT_OF(STATES));
        for (size_t i = 0; i < COUNT_OF(STATES); i++)
            assert_true(str_equal(db_get_str(&rows, i, 0), str_from(STATES[i])));
    }
    struct db_rows audit = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
    assert_true(audit.count == 1 && str_equal(db_get_str(&audit, 0, 1), STR("enable-endpoint")));
}

/* A body is too large beyond what the contract says, for every route alike; what a member may hold is told by its pointer. */
static void a_long_body_is_read_and_its_member_named(void **state)
{
    static const struct {
        const char *path;
        const char *begin;
        const char *pointer;
    } rows[] = {{"/partners", "{\"name\":{\"fr\":\"y\",\"ar\":\"", "/name/ar"}, {"/endpoints", "{\"event_types\":[\"" ALL "\"],\"url\":\"", "/url"}};
    (void)state;
    add_partner(1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *who = i == 0 ? staff("admin") : PARTNER_1;
        for (size_t size = 8000; size <= 300000; size += 73000) {
            char *text = arena_take(test_arena, size + 1);
            (void)memset(text, 'x', size);
            text[size] = 0;
            struct said said = say(rows[i].path, who, str_format(test_arena, "%s%s\"}%s", rows[i].begin, text, i == 0 ? "}" : "").at);
            assert_int_equal(said.status, size < 262000 ? 422 : 413);
            if (said.status == 422)
                assert_non_null(strstr(said.body.at, rows[i].pointer));
        }
    }
}

static void a_partner_has_twenty_enabled_endpoints_at_most(void **state)
{
    static const char BODY[] = "{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"]}";
    (void)state;
    struct id partner = add_partner(1), first = add_endpoint(partner, 1, "/ok", ALL, "");
    struct db_args args = test_args();
    for (uint32_t number = 2; number <= 20; number++)
        add_endpoint(partner, number, "/ok", ALL, "");
    assert_int_equal(say("/endpoints", PARTNER_1, BODY).status, 409);
    db_arg_id(&args, first);
    test_ask(&NOTIFIER_CHECKS_DISABLE_ENDPOINT, &args);
    assert_int_equal(say("/endpoints", PARTNER_1, BODY).status, 201);
    assert_int_equal(say(path_to("endpoints", first, "/enablement"), PARTNER_1, "").status, 409);
    struct said said = say(path_to("endpoints", first, ""), PARTNER_1, NULL);
    assert_true(str_equal(text_of(&said, "state"), STR("DISABLED")));
}

static void of_two_at_once_that_would_be_the_twentieth_one_is_refused(void **state)
{
    static const struct {
        const char *meanwhile, *path, *body, *why;
    } rows[] = {
        {"INSERT INTO endpoint SELECT gen_random_uuid(), partner, url, event_types, territories, secret, NULL, NULL, 'ENABLED', NULL, NULL, "
         "created_at "
         "FROM endpoint LIMIT 1",
         "", "{\"url\":\"https://x.ma/\",\"event_types\":[\"" ALL "\"]}", "registered beside another that is registered"},
        {"UPDATE endpoint SET state = 'ENABLED' WHERE right(id::text, 2) = '14'", "/enablement", "", "enabled beside another that is enabled"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        notifier_clear(state);
        struct id partner = add_partner(1), last = {0};
        for (uint32_t number = 1; number <= (i == 0 ? 19 : 21); number++)
            last = add_endpoint(partner, number, "/ok", ALL, "");
        if (i == 1)
            fixture_script(test_db,
                           "UPDATE endpoint SET state = 'DISABLED', disabled_reason = 'endpoint gone' WHERE right(id::text, 2) IN ('14', '15')");
        struct said said = {0};
        const char *path = i == 0 ? "/endpoints" : path_to("endpoints", last, rows[i].path);
        fixture_script(test_db, "BEGIN; SELECT FROM partner FOR NO KEY UPDATE");
        fixture_script(test_db, rows[i].meanwhile);
        ask_begin((struct ask){.path = path, .token = PARTNER_1, .body = rows[i].body}, &said);
        fixture_script(test_db, WAIT_FOR_WAITER);
        fixture_script(test_db, "COMMIT");
        ask_end(&said);
        if (said.status != 409)
            fail_msg("%s: %d", rows[i].why, said.status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, notifier_clear)
        TEST(a_partner_is_registered_by_an_admin_and_its_key_works_at_once),
        TEST(an_idempotency_key_gives_the_same_bytes_again_and_refuses_another_body),
        TEST(only_those_whose_it_is_may_ask),
        TEST(staff_read_partners_and_nothing_of_a_woman_whatever_a_handler_forgets),
        TEST(an_endpoint_needs_a_url_that_may_be_called_and_types_and_territories_that_exist),
        TEST(a_secret_is_rotated_by_its_owner_and_shown_once),
        TEST(a_long_body_is_read_and_its_member_named),
        TEST(a_partner_has_twenty_enabled_endpoints_at_most),
        TEST(of_two_at_once_that_would_be_the_twentieth_one_is_refused),
        TEST(an_endpoint_that_was_gone_is_enabled_by_its_owner_and_what_was_due_waits_again),
#undef TEST
    };
    return cmocka_run_group_tests(tests, http_open, http_close);
}
