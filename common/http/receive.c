/* What is decided from the request line and the headers alone. */
#include "app/app.h"
#include "crypto/seal.h"
#include "http/exchange.h"
#include "http/fields.h"
#include "http/layout.h"
#include "http/media.h"
#include "http/trace.h"

#define TRACES_AT_ONCE 32
#define UNWANTED_BODY_MAX_BYTES ((uint64_t)1024)

static const struct http_route PAGE = {.method = HTTP_GET, .path = "/", .who = WHO_ANYONE, .flags = HTTP_GIVES_OTHER};

struct collection {
    struct http_exchange *exchange;
    struct layout layout;
    bool failed;
};

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    struct collection *collection = context;
    struct http_exchange *exchange = collection->exchange;
    struct str raw_name = {name, name_size}, raw_value = {value, value ? value_size : 0};
    layout_header(&collection->layout, raw_name, raw_value);
    if (exchange->header_count == HEADERS_KEPT_MAX)
        return MHD_NO;
    struct guard_header header = {str_copy(exchange->arena, raw_name), str_copy(exchange->arena, str_trim(raw_value))};
    collection->failed = collection->failed || !header.name.at || !header.value.at;
    exchange->headers[exchange->header_count++] = header;
    return MHD_YES;
}

static enum err check_form(struct http_exchange *exchange, const char *method, const char *version)
{
    struct collection collection = {.exchange = exchange};
    layout_begin(&collection.layout, (struct str){exchange->line_at, exchange->target.size}, version);
    MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, collect, &collection);
    if (exchange->header_count < HEADERS_KEPT_MAX)
        layout_end(&collection.layout);
    exchange->request.language = language_choose(exchange_header(exchange, STR("Accept-Language")));
    if (collection.failed)
        return ERR_MEMORY;
    struct guard_request request = {
        .method = str_from(method),
        .target = exchange->target,
        .version = str_from(version),
        .headers = exchange->headers,
        .header_count = exchange->header_count,
    };
    enum err err = guard_check(&request, &exchange->why);
    if (err == ERR_OK && collection.layout.torn) {
        exchange->why = "a line of the header does not end with CR LF, is folded, or has a NUL byte";
        err = ERR_BAD_REQUEST;
    }
    if (err != ERR_OK)
        metric_add(exchange->server->refused_guard, 1);
    return err;
}

/* A trace needs 24 random bytes; the system is asked for those of many traces at once. */
static void set_trace(struct http_exchange *exchange)
{
    static _Thread_local uint8_t entropy[TRACES_AT_ONCE][24];
    static _Thread_local unsigned left;
    if (trace_take(exchange_header(exchange, STR("traceparent")), &exchange->request.trace))
        return;
    if (left == 0) {
        random_bytes(entropy, sizeof(entropy));
        left = TRACES_AT_ONCE;
    }
    trace_make(entropy[--left], &exchange->request.trace);
}

static enum err find_page(struct http_exchange *exchange)
{
    enum http_method method = exchange->request.method;
    if (method != HTTP_GET && method != HTTP_HEAD) {
        if (!web_has(exchange->server->options.web, exchange->request.path))
            return ERR_NOT_FOUND;
        exchange->match.allowed = 1u << HTTP_GET | 1u << HTTP_HEAD;
        return ERR_METHOD;
    }
    exchange->is_page = true;
    exchange->match.route = &PAGE;
    exchange->match.index = exchange->server->options.route_count;
    return ERR_OK;
}

static void complain_of_value(struct http_exchange *exchange, struct str name)
{
    struct buf pointer;
    struct str place;
    buf_init(&pointer, exchange->arena, 2 * name.size + 1);
    violation_step(&pointer, name);
    if (buf_done(&pointer, &place) == ERR_OK)
        violations_add(&exchange->request.violations, place, VIOLATION_TEXT, NULL);
}

/* A value that can't be read must not pass for one that is absent: a filter would be gone. */
static bool query_is_readable(struct http_exchange *exchange)
{
    struct str rest = exchange->query;
    while (!str_empty(rest)) {
        struct str value = str_cut(&rest, '&'), key = str_cut(&value, '='), name, ignored;
        bool named = field_percent_decode(exchange->arena, key, true, &name);
        if (named && field_percent_decode(exchange->arena, value, true, &ignored))
            continue;
        if (named)
            complain_of_value(exchange, name);
        else
            violations_add(&exchange->request.violations, STR(""), VIOLATION_TEXT, NULL);
        return false;
    }
    return true;
}

static enum err find_route(struct http_exchange *exchange, const char *method)
{
    struct http_server *server = exchange->server;
    struct http_request *request = &exchange->request;
    exchange->query = exchange->target;
    struct str path = str_cut(&exchange->query, '?');
    request->method = router_method(str_from(method));
    exchange->match.index = server->options.route_count;
    if (!field_percent_decode(exchange->arena, path, false, &request->path) || !query_is_readable(exchange))
        return ERR_BAD_REQUEST;
    enum err err = router_find(server->router, request->method, path, exchange->arena, &exchange->match);
    if (!exchange->match.route)
        exchange->match.index = server->options.route_count;
    if (err == ERR_NOT_FOUND && server->options.web)
        err = find_page(exchange);
    request->route = exchange->match.route;
    memcpy(request->params, exchange->match.params, sizeof(request->params));
    return err;
}

static enum err check_admission(const struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    const struct http_route *route = exchange->match.route;
    if (!server->options.admits || route->max_body_bytes == 0 || server->options.admits(server->options.service, route))
        return ERR_OK;
    metric_add(server->refused_in_flight, 1);
    return ERR_OVERLOADED;
}

static enum err check_body(const struct http_exchange *exchange)
{
    const struct http_route *route = exchange->match.route;
    struct str type = exchange_header(exchange, STR("Content-Type"));
    struct str encoding = exchange_header(exchange, STR("Content-Encoding"));
    if (exchange->content_length > (route->max_body_bytes > 0 ? route->max_body_bytes : UNWANTED_BODY_MAX_BYTES))
        return ERR_LIMIT;
    if (route->max_body_bytes == 0)
        return ERR_OK;
    if (!str_empty(encoding) && !str_equal_nocase(encoding, STR("identity")))
        return ERR_MEDIA_TYPE;
    if (route->flags & HTTP_ANY_MEDIA || (str_empty(type) && exchange->content_length == 0))
        return ERR_OK;
    return media_is_json(type) ? ERR_OK : ERR_MEDIA_TYPE;
}

static const struct {
    unsigned flag;
    const char *type;
} GIVES[] = {
    {HTTP_STREAM, "text/event-stream"},  {HTTP_GIVES_CSV, "text/csv"},    {HTTP_GIVES_HTML, "text/html"},
    {HTTP_GIVES_PDF, "application/pdf"}, {HTTP_GIVES_JPEG, "image/jpeg"},
};

static enum err check_accept(const struct http_exchange *exchange)
{
    unsigned flags = exchange->match.route->flags;
    struct str accept = exchange_header(exchange, STR("Accept"));
    if (flags & HTTP_GIVES_OTHER)
        return ERR_OK;
    for (size_t i = 0; i < sizeof(GIVES) / sizeof(GIVES[0]); i++)
        if (flags & GIVES[i].flag)
            return media_accepts(accept, str_from(GIVES[i].type)) ? ERR_OK : ERR_NOT_ACCEPTABLE;
    bool fine = media_accepts(accept, STR("application/json")) || media_accepts(accept, STR("application/problem+json"));
    return fine ? ERR_OK : ERR_NOT_ACCEPTABLE;
}

static enum err check_credential(struct http_exchange *exchange)
{
    const struct auth *auth = exchange->server->options.auth;
    struct http_request *request = &exchange->request;
    if (exchange->is_page)
        return ERR_OK;
    credential_read(exchange_header(exchange, STR("Authorization")), exchange->arena, &exchange->credential);
    exchange->credential.address = exchange_header(exchange, STR("X-Forwarded-For"));
    if (request->route->who == WHO_ANYONE && credential_is_foreign(auth, &exchange->credential))
        exchange->credential.kind = CREDENTIAL_NONE;
    enum err err = credential_verify_at_once(auth, &exchange->credential, request->received_at, exchange->arena, &request->who);
    if (err != ERR_OK || credential_needs_worker(auth, &exchange->credential))
        return err;
    return credential_admit(request->route->who, &request->who);
}

enum err exchange_receive(struct http_exchange *exchange, const char *method, const char *version)
{
    violations_init(&exchange->request.violations, exchange->arena);
    enum err err = check_form(exchange, method, version);
    if (err != ERR_OK)
        return err;
    exchange->content_length = field_length(exchange_header(exchange, STR("Content-Length")));
    set_trace(exchange);
    err = find_route(exchange, method);
    if (err == ERR_OK && atomic_load(&exchange->server->stopping))
        err = ERR_DRAINING;
    if (err == ERR_OK)
        err = check_admission(exchange);
    if (err == ERR_OK)
        err = check_body(exchange);
    if (err == ERR_OK)
        err = check_accept(exchange);
    if (err == ERR_OK)
        err = check_credential(exchange);
    return err;
}
