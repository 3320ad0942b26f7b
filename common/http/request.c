/* What handlers ask of a request and say in its answer. */
#include "app/log.h"
#include "http/exchange.h"
#include "http/fields.h"

struct str exchange_header(const struct http_exchange *exchange, struct str name)
{
    for (size_t i = 0; i < exchange->header_count; i++)
        if (str_equal_nocase(exchange->headers[i].name, name))
            return exchange->headers[i].value;
    return (struct str){0};
}

struct str http_header(const struct http_request *request, const char *name)
{
    return exchange_header(request->exchange, str_from(name));
}

struct str http_query(const struct http_request *request, const char *name)
{
    struct str rest = request->exchange->query;
    while (!str_empty(rest)) {
        struct str value = str_cut(&rest, '&');
        struct str key = str_cut(&value, '=');
        struct str decoded;
        if (!field_percent_decode(request->arena, key, true, &key) || !str_equal(key, str_from(name)))
            continue;
        /* Present without a value is empty, not absent. */
        if (field_percent_decode(request->arena, value, true, &decoded))
            return decoded.at ? decoded : STR("");
    }
    return (struct str){0};
}

void http_set_header(struct http_request *request, const char *name, struct str value)
{
    struct http_response *response = &request->response;
    if (response->header_count == HTTP_RESPONSE_HEADERS_MAX) {
        log_line(LOG_WARNING, "http-header-dropped", LOG_TEXT("name", name));
        return;
    }
    response->headers[response->header_count++] = (struct http_header){str_from(name), value};
}

void http_answer(struct http_request *request, int status, struct str json_body)
{
    request->response.status = status;
    request->response.body = json_body;
}

enum err http_if_match(const struct http_request *request, struct if_match *ret_condition)
{
    return field_if_match(http_header(request, "If-Match"), ret_condition);
}

static struct str etag_of(struct arena *arena, int64_t version)
{
    return str_format(arena, "\"%lld\"", (long long)version);
}

void http_set_etag(struct http_request *request, int64_t version)
{
    http_set_header(request, "ETag", etag_of(request->arena, version));
}

bool http_not_modified(const struct http_request *request, int64_t version)
{
    struct str given = http_header(request, "If-None-Match");
    return !str_empty(given) && field_names_tag(given, etag_of(request->arena, version));
}

enum err http_idempotency_key(const struct http_request *request, struct str *ret_key)
{
    return field_idempotency_key(http_header(request, "Idempotency-Key"), request->arena, ret_key);
}
