/* Notifier's API on a real server and PostgreSQL, asked over HTTP. */
#include "tests/integration/notifier_support.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/jwt.h"
#include "net/client.h"
#include "json/wire.h"
#include "notifier_checks_statements.h"
#include "services/notifier/routes.h"
#include "services/notifier/store.h"

#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define ALL "ma.jisr.referral.*"

static struct http_server *server;
static struct jwt_keys *keys;
static struct jwt_signer *signer;
static struct net_client *client;
static struct auth auth;
static uint16_t api_port;

/* One that nobody has at this moment. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(probe, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &size), 0);
    close(probe);
    return ntohs(address.sin_port);
}

static enum err worker_open(void *context, void **ret_worker)
{
    struct service_worker *worker = calloc(1, sizeof(*worker));
    worker->service = context;
    const struct db_options options = {.conninfo = test_settings.common.pg,
                                       .application_name = "notifier-http",
                                       .schema = "notifier",
                                       .catalogs = test_service.catalogs,
                                       .statement_timeout_ms = 5000,
                                       .lock_timeout_ms = 2000,
                                       .idle_transaction_timeout_ms = 5000};
    *ret_worker = worker;
    return db_open(&options, &worker->db);
}

static void worker_close(void *context)
{
    struct service_worker *worker = context;
    db_close(worker->db);
    free(worker);
}

static int open_all(void **state)
{
    const char *why;
    notifier_open(state);
    assert_int_equal(jwt_signer_load(STR(SEED), STR("test"), &signer), ERR_OK);
    assert_int_equal(jwt_keys_load(jwt_signer_jwks(signer, test_arena), &keys, &why), ERR_OK);
    auth = (struct auth){.keys = keys, .issuer = "jisr", .verify_partner = notifier_verify_partner};
    const struct http_options options = {
        .host = "127.0.0.1",
        .port = api_port = free_port(),
        .routes = NOTIFIER_ROUTES,
        .route_count = NOTIFIER_ROUTE_COUNT,
        .service = &test_service,
        .epoll_threads = 1,
        .worker_threads = 2,
        .worker_open = worker_open,
        .worker_close = worker_close,
        .max_connections = 100,
        .max_in_flight = 100,
        .request_deadline_ms = 5000,
        .response_deadline_ms = 5000,
        .idle_ms = 5000,
        .request_arena_bytes = 1 << 20,
        .auth = &auth,
    };
    const struct net_options net = {.max_connections = 8,
                                    .max_connections_per_host = 8,
                                    .connect_timeout_ms = 2000,
                                    .timeout_ms = 8000,
                                    .max_answer_bytes = 65536,
                                    .allow_local = true};
    assert_int_equal(http_server_start(&options, &server), ERR_OK);
    assert_int_equal(net_client_start(&net, &client), ERR_OK);
    return 0;
}

static int close_all(void **state)
{
    if (!client) /* the set-up has failed */
        return notifier_close(state);
    net_client_stop(client);
    http_server_stop(server);
    jwt_keys_free(keys);
    jwt_signer_free(signer);
    return notifier_close(state);
}

/* ── Asking ── */

struct ask {
    const char *path, *token, *body; /* body NULL: GET */
    const char *key;                 /* Idempotency-Key */
    const char *if_match;
};

struct said {
    struct net_request request;
    int status;
    struct str body;
    const struct json_value *json;
    atomic_bool done;
};

static void on_said(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    struct said *said = request->owner;
    (void)failure;
    (void)retry_after_s;
    said->status = status;
    said->body = str_copy(test_arena, answer);
    atomic_store(&said->done, true);
}

static struct said ask(struct ask what)
{
    struct said said = {0};
    struct net_request *request = &said.request;
    *request = (struct net_request){.url = str_format(test_arena, "http://127.0.0.1:%d/notifier/v1%s", api_port, what.path),
                                    .done = on_said,
                                    .owner = &said,
                                    .get = what.body == NULL,
                                    .body = str_from(what.body)};
    struct net_header *headers = request->headers;
    headers[request->header_count++] = (struct net_header){STR("content-type"), STR("application/json")};
    if (what.token)
        headers[request->header_count++] = (struct net_header){STR("authorization"), str_format(test_arena, "Bearer %s", what.token)};
    if (what.key)
        headers[request->header_count++] = (struct net_header){STR("idempotency-key"), str_format(test_arena, "\"%s\"", what.key)};
    if (what.if_match)
        headers[request->header_count++] = (struct net_header){STR("if-match"), str_from(what.if_match)};
    net_client_send(client, request);
    while (!atomic_load(&said.done))
        clock_sleep_us(200);
    if (json_parse(said.body, test_arena, &said.json) != ERR_OK)
        said.json = NULL;
    return said;
}

static struct said say(const char *path, const char *token, const char *body)
{
    return ask((struct ask){.path = path, .token = token, .body = body});
}

static struct str text_of(const struct said *said, const char *name)
{
    const struct json_value *value = json_member(said->json, str_from(name));
    return value ? value->string : (struct str){0};
}

static const char *staff(const char *role)
{
    struct str token;
    instant_us now = clock_wall_us();
    const struct jwt_claims claims = {.issuer = STR("jisr"),
                                      .subject = STR("u1"),
                                      .role = str_from(role),
                                      .issued_at = now,
                                      .expires_at = now + 600 * INSTANT_SECOND,
                                      .not_before = INSTANT_NEVER};
    assert_int_equal(jwt_sign(signer, &claims, test_arena, &token), ERR_OK);
    return token.at;
}

static const char *path_to(const char *folder, struct id id, const char *rest)
{
    char text[ID_TEXT_SIZE + 1];
    id_format(id, text);
    return str_format(test_arena, "/%s/%s%s", folder, text, rest).at;
}

#define PARTNER_1 "jisr_pk_1"
#define PARTNER_2 "jisr_pk_2"

/* Partner 1 has a referral of application 7 in this state. */
static struct id referral_in(const char *state)
{
    struct db_args application = test_args(), referral = test_args();
    struct id partner = add_partner(1), id = fixture_id(0x5001);
    add_partner(2);
    add_endpoint(partner, 1, "/ok", ALL, "");
    struct seal_key key = {{7}};
    struct str wrapped, contact;
    char text[ID_TEXT_SIZE + 1];
    id_format(fixture_id(7), text);
    assert_int_equal(seal(&test_notifier.contact, str_format(test_arena, "contact-key:%s", text),
                          (struct str){(const char *)key.bytes, sizeof(key.bytes)}, test_arena, &wrapped),
                     ERR_OK);
    assert_int_equal(seal(&key, str_format(test_arena, "contact:%s", text), STR("{\"phone\":\"+212661234567\"}"), test_arena, &contact), ERR_OK);
    db_arg_id(&application, fixture_id(7));
    db_arg_str(&application, base64_text(test_arena, contact));
    test_ask(&NOTIFIER_CHECKS_ADD_APPLICATION, &application);
    db_arg_id(&referral, id);
    db_arg_id(&referral, partner);
    db_arg_id(&referral, fixture_id(7));
    db_arg_str(&referral, str_from(state));
    test_ask(&NOTIFIER_CHECKS_ADD_REFERRAL, &referral);
    struct db_args enrol = test_args();
    db_arg_id(&enrol, fixture_id(7));
    db_arg_str(&enrol, wrapped);
    db_arg_bool(&enrol, true);
    test_ask(&NOTIFIER_CHECKS_ENROL, &enrol);
    return id;
}

/* ── Partners and endpoints ── */

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

static void an_endpoint_needs_a_url_that_may_be_called_and_types_and_territories_that_exist(void **state)
{
    static const struct {
        const char *body, *pointer, *why;
        int status;
    } rows[] = {
        {"{\"url\":\"https://partner.example.ma/x\",\"event_types\":[\"" ALL "\"],\"territories\":[\"MA-TAO\"]}", NULL, "as it should be", 201},
        {"{\"url\":\"http://127.0.0.1:9/x\",\"event_types\":[\"ma.jisr.referral.offered.v1\"]}", NULL, "one machine: loopback; everywhere", 201},
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
    assert_int_equal(json_member(list.json, STR("items"))->count, 2);
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

/* ── Referrals ── */

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
        ask((struct ask){.path = path_to("referrals", referral, "/acceptance"), .token = PARTNER_1, .body = "", .if_match = "\"1\""}).status, 200);
}

static void lists_show_ones_own_by_state_and_page_by_page(void **state)
{
    (void)state;
    referral_in("OFFERED");
    assert_int_equal(json_member(say("/referrals", PARTNER_1, NULL).json, STR("items"))->count, 1);
    assert_int_equal(json_member(say("/referrals?state=OFFERED&limit=1", PARTNER_1, NULL).json, STR("items"))->count, 1);
    assert_int_equal(json_member(say("/referrals?state=DONE", PARTNER_1, NULL).json, STR("items"))->count, 0);
    assert_int_equal(json_member(say("/referrals", PARTNER_2, NULL).json, STR("items"))->count, 0);
    assert_int_equal(say("/referrals?state=open", PARTNER_1, NULL).status, 422);
    assert_int_equal(say("/referrals?limit=0", PARTNER_1, NULL).status, 422);
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
    assert_int_equal(say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL).status, 410);
    db_arg_id(&erase, fixture_id(7));
    test_ask(&NOTIFIER_CHECKS_ERASE, &erase);
    assert_int_equal(say(path_to("referrals", referral, "/contact"), PARTNER_1, NULL).status, 410);
    assert_contact_reads(2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, notifier_clear)
        TEST(a_partner_is_registered_by_an_admin_and_its_key_works_at_once),
        TEST(an_idempotency_key_gives_the_same_bytes_again_and_refuses_another_body),
        TEST(only_those_whose_it_is_may_ask),
        TEST(an_endpoint_needs_a_url_that_may_be_called_and_types_and_territories_that_exist),
        TEST(a_secret_is_rotated_by_its_owner_and_shown_once),
        TEST(each_answer_of_a_partner_fits_the_state_or_is_a_conflict),
        TEST(a_stale_if_match_is_refused),
        TEST(lists_show_ones_own_by_state_and_page_by_page),
        TEST(the_card_is_shown_to_the_partner_that_holds_her_and_each_read_is_on_record),
        TEST(before_acceptance_or_after_the_end_there_is_no_card),
        TEST(consent_is_checked_at_the_moment_of_reading_and_erasure_is_final),
#undef TEST
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
