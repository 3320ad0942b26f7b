#include "tests/integration/notifier_http.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/jwt.h"
#include "notifier_checks_statements.h"
#include "services/notifier/routes.h"

#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"

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

int http_open(void **state)
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

int http_close(void **state)
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

static void on_said(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    struct said *said = request->owner;
    (void)failure;
    (void)retry_after_s;
    said->status = status;
    said->body = str_copy(test_arena, answer);
    atomic_store(&said->done, true);
}

void ask_begin(struct ask what, struct said *said)
{
    struct net_request *request = &said->request;
    *request = (struct net_request){.url = str_format(test_arena, "http://127.0.0.1:%d/notifier/v1%s", api_port, what.path),
                                    .done = on_said,
                                    .owner = said,
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
}

void ask_end(struct said *said)
{
    while (!atomic_load(&said->done))
        clock_sleep_us(200);
    if (json_parse(said->body, test_arena, &said->json) != ERR_OK)
        said->json = NULL;
}

struct said ask(struct ask what)
{
    struct said said = {0};
    ask_begin(what, &said);
    ask_end(&said);
    return said;
}

struct said say(const char *path, const char *token, const char *body)
{
    return ask((struct ask){.path = path, .token = token, .body = body});
}

struct str text_of(const struct said *said, const char *name)
{
    const struct json_value *value = json_member(said->json, str_from(name));
    return value ? value->string : (struct str){0};
}

const char *staff_of(const char *role, const char *territory)
{
    struct str token;
    instant_us now = clock_wall_us();
    const struct jwt_claims claims = {.issuer = STR("jisr"),
                                      .subject = STR("u1"),
                                      .territories = {str_from(territory ? territory : "")},
                                      .territory_count = territory != NULL,
                                      .role = str_from(role),
                                      .issued_at = now,
                                      .expires_at = now + 600 * INSTANT_SECOND,
                                      .not_before = INSTANT_NEVER};
    assert_int_equal(jwt_sign(signer, &claims, test_arena, &token), ERR_OK);
    return token.at;
}

const char *staff(const char *role)
{
    return staff_of(role, NULL);
}

const char *path_to(const char *folder, struct id id, const char *rest)
{
    char text[ID_TEXT_SIZE + 1];
    id_format(id, text);
    return str_format(test_arena, "/%s/%s%s", folder, text, rest).at;
}

struct id referral_in(const char *state)
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
