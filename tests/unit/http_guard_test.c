/* The guard on what the library parsed; the raw bytes are in tests/integration/http_hostile_test.c. */
#include "support/check.h"

#include "http/guard.h"

struct row {
    const char *why;
    const char *method, *target, *version;
    struct guard_header headers[4];
    enum err err;
};

#define HEADER(name, value)          \
    {                                \
        {name, sizeof(name) - 1},    \
        {                            \
            value, sizeof(value) - 1 \
        }                            \
    }
#define HOST HEADER("Host", "jisr:8080")

static const struct row ROWS_OF_GUARD[] = {
    {"a plain request passes", "GET", "/x?a=1&b=%20", "HTTP/1.1", {HOST}, ERR_OK},
    {"HTTP/1.0 passes without Host", "GET", "/", "HTTP/1.0", {{{0}, {0}}}, ERR_OK},
    {"HTTP/1.1 does not", "GET", "/", "HTTP/1.1", {{{0}, {0}}}, ERR_BAD_REQUEST},
    {"a version that does not exist", "GET", "/", "HTTP/1.2", {HOST}, ERR_BAD_REQUEST},
    {"a method that is no token", "GE T", "/", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"no method", "", "/", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"absolute-form", "GET", "http://x/", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"no target", "GET", "", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"a space in the target", "GET", "/a b", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"a backslash in the target, which some take for a slash", "GET", "/a\\b", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"bytes above ASCII in the target", "GET", "/\xc3\xa9", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"a percent sign at the end", "GET", "/a%", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"a percent sign with one digit", "GET", "/a%4", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"an encoded NUL", "GET", "/a%00b", "HTTP/1.1", {HOST}, ERR_BAD_REQUEST},
    {"a tab in a value passes", "GET", "/", "HTTP/1.1", {HOST, HEADER("X", "a\tb")}, ERR_OK},
    {"bytes above ASCII in a value pass (obs-text)", "GET", "/", "HTTP/1.1", {HOST, HEADER("X", "\xc3\xa9")}, ERR_OK},
    {"a carriage return in a value", "GET", "/", "HTTP/1.1", {HOST, HEADER("X", "a\rb")}, ERR_BAD_REQUEST},
    {"a NUL in a value", "GET", "/", "HTTP/1.1", {HOST, HEADER("X", "a\0b")}, ERR_BAD_REQUEST},
    {"a space in a name", "GET", "/", "HTTP/1.1", {HOST, HEADER("X ", "a")}, ERR_BAD_REQUEST},
    {"an empty name", "GET", "/", "HTTP/1.1", {HOST, {{"", 0}, {"a", 1}}}, ERR_BAD_REQUEST},
    {"Transfer-Encoding in any case", "POST", "/", "HTTP/1.1", {HOST, HEADER("transfer-ENCODING", "chunked")}, ERR_LENGTH},
    {"Transfer-Encoding beside a length",
     "POST",
     "/",
     "HTTP/1.1",
     {HOST, HEADER("Transfer-Encoding", "chunked"), HEADER("Content-Length", "2")},
     ERR_BAD_REQUEST},
    {"two lengths", "POST", "/", "HTTP/1.1", {HOST, HEADER("Content-Length", "1"), HEADER("content-length", "1")}, ERR_BAD_REQUEST},
    {"a length with a sign", "POST", "/", "HTTP/1.1", {HOST, HEADER("Content-Length", "+1")}, ERR_BAD_REQUEST},
    {"an empty length", "POST", "/", "HTTP/1.1", {HOST, HEADER("Content-Length", "")}, ERR_BAD_REQUEST},
    {"a length of twenty digits", "POST", "/", "HTTP/1.1", {HOST, HEADER("Content-Length", "10000000000000000000")}, ERR_BAD_REQUEST},
    {"two Hosts", "GET", "/", "HTTP/1.1", {HOST, HOST}, ERR_BAD_REQUEST},
    {"two Hosts in HTTP/1.0 too", "GET", "/", "HTTP/1.0", {HOST, HOST}, ERR_BAD_REQUEST},
    {"an IPv6 Host passes", "GET", "/", "HTTP/1.1", {HEADER("Host", "[::1]:80")}, ERR_OK},
    {"a Host with user information", "GET", "/", "HTTP/1.1", {HEADER("Host", "a@b")}, ERR_BAD_REQUEST},
    {"100-continue passes, in any case", "POST", "/", "HTTP/1.1", {HOST, HEADER("Expect", "100-Continue")}, ERR_OK},
    {"another expectation", "POST", "/", "HTTP/1.1", {HOST, HEADER("Expect", "x")}, ERR_EXPECTATION},
    {"two keys", "POST", "/", "HTTP/1.1", {HOST, HEADER("Idempotency-Key", "a"), HEADER("Idempotency-Key", "b")}, ERR_BAD_REQUEST},
    {"Accept may come twice", "GET", "/", "HTTP/1.1", {HOST, HEADER("Accept", "a/b"), HEADER("Accept", "c/d")}, ERR_OK},
};

static size_t count_of(const struct guard_header *headers)
{
    size_t count = 0;
    while (count < 4 && headers[count].name.at)
        count++;
    return count;
}

static void each_rule_refuses_what_it_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ROWS_OF_GUARD); i++) {
        const struct row *row = &ROWS_OF_GUARD[i];
        const char *why = NULL;
        struct guard_request request = {str_from(row->method), str_from(row->target), str_from(row->version), row->headers, count_of(row->headers)};
        check_int(guard_check(&request, &why), row->err, row->why);
        check((why != NULL) == (row->err != ERR_OK), row->why);
    }
}

static void more_than_64_fields_are_too_many(void **state)
{
    (void)state;
    struct guard_header headers[65];
    const char *why = NULL;
    headers[0] = (struct guard_header)HOST;
    for (size_t i = 1; i < ROWS(headers); i++)
        headers[i] = (struct guard_header)HEADER("X", "a");
    struct guard_request request = {STR("GET"), STR("/"), STR("HTTP/1.1"), headers, 64};
    check_int(guard_check(&request, &why), ERR_OK, "64");
    request.header_count = 65;
    check_int(guard_check(&request, &why), ERR_BAD_REQUEST, "65");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_refuses_what_it_names),
        cmocka_unit_test(more_than_64_fields_are_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
