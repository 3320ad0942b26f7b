/* What a partner does with its referrals, and when it may see whom it is about. */
#include "tests/integration/notifier_http.h"

#include "notifier_checks_statements.h"

static void each_answer_of_a_partner_fits_the_state_or_is_a_conflict(void **state)
{
    static const struct {
        const char *from, *move, *body, *to, *event;
        int status;
    } rows[] = {
        {"OFFERED", "/acceptance", "", "ACCEPTED", "ma.jisr.referral.accepted.v1", 200},
        {"OFFERED", "/acceptance", "{}", "ACCEPTED", "ma.jisr.referral.accepted.v1", 200},
        {"OFFERED", "/rejection", "{\"reason\":\"CAPACITY\",\"note\":\"بعد رمضان\"}", "REJECTED", "ma.jisr.referral.rejected.v1", 200},
        {"OFFERED", "/outcome", "{\"outcome\":\"FINANCED\"}", "OFFERED", NULL, 409},
        {"OFFERED", "/rejection", "{\"reason\":\"because\"}", "OFFERED", NULL, 422},
        {"OFFERED", "/rejection", "{}", "OFFERED", NULL, 422},
        {"ACCEPTED", "/acceptance", "", "ACCEPTED", NULL, 200},
        {"ACCEPTED", "/rejection", "{\"reason\":\"OTHER\"}", "ACCEPTED", NULL, 409},
        {"ACCEPTED", "/outcome", "{\"outcome\":\"FINANCED\"}", "DONE", "ma.jisr.referral.closed.v1", 200},
        {"REVOKED", "/acceptance", "", "REVOKED", NULL, 409},
        {"EXPIRED", "/acceptance", "", "EXPIRED", NULL, 409},
        {"DONE", "/outcome", "{\"outcome\":\"FINANCED\"}", "DONE", NULL, 409}, /* another than it has: none */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        notifier_clear(state);
        struct id referral = referral_in(rows[i].from);
        struct said said = say(path_to("referrals", referral, rows[i].move), PARTNER_1, rows[i].body);
        struct db_rows after = test_ask(&NOTIFIER_CHECKS_REFERRALS, NULL), outbox = test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL);
        if (said.status != rows[i].status || !str_equal(db_get_str(&after, 0, 2), str_from(rows[i].to)))
            fail_msg("%s %s: %d %.*s", rows[i].from, rows[i].move, said.status, (int)said.body.size, said.body.at);
        assert_int_equal(outbox.count, rows[i].event != NULL);
        assert_int_equal(test_ask(&NOTIFIER_CHECKS_BODIES, NULL).count, rows[i].event != NULL);
        if (!rows[i].event)
            continue;
        struct db_rows audit = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
        assert_true(str_equal(db_get_str(&outbox, 0, 0), str_from(rows[i].event)));
        assert_int_equal(db_get_int(&outbox, 0, 3), 2);
        assert_true(str_starts(db_get_str(&audit, 0, 0), STR("partner:")));
        assert_null(memmem(db_get_str(&outbox, 0, 4).at, db_get_str(&outbox, 0, 4).size, "رمضان", strlen("رمضان"))); /* notes stay here */
        assert_true(str_equal(text_of(&said, "state"), str_from(rows[i].to)));
        struct said again = say(path_to("referrals", referral, rows[i].move), PARTNER_1, rows[i].body);
        assert_int_equal(again.status, 200);
        assert_true(str_equal(again.body, said.body));
        assert_int_equal(test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL).count, 1);
    }
}

static void a_stale_if_match_is_refused(void **state)
{
    (void)state;
    struct id referral = referral_in("OFFERED");
    assert_int_equal(
        ask((struct ask){.path = path_to("referrals", referral, "/acceptance"), .token = PARTNER_1, .body = "", .if_match = "\"9\""}).status, 412);
    assert_int_equal(
        ask((struct ask){.path = path_to("referrals", referral, "/acceptance"), .token = PARTNER_1, .body = "", .if_match = "\"9\", \"1\""}).status,
        200);
    struct said again = ask((struct ask){.path = path_to("referrals", referral, "/acceptance"), .token = PARTNER_1, .body = "", .if_match = "\"1\""});
    assert_int_equal(again.status, 200); /* it was done already */
    assert_int_equal(
        ask((struct ask){
                .path = path_to("referrals", referral, "/rejection"), .token = PARTNER_1, .body = "{\"reason\":\"OTHER\"}", .if_match = "\"1\""})
            .status,
        412);
}

static void lists_show_ones_own_by_state_and_page_by_page(void **state)
{
    (void)state;
    referral_in("OFFERED");
    assert_int_equal(json_member(say("/referrals", PARTNER_1, NULL).json, STR("items"))->count, 1);
    assert_int_equal(json_member(say("/referrals?state=OFFERED&limit=1", PARTNER_1, NULL).json, STR("items"))->count, 1);
    assert_int_equal(json_member(say("/referrals?state=DONE", PARTNER_1, NULL).json, STR("items"))->count, 0);
    assert_int_equal(json_member(say("/referrals", PARTNER_2, NULL).json, STR("items"))->count, 0);
    assert_int_equal(say("/referrals?state=open", PARTNER_1, NULL).status, 400);
    assert_int_equal(say("/referrals?limit=0", PARTNER_1, NULL).status, 400);
}

/* ── Her contact card ── */

static void assert_contact_reads(int64_t asked, int64_t given)
{
    struct db_rows vault = test_ask(&NOTIFIER_CHECKS_CONTACT_READS, NULL), audit = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
    assert_int_equal(db_get_int(&vault, 0, 0), asked);
    assert_int_equal(db_get_int(&vault, 0, 1), given);
    assert_int_equal(audit.count, asked);
    for (size_t i = 0; i < audit.count; i++)
        assert_true(str_equal(db_get_str(&audit, i, 1), STR("read-contact")));
}

static void the_card_is_shown_to_the_partner_that_holds_her_and_each_read_is_on_record(void **state)
{
    (void)state;
    struct id referral = referral_in("ACCEPTED");
    struct said said = say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL);
    assert_int_equal(said.status, 200);
    assert_string_equal(said.body.at, "{\"phone\":\"+212661234567\"}");
    assert_contact_reads(1, 1);
}

static void before_acceptance_or_after_the_end_there_is_no_card(void **state)
{
    static const struct {
        const char *state;
        int status;
    } rows[] = {{"OFFERED", 409}, {"REJECTED", 403}, {"REVOKED", 403}, {"EXPIRED", 403}, {"DONE", 403}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        notifier_clear(state);
        struct id referral = referral_in(rows[i].state);
        assert_int_equal(say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL).status, rows[i].status);
        assert_contact_reads(0, 0);
    }
}

static void consent_is_checked_at_the_moment_of_reading_and_erasure_is_final(void **state)
{
    (void)state;
    struct id referral = referral_in("ACCEPTED");
    struct db_args consent = test_args(), erase = test_args();
    db_arg_id(&consent, fixture_id(7));
    db_arg_bool(&consent, false);
    test_ask(&NOTIFIER_CHECKS_SET_CONSENT, &consent); /* intake heard it; no event has arrived here yet */
    assert_int_equal(say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL).status, 403);
    db_arg_id(&erase, fixture_id(7));
    test_ask(&NOTIFIER_CHECKS_ERASE, &erase);
    assert_int_equal(say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL).status, 410);
    assert_contact_reads(2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, notifier_clear)
        TEST(each_answer_of_a_partner_fits_the_state_or_is_a_conflict),
        TEST(a_stale_if_match_is_refused),
        TEST(lists_show_ones_own_by_state_and_page_by_page),
        TEST(the_card_is_shown_to_the_partner_that_holds_her_and_each_read_is_on_record),
        TEST(before_acceptance_or_after_the_end_there_is_no_card),
        TEST(consent_is_checked_at_the_moment_of_reading_and_erasure_is_final),
#undef TEST
    };
    return cmocka_run_group_tests(tests, http_open, http_close);
}
