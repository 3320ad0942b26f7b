/* What an HTTP/1.1 server must not be fooled by, byte for byte on a raw socket (RFC 9110, RFC 9112). libmicrohttpd answers some of it itself, in
 * plain HTML, before any of our code sees it: those rows say so. HAProxy stands in front of all of this. */
#include "http_support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"

#define H "Host: jisr\r\n"
#define J "Content-Type: application/json\r\n"
#define POST_ECHO "POST /v1/echo HTTP/1.1\r\n" H J
#define A16 "aaaaaaaaaaaaaaaa"
#define A256 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16
#define A1024 A256 A256 A256 A256

enum then { KEEPS, CLOSES };

struct row {
    const char *why;
    struct str bytes;
    int status; /* 0: closed without an answer */
    enum then then;
    bool is_problem; /* application/problem+json of ours */
};

#define BYTES(literal)               \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static const struct row ROWS_ON_THE_WIRE[] = {
    {"a plain GET is served and the connection kept", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "\r\n"), 200, KEEPS, false},
    {"a plain POST is served and the connection kept", BYTES(POST_ECHO "Content-Length: 2\r\n\r\n{}"), 200, KEEPS, false},
    {"HTTP/1.0 is served, and closes unless asked to stay", BYTES("GET /v1/things/1 HTTP/1.0\r\n" H "\r\n"), 200, CLOSES, false},
    {"HTTP/1.0 needs no Host", BYTES("GET /v1/things/1 HTTP/1.0\r\n\r\n"), 200, CLOSES, false},
    {"empty lines before a request are skipped (RFC 9112 §2.2)", BYTES("\r\n\r\nGET /v1/things/1 HTTP/1.1\r\n" H "\r\n"), 200, KEEPS, false},
    {"Connection: close is obeyed", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), 200, CLOSES, false},
    {"HTTP/1.2 does not exist", BYTES("GET /v1/things/1 HTTP/1.2\r\n" H "\r\n"), 400, CLOSES, true},
    {"HTTP/2.0 in this form does not exist (answered by the library)", BYTES("GET /v1/things/1 HTTP/2.0\r\n" H "\r\n"), 505, CLOSES, false},
    {"HTTP/0.9 has no version (answered by the library)", BYTES("GET /v1/things/1\r\n\r\n"), 400, CLOSES, false},
    {"a version in lower case is none (answered by the library)", BYTES("GET /v1/things/1 http/1.1\r\n" H "\r\n"), 400, CLOSES, false},
    {"a version with more digits is none (answered by the library)", BYTES("GET /v1/things/1 HTTP/1.10\r\n" H "\r\n"), 400, CLOSES, false},
    {"the preface of HTTP/2 is not a request (answered by the library)", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, CLOSES, false},
    {"bytes of a TLS handshake are no request", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n"), 0, CLOSES, false},
    {"absolute-form is for proxies", BYTES("GET http://jisr/v1/things/1 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"authority-form is for CONNECT", BYTES("CONNECT jisr:80 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"asterisk-form is for OPTIONS of a whole server", BYTES("OPTIONS * HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a space within the target hides a second one", BYTES("GET /v1/things/1 /x HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"two spaces before the version are none of the grammar", BYTES("GET /v1/things/1  HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a tab within the target", BYTES("GET /v1/things/\t1 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a NUL byte within the target", BYTES("GET /v1/things/1\0x HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"raw UTF-8 within the target", BYTES("GET /v1/things/\xd9\x81 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a fragment never goes to a server", BYTES("GET /v1/things/1#x HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a percent sign without two digits", BYTES("GET /v1/things/%zz HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"an encoded NUL byte", BYTES("GET /v1/things/1%00 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"encoded bytes that are no UTF-8", BYTES("GET /v1/things/%ff HTTP/1.1\r\n" H "\r\n"), 400, KEEPS, true},
    {"an encoded line break in the path", BYTES("GET /v1/things/a%0d%0ab HTTP/1.1\r\n" H "\r\n"), 400, KEEPS, true},
    {"no Host in HTTP/1.1", BYTES("GET /v1/things/1 HTTP/1.1\r\n\r\n"), 400, CLOSES, true},
    {"two Hosts", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "Host: other\r\n\r\n"), 400, CLOSES, true},
    {"two Hosts, the second with a space before its colon", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "Host : other\r\n\r\n"), 400, CLOSES, true},
    {"a Host with a path", BYTES("GET /v1/things/1 HTTP/1.1\r\nHost: jisr/x\r\n\r\n"), 400, CLOSES, true},
    {"a Host with credentials", BYTES("GET /v1/things/1 HTTP/1.1\r\nHost: a@jisr\r\n\r\n"), 400, CLOSES, true},
    {"two Content-Lengths that differ", BYTES(POST_ECHO "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), 400, CLOSES, true},
    {"two Content-Lengths that agree are still refused", BYTES(POST_ECHO "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a list of lengths in one field (answered by the library)", BYTES(POST_ECHO "Content-Length: 2, 2\r\n\r\n{}"), 400, CLOSES, false},
    {"a signed length (answered by the library)", BYTES(POST_ECHO "Content-Length: +2\r\n\r\n{}"), 400, CLOSES, false},
    {"a negative length (answered by the library)", BYTES(POST_ECHO "Content-Length: -2\r\n\r\n{}"), 400, CLOSES, false},
    {"a length in hex (answered by the library)", BYTES(POST_ECHO "Content-Length: 0x2\r\n\r\n{}"), 400, CLOSES, false},
    {"a length past 64 bits (answered by the library)", BYTES(POST_ECHO "Content-Length: 99999999999999999999\r\n\r\n{}"), 413, CLOSES, false},
    {"an empty length (answered by the library)", BYTES(POST_ECHO "Content-Length:\r\n\r\n{}"), 400, CLOSES, false},
    {"Transfer-Encoding: chunked is not taken", BYTES(POST_ECHO "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), 411, CLOSES, true},
    {"Transfer-Encoding beside Content-Length is smuggling",
     BYTES(POST_ECHO "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"), 400, CLOSES, true},
    {"Transfer-Encoding in another case", BYTES(POST_ECHO "tRANSFER-eNCODING: CHUNKED\r\n\r\n0\r\n\r\n"), 411, CLOSES, true},
    {"Transfer-Encoding with an unknown coding", BYTES(POST_ECHO "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 411, CLOSES, true},
    {"Transfer-Encoding: identity is none either", BYTES(POST_ECHO "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"Transfer-Encoding without a value", BYTES(POST_ECHO "Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a space before the colon of Transfer-Encoding", BYTES(POST_ECHO "Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES,
     true},
    {"a tab before the colon of Transfer-Encoding", BYTES(POST_ECHO "Transfer-Encoding\t: chunked\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES,
     true},
    {"a name hidden by folding is found by where its bytes lie",
     BYTES(POST_ECHO "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a length put together by folding", BYTES(POST_ECHO "Content-Lengt: 2\r\n h\r\n\r\n{}"), 400, CLOSES, true},
    {"a bare line feed ends a header line", BYTES(POST_ECHO "X: a\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a bare line feed ends the request line", BYTES("GET /v1/things/1 HTTP/1.1\n" H "\r\n"), 400, CLOSES, true},
    {"a bare carriage return within a value", BYTES(POST_ECHO "X: a\rb\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a NUL byte within a value", BYTES(POST_ECHO "X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a NUL byte within a length",
     BYTES(POST_ECHO "Content-Length: 2\0"
                     "5\r\n\r\n{}"),
     400, CLOSES, true},
    {"a control byte within a value",
     BYTES(POST_ECHO "X: a\x01"
                     "b\r\nContent-Length: 2\r\n\r\n{}"),
     400, CLOSES, true},
    {"DEL within a value", BYTES(POST_ECHO "X: a\x7f\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a header name with a control byte", BYTES(POST_ECHO "X\x01: a\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a header name with a parenthesis", BYTES(POST_ECHO "X(1): a\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a header without a name", BYTES(POST_ECHO ": a\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a header without a colon (answered by the library)", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "nocolon\r\n\r\n"), 400, CLOSES, false},
    {"a first header that begins with a space", BYTES("GET /v1/things/1 HTTP/1.1\r\n X: a\r\n" H "\r\n"), 400, CLOSES, true},
    {"a method that is no token", BYTES("G(T /v1/things/1 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"a method in lower case is another method", BYTES("get /v1/things/1 HTTP/1.1\r\n" H "\r\n"), 405, KEEPS, true},
    {"an unknown expectation", BYTES(POST_ECHO "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}"), 417, CLOSES, true},
    {"two Authorizations", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"), 400, CLOSES, true},
    {"two Content-Types", BYTES(POST_ECHO "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"two Idempotency-Keys", BYTES(POST_ECHO "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}"), 400, CLOSES, true},
    {"a body longer than the route takes, small enough to be read off",
     BYTES("POST /v1/nothing HTTP/1.1\r\n" H "Content-Length: 1040\r\n\r\n" A1024 A16), 413, KEEPS, true},
    {"a body where none is wanted is read off", BYTES("POST /v1/nothing HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), 204, KEEPS, false},
    {"a body announced beyond what is read off is refused before it comes", BYTES(POST_ECHO "Content-Length: 999999999\r\n\r\n"), 413, CLOSES, true},
    {"a refused body is not waited for when the client asks first", BYTES(POST_ECHO "Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n"), 413,
     CLOSES, true},
    {"a body on a GET is read off", BYTES("GET /v1/things/1 HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}"), 200, KEEPS, false},
    {"an encoded value that is no UTF-8 is not taken for an absent one", BYTES("GET /v1/things/1?a=1&province=%ff HTTP/1.1\r\n" H "\r\n"), 400, KEEPS,
     true},
    {"a broken escape in the query", BYTES("GET /v1/things/1?a=%z1 HTTP/1.1\r\n" H "\r\n"), 400, CLOSES, true},
    {"an encoded slash stays within its segment", BYTES("GET /v1/things/a%2Fb HTTP/1.1\r\n" H "\r\n"), 200, KEEPS, false},
    {"dot segments are not resolved", BYTES("GET /v1/x/../things/1 HTTP/1.1\r\n" H "\r\n"), 404, KEEPS, true},
    {"a double slash is an empty segment", BYTES("GET //v1/things/1 HTTP/1.1\r\n" H "\r\n"), 404, KEEPS, true},
};

static struct desk *desk;

static int open_desk(void **state)
{
    (void)state;
    struct http_options options = {.request_deadline_ms = 1000, .idle_ms = 1500};
    desk = desk_open(&options);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(desk);
    return 0;
}

static void check_row(const struct row *row)
{
    struct answer answer;
    int fd = client_connect(desk);
    client_send(fd, row->bytes);
    client_read(fd, false, &answer);
    check_int(answer.status, row->status, row->why);
    bool closed = answer.closed || client_sees_end(fd, row->then == CLOSES ? WAIT_MS : 20);
    check_int(closed, row->then == CLOSES, row->why);
    if (row->is_problem)
        check_text(answer_header(&answer, "Content-Type"), "application/problem+json", row->why);
    close(fd);
}

static void what_is_not_plain_http_is_refused_on_sight(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ROWS_ON_THE_WIRE); i++)
        check_row(&ROWS_ON_THE_WIRE[i]);
}

static void nothing_behind_a_refused_request_is_served(void **state)
{
    (void)state;
    struct answer answer;
    int before = atomic_load(&desk->handled);
    int fd = client_connect(desk);
    client_send(fd, STR(POST_ECHO "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" POST_ECHO "Content-Length: 2\r\n\r\n{}"));
    client_read(fd, false, &answer);
    check_int(answer.status, 400, "the smuggling request");
    check(client_sees_end(fd, WAIT_MS), "the rest is dropped with the connection");
    check_int(atomic_load(&desk->handled), before, "the hidden request was not handled");
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    struct answer answer;
    int fd = client_connect(desk);
    client_send(fd, STR("GET /v1/things/first HTTP/1.1\r\n" H "\r\n" POST_ECHO "Content-Length: 8\r\n\r\n\"second\"GET /v1/none HTTP/1.1\r\n" H "\r\n"
                        "POST /v1/park HTTP/1.1\r\n" H J "Content-Length: 8\r\n\r\n\"fourth\"GET /v1/things/fifth HTTP/1.1\r\n" H "\r\n"));
    static const struct {
        int status;
        const char *part;
    } EXPECTED[] = {{200, "first"}, {200, "\"second\""}, {404, "not-found"}, {201, "\"fourth\""}, {200, "fifth"}};
    for (size_t i = 0; i < ROWS(EXPECTED); i++) {
        client_read(fd, false, &answer);
        check_int(answer.status, EXPECTED[i].status, EXPECTED[i].part);
        check(strstr(answer.body, EXPECTED[i].part), EXPECTED[i].part);
    }
    close(fd);
}

static void a_request_that_comes_byte_by_byte_is_served(void **state)
{
    (void)state;
    struct answer answer;
    struct str bytes = STR(POST_ECHO "X-Long: 0123456789012345678901234567890123456789\r\nContent-Length: 6\r\n\r\n\"slow\"");
    int fd = client_connect(desk);
    for (size_t i = 0; i < bytes.size; i++) {
        client_send(fd, (struct str){bytes.at + i, 1});
        clock_sleep_us(500);
    }
    client_read(fd, false, &answer);
    check_int(answer.status, 200, "each byte in a segment of its own");
    check_text(str_from(answer.body), "\"slow\"", "and whole");
    close(fd);
}

static void headers_up_to_the_limit_pass_and_past_it_are_431(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t size;
        int status;
    } CASES[] = {
        {"a token of 4 kB beside the usual fields", 4096, 200},
        {"more than a connection's memory (answered by the library)", 14000, 431},
        {"a header that never ends (answered by the library)", 60000, 431},
    };
    static char request[70000];
    struct answer answer;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        int size = snprintf(request, sizeof(request), "GET /v1/things/1 HTTP/1.1\r\n" H "X: ");
        memset(request + size, 'a', CASES[i].size);
        strcpy(request + (size_t)size + CASES[i].size, "\r\n\r\n");
        int fd = client_connect(desk);
        client_send(fd, str_from(request));
        client_read(fd, false, &answer);
        /* Past the limit the library closes with bytes unread, so the reset may overtake its answer. */
        if (!(CASES[i].status == 431 && answer.status == 0))
            check_int(answer.status, CASES[i].status, CASES[i].why);
        close(fd);
    }
}

static void too_many_headers_are_refused(void **state)
{
    (void)state;
    char request[4096] = "GET /v1/things/1 HTTP/1.1\r\n" H;
    struct answer answer;
    for (int i = 0; i < 80; i++)
        strcat(request, "X: a\r\n");
    strcat(request, "\r\n");
    client_ask(desk, request, &answer);
    check_int(answer.status, 400, "81 fields");
}

static void slow_clients_are_cut_by_an_absolute_deadline(void **state)
{
    (void)state;
    static const struct {
        const char *why, *head, *drip;
        int within_ms; /* limit, the reaper's round, and some slack */
    } CASES[] = {
        {"drips its header lines", "GET /v1/things/1 HTTP/1.1\r\n", "X: a\r\n", 2000},
        {"drips its body", POST_ECHO "Content-Length: 4000\r\n\r\n", "a", 2000},
        {"drips its request line", "", "G", 2500},
        {"says nothing at all", "", "", 2500},
        {"stops within its body", POST_ECHO "Content-Length: 4000\r\n\r\nabc", "", 2000},
        {"is silent after a request", "GET /v1/things/1 HTTP/1.1\r\n" H "\r\n", "", 2500},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        int fd = client_connect(desk);
        struct answer answer;
        client_send(fd, str_from(CASES[i].head));
        if (strstr(CASES[i].head, H "\r\n"))
            client_read(fd, false, &answer);
        int64_t began_us = clock_monotonic_us();
        while (!client_sees_end(fd, 100) && clock_monotonic_us() - began_us < 6000000)
            client_send(fd, str_from(CASES[i].drip));
        int64_t took_ms = (clock_monotonic_us() - began_us) / 1000;
        check(took_ms >= 900 && took_ms <= CASES[i].within_ms, CASES[i].why);
        close(fd);
    }
}

static void a_client_that_leaves_within_its_body_harms_nobody(void **state)
{
    (void)state;
    struct answer answer;
    for (int i = 0; i < 50; i++) {
        int fd = client_connect(desk);
        client_send(fd, STR(POST_ECHO "Content-Length: 100\r\n\r\n{"));
        close(fd);
    }
    client_ask(desk, "GET /v1/things/1 HTTP/1.1\r\n" H "\r\n", &answer);
    check_int(answer.status, 200, "the next one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_plain_http_is_refused_on_sight),       cmocka_unit_test(nothing_behind_a_refused_request_is_served),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),         cmocka_unit_test(a_request_that_comes_byte_by_byte_is_served),
        cmocka_unit_test(headers_up_to_the_limit_pass_and_past_it_are_431), cmocka_unit_test(too_many_headers_are_refused),
        cmocka_unit_test(slow_clients_are_cut_by_an_absolute_deadline),     cmocka_unit_test(a_client_that_leaves_within_its_body_harms_nobody),
    };
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
