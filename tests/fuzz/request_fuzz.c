/* The head of an HTTP request: `METHOD target version`, a line a header field. What the guard lets pass is a request of one meaning, and its path is
 * one route or none. */
#include "fuzz.h"
#include "http/guard.h"
#include "http/router.h"

#define HEADERS_MAX 80

static enum err never_called(struct http_request *request, void *service)
{
    (void)request;
    (void)service;
    return ERR_INTERNAL;
}

#define ROUTE(method, path)                                    \
    {                                                          \
        method, path, WHO_ANYONE, never_called, NULL, 0, 0, "" \
    }
static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/"),
    ROUTE(HTTP_GET, "/intake/v1/calls"),
    ROUTE(HTTP_GET, "/intake/v1/calls/{id}"),
    ROUTE(HTTP_POST, "/intake/v1/applications"),
    ROUTE(HTTP_GET, "/intake/v1/applications/{id}"),
    ROUTE(HTTP_PUT, "/intake/v1/applications/{id}"),
    ROUTE(HTTP_GET, "/intake/v1/applications/due"),
    ROUTE(HTTP_POST, "/intake/v1/applications/{id}/withdrawal"),
    ROUTE(HTTP_GET, "/intake/v1/applications/{id}/documents/{document}"),
};

static const struct router *router(void)
{
    static struct router *router;
    size_t row;
    if (!router)
        HOLD(router_new(ROUTES, sizeof(ROUTES) / sizeof(ROUTES[0]), &router, &row) == ERR_OK, "the table is sound");
    return router;
}

static struct str encoded(struct str text, struct arena *arena)
{
    struct buf out;
    struct str result;
    buf_init(&out, arena, SIZE_MAX);
    for (size_t i = 0; i < text.size; i++)
        buf_format(&out, "%%%02x", (unsigned)(unsigned char)text.at[i]);
    HOLD(buf_done(&out, &result) == ERR_OK, "there is memory");
    return result;
}

static void hold_is_plain(struct str text)
{
    HOLD(str_is_utf8(text) && !str_has_control(text), "what handlers get is text");
    for (size_t i = 0; i < text.size; i++)
        HOLD((unsigned char)text.at[i] >= 0x20, "without control characters");
}

/* The route's template with each parameter encoded throughout is found as well, and gives the same. */
static void hold_is_found_again(const struct router_match *match, enum http_method method, struct arena *arena)
{
    struct str rest = str_from(match->route->path), path;
    struct router_match again;
    struct buf out;
    size_t param = 0;
    buf_init(&out, arena, SIZE_MAX);
    (void)str_cut(&rest, '/');
    for (bool more = true; more;) {
        more = rest.size > 0 && memchr(rest.at, '/', rest.size);
        struct str segment = str_cut(&rest, '/');
        buf_byte(&out, '/');
        buf_add(&out, str_starts(segment, STR("{")) ? encoded(match->params[param++], arena) : segment);
    }
    HOLD(buf_done(&out, &path) == ERR_OK && router_find(router(), method, path, arena, &again) == ERR_OK, "an encoded path is a path");
    /* A parameter that reads like a template's own word is that word. */
    HOLD(again.route == match->route, "of the same route");
    for (size_t i = 0; i < param; i++)
        HOLD(str_equal(again.params[i], match->params[i]), "with the same parameters");
}

static void hold_a_path_is_one_route_or_none(struct str method_name, struct str target, struct arena *arena)
{
    struct str query = target, path = str_cut(&query, '?'), decoded;
    struct router_match match;
    enum http_method method = router_method(method_name);
    enum err err = router_find(router(), method, path, arena, &match);
    if (field_percent_decode(arena, path, false, &decoded))
        hold_is_plain(decoded);
    if (err == ERR_METHOD)
        HOLD(!str_empty(router_allow(arena, match.allowed)), "what is allowed is said");
    if (err != ERR_OK)
        return;
    for (size_t i = 0; i < HTTP_PARAMS_MAX; i++)
        hold_is_plain(match.params[i]);
    hold_is_found_again(&match, method, arena);
    while (query.size > 0) {
        struct str value = str_cut(&query, '&'), key = str_cut(&value, '=');
        if (field_percent_decode(arena, key, true, &decoded))
            hold_is_plain(decoded);
        if (field_percent_decode(arena, value, true, &decoded))
            hold_is_plain(decoded);
    }
}

static void hold_has_one_meaning(const struct guard_request *request)
{
    size_t lengths = 0, hosts = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct guard_header *header = &request->headers[i];
        HOLD(!str_equal_nocase(header->name, STR("Transfer-Encoding")), "a body has a length");
        hosts += str_equal_nocase(header->name, STR("Host"));
        if (!str_equal_nocase(header->name, STR("Content-Length")))
            continue;
        lengths++;
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%0*llu", (int)header->value.size, (unsigned long long)field_length(header->value));
        HOLD(str_equal(header->value, str_from(digits)), "which is the number that it says");
    }
    HOLD(lengths <= 1 && hosts <= 1, "and one only, for one host");
    HOLD(request->target.size > 0 && request->target.at[0] == '/', "its target is a path");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct guard_header headers[HEADERS_MAX];
    struct str rest = fuzz_text(bytes, size), line = str_cut(&rest, '\n'), version = line;
    struct guard_request request = {.headers = headers};
    const char *why = NULL;
    request.method = str_cut(&version, ' ');
    request.target = str_cut(&version, ' ');
    request.version = version;
    while (rest.size > 0 && request.header_count < HEADERS_MAX) {
        struct str value = str_cut(&rest, '\n'), name = str_cut(&value, ':');
        headers[request.header_count++] = (struct guard_header){name, str_trim(value)};
    }
    enum err err = guard_check(&request, &why);
    HOLD((err == ERR_OK) == (why == NULL), "a refusal has its reason");
    if (err != ERR_OK)
        return 0;
    hold_has_one_meaning(&request);
    hold_a_path_is_one_route_or_none(request.method, request.target, arena);
    return 0;
}
