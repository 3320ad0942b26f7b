/* What every route gets from the server: routing, media types, credentials, problems, workers, static pages, the admin port. */
#include "http_support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "crypto/jwt.h"
#include "crypto/seal.h"
#include "http/admin.h"
#include "http/web.h"
#include "json/wire.h"

#define H "Host: jisr\r\n"
#define J "Content-Type: application/json\r\n"
#define EN "Accept-Language: en\r\n"
#define GET(path, headers) "GET " path " HTTP/1.1\r\n" H headers "\r\n"
#define POST(path, headers, length, body) "POST " path " HTTP/1.1\r\n" H headers "Content-Length: " length "\r\n\r\n" body

struct row {
    const char *why, *request;
    int status;
    const char *header, *value; /* of the answer; NULL: not looked at */
    const char *part;           /* of the body */
};

static const struct row EXCHANGES[] = {
    {"an answer is JSON", GET("/v1/things/1", ""), 200, "Content-Type", "application/json", "\"id\":\"1\""},
    {"an answer is not sniffed", GET("/v1/things/1", ""), 200, "X-Content-Type-Options", "nosniff", ""},
    {"an answer is no page", GET("/v1/things/1", ""), 200, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'", ""},
    {"an answer sends no referrer on", GET("/v1/things/1", ""), 200, "Referrer-Policy", "no-referrer", ""},
    {"a trace is followed", GET("/v1/things/1", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"), 200, NULL, NULL,
     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"a query is decoded", GET("/v1/things/1?a=&q=x%2By+z&q=no", ""), 200, NULL, NULL, "\"q\":\"x+y z\""},
    {"the version is the ETag", GET("/v1/things/1", ""), 200, "ETag", "\"7\"", ""},
    {"what has not changed is not sent", GET("/v1/things/1", "If-None-Match: \"7\"\r\n"), 304, NULL, NULL, ""},
    {"HEAD is GET without the body", "HEAD /v1/things/1 HTTP/1.1\r\n" H "\r\n", 200, "ETag", "\"7\"", ""},
    {"no such path", GET("/v1/none", EN), 404, "Content-Type", "application/problem+json", "urn:jisr:problem:not-found"},
    {"problems come in Arabic first", GET("/v1/none", ""), 404, "Content-Language", "ar", "غير موجود"},
    {"in the language that was asked for", GET("/v1/none", "Accept-Language: de, fr;q=0.5\r\n"), 404, "Content-Language", "fr", "Introuvable"},
    {"another method: Allow", "DELETE /v1/things/1 HTTP/1.1\r\n" H "\r\n", 405, "Allow", "GET, HEAD", "method-not-allowed"},
    {"OPTIONS is no route's", "OPTIONS /v1/echo HTTP/1.1\r\n" H "\r\n", 405, "Allow", "POST", ""},
    {"an echo", POST("/v1/echo", J, "2", "{}"), 200, NULL, NULL, "{}"},
    {"the charset may be named", POST("/v1/echo", "Content-Type: application/json; charset=UTF-8\r\n", "2", "{}"), 200, NULL, NULL, "{}"},
    {"a form is not taken", POST("/v1/echo", "Content-Type: application/x-www-form-urlencoded\r\n", "3", "a=b"), 415, NULL, NULL,
     "unsupported-media-type"},
    {"a body without a type", POST("/v1/echo", "", "2", "{}"), 415, NULL, NULL, ""},
    {"an encoded body", POST("/v1/echo", J "Content-Encoding: gzip\r\n", "2", "{}"), 415, NULL, NULL, ""},
    {"any type where the route says so", POST("/v1/large", "Content-Type: image/png\r\n", "2", "{}"), 200, NULL, NULL, "{}"},
    {"an answer that can't be accepted", GET("/v1/things/1", "Accept: text/html\r\n"), 406, NULL, NULL, "not-acceptable"},
    {"a browser accepts all in the end", GET("/v1/things/1", "Accept: text/html,*/*;q=0.8\r\n"), 200, NULL, NULL, ""},
    {"a table is accepted", GET("/v1/table", "Accept: text/csv\r\n"), 200, "Content-Type", "text/csv", "a,b"},
    {"as one of a group", GET("/v1/table", "Accept: text/*;q=0.2\r\n"), 200, NULL, NULL, ""},
    {"or not", GET("/v1/table", "Accept: application/json\r\n"), 406, "Content-Type", "application/problem+json", "not-acceptable"},
    {"also where any body is taken", POST("/v1/large", "Content-Type: image/png\r\nAccept: image/png\r\n", "2", "{}"), 406, NULL, NULL, ""},
    {"events are accepted or not", GET("/v1/stream", "Accept: application/json\r\n"), 406, NULL, NULL, ""},
    {"no body, any type", POST("/v1/nothing", "Content-Type: text/plain\r\n", "0", ""), 204, NULL, NULL, ""},
    {"what clients send where no body is wanted is thrown away", POST("/v1/nothing", "", "2", "{}"), 204, NULL, NULL, ""},
    {"a query that can't be read names its parameter", GET("/v1/things/1?a=1&province=%ff", EN), 400, NULL, NULL,
     "\"pointer\":\"/province\",\"code\":\"text\""},
    {"its name is a step of a JSON pointer", GET("/v1/things/1?a%2fb~=%ff", EN), 400, NULL, NULL, "\"pointer\":\"/a~1b~0\",\"code\":\"text\""},
    {"a 422 without a field is about the whole", POST("/v1/error?err=KEY_REUSED", EN, "0", ""), 422, NULL, NULL,
     "\"errors\":[{\"pointer\":\"\",\"code\":\"idempotency-key-reused\""},
    {"by a worker", POST("/v1/work", J, "2", "{}"), 200, NULL, NULL, "{}"},
    {"parked and finished", POST("/v1/park", J, "2", "{}"), 201, NULL, NULL, "{}"},
    {"what is invalid lists its errors", POST("/v1/error?err=INVALID", EN, "0", ""), 422, NULL, NULL,
     "\"errors\":[{\"pointer\":\"/applicant/phone\",\"code\":\"required\",\"message\":\"This field is required.\"}]"},
    {"busy says when to come again", POST("/v1/error?err=UNAVAILABLE", EN, "0", ""), 503, "Retry-After", "1", "\"status\":503"},
    {"too many requests too", POST("/v1/error?err=RATE_LIMITED", EN, "0", ""), 429, "Retry-After", "1", ""},
    {"errors are not stored", POST("/v1/error?err=CONFLICT", EN, "0", ""), 409, "Cache-Control", "no-store", ""},
    {"a fault of ours lists nothing", POST("/v1/error?err=INTERNAL", EN, "0", ""), 500, NULL, NULL, "\"status\":500}"},
    {"anyone needs no credential", GET("/v1/anyone", ""), 200, NULL, NULL, "\"role\":\"anyone\""},
    {"but a wrong one is wrong", GET("/v1/anyone", "Authorization: Bearer x.y.z\r\n"), 401, NULL, NULL, "unauthenticated"},
    {"a scheme that nobody takes", GET("/v1/anyone", "Authorization: Digest x\r\n"), 401, NULL, NULL, ""},
    {"staff need a token", GET("/v1/staff", ""), 401, "WWW-Authenticate", "Bearer realm=\"jisr\"", ""},
    {"applicants may use Basic", GET("/v1/mine", ""), 401, "WWW-Authenticate", "Basic realm=\"jisr\", charset=\"UTF-8\"", ""},
    {"Basic is verified by a worker", GET("/v1/mine", "Authorization: Basic UlgtMTpzZWNyZXQ=\r\n"), 200, "Cache-Control", "no-store",
     "\"subject\":\"RX-1\""},
    {"a wrong code", GET("/v1/mine", "Authorization: Basic UlgtMTp3cm9uZw==\r\n"), 401, NULL, NULL, ""},
    {"Basic that is no base64", GET("/v1/mine", "Authorization: Basic !!!\r\n"), 401, NULL, NULL, ""},
    {"Basic without a colon", GET("/v1/mine", "Authorization: Basic UlgtMQ==\r\n"), 401, NULL, NULL, ""},
    {"a partner's key", GET("/v1/partner", "Authorization: Bearer jisr_pk_good\r\n"), 200, NULL, NULL, "\"role\":\"partner\""},
    {"a wrong key", GET("/v1/partner", "Authorization: Bearer jisr_pk_bad\r\n"), 401, NULL, NULL, ""},
    {"a good key elsewhere", GET("/v1/staff", "Authorization: Bearer jisr_pk_good\r\n"), 403, NULL, NULL, "forbidden"},
    {"verified by a worker, parked from there", POST("/v1/parked-mine", J "Authorization: Basic UlgtMTpzZWNyZXQ=\r\n", "2", "{}"), 201, NULL, NULL,
     "{}"},
    {"a page", GET("/", ""), 200, "Content-Type", "text/html; charset=utf-8", "<h1>home</h1>"},
    {"a page's policy", GET("/status", ""), 200, "Content-Security-Policy",
     "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
     "form-action 'self'",
     "<header>top</header><h1>status</h1>"},
    {"a part is no page", GET("/parts/top.html", ""), 404, NULL, NULL, ""},
    {"a query is not part of a page's name", GET("/status?x=1", ""), 200, NULL, NULL, "status"},
    {"a page is asked for again each time", GET("/status.html", ""), 200, "Cache-Control", "no-cache", ""},
    {"a file named by its content is kept", GET("/js/app.0123abcd.js", ""), 200, "Cache-Control", "public, max-age=31536000, immutable", ""},
    {"a page is packed for who takes it", GET("/js/app.0123abcd.js", "Accept-Encoding: br, gzip\r\n"), 200, "Content-Encoding", "gzip", ""},
    {"caches are told so", GET("/js/app.0123abcd.js", ""), 200, "Vary", "Accept-Encoding", "aaaa"},
    {"not for who refuses it", GET("/js/app.0123abcd.js", "Accept-Encoding: gzip;q=0\r\n"), 200, "Content-Encoding", "", "aaaa"},
    {"a page that is not there is a page for a browser", GET("/nope", "Accept: text/html, */*\r\n"), 404, "Content-Type", "text/html; charset=utf-8",
     "<h1>lost</h1>"},
    {"or for who takes it before all else", GET("/nope", "Accept: text/html, application/json;q=0.9\r\n"), 404, "Content-Type",
     "text/html; charset=utf-8", "<h1>lost</h1>"},
    {"it is a problem for a program", GET("/nope", "Accept: application/json\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"that says so", GET("/nope", "Accept: application/problem+json\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"or that takes anything", GET("/nope", "Accept: */*\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"or a page as well", GET("/nope", "Accept: application/json, text/html\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"or a page if need be", GET("/nope", "Accept: text/html;q=0.1, */*\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"or no page at all", GET("/nope", "Accept: text/html;q=0, */*\r\n"), 404, "Content-Type", "application/problem+json", "not-found"},
    {"a route that is not there is a problem for a browser too", GET("/intake/v1/nope", "Accept: text/html, */*\r\n"), 404, "Content-Type",
     "application/problem+json", "not-found"},
    {"pages can't be posted to", POST("/status", "", "0", ""), 405, "Allow", "GET, HEAD", ""},
    {"a page by way of its parent is none", GET("/js/../status", ""), 404, NULL, NULL, "not-found"},
    {"a hidden file is none", GET("/.secret", ""), 404, NULL, NULL, "not-found"},
    {"a link is not followed", GET("/link.txt", ""), 404, NULL, NULL, "not-found"},
};

static struct desk *desk;
static struct http_web *web;
static struct jwt_keys *keys;
static struct jwt_signer *signer;
static struct arena *arena;
static char folder[] = "/tmp/http-pages-XXXXXX";

static enum err verify_basic(void *worker, struct str user, struct str password, struct str address, struct arena *request_arena,
                             struct principal *ret_who)
{
    (void)address;
    check(worker, "a worker verifies");
    if (!str_equal(password, STR("secret")))
        return ERR_UNAUTHENTICATED;
    *ret_who = (struct principal){.role = WHO_APPLICANT, .subject = str_copy(request_arena, user)};
    return ERR_OK;
}

static enum err verify_partner(void *worker, struct str api_key, struct arena *request_arena, struct principal *ret_who)
{
    (void)request_arena;
    check(worker, "a worker verifies");
    if (!str_equal(api_key, STR("jisr_pk_good")))
        return ERR_UNAUTHENTICATED;
    *ret_who = (struct principal){.role = WHO_PARTNER, .subject = STR("partner-1")};
    return ERR_OK;
}

static void write_page(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void write_pages(void)
{
    char path[256], script[2001];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/js", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/parts", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    memset(script, 'a', 2000);
    script[2000] = 0;
    write_page("index.html", "<h1>home</h1>");
    write_page("status.html", "<!-- part: top --><h1>status</h1>");
    write_page("parts/top.html", "<header>top</header>");
    write_page("404.html", "<h1>lost</h1>");
    write_page(".secret", "no");
    write_page("js/app.0123abcd.js", script);
    snprintf(path, sizeof(path), "%s/link.txt", folder);
    assert_int_equal(symlink("/etc/hostname", path), 0);
}

static void load_keys(void)
{
    const char *why = NULL;
    struct str seed = STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    check_int(jwt_signer_load(seed, STR("k1"), &signer), ERR_OK, "signer");
    check_int(jwt_keys_load(jwt_signer_jwks(signer, arena), &keys, &why), ERR_OK, "keys");
}

static int open_desk(void **state)
{
    (void)state;
    static struct auth auth = {.issuer = "jisr", .verify_basic = verify_basic, .verify_partner = verify_partner};
    arena = arena_new(1024 * 1024);
    write_pages();
    load_keys();
    auth.keys = keys;
    check_int(http_web_load(folder, &web), ERR_OK, "pages");
    struct http_options options = {.auth = &auth, .web = web};
    desk = desk_open(&options);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    char command[128];
    desk_close(desk);
    http_web_free(web);
    jwt_keys_free(keys);
    jwt_signer_free(signer);
    arena_free(arena);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static void each_request_gets_what_its_route_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(EXCHANGES); i++) {
        const struct row *row = &EXCHANGES[i];
        struct answer answer;
        client_ask(desk, row->request, &answer);
        check_int(answer.status, row->status, row->why);
        check(!answer.closed, row->why);
        if (row->header)
            check_text(answer_header(&answer, row->header), row->value, row->why);
        if (row->part && !strstr(answer.body, row->part))
            fail_msg("%s: no %s in %s", row->why, row->part, answer.body);
    }
}

static void a_token_says_role_and_time(void **state)
{
    (void)state;
    static const struct {
        const char *why, *role, *path;
        int64_t ends_in_s;
        int status;
        bool nameless;
    } CASES[] = {
        {"an agent", "agent", "/v1/staff", 600, 200, false},
        {"a role that the route does not name", "auditor", "/v1/staff", 600, 403, false},
        {"ended long ago", "agent", "/v1/staff", -600, 401, false},
        {"anyone's route tells who she is", "committee", "/v1/anyone", 600, 200, false},
        {"a role that does not exist", "king", "/v1/anyone", 600, 401, false},
        {"partners have keys, not tokens", "partner", "/v1/anyone", 600, 401, false},
        {"an applicant's token names her application", "applicant", "/v1/mine", 600, 401, false},
        {"what she does could be told of nobody", "agent", "/v1/staff", 600, 401, true},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct jwt_claims claims = {
            .issuer = STR("jisr"), .subject = CASES[i].nameless ? STR("") : STR("s"), .role = str_from(CASES[i].role), .not_before = INSTANT_NEVER};
        struct answer answer;
        struct str token;
        claims.issued_at = clock_wall_us() - 700 * INSTANT_SECOND;
        claims.expires_at = clock_wall_us() + CASES[i].ends_in_s * INSTANT_SECOND;
        check_int(jwt_sign(signer, &claims, arena, &token), ERR_OK, CASES[i].why);
        struct str request =
            str_format(arena, "GET %s HTTP/1.1\r\n" H "Authorization: Bearer %.*s\r\n\r\n", CASES[i].path, (int)token.size, token.at);
        client_ask(desk, request.at, &answer);
        check_int(answer.status, CASES[i].status, CASES[i].why);
    }
}

static void a_page_that_has_not_changed_is_not_sent(void **state)
{
    (void)state;
    static const char *const ENCODINGS[] = {"", "Accept-Encoding: gzip\r\n"};
    struct str tags[2];
    for (size_t i = 0; i < ROWS(ENCODINGS); i++) {
        struct answer answer;
        struct str request = str_format(arena, "GET /js/app.0123abcd.js HTTP/1.1\r\n" H "%s\r\n", ENCODINGS[i]);
        client_ask(desk, request.at, &answer);
        tags[i] = str_copy(arena, answer_header(&answer, "ETag"));
        request =
            str_format(arena, "GET /js/app.0123abcd.js HTTP/1.1\r\n" H "%sIf-None-Match: %.*s\r\n\r\n", ENCODINGS[i], (int)tags[i].size, tags[i].at);
        client_ask(desk, request.at, &answer);
        check_int(answer.status, 304, ENCODINGS[i]);
    }
    check(!str_equal(tags[0], tags[1]), "a strong tag is of one representation");
}

static void large_bodies_pass_whole_and_larger_ones_are_told_so(void **state)
{
    (void)state;
    enum { LARGEST = 20 * 1000 * 1000 };
    static const struct {
        size_t size;
        int status;
    } CASES[] = {{1, 200}, {4000, 200}, {10000, 200}, {200001, 413}, {LARGEST, 413}};
    char *body = malloc(LARGEST);
    for (size_t i = 0; i < LARGEST; i++)
        body[i] = (char)('a' + i % 23);
    int fd = client_connect(desk);
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct answer answer;
        struct str head = str_format(arena, "POST /v1/large HTTP/1.1\r\n" H "Content-Length: %zu\r\n\r\n", CASES[i].size);
        client_send(fd, head);
        client_send(fd, (struct str){body, CASES[i].size});
        client_read(fd, false, &answer);
        check_int(answer.status, CASES[i].status, "on one kept connection");
        if (CASES[i].status == 200)
            check(answer.body_size == CASES[i].size && memcmp(answer.body, body, CASES[i].size) == 0, "the same bytes again");
    }
    close(fd);
    free(body);
}

static void a_client_that_asks_first_is_told_to_go_on(void **state)
{
    (void)state;
    char buffer[512];
    struct answer answer;
    int fd = client_connect(desk);
    client_send(fd, STR("POST /v1/echo HTTP/1.1\r\n" H J "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    check(client_awaits(fd, "HTTP/1.1 100 Continue\r\n\r\n", buffer, sizeof(buffer)), "100");
    client_send(fd, STR("{}"));
    client_read(fd, false, &answer);
    check_int(answer.status, 200, "then the answer");
    close(fd);
}

static void a_worker_that_can_not_open_answers_503_and_tries_again(void **state)
{
    (void)state;
    struct http_options options = {.worker_threads = 1};
    struct desk *other = desk_open(&options);
    struct answer answer;
    atomic_store(&other->fails_to_open, 1);
    client_ask(other, POST("/v1/work", J, "2", "{}"), &answer);
    check_int(answer.status, 503, "the database is away");
    check_text(answer_header(&answer, "Retry-After"), "1", "come again");
    clock_sleep_us(300 * 1000);
    client_ask(other, POST("/v1/work", J, "2", "{}"), &answer);
    check_int(answer.status, 200, "and back");
    desk_close(other);
}

/* A port that nobody has: one that the system gave and got back. */
static uint16_t free_port(void)
{
    struct http_options options = {0};
    struct desk *other = desk_open(&options);
    uint16_t port = http_server_port(other->server);
    desk_close(other);
    return port;
}

static void the_admin_port_says_how_the_process_is(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
        const char *part;
    } CASES[] = {
        {GET("/livez", ""), 200, "alive"},
        {GET("/readyz", ""), 503, "unavailable"}, /* this process has not started any parts */
        {GET("/startupz", ""), 503, "unavailable"},
        {GET("/metrics", "Accept: text/plain;version=0.0.4\r\n"), 200, "http_requests_total{route=\"GET /v1/staff\",class=\"2xx\"}"},
        {GET("/metrics", ""), 200, "http_refused_total{why=\"guard\"}"},
        {GET("/v1/staff", ""), 404, "not-found"},
    };
    struct http_admin *admin = NULL;
    uint16_t port = free_port();
    static struct answer answer;
    check_int(http_admin_start("127.0.0.1", port, &admin), ERR_OK, "started");
    int fd = client_connect_port(port);
    for (size_t i = 0; i < ROWS(CASES); i++) {
        client_send(fd, str_from(CASES[i].request));
        client_read(fd, false, &answer);
        check_int(answer.status, CASES[i].status, CASES[i].request);
        check(strstr(answer.body, CASES[i].part), CASES[i].part);
    }
    close(fd);
    http_admin_stop(admin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_gets_what_its_route_says),     cmocka_unit_test(a_token_says_role_and_time),
        cmocka_unit_test(a_page_that_has_not_changed_is_not_sent),   cmocka_unit_test(large_bodies_pass_whole_and_larger_ones_are_told_so),
        cmocka_unit_test(a_client_that_asks_first_is_told_to_go_on), cmocka_unit_test(a_worker_that_can_not_open_answers_503_and_tries_again),
        cmocka_unit_test(the_admin_port_says_how_the_process_is),
    };
    json_setup();
    if (crypto_setup() != ERR_OK)
        return 1;
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
